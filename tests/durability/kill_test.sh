#!/usr/bin/env bash
# kill -9 under load, of the engine and of PostgreSQL: kill_test.sh [KILLS] [SEED] [sqlite|postgresql] [LIFE]. LIFE: of each engine, at
# most, in milliseconds.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
kills=${1:-4}
seed=${2:-$(date +%-j%H%M)}
life=${4:-400}

if [ "${3:-sqlite}" = sqlite ]; then
    one_run "SQLite: kill -9 of the engine" durability_kill --kills "$kills" --seed "$seed" --life "$life"
fi
if [ "${3:-postgresql}" = postgresql ]; then
    if has_postgresql; then
        one_run "PostgreSQL: kill -9 of the engine" durability_kill --database postgresql --kills "$kills" --seed "$seed" --life "$life"
        one_run "PostgreSQL: kill -9 of the server" durability_kill --database postgresql --cut server --kills "$(((kills + 1) / 2))" \
            --seed "$seed" --life "$life"
    else
        echo "skipped: PostgreSQL is not installed"
    fi
fi
conclude
