#!/usr/bin/env bash
# Reloads under load: reload_test.sh [RELOADS] [PER_SECOND] [sqlite|postgresql].
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
reloads=${1:-20}
rate=${2:-500}

one_run "SQLite: $reloads reloads, $rate messages/s" durability_reload --reloads "$reloads" --rate "$rate"
if [ "${3:-sqlite}" = postgresql ] && has_postgresql; then
    one_run "PostgreSQL: $reloads reloads, $rate messages/s" durability_reload --database postgresql --reloads "$reloads" --rate "$rate"
fi
conclude
