# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# Packages of other Debian releases, fetched through an apt state of our own: signatures and hashes
# are checked as always, and the machine's own package lists stay as they are. A suite is named
# SUITE, which means packages for amd64, or SUITE:ARCHITECTURE.

archive_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Where the suite lies: on the mirror that the machine's own sources name.
archive_url() {
    local suite=$1 main=${BPFDBG_MIRROR:-} security='' origin release url
    if [[ -z $main ]]; then
        # shellcheck disable=SC2016 # apt fills these in
        while read -r origin release url; do
            [[ $origin == Debian ]] || continue
            case $release in
                *-security) security=${security:-$url} ;;
                *) main=${main:-$url} ;;
            esac
        done < <(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages')
    fi
    main=${main%/}
    [[ -n $main ]] || {
        echo "no Debian mirror among the machine's package sources: set BPFDBG_MIRROR" >&2
        return 1
    }
    case $suite in
        *-security) printf '%s\n' "${security:-$main-security}" ;;
        *) printf '%s\n' "$main" ;;
    esac
}

# Runs an apt program upon the private state of one suite.
archive_apt() {
    local architecture=${1#*:} program=$2
    [[ $1 == *:* ]] || architecture=amd64
    local state=$cache/archive/${1%:amd64}
    shift 2
    "$program" -qq -c "$vm_dir/apt.conf" \
        -o APT::Architecture="$architecture" \
        -o APT::Architectures::="$architecture" \
        -o Dir::Etc::sourcelist="$state/sources.list" \
        -o Dir::State="$state" \
        -o Dir::State::status="$state/status" \
        -o Dir::Cache="$state/cache" \
        -o APT::Sandbox::User="$(id -un)" \
        "$@"
}

# Waits until nobody else writes to the state of a suite; lets go when the subshell ends.
archive_lock() {
    mkdir -p "$cache/lock"
    exec 8>"$cache/lock/$1"
    flock 8
}

# Fetches the suite's package list, unless the one at hand is younger than a week.
archive_update() (
    suite=${1%:amd64}
    state=$cache/archive/$suite
    archive_lock "$suite"
    if [[ -z ${BPFDBG_UPDATE:-} && -n $(find "$state/updated" -mtime -7 2>/dev/null) ]]; then
        exit
    fi
    [[ -r $archive_keyring ]] || {
        echo "$archive_keyring is missing: run tests/vm/setup" >&2
        exit 1
    }
    url=$(archive_url "${suite%:*}") || exit
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    printf 'deb [signed-by=%s] %s %s main\n' "$archive_keyring" "$url" "${suite%:*}" >"$state/sources.list"
    archive_apt "$suite" apt-get update >&2 || exit
    touch "$state/updated"
)

# The names of packages that match the pattern, highest first.
archive_matching() {
    local suite=$1 pattern=$2 name
    archive_apt "$suite" apt-cache pkgnames | while read -r name; do
        # shellcheck disable=SC2053 # a pattern is meant
        [[ $name == *-unsigned || $name == *-dbg || $name != $pattern ]] || printf '%s\n' "$name"
    done | sort -rV
}

# Prints nothing for a package that others only name.
archive_version() {
    archive_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n 's/^Version: //p'
}

# Downloads packages into a directory. What is there already is not fetched again.
archive_download() (
    suite=${1%:amd64} directory=$2
    shift 2
    archive_lock "$suite"
    mkdir -p "$directory" && cd "$directory" && archive_apt "$suite" apt-get download "$@" >&2
)
