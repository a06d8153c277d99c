#!/usr/bin/env bash
# The kill test at length: durability.sh [KILLS] [SEED]. Last line `N passed, N failed`.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../durability/kill_test.sh" "${1:-50}" "${@:2}"
