#!/usr/bin/env bash
# tests/long/tsan.sh [ORDERS]: everything under the thread sanitizer: the unit tests, and an engine under load from 64 connections while
# modalities ask for their worklist. A report of the sanitizer is a failure. Last line `N passed, N failed`.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 70
say() { echo "tsan: $*" >&2; }
fail() { say "$*"; echo "0 passed, 1 failed"; exit 1; }
. tests/support/install.sh
. tests/support/build.sh
. tests/support/count.sh
. tests/support/demonstration.sh
. tests/support/loopback.sh

# 66: the sanitizer has reported something, however well the program ended otherwise.
sanitizer="exitcode=66 second_deadlock_stack=1 history_size=4"
[ -e tests/support/tsan.supp ] && sanitizer+=" suppressions=$root/tests/support/tsan.supp"

# ask UNTIL: worklist queries, one after the other, while UNTIL exists.
ask() {
    while [ -e "$1" ]; do
        findscu -W -aet CT01 -aec GANTRY -k 0010,0010 -k 0008,0050 -k "(0040,0100)[0].0008,0060=CT" \
            -k "(0040,0100)[0].0040,0002" 127.0.0.1 "$port_dicom" >/dev/null 2>&1
    done
}

# load ORDERS: one engine, 64 senders, two modalities; counted as one case each for the senders and for the engine.
load() {
    local data status reports
    data=$(mktemp -d)
    engine=build/tsan/gantry
    if start_engine conf "$data" "$data/engine.log"; then
        touch "$data/asking"
        ask "$data/asking" &
        ask "$data/asking" &
        if build/release/gantry send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "$1" >"$data/send.log" 2>&1 </dev/null; then
            counted "every order was accepted" 1 0
        else
            tail -n 5 "$data/send.log"
            counted "every order was accepted" 0 1
        fi
        rm -f "$data/asking"
        stop_engine
        status=$?
        reports=$(grep -c 'WARNING: ThreadSanitizer' "$data/engine.log")
        [ "$reports" = 0 ] || grep -A 40 'WARNING: ThreadSanitizer' "$data/engine.log" | head -n 200
        counted "the engine under load" "$((status == 0 && reports == 0))" "$((status != 0 || reports != 0))" "ended with $status, $reports reports"
    else
        counted "the engine under load" 0 1 "it did not start"
    fi
    rm -rf "$data"
}

if [ "${1:-}" = inside ]; then
    export TSAN_OPTIONS=$sanitizer
    load "$2"
    report
    exit
fi
install_for test
build release gantry || fail "the release build, whose sender makes the load"
build tsan || fail "the build with the thread sanitizer"
TSAN_OPTIONS=$sanitizer GANTRY_TEST_SECONDS=${GANTRY_TEST_SECONDS:-3600} unit_tests build/tsan ""
count_closing_line "load" in_private_loopback bash "$root/tests/long/tsan.sh" inside "${1:-20000}"
report
