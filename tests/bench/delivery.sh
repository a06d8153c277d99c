#!/usr/bin/env bash
# Orders per second out of one mllp destination to a receiver that acknowledges at once, both on this machine: ORDERS (30,000), each of
# its own patient, have come in while the receiver was away; then it is there. Beside it `gantry send`, which keeps nothing, to the same
# receiver: the limit. CONNECTIONS: 1 and 64.
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
orders=${ORDERS:-30000}
port_receiver=16576
export GANTRY_RECEIVER_PORT=$port_receiver

# out CONNECTIONS: orders per second.
out() {
    export GANTRY_CONNECTIONS=$1
    rm -rf "$work/data" && mkdir -p "$work/data"
    start_engine tests/durability/forward.conf "$work/data" "$work/log" || exit 1
    "$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "$orders" --json </dev/null >"$work/send" ||
        { say "orders were refused: $(cat "$work/send")"; exit 1; }
    "$build/tests/bench/receive_orders" $port_receiver "$orders" || say "only so many came"
    stop_engine || say "the engine stopped with code $?"
}

limit() {
    "$build/tests/bench/receive_orders" $port_receiver "$orders" >"$work/limit" &
    sleep 0.3
    "$engine" send "127.0.0.1:$port_receiver" tests/bench/order.hl7 --connections "$1" --repeat "$orders" --json </dev/null >/dev/null
    wait $!
    awk '{ print $2 }' "$work/limit"
}

printf '%11s %8s %10s %13s %9s\n' connections orders orders/s 'send alone/s' 'of send'
for connections in 1 64; do
    read -r came rate < <(out "$connections")
    alone=$(limit "$connections")
    printf '%11d %8d %10.0f %13.0f %7.0f %%\n' "$connections" "$came" "$rate" "$alone" "$(awk -v a="$rate" -v b="$alone" 'BEGIN { print 100 * a / b }')"
done
