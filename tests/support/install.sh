# Sourced by ./dev. Installs what is missing on Debian 12 and 13, and only that: with nothing missing it asks dpkg once
# and returns. Files written outside the tree carry the name gantry-odb; nothing of the machine's own is changed.

# What CMake needs to configure and build everything, tests included: `run` and `test` share one build tree.
packages_build=(g++ cmake ninja-build ccache pkg-config libssl-dev libsqlite3-dev libpq-dev libzstd-dev libpoco-dev rapidjson-dev
    libdcmtk-dev libicu-dev libre2-dev liblua5.4-dev libboost-test-dev libcli11-dev prometheus-cpp-dev libexpat1-dev odb)
packages_odb=(libodb-dev libodb-sqlite-dev libodb-pgsql-dev)
sources_odb=(libodb libodb-sqlite libodb-pgsql)
packages_run=(dcmtk)
packages_test=(dcmtk curl ca-certificates openssl openssh-client openssh-sftp-server)
packages_fuzz=(clang libclang-rt-dev)
packages_lint=(git clang-format clang-tidy clang)
odb_prefix="$root/build/odb-runtime"

# missing PACKAGE…: those of them that dpkg does not hold as installed.
missing() {
    local installed name
    installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ') "
    for name in "$@"; do
        [[ "$installed" == *" $name "* ]] || echo "$name"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "these need root and there is no sudo: $*"
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@"
}

# apt's lists are read at most once per call of ./dev, and never when nothing is missing.
apt_lists() {
    [ -n "${apt_lists_read:-}" ] && return
    say "reading the package lists"
    apt_get update || say "some package lists could not be read; going on with those that could"
    apt_lists_read=1
}

apt_offers() {
    [ -n "$(apt-cache policy "$1" 2>/dev/null | sed -n '/^  Candidate: *(none)/d; s/^  Candidate: //p')" ]
}

# The mirror of the release's own suite, as the machine's sources name it.
own_mirror() {
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$VERSION_CODENAME" '($1 == suite || $1 == "stable" || $1 == "oldstable") && $2 == "main" { print $3; exit }'
}

# offer_bullseye MIRROR: makes Debian 11's libodb-* visible to apt, and nothing else of Debian 11.
offer_bullseye() {
    printf 'Package: *\nPin: release n=bullseye\nPin-Priority: -1\n\nPackage: libodb-*\nPin: release n=bullseye\nPin-Priority: 100\n' |
        as_root tee /etc/apt/preferences.d/gantry-odb >/dev/null
    printf 'Types: deb\nURIs: %s\nSuites: bullseye\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
        "${1%/}" | as_root tee /etc/apt/sources.list.d/gantry-odb.sources >/dev/null
    apt_get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/gantry-odb.sources -o Dir::Etc::sourceparts=- \
        -o APT::Get::List-Cleanup=0 2>/dev/null && apt_offers libodb-dev
}

withdraw_bullseye() {
    as_root rm -f /etc/apt/sources.list.d/gantry-odb.sources /etc/apt/preferences.d/gantry-odb
}

# Debian 13 has the runtime of ODB; Debian 12 has only the compiler. In order: the machine's own release, Debian 11 on the
# machine's mirror, Debian 11 in the archive of old releases, Debian 13's source package built below build/.
install_odb() {
    local mirror origin="$VERSION_CODENAME itself"
    [ -e "$odb_prefix/built" ] && return
    [ -z "$(missing "${packages_odb[@]}")" ] && return
    apt_lists
    mirror=$(own_mirror)
    [ -n "$mirror" ] || fail "the package sources of this machine name no Debian mirror, which ODB has to come from"
    if [ -n "${GANTRY_ODB_FROM_SOURCE:-}" ]; then
        build_odb "$mirror"
        return
    elif apt_offers libodb-dev; then
        :
    elif offer_bullseye "$mirror"; then
        origin="Debian 11 at $mirror"
    elif offer_bullseye "$(sed 's|://[^./]*[.]|://archive.|' <<<"$mirror")"; then
        origin="Debian 11 in the archive of old releases"
    else
        withdraw_bullseye
        build_odb "$mirror"
        return
    fi
    apt_get install -y --no-install-recommends "${packages_odb[@]}" >/dev/null || fail "could not install ${packages_odb[*]}"
    say "ODB runtime: libodb-dev $(dpkg-query -W -f='${Version}' libodb-dev) from $origin"
}

