#!/usr/bin/env bash
# WAITING (1,000,000) deliveries wait for a destination where nobody is. Then: how long a start takes until /readyz and how much memory is
# resident, and how many orders per second go out of another destination beside them, as a share of the same without them.
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "bench neighbour: $*" >&2; }
. tests/support/demonstration.sh
build=${GANTRY_BENCH_BUILD:-build/release}
engine=$build/gantry
waiting=${WAITING:-1000000}
orders=${ORDERS:-30000}
port_mllp=16575 port_http=16580 port_dicom=16511 port_receiver=16576
export GANTRY_MLLP_PORT=$port_mllp GANTRY_HTTP_PORT=$port_http GANTRY_DICOM_PORT=$port_dicom GANTRY_RECEIVER_PORT=$port_receiver
export GANTRY_CONNECTIONS=64
work=$(mktemp -d -p "${GANTRY_BENCH_DIRECTORY:-${TMPDIR:-/tmp}}") || exit 70
trap 'stop_engine; rm -rf "$work"' EXIT

# The configuration of the durability tests, and in it a neighbour whose port nobody opens.
mkdir -p "$work/conf/channels"
sed "s|\.\./\.\./\.\.|$PWD|" tests/durability/forward.conf/engine.json >"$work/conf/engine.json"
cp tests/durability/forward.conf/channels/forward.json "$work/conf/channels/"
with_neighbour() {
    sed 's|"records": {"records": {}},|&\n    "away": {"mllp": {"host": "127.0.0.1", "port": 16577}},|' \
        tests/durability/forward.conf/channels/forward.json >"$work/conf/channels/forward.json"
}

feed() {
    "$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "$1" --json </dev/null >"$work/send" ||
        { say "orders were refused: $(cat "$work/send")"; exit 1; }
}
serve() { start_engine "$work/conf" "$work/data" "$work/log" || exit 1; }
resident() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$engine_pid/status"; }

# Orders per second to the receiver, of what came in while it was not there.
out() {
    serve
    feed "$orders"
    "$build/tests/bench/receive_orders" $port_receiver "$orders" | awk '{ print $2 }'
    stop_engine || say "the engine stopped with code $?"
}

mkdir -p "$work/data"
alone=$(out)
rm -rf "$work/data" && mkdir -p "$work/data"
with_neighbour
serve
"$build/tests/bench/receive_orders" $port_receiver "$waiting" >"$work/received" & # so that only the neighbour's wait
feed "$waiting"
wait $!
stop_engine || say "the engine stopped with code $?"

began=$(date +%s%N)
"$engine" serve --conf "$work/conf" --data "$work/data" >"$work/log" 2>&1 </dev/null &
engine_pid=$!
until [ "$(http_status /readyz)" = 200 ]; do sleep 0.01; done
ready=$((($(date +%s%N) - began) / 1000000))
sleep 5
memory=$(resident)
stop_engine || say "the engine stopped with code $?"
beside=$(out)
printf '%9s %10s %11s %12s %12s %6s\n' waiting 'ready ms' 'resident MB' 'out alone/s' 'out beside/s' share
awk -v w="$waiting" -v r="$ready" -v m="$memory" -v a="$alone" -v b="$beside" \
    'BEGIN { printf "%9d %10d %11d %12d %12d %4.0f %%\n", w, r, m, a, b, 100 * b / a }'
