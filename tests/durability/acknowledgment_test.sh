#!/usr/bin/env bash
# Both sides of enhanced mode, cell by cell, with a restart between both acknowledgments: acknowledgment_test.sh
# [sqlite|postgresql] [SEED].
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
seed=${2:-$(date +%-j%H%M)}
configuration=tests/durability/acknowledgments.conf

[ "${1:-sqlite}" = sqlite ] && one_run "SQLite" durability_acknowledgments --seed "$seed"
if [ "${1:-postgresql}" = postgresql ] && has_postgresql; then
    one_run "PostgreSQL" durability_acknowledgments --seed "$seed" --database postgresql
fi
conclude
