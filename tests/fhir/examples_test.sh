#!/usr/bin/env bash
# The official examples of FHIR R4, the same with something broken, and what the engine makes of records, through our reader, validation
# and writers, beside two validators that this project did not write.
# Last line `N passed, N failed`, or `skipped: reason`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70

install_packages() {
    cmp -s tests/fhir/package-lock.json tests/fhir/node_modules/installed.json && return
    (cd tests/fhir && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) &&
        cp tests/fhir/package-lock.json tests/fhir/node_modules/installed.json
}

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "skipped: no node or npm here"
elif ! install_packages; then
    echo "skipped: the npm registry did not give the examples and validators"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    log=$work/log
    GANTRY_FHIR_WORK=$work node --test-reporter=tap --test tests/fhir/examples.test.mjs tests/fhir/broken.test.mjs tests/fhir/projections.test.mjs >"$log" 2>&1
    passed=$(sed -n 's/^# pass //p' "$log" | tail -n 1)
    failed=$(sed -n 's/^# fail //p' "$log" | tail -n 1)
    [ "${failed:-1}" = 0 ] || cat "$log"
    echo "${passed:-0} passed, ${failed:-1} failed"
    [ "${failed:-1}" = 0 ]
fi
