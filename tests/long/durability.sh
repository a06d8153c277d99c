#!/usr/bin/env bash
# The durability tests at length: durability.sh [KILLS] [SEED] [sqlite|postgresql|power|faults|deliveries|points|model]; without the
# last, all of them. The model takes 5000 steps for each kill. points: KILLS in each of its seven series; it sums up how many of the points
# were hit, and what was lost, doubled and explained. Last line `N passed, N failed`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 70
. tests/support/count.sh
"$root/dev" build release || exit 1
kills=${1:-200}
seed=${2:-$(date +%-j%H%M)}
life=1500

# part NAME SCRIPT ARGUMENTS…: shown while it runs, and counted.
part() {
    local log last
    log=$(mktemp)
    bash "tests/durability/$2" "${@:3}" | tee "$log"
    last=$(tail -n 1 "$log")
    rm -f "$log"
    if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        counted "$1" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    else
        counted "$1" 0 1 "$last"
    fi
}

for kind in ${3:-sqlite postgresql power faults deliveries points model}; do
    case "$kind" in
        sqlite | postgresql) part "$kind, $kills kills" kill_test.sh "$kills" "$seed" "$kind" "$life" ;;
        power) part "power, $kills cuts" power_cut_test.sh "$kills" "$seed" "$life" ;;
        faults) part "faults" faults_test.sh ;;
        deliveries) part "deliveries, $kills cuts" delivery_test.sh "$kills" "$seed" ;;
        points) part "points, 7 times $kills kills" points_test.sh "$kills" "$seed" all ;;
        model) part "model, $((kills * 5000)) steps" model_test.sh $((kills * 5000)) "$seed" sqlite ;;
        *) counted "$kind" 0 1 "is none of sqlite, postgresql, power, faults, deliveries, points, model" ;;
    esac
done
report
