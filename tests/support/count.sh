# Sourced by ./dev and .ci/run. Runs every kind of test and counts single cases: `N passed, N failed` closes every run.

total_passed=0
total_failed=0

# counted NAME PASSED FAILED [REMARK]: one line per suite, and the running totals.
counted() {
    total_passed=$((total_passed + $2))
    total_failed=$((total_failed + $3))
    printf '%-44s %5d passed %4d failed%s\n' "$1" "$2" "$3" "${4:+   $4}"
}

skipped() { printf '%-44s skipped: %s\n' "$1" "$2"; }

report() {
    echo "$total_passed passed, $total_failed failed"
    [ "$total_failed" = 0 ]
}

# count_closing_line NAME COMMAND…: for programs that end with `N passed, N failed`; ending otherwise is one failure.
count_closing_line() {
    local name=$1 log="build/logs/${1//[^a-zA-Z0-9_.-]/_}.log" status last
    shift
    mkdir -p build/logs
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    last=$(tail -n 1 "$log")
    if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && { [ $status = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ]; }; then
        counted "$name" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
        [ "${BASH_REMATCH[2]}" = 0 ] || cat "$log"
        grep -i '^skipped' "$log" || true
    elif [[ $status = 0 && "$last" == skipped:* ]]; then
        skipped "$name" "${last#skipped: }"
    else
        tail -n 60 "$log"
        counted "$name" 0 1 "ended with $status"
    fi
}

# boost_cases WORD FILE: how many test cases Boost's short report says passed, failed, …
boost_cases() {
    sed -n "s/^ *\([0-9]*\) test cases\{0,1\} out of [0-9]* $1.*/\1/p" "$2" | head -n 1 | grep . || echo 0
}

# boost_program PROGRAM FILTER: the whole program when its name contains FILTER, else its cases and suites that do.
boost_program() {
    local program=$1 name=${1##*/} filter=$2 chosen=() log passed failed status
    if [ -n "$filter" ] && [[ "$name" != *"$filter"* ]]; then
        "$program" --list_content 2>&1 | grep -qF -- "$filter" || return 0
        chosen=(--run_test="*$filter*" --run_test="*/*$filter*")
    fi
    mkdir -p build/logs
    log="build/logs/$name"
    timeout "${GANTRY_TEST_SECONDS:-900}" "$program" "${chosen[@]}" --color_output=no --log_level=error --report_level=short \
        --report_sink="$log.report" --catch_system_errors=no >"$log.log" 2>&1 </dev/null
    status=$?
    passed=$(boost_cases passed "$log.report" 2>/dev/null || echo 0)
    failed=$(($(boost_cases failed "$log.report") + $(boost_cases aborted "$log.report")))
    [ $status != 0 ] && [ "$failed" = 0 ] && failed=1
    [ "$failed" = 0 ] || tail -n 80 "$log.log"
    counted "$name" "$passed" "$failed" "$([ $status -gt 128 ] && [ $status -lt 192 ] && echo "ended by signal $((status - 128))"; [ $status = 124 ] && echo "took too long")"
    grep -ihE '^(.*: )?skipped' "$log.log" | sort | uniq -c | head -n 5
    return 0
}

# unit_tests BUILD FILTER: what ctest knows; a program of Boost.Test counts by case, anything else as one.
unit_tests() {
    local name
    while read -r name; do
        if [ -x "$1/tests/$name" ]; then
            boost_program "$1/tests/$name" "$2"
        elif [[ -z "$2" || "$name" == *"$2"* ]]; then
            if ctest --test-dir "$1" -R "^$name\$" --output-on-failure >"build/logs/$name.log" 2>&1; then
                counted "$name" 1 0
            else
                tail -n 60 "build/logs/$name.log"
                counted "$name" 0 1
            fi
        fi
    done < <(ctest --test-dir "$1" -N | sed -n 's/^ *Test *#[0-9]*: //p')
}

# case_files FILTER: the clinical cases, next to the channels and under tests/scenario.
case_files() {
    local files
    mapfile -t files < <(find channels tests/scenario -name '*.case.json' 2>/dev/null | grep -F -- "$1" | sort)
    [ ${#files[@]} -gt 0 ] && count_closing_line "case files" build/release/gantry test "${files[@]}"
}

# script_tests FOLDER FILTER: every FOLDER/*.sh, which end with `N passed, N failed` or `skipped: reason`.
script_tests() {
    local script
    for script in "$1"/*.sh; do
        [[ -e "$script" && "$script" == *"$2"* ]] && count_closing_line "$script" bash "$script"
    done
}

every_test() {
    mkdir -p build/logs
    unit_tests build/release "$1"
    case_files "$1"
    script_tests tests/durability "$1"
    script_tests tests/interop "$1"
    script_tests tests/fhir "$1"
    script_tests tests/guide "$1"
}

# long_test [NAME]
long_test() {
    if [ ! -e "tests/long/${1:-}.sh" ]; then
        say "tests that take long: $(cd tests/long && echo *.sh | sed 's/\.sh//g')"
        [ -z "${1:-}" ]
        return
    fi
    install_for test
    bash "tests/long/$1.sh" "${@:2}"
}
