#!/usr/bin/env bash
# The kill test at length: durability.sh [KILLS] [SEED]. Last line `N passed, N failed`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" build release && exec bash "$root/tests/durability/kill_test.sh" "${1:-50}" "${@:2}"
