#!/usr/bin/env bash
# A disk that is full, broken or read-only, a database that is locked or gone, under load: faults_test.sh [FAULT] [SEED].
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
faults=${1:-disk-full locked read-only sync-fails server-gone}
seed=${2:-$(date +%-j%H%M)}
configuration=tests/durability/forward.conf

for fault in $faults; do
    if [ "$fault" = server-gone ] && ! has_postgresql; then
        echo "skipped: server-gone: PostgreSQL is not installed"
        continue
    fi
    one_run "$fault" durability_faults --fault "$fault" --seed "$seed"
done
conclude
