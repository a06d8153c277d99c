#!/usr/bin/env bash
# Both sides of enhanced mode, cell by cell, with a restart between both acknowledgments: acknowledgment_test.sh
# [sqlite|postgresql].
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
configuration=tests/durability/acknowledgments.conf

[ "${1:-sqlite}" = sqlite ] && one_run "SQLite" durability_acknowledgments
if [ "${1:-postgresql}" = postgresql ] && has_postgresql; then
    one_run "PostgreSQL" durability_acknowledgments --database postgresql
fi
conclude
