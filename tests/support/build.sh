# Sourced by ./dev.

# configure PRESET: writes build/PRESET; well under a second when nothing changed.
configure() {
    local log="build/$1/configure.log" options=()
    mkdir -p "build/$1" build/logs
    [ -e "$odb_prefix/built" ] && options=(-DCMAKE_PREFIX_PATH="$odb_prefix" -DCMAKE_BUILD_RPATH="$odb_prefix/lib")
    cmake --preset "$1" "${options[@]}" >"$log" 2>&1 || { cat "$log" >&2; say "configuring $1 failed"; return 1; }
}

# build PRESET [TARGET]
build() {
    configure "$1" || return 1
    say "building build/$1${2:+ ($2)}"
    cmake --build "build/$1" --parallel "$(nproc)" ${2:+--target "$2"} | build_progress || { say "building $1 failed"; return 1; }
}

# On a terminal ninja's own moving line; otherwise only what is not progress: warnings, errors, the closing line.
build_progress() {
    if [ -t 1 ]; then cat; else grep --line-buffered -vE '^(\[[0-9]+/[0-9]+\] |ninja: (no work|Entering))' || true; fi
}
