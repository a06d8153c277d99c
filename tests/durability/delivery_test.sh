#!/usr/bin/env bash
# What goes out, while the engine is cut off under load: delivery_test.sh [CUTS] [SEED] [sqlite|postgresql] [LIFE]. Receivers that do
# everything they get, also twice, tell what came.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
cuts=${1:-4}
seed=${2:-$(date +%-j%H%M)}
life=${4:-600}
configuration=tests/durability/forward.conf
series() { one_run "$1" durability_deliveries --kills "$cuts" --seed "$seed" --life "$life" "${@:2}"; }

if [ "${3:-sqlite}" = sqlite ]; then
    series "SQLite: kill -9, what is in doubt is sent again" --in-doubt resend
    series "SQLite: kill -9, what is in doubt waits for a person" --in-doubt hold
    series "SQLite: power cuts, what is in doubt waits for a person" --in-doubt hold --cut power
fi
if [ "${3:-postgresql}" = postgresql ] && has_postgresql; then
    series "PostgreSQL: kill -9, what is in doubt is sent again" --database postgresql --in-doubt resend
    series "PostgreSQL: kill -9, what is in doubt waits for a person" --database postgresql --in-doubt hold
fi
conclude
