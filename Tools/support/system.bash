# What Tools/quickstart and the tests share: a Swift toolchain and system libraries. To be sourced.
# Works with bash 3.2, which is what macOS has.

minimum_swift_major=6
minimum_swift_minor=3

# Says what is wrong and ends the run.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Runs a command in silence and says how long it took; shows all it said when it fails.
step() {
    local title="$1" log status=0
    shift
    log="$(mktemp "${TMPDIR:-/tmp}/tufa-step.XXXXXX")"
    local started=$SECONDS
    printf '%s ... ' "$title"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        printf 'done in %d s\n' $((SECONDS - started))
    else
        printf 'failed with exit code %d\n' "$status"
        cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

require_swift() {
    command -v swift >/dev/null 2>&1 || fail \
        "There is no swift on the PATH." \
        "Install Swift $minimum_swift_major.$minimum_swift_minor or later from" \
        "https://www.swift.org/install and run this again."
    local text version major minor
    text="$(swift --version 2>/dev/null || true)"
    version="$(printf '%s\n' "$text" | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)"
    [ -n "$version" ] || fail "\`swift --version\` does not tell its version; it says: $text"
    major="${version%%.*}"
    minor="${version#*.}"
    minor="${minor%%.*}"
    if [ "$major" -lt "$minimum_swift_major" ] || {
        [ "$major" -eq "$minimum_swift_major" ] && [ "$minor" -lt "$minimum_swift_minor" ]
    }; then
        fail "Swift $version is too old: $minimum_swift_major.$minimum_swift_minor or later is needed." \
            "Install it from https://www.swift.org/install and run this again."
    fi
}

# Whether a folder where compilers look has a header.
has_header() {
    local folder
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
        [ -f "$folder/$1" ] && return 0
    done
    return 1
}

has_lz4() {
    if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists liblz4 2>/dev/null; then
        return 0
    fi
    has_header lz4.h
}

# Installs liblz4 and its headers where they are missing, or says exactly what to install.
require_lz4() {
    if has_lz4; then return 0; fi
    local packages="liblz4-dev"
    command -v pkg-config >/dev/null 2>&1 || packages="$packages pkg-config"
    install_library liblz4 lz4 "$packages" "Install the development files of liblz4 (Debian and
Ubuntu: \`apt-get install liblz4-dev pkg-config\`; Fedora: \`dnf install lz4-devel\`; Arch: \`pacman -S
lz4\`) and run this again."
    has_lz4 || fail "liblz4 was installed, but lz4.h is still not found."
}

# The same for libstemmer, which only the package trait Snowball needs.
require_stemmer() {
    if has_header libstemmer.h; then return 0; fi
    install_library libstemmer snowball libstemmer-dev "Install the development files of libstemmer
(Debian and Ubuntu: \`apt-get install libstemmer-dev\`; Fedora: \`dnf install libstemmer-devel\`; Arch:
\`pacman -S snowball\`) and run this again."
    has_header libstemmer.h || fail "libstemmer was installed, but libstemmer.h is still not found."
}

# Installs the library `$1`: the formula `$2` of Homebrew, or the packages `$3` of apt; says `$4`
# where that cannot be done.
install_library() {
    case "$(uname -s)" in
    Darwin)
        command -v brew >/dev/null 2>&1 || fail \
            "$1 is missing, and so is Homebrew, which could install it." \
            "Install Homebrew from https://brew.sh, run \`brew install $2\`, and run this again."
        step "Installing $2 with Homebrew" brew install "$2" || fail \
            "Homebrew could not install $2; its words are above."
        ;;
    *)
        install_with_apt "$1" "$3" "$4"
        ;;
    esac
}

install_with_apt() {
    local library="$1" packages="$2" hint="$3" runner=""
    command -v apt-get >/dev/null 2>&1 || fail "$library is missing." "$hint"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail \
            "$library is missing, and installing it needs root or sudo." "$hint"
        # The password is asked for here, not behind the back of a silent step.
        sudo -v || fail "$library is missing, and sudo did not allow installing it." "$hint"
        runner="sudo"
    fi
    step "Reading apt's package lists" $runner apt-get update || fail \
        "apt-get update failed; its words are above." "$hint"
    # Unquoted on purpose: the list is split into words.
    step "Installing $packages" \
        $runner env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        $packages || fail "apt-get install failed; its words are above." "$hint"
}
