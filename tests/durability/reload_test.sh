#!/usr/bin/env bash
# Reloads under load: reload_test.sh [RELOADS] [PER_SECOND]. Last line `N passed, N failed`. GANTRY_TEST_BUILD names another
# build tree (build/tsan).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
build=${GANTRY_TEST_BUILD:-build/release}
data=$(mktemp -d)
archive=$data/archive
# The archive's own syncs are not what is tested; in memory, deliveries keep up with the load.
[ -w /dev/shm ] && archive=$(mktemp -d -p /dev/shm) && ln -s "$archive" "$data/archive"

"$build/tests/durability/durability_reload" "$build/gantry" . "$data" "${1:-20}" "${2:-1000}"
result=$?
if [ $result = 0 ]; then
    rm -rf "$data" "$archive"
else
    tail -n 30 "$data/engine.log" >&2
    echo "kept for a look: $data $archive" >&2
fi
exit $result