# build_odb MIRROR: fetched through apt, so that Debian's signature is checked, with sources of its own that leave the
# machine's alone.
build_odb() {
    local work="$root/build/odb-source" name directory
    say "building the ODB runtime from Debian 13's source packages"
    install_missing dpkg-dev make
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$odb_prefix"
    printf 'Types: deb-src\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
        "${1%/}" >"$work/trixie.sources"
    local apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/trixie.sources" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists"
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)")
    "${apt[@]}" update || fail "no source packages of ODB at $1"
    for name in "${sources_odb[@]}"; do
        (cd "$work" && "${apt[@]}" source "$name" >/dev/null) || fail "no source package $name at $1"
        directory=$(find "$work" -maxdepth 1 -type d -name "$name-2*")
        (cd "$directory" && ./configure --prefix="$odb_prefix" --disable-static CXXFLAGS="-O2 -std=c++14" \
            CPPFLAGS="-I$odb_prefix/include -I/usr/include/postgresql" LDFLAGS="-L$odb_prefix/lib" &&
            make -j"$(nproc)" install) >"$work/$name.log" 2>&1 || fail "building $name failed, see ${work#"$root"/}/$name.log"
    done
    touch "$odb_prefix/built"
    say "ODB runtime: built from Debian's source packages into ${odb_prefix#"$root"/}"
}

# install_missing PACKAGE…
install_missing() {
    local wanted
    wanted=$(missing "$@")
    [ -z "$wanted" ] && return
    apt_lists
    say "installing" $wanted
    apt_get install -y --no-install-recommends $wanted >/dev/null || fail "could not install:" $wanted
}

# The ODB compiler is a plugin of one version of g++, which its package does not pull in.
install_odb_compiler() {
    local plugin
    for plugin in /usr/lib/gcc/*/*/plugin/odb.so; do
        [ -e "$plugin" ] && install_missing "g++-$(basename "${plugin%/plugin/odb.so}")"
    done
}

# The tests start PostgreSQL servers of their own; installing the programs must not leave one running on this machine.
install_postgresql() {
    local cluster=/etc/postgresql-common/createcluster.d/gantry.conf
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    install_missing postgresql-common
    as_root mkdir -p "${cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$cluster" >/dev/null
    (install_missing postgresql)
    local result=$?
    as_root rm -f "$cluster"
    return $result
}

# The same for OpenSSH's server, of which the tests start processes of their own.
install_sshd() {
    local policy=/usr/sbin/policy-rc.d made=
    [ -x /usr/sbin/sshd ] && return
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made=1
    fi
    (install_missing openssh-server)
    local result=$?
    [ -z "$made" ] || as_root rm -f "$policy"
    ! command -v systemctl >/dev/null || as_root systemctl disable ssh.service >/dev/null 2>&1 || true
    return $result
}

# install_for build|run|test|fuzz|lint
install_for() {
    [ -r /etc/os-release ] && . /etc/os-release
    if ! command -v apt-get >/dev/null; then
        say "no apt here: nothing is installed; see tests/support/install.sh for what is needed"
        return
    fi
    case "$1" in
        build) install_missing "${packages_build[@]}" ;;
        run) install_missing "${packages_build[@]}" "${packages_run[@]}" ;;
        test) install_missing "${packages_build[@]}" "${packages_test[@]}" $(command -v node >/dev/null || echo nodejs) \
            $(command -v npm >/dev/null || echo npm)
            install_postgresql || say "going on without PostgreSQL: its tests are skipped"
            install_sshd || say "going on without sshd: its tests are skipped" ;;
        fuzz) install_missing "${packages_build[@]}" "${packages_fuzz[@]}" ;;
        lint) install_missing "${packages_build[@]}" "${packages_lint[@]}" ;;
    esac
    install_odb_compiler
    install_odb
}
