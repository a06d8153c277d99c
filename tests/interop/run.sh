#!/usr/bin/env bash
# Clients that this project did not write, against the engine: one fresh engine per NAME.test.mjs, with the shipped configuration or
# that of NAME.conf, whose `prepare` makes what it needs in the data directory.   run.sh [FILTER]: only the files whose name contains it.
# Last line `N passed, N failed`, or `skipped: reason`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "interop: $*" >&2; }
. tests/support/loopback.sh
. tests/support/demonstration.sh

install_clients() {
    cmp -s tests/interop/package-lock.json tests/interop/node_modules/installed.json && return
    (cd tests/interop && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) &&
        cp tests/interop/package-lock.json tests/interop/node_modules/installed.json
}

# One file: an engine on an empty directory, the file's tests, the engine's own stop.
one_file() {
    local data conf=${1%.test.mjs}.conf result=0
    data=$(mktemp -d)
    [ -d "$conf" ] || conf=conf
    export GANTRY_INTEROP_DATA=$data
    if [ -x "$conf/prepare" ] && ! "$conf/prepare" "$data"; then
        say "$conf/prepare failed"
        return 1
    fi
    if start_engine "$conf" "$data" "$data/engine.log"; then
        expand_samples "$data/samples"
        GANTRY_SAMPLES="$data/samples" node --test-reporter=tap "$1" || result=1
        stop_engine || { say "the engine stopped with code $?"; result=1; }
    else
        result=1
    fi
    rm -rf "$data"
    return $result
}

every_file() {
    local file log passed=0 failed=0 status
    log=$(mktemp)
    for file in tests/interop/*"$1"*.test.mjs; do
        one_file "$file" >"$log" 2>&1
        status=$?
        passed=$((passed + $(sed -n 's/^# pass //p' "$log" | tail -n 1 | grep . || echo 0)))
        failed=$((failed + $(sed -n 's/^# fail //p' "$log" | tail -n 1 | grep . || echo 1)))
        [ $status = 0 ] || { echo "== $file"; cat "$log"; }
        sed -n 's/^ok .* - \(.*\) # SKIP \(.*\)/skipped: \1: \2/p' "$log"
    done
    rm -f "$log"
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
}

if [ "${1:-}" = inside ]; then
    every_file "${2:-}"
elif ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "skipped: no node or npm here"
elif ! install_clients; then
    echo "skipped: the npm registry did not give the clients"
else
    in_private_loopback bash "$PWD/tests/interop/run.sh" inside "${1:-}"
fi
