# Sourced by tests/durability/*.sh. Last line of each: `N passed, N failed`, or `skipped: reason`.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
. tests/support/postgres.sh
programs=build/release/tests/durability
configuration=conf # of the engine
total_passed=0
total_failed=0
total_skipped=
figures= # lines "in all: …" of what has run

# durability_run PROGRAM ARGUMENTS…: on a directory of its own, which is kept when something is found.
durability_run() {
    local data archive log last status
    data=$(mktemp -d)
    archive=$data/archive
    log=$(mktemp)
    # The archive's own syncs are not what is tested; in memory, deliveries keep up with the load.
    [ -w /dev/shm ] && archive=$(mktemp -d -p /dev/shm) && ln -s "$archive" "$data/archive"
    "$programs/$1" build/release/gantry "$configuration" "$data" --disk "$PWD/$programs/volatile_disk.so" \
        --points "$PWD/$programs/kill_points.so" --log "$log" "${@:2}"
    status=$?
    if [ $status = 0 ]; then
        rm -rf "$data" "$archive" "$log"
    else
        echo "kept for a look: $data $archive $log" >&2
    fi
    return $status
}

# one_run NAME PROGRAM ARGUMENTS…: counts what it says at its end.
one_run() {
    local output last
    echo "== $1"
    output=$(mktemp)
    durability_run "${@:2}" | tee "$output"
    last=$(tail -n 1 "$output")
    figures+=$(grep '^in all:' "$output")$'\n'
    rm -f "$output"
    if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        total_passed=$((total_passed + BASH_REMATCH[1]))
        total_failed=$((total_failed + BASH_REMATCH[2]))
    elif [[ "$last" == skipped:* ]]; then
        total_skipped=${last#skipped: }
    else
        total_failed=$((total_failed + 1))
    fi
}

has_postgresql() { [ -n "$(postgres_programs)" ]; }

conclude() {
    if [ $((total_passed + total_failed)) = 0 ] && [ -n "$total_skipped" ]; then
        echo "skipped: $total_skipped"
    else
        echo "$total_passed passed, $total_failed failed"
    fi
    [ $total_failed = 0 ]
}
