#!/usr/bin/env bash
# kill -9 at every place between reading a frame and finishing a delivery, under load: points_test.sh [KILLS] [SEED] [SERIES]. KILLS of
# each series; SERIES: short (what every day has time for), or all of database × power × what happens to what is in doubt. The same
# KILLS and SEED draw the same kills.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/durability.sh"
kills=${1:-24} # once at each
seed=${2:-$(date +%-j%H%M)}
which=${3:-short}
configuration=tests/durability/forward.conf
series() { one_run "$1" durability_deliveries --at points --kills "$kills" --seed "$seed" "${@:2}"; }

echo "seed $seed"
series "SQLite: power cuts at every point, what is in doubt waits for a person" --cut power --in-doubt hold
if [ "$which" != short ]; then
    series "SQLite: power cuts at every point, what is in doubt is sent again" --cut power --in-doubt resend
    series "SQLite: kill -9 at every point, what is in doubt waits for a person" --in-doubt hold
fi
series "SQLite: kill -9 at every point, what is in doubt is sent again" --in-doubt resend
if has_postgresql; then
    if [ "$which" != short ]; then
        series "PostgreSQL: engine and server end at every point, what is in doubt waits for a person" --database postgresql --cut power --in-doubt hold
        series "PostgreSQL: kill -9 at every point, what is in doubt is sent again" --database postgresql --in-doubt resend
    fi
    series "PostgreSQL: kill -9 at every point, what is in doubt waits for a person" --database postgresql --in-doubt hold
else
    echo "skipped: PostgreSQL is not installed"
fi
# in all: HIT of OF points hit, N kills, N lost, N doubles, N explained
echo -n "$figures" | awk '$1 == "in" { kills += $8; lost += $10; doubles += $12; explained += $14; if ($5 > of) of = $5; if (hit == "" || $3 < hit) hit = $3 }
    END { print "all series: at least " hit " of " of " points hit, " kills " kills, " lost " lost, " doubles " doubles, " explained " explained" }'
conclude
