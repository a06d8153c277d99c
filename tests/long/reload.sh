#!/usr/bin/env bash
# Reloads under load at length: reload.sh [RELOADS] [PER_SECOND] [sqlite|postgresql]. Last line `N passed, N failed`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" build release && exec bash "$root/tests/durability/reload_test.sh" "${1:-1000}" "${2:-2000}" "${3:-sqlite}"
