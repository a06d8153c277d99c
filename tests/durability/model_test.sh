#!/usr/bin/env bash
# Random operations against a model of the ledger: model_test.sh [STEPS] [SEED] [sqlite|postgresql]; without the last, both, and on
# PostgreSQL a fifth of the steps. A failure says the seed and the step, and the same arguments repeat it. The files are in memory: nothing here is about what a disk keeps.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
steps=${1:-2000}
seed=${2:-$(date +%-j%H%M)}

# series NAME ARGUMENTS…
series() {
    local data output last
    echo "== $1, $steps steps, seed $seed"
    if [ -w /dev/shm ]; then data=$(mktemp -d -p /dev/shm); else data=$(mktemp -d); fi
    output=$(mktemp)
    "$programs/durability_model" "$data" --steps "$steps" --seed "$seed" "${@:2}" | tee "$output"
    last=$(tail -n 1 "$output")
    if [ "$last" = "1 passed, 0 failed" ]; then
        total_passed=$((total_passed + 1))
        rm -rf "$data"
    else
        total_failed=$((total_failed + 1))
        echo "kept for a look: $data" >&2
    fi
    rm -f "$output"
}

[ "${3:-sqlite}" = sqlite ] && series SQLite
[ -z "${3:-}" ] && steps=$((steps / 5))
if [ "${3:-postgresql}" = postgresql ]; then
    if has_postgresql; then series PostgreSQL --database postgresql; else total_skipped="PostgreSQL is not installed"; fi
fi
conclude
