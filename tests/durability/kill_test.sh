#!/usr/bin/env bash
# kill -9 under load: kill_test.sh [KILLS] [SEED]. Last line `N passed, N failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
kills=${1:-8}
seed=${2:-$(date +%j%H%M)}
data=$(mktemp -d)
archive=$data/archive
# The archive's own syncs are not what is tested; in memory, deliveries keep up with the load.
[ -w /dev/shm ] && archive=$(mktemp -d -p /dev/shm) && ln -s "$archive" "$data/archive"

build/release/tests/durability/durability_kill build/release/gantry conf "$data" "$kills" "$seed"
result=$?
if [ $result = 0 ]; then
    rm -rf "$data" "$archive"
else
    echo "kept for a look: $data $archive; again with: tests/durability/kill_test.sh $kills $seed" >&2
fi
exit $result
