# Sourced first by tests/bench/*.sh. Goes to the repository and sets: build, engine, the ports of an engine, and work, a directory that is
# gone at the end. A script that has more to end than the engine says so in a finish() of its own.
#   GANTRY_BENCH_BUILD      what is measured (default: build/release)
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "bench $(basename "$0" .sh): $*" >&2; }
. tests/support/loopback.sh
. tests/support/demonstration.sh
build=${GANTRY_BENCH_BUILD:-build/release}
[[ $build = /* ]] || build=$PWD/$build
engine=$build/gantry
port_mllp=16575 port_http=16580 port_dicom=16511
export GANTRY_MLLP_PORT=$port_mllp GANTRY_HTTP_PORT=$port_http GANTRY_DICOM_PORT=$port_dicom
work=$(mktemp -d -p "${GANTRY_BENCH_DIRECTORY:-${TMPDIR:-/tmp}}") || exit 70
finish() { stop_engine; }
trap 'finish; rm -rf "$work"' EXIT

# on_a_loopback_of_its_own "$@": the rest of the script runs where 127.0.0.1 is its own.
on_a_loopback_of_its_own() {
    [ "${1:-}" = inside ] && return
    in_private_loopback bash "$PWD/tests/bench/$(basename "$0")" inside
    exit
}

# configuration_without_archive TO: the shipped configuration and channel, but for the file that each order becomes: it is not what
# is measured, and would still be written after the orders were taken.
configuration_without_archive() {
    mkdir -p "$1/channels"
    sed '/Every order that was taken/d; /"archive"/d' \
        channels/definitions/his-orders.json >"$1/channels/his-orders.json"
    sed "s|\"../channels/definitions\"|\"channels\"|; s|\"../mappings|\"$PWD/mappings|" conf/engine.json >"$1/engine.json"
}
