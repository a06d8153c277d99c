#!/usr/bin/env bash
# The official examples of FHIR R4, the same with something broken, and what the engine makes of records, through our reader, validation
# and writers, beside two validators that this project did not write. Then the examples of what is written, posted to an engine and read again.
# Last line `N passed, N failed`, or `skipped: reason`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "fhir: $*" >&2; }
. tests/support/loopback.sh
. tests/support/demonstration.sh

install_packages() {
    cmp -s tests/fhir/package-lock.json tests/fhir/node_modules/installed.json && return
    (cd tests/fhir && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) &&
        cp tests/fhir/package-lock.json tests/fhir/node_modules/installed.json
}

# The tests that need an engine, on an empty directory.
with_engine() {
    local data=$1/data result=0
    start_engine conf "$data" "$1/engine.log" || return 1
    node --test-reporter=tap --test tests/fhir/kept_examples.test.mjs || result=1
    stop_engine || { say "the engine stopped with code $?"; result=1; }
    return $result
}

if [ "${1:-}" = inside ]; then
    with_engine "$2"
elif ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "skipped: no node or npm here"
elif ! install_packages; then
    echo "skipped: the npm registry did not give the examples and validators"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    GANTRY_FHIR_WORK=$work node --test-reporter=tap --test tests/fhir/examples.test.mjs tests/fhir/broken.test.mjs tests/fhir/projections.test.mjs >"$work/log" 2>&1
    in_private_loopback bash "$PWD/tests/fhir/examples_test.sh" inside "$work" >"$work/engine-tests" 2>&1
    passed=0 failed=0
    for log in "$work/log" "$work/engine-tests"; do
        passed=$((passed + $(sed -n 's/^# pass //p' "$log" | tail -n 1 | grep . || echo 0)))
        of_this=$(sed -n 's/^# fail //p' "$log" | tail -n 1 | grep . || echo 1)
        [ "$of_this" = 0 ] || cat "$log"
        failed=$((failed + of_this))
    done
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
fi
