#!/usr/bin/env bash
# WAITING (1,000,000) deliveries wait for a destination where nobody is. Then: how long a start takes until /readyz and how much memory is
# resident a while later, and how many orders per second go out of another destination beside them, as a share of the same without them;
# the runs take turns, RUNS (3) of each, and the medians are shown.
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
waiting=${WAITING:-1000000} orders=${ORDERS:-30000} runs=${RUNS:-3}
port_receiver=16576 port_nobody=16577
export GANTRY_RECEIVER_PORT=$port_receiver GANTRY_CONNECTIONS=64
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# The configuration of the durability tests with a neighbour whose port nobody opens, and the same without it.
for conf in alone beside; do
    mkdir -p "$work/$conf/channels"
    sed "s|\.\./\.\./\.\.|$PWD|" tests/durability/forward.conf/engine.json >"$work/$conf/engine.json"
    cp tests/durability/forward.conf/channels/forward.json "$work/$conf/channels/"
done
sed -i 's|"records": {"records": {}},|&\n    "away": {"when": {"event": "O19"}, "mllp": {"host": "127.0.0.1", "port": '$port_nobody'}},|' "$work/beside/channels/forward.json"

serve() { start_engine "$work/$1" "$work/data-$1" "$work/log" || exit 1; }
# feed ORDERS RUN: of each run orders of its own, because what comes again is not forwarded.
feed() {
    "$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "$1" --start $(($1 * $2 + 1)) --json </dev/null >"$work/send" ||
        { say "orders were refused: $(cat "$work/send")"; exit 1; }
}
# out alone|beside: orders per second to the receiver, of what came in while it was not there.
out() {
    serve "$1"
    feed "$orders" "$run"
    "$build/tests/bench/receive_orders" $port_receiver "$orders" | awk '{ print $2 }' >>"$work/$1.rates"
    stop_engine || say "the engine stopped with code $?"
}

# One order of the other kind that waits, and its copies.
serve beside
sed 's/ORM^O01/OMG^O19/; s/2\.3\.1$/2.5/' tests/bench/order.hl7 >"$work/order.hl7"
"$engine" send "127.0.0.1:$port_mllp" "$work/order.hl7" </dev/null >"$work/send" || { say "the order was refused: $(cat "$work/send")"; exit 1; }
stop_engine || say "the engine stopped with code $?"
"$build/tests/bench/queue_fill" "$work/data-beside/gantry.db" forward/away "$waiting" || exit 1

for ((run = 1; run <= runs; run++)); do
    began=$(date +%s%N)
    "$engine" serve --conf "$work/beside" --data "$work/data-beside" >"$work/log" 2>&1 </dev/null &
    engine_pid=$!
    until [ "$(http_status /readyz)" = 200 ]; do sleep 0.01; done
    echo $((($(date +%s%N) - began) / 1000000)) >>"$work/ready"
    sleep 5
    awk '/^VmRSS/ { printf "%.0f\n", $2 / 1024 }' "/proc/$engine_pid/status" >>"$work/resident"
    stop_engine || say "the engine stopped with code $?"
    out alone
    out beside
done
printf '%9s %10s %11s %12s %12s %6s\n' waiting 'ready ms' 'resident MB' 'out alone/s' 'out beside/s' share
awk -v w="$waiting" -v r="$(median <"$work/ready")" -v m="$(median <"$work/resident")" -v a="$(median <"$work/alone.rates")" \
    -v b="$(median <"$work/beside.rates")" \
    'BEGIN { printf "%9d %10d %11d %12d %12d %4.0f %%\n", w, r, m, a, b, 100 * b / a }'
