#!/usr/bin/env bash
# What TLS costs: orders per second in plain text and over TLS (mutual, P-256) on kept connections, engine and `gantry send` on this
# machine; then handshakes per second, and how long the engine's plain text neighbour waits for its acknowledgments meanwhile.
# ORDERS (20,000), SECONDS_OF_HANDSHAKES (5).
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "bench tls: $*" >&2; }
. tests/support/demonstration.sh
build=${GANTRY_BENCH_BUILD:-build/release}
engine=$build/gantry
orders=${ORDERS:-20000} time=${SECONDS_OF_HANDSHAKES:-5}
port_mllp=16575 port_tls=16576 port_http=16580 port_dicom=16511
export GANTRY_MLLP_PORT=$port_mllp GANTRY_TLS_PORT=$port_tls GANTRY_HTTP_PORT=$port_http GANTRY_DICOM_PORT=$port_dicom
work=$(mktemp -d -p "${GANTRY_BENCH_DIRECTORY:-${TMPDIR:-/tmp}}") || exit 70
export GANTRY_INTEROP_DATA=$work
trap 'stop_engine; rm -rf "$work"' EXIT
tests/interop/tls.conf/prepare "$work" || exit 70
field() { sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p"; }
secure=(--tls --ca "$work/ca.pem" --certificate "$work/modality.pem" --key "$work/modality.key")

# send_orders PORT CONNECTIONS ORDERS [OPTION…]
send_orders() {
    "$engine" send "localhost:$1" tests/bench/order.hl7 --connections "$2" --repeat "$3" --json "${@:4}" </dev/null
}

fresh_engine() {
    stop_engine
    rm -rf "$work/data"
    start_engine tests/bench/tls.conf "$work/data" "$work/log" || exit 1
}

printf '%-12s %11s %9s %7s %7s\n' transport connections orders/s p50 p99
for connections in 1 64; do
    for transport in plain tls; do
        fresh_engine
        port=$port_mllp options=()
        [ $transport = tls ] && port=$port_tls options=("${secure[@]}")
        report=$(send_orders $port $connections "$orders" "${options[@]}") || { say "orders were refused: $report"; exit 1; }
        printf '%-12s %11d %9.0f %7.2f %7.2f\n' $transport $connections "$(field messages_per_second <<<"$report")" \
            "$(field p50 <<<"$report")" "$(field p99 <<<"$report")"
    done
done

fresh_engine
alone=$(send_orders $port_mllp 1 2000 --rate 400) || exit 1
openssl s_time -connect "localhost:$port_tls" -new -time "$time" -CAfile "$work/ca.pem" -cert "$work/modality.pem" \
    -key "$work/modality.key" >"$work/handshakes" 2>&1 &
beside=$(send_orders $port_mllp 1 $((400 * (time - 1))) --rate 400) || exit 1
wait $!
made=$(awk '/real seconds/ { print $1 / $4 }' "$work/handshakes")
printf '\nhandshakes/s %.0f; a neighbour in plain text meanwhile: p50 %.2f ms, p99 %.2f ms (alone %.2f, %.2f)\n' "${made:-0}" \
    "$(field p50 <<<"$beside")" "$(field p99 <<<"$beside")" "$(field p50 <<<"$alone")" "$(field p99 <<<"$alone")"
