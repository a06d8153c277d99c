# Sourced by ./dev and .ci/run. Fuzzing, measurements, format and tidy, generated documents.

# fuzz TARGET SECONDS: libFuzzer programs of the fuzz preset; a crash leaves its input in var/fuzz.
fuzz() {
    local targets target
    configure fuzz || { counted "fuzz: configure" 0 1; return; }
    targets=$(ninja -C build/fuzz -t targets all | sed -n 's/^\([a-z0-9_]*_fuzz\): phony$/\1/p' | grep -v '^cmake_' | sort -u)
    [ -n "$1" ] && targets=$(grep -F -- "$1" <<<"$targets")
    [ -n "$targets" ] || { say "no fuzz target${1:+ named $1}"; counted "fuzz" 0 1; return; }
    bash tests/fuzz/seeds.sh var/fuzz/seeds
    for target in $targets; do
        build fuzz "$target" || { counted "$target" 0 1 "does not build"; continue; }
        fuzz_target "$target" "build/fuzz/fuzz/$target" "$2"
    done
}

fuzz_target() {
    local corpus="var/fuzz/$1" dictionary="tests/fuzz/${1%_fuzz}.dict" log="build/logs/$1.log" folder seeds=()
    for folder in "tests/fuzz/corpus/${1%_fuzz}" "var/fuzz/seeds/${1%_fuzz}"; do [ -d "$folder" ] && seeds+=("$folder"); done
    mkdir -p "$corpus" build/logs
    if "$2" -max_total_time="$3" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="var/fuzz/$1-" \
        $([ -e "$dictionary" ] && echo "-dict=$dictionary") "$corpus" "${seeds[@]}" >"$log" 2>&1 </dev/null; then
        counted "$1" 1 0 "$(sed -n 's/^stat::number_of_executed_units: */executions: /p' "$log") in $3 s"
    else
        tail -n 40 "$log"
        counted "$1" 0 1 "the input is in var/fuzz/"
    fi
}

# bench NAME: bench_* programs of the release build and tests/bench/*.sh.
bench() {
    local program found=
    while read -r program; do
        [[ "$program" == *"$1"* ]] || continue
        found=1
        echo "== ${program##*/}"
        case "$program" in *.sh) bash "$program" ;; *) "$program" ;; esac || say "$program failed"
    done < <(find build/release -type f -name 'bench_*' -perm -u+x -not -name '*.o'; find tests/bench -name '*.sh' 2>/dev/null | sort)
    [ -n "$found" ] || fail "no measurement${1:+ named $1} in tests/bench"
}

# What changes are counted from: GANTRY_BASE, else where this branch left the main one, else the commit before the last.
base_commit() {
    local branch base
    [ -n "${GANTRY_BASE:-}" ] && { echo "$GANTRY_BASE"; return; }
    for branch in origin/HEAD origin/main main; do
        base=$(git merge-base HEAD "$branch" 2>/dev/null) && [ "$base" != "$(git rev-parse HEAD)" ] && { echo "$base"; return; }
    done
    echo HEAD~1
}

# Our C++ files that differ from the base, or all of them.
sources() {
    local base
    base=$(base_commit)
    if [ "${1:-}" = --all ] || ! git rev-parse -q --verify "$base^{commit}" >/dev/null; then
        git ls-files -- '*.cpp' '*.hpp' '*.hxx'
    else
        { git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.hpp' '*.hxx'
          git ls-files --others --exclude-standard -- '*.cpp' '*.hpp' '*.hxx'; } | sort -u
    fi | grep -v '^\.cmake/'
}

format() { git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' | grep -v '^\.cmake/' | xargs -r clang-format -i; }

# lint [--all]: one case per file for the format, one per compiled file for tidy.
lint() {
    local bad
    mkdir -p build/logs
    sources "$@" >build/logs/sources
    bad=$(while read -r file; do clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || echo "$file"; done <build/logs/sources)
    [ -z "$bad" ] || printf 'not formatted: %s\n' $bad
    counted "clang-format" $(($(wc -l <build/logs/sources) - $(grep -c . <<<"$bad"))) "$(grep -c . <<<"$bad")"
    tidy
}

# clang-tidy reads the release build's commands; handed to the compiler proper, the precompiled header's text is read and not g++'s
# binary beside it.
tidy() {
    local files
    configure release || { counted "clang-tidy" 0 1 "no build tree"; return; }
    build release >/dev/null || say "the build fails; clang-tidy may miss generated headers"
    mkdir -p build/tidy
    sed -E 's# -include ([^ ]*/cmake_pch\.hxx)# -Xclang -include -Xclang \1#; s# -fpch-preprocess| -Winvalid-pch##g' \
        build/release/compile_commands.json >build/tidy/compile_commands.json
    files=$(grep '\.cpp$' build/logs/sources | while read -r file; do grep -qF "\"$root/$file\"" build/tidy/compile_commands.json && echo "$file"; done)
    [ -n "$files" ] || { skipped "clang-tidy" "no compiled file has changed"; return; }
    printf '%s\n' $files | xargs -P "$(nproc)" -I{} bash -c 'clang-tidy -p build/tidy --quiet --warnings-as-errors="*" {} \
        >"build/logs/tidy-$(tr / _ <<<{}).log" 2>/dev/null && echo "passed {}" || echo "failed {}"' >build/logs/tidy
    sed -n 's/^failed //p' build/logs/tidy | while read -r file; do cat "build/logs/tidy-$(tr / _ <<<"$file").log"; done
    counted "clang-tidy" "$(grep -c ^passed build/logs/tidy)" "$(grep -c ^failed build/logs/tidy)"
}

# docs [--check]: docs/reference is what the program says about itself.
docs() {
    local topic name fresh
    fresh=$(mktemp -d)
    for topic in connectors settings errors metrics "schema engine" "schema channel" "schema mapping" "schema table" "schema case"; do
        name=$topic.md
        [[ $topic == schema* ]] && name=${topic#schema }.schema.json
        if ! build/release/gantry reference $topic >"$fresh/$name" 2>/dev/null; then
            counted "reference $topic" 0 1 "gantry reference $topic failed"
        elif [ "${1:-}" != --check ]; then
            mkdir -p docs/reference
            cp "$fresh/$name" "docs/reference/$name"
            counted "docs/reference/$name" 1 0 written
        elif diff -u "docs/reference/$name" "$fresh/$name"; then
            counted "docs/reference/$name" 1 0
        else
            counted "docs/reference/$name" 0 1 "not fresh: run ./dev docs"
        fi
    done
    rm -rf "$fresh"
}
