#!/usr/bin/env bash
# Power cuts under load, on a disk that forgets what was not synced: power_cut_test.sh [CUTS] [SEED] [LIFE]. Then the proof that it
# would find something: with PRAGMA synchronous = OFF acknowledged messages must be lost.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
cuts=${1:-8}
seed=${2:-$(date +%-j%H%M)}
life=${3:-400}

one_run "SQLite: power cuts" durability_kill --cut power --kills "$cuts" --seed "$seed" --life "$life"
one_run "SQLite without syncs: losses must be found" durability_kill --cut power --synchronous OFF --kills 2 --seed "$seed" --life "$life"
conclude
