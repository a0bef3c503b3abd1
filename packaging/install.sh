#!/bin/sh
# Installs Dormouse from its releases, where there is no package of it:
#   curl -fLO https://github.com/dormouse-ddns/dormouse/releases/latest/download/install.sh
#   sudo sh install.sh
# Fetches the program for this machine, checks the signature and the checksum, and only then changes anything. Needs
# openssl, and curl or wget. Everything is a function, so that half of this file does nothing.
set -eu
umask 022

RELEASES=https://github.com/dormouse-ddns/dormouse/releases
WAYS="https://github.com/dormouse-ddns/dormouse/blob/main/docs/quick-start.md"

usage() {
    cat <<'TEXT'
usage: install.sh [--version VERSION] [--no-service] [--from PLACE] [--key FILE]
       install.sh --uninstall [--purge]

  --version VERSION  this version instead of the newest
  --no-service       the program only: no unit, no example settings
  --from PLACE       a folder, or the address of one, that has the files of a release (also DORMOUSE_FROM)
  --key FILE         the public key that must have signed them, instead of the one in this script (also DORMOUSE_KEY)
  --uninstall        remove the program and its unit; keep settings, token and state
  --purge            with --uninstall: remove these too
  --help             this text

DESTDIR=FOLDER installs below that folder. Running it again upgrades; settings are kept.
TEXT
}

# The public half of the key that signs the releases: packaging/README.md says how the owner of the project makes it.
release_key() {
    cat <<'KEY'
-----BEGIN PUBLIC KEY-----
(not set)
-----END PUBLIC KEY-----
KEY
}

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

misused() {
    printf 'install: %s\n' "$*" >&2
    usage >&2
    exit 2
}

main() {
    version='' service=yes uninstall=no purge=no
    place=${DORMOUSE_FROM:-} key=${DORMOUSE_KEY:-} root=${DESTDIR:-}
    while [ $# -gt 0 ]; do
        case $1 in
        --version | --from | --key)
            [ $# -gt 1 ] || misused "$1 needs a value"
            case $1 in
            --version) version=${2#v} ;;
            --from) place=$2 ;;
            --key) key=$2 ;;
            esac
            shift
            ;;
        --no-service) service=no ;;
        --uninstall) uninstall=yes ;;
        --purge) purge=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) misused "$1 is not an option" ;;
        esac
        shift
    done
    case $version in *[!0-9A-Za-z.]*) misused "$version is not a version" ;; esac
    [ "$purge" = no ] || [ "$uninstall" = yes ] || misused "--purge goes with --uninstall"

    program=$root/usr/local/bin/ddns
    config=$root/etc/ddns
    units=$root/etc/systemd/system
    [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "this needs root; run it by sudo, or set DESTDIR"
    if [ "$uninstall" = yes ]; then
        remove
    else
        install
    fi
}

# Name the file for this machine. A static file needs nothing but the kernel, so the kernel's word counts.
architecture() {
    [ "$(uname -s)" = Linux ] || fail "the files are for Linux; elsewhere: pip install dormouse-ddns (Python 3.11 or newer)"
    machine=$(uname -m)
    case $machine in
    x86_64 | amd64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    armv6l | armv7l | armv8l) if has_vfp; then echo armhf; else echo armv5; fi ;;
    armv5te*l) echo armv5 ;;
    i[3456]86) echo 386 ;;
    riscv64) echo riscv64 ;;
    mips | mips64) if is_big; then echo mips; else echo mipsel; fi ;;
    *)
        fail "there is no file for $machine (only for x86, ARM from ARMv5TE on, 32-bit MIPS, and 64-bit RISC-V)." \
            "With Python 3.11 or newer: pip install dormouse-ddns. Other ways: $WAYS"
        ;;
    esac
}

# Whether an ARM processor has a floating-point unit; yes where the kernel does not tell.
has_vfp() {
    features=$(grep '^Features' /proc/cpuinfo 2>/dev/null) || return 0
    case " $features " in *vfp*) ;; *) return 1 ;; esac
}

# Whether a MIPS processor has the highest byte of a number first: its kernel says "mips" in both cases, but the sixth byte
# of every program tells.
is_big() {
    [ "$(dd if=/bin/sh bs=1 skip=5 count=1 2>/dev/null)" = "$(printf '\002')" ]
}

# Fetch a file of the release into the working folder. Nothing that comes here is trusted before it was checked.
fetch() {
    case $place in
    http://* | https://*)
        if command -v curl >/dev/null 2>&1; then
            curl -fsSL -o "$work/$1" "$place/$1" || unfetched "$1"
        elif command -v wget >/dev/null 2>&1; then
            wget -q -O "$work/$1" "$place/$1" || unfetched "$1"
        else
            fail "curl or wget is needed; install one of them"
        fi
        ;;
    *) cp "$place/$1" "$work/$1" 2>/dev/null || unfetched "$1" ;;
    esac
}

unfetched() {
    fail "$place/$1 cannot be read; is the network up, and is there such a release, signed? Nothing was changed"
}

# The list of checksums must be signed by the key.
check_signature() {
    if [ -n "$key" ]; then
        cp "$key" "$work/key.pem" 2>/dev/null || fail "the key $key cannot be read"
    else
        release_key >"$work/key.pem"
        ! grep -q 'not set' "$work/key.pem" ||
            fail "this install.sh has no key of the project, so it cannot check anything; take the one of a release"
    fi
    openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/SHA256SUMS.sig" "$work/SHA256SUMS" >/dev/null 2>&1 ||
        fail "the signature of $place/SHA256SUMS is not the project's. Nothing was changed"
}

# A file must be the one on the list.
check_sum() {
    wanted=
    while read -r sum name; do
        [ "$name" != "$1" ] || wanted=$sum
    done <"$work/SHA256SUMS"
    [ -n "$wanted" ] || fail "$place/SHA256SUMS does not list $1. Nothing was changed"
    found=$(openssl dgst -sha256 -r "$work/$1")
    [ "${found%% *}" = "$wanted" ] || fail "$place/$1 is damaged or was changed by somebody. Nothing was changed"
}

# Whether Debian's package is installed, whose settings are in the same place.
packaged() {
    command -v dpkg-query >/dev/null 2>&1 &&
        [ "$(dpkg-query -W -f '${db:Status-Status}' dormouse-ddns 2>/dev/null)" = installed ]
}

install() {
    ! packaged || fail "the package dormouse-ddns is installed; upgrade it by apt, or remove it first"
    command -v openssl >/dev/null 2>&1 ||
        fail "openssl is needed to check the signature; install it (apt-get install openssl, or apk add openssl)"
    arch=$(architecture)
    if [ -z "$place" ]; then
        place=$RELEASES/latest/download
        [ -z "$version" ] || place=$RELEASES/download/v$version
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' HUP INT TERM
    files=ddns-linux-$arch
    [ "$service" = no ] || files="$files ddns.json"
    if [ "$service" = yes ] && [ -d "$root/run/systemd/system" ]; then
        files="$files ddns.service"
    fi
    fetch SHA256SUMS
    fetch SHA256SUMS.sig
    check_signature
    for name in $files; do
        fetch "$name"
        check_sum "$name"
    done
    place_program
    [ "$service" = no ] || place_service
}

# The new program is tried beside its place, then takes it in one step: there is always a whole one.
place_program() {
    mkdir -p "${program%/*}"
    new=$program.new.$$
    trap 'rm -rf "$work" "$new"' EXIT
    cp "$work/ddns-linux-$arch" "$new"
    chmod 0755 "$new"
    made=$("$new" --version 2>&1) || fail "ddns-linux-$arch does not run on this machine ($made). Nothing was changed"
    made=${made##* }
    [ -z "$version" ] || [ "$made" = "$version" ] ||
        fail "$place has version $made, not $version. Nothing was changed"
    mv -f "$new" "$program"
    say "$program is version $made"
}

place_service() {
    if [ ! -d "$config" ]; then
        mkdir -p "$config"
    fi
    if [ -e "$config/ddns.json" ]; then
        say "$config/ddns.json was kept"
    else
        cp "$work/ddns.json" "$config/ddns.json"
        chmod 0644 "$config/ddns.json"
    fi
    if [ -d "$root/run/systemd/system" ]; then
        place_unit
    else
        next_steps
        other_init
    fi
}

place_unit() {
    unit=$units/ddns.service
    mkdir -p "$units"
    if [ -e "$unit" ] && ! cmp -s "$work/ddns.service" "$unit"; then
        cp "$unit" "$unit.old"
        say "$unit was replaced; the former one is $unit.old (your own lines belong in: systemctl edit ddns)"
    fi
    cp "$work/ddns.service" "$unit.new"
    mv -f "$unit.new" "$unit"
    systemctl daemon-reload
    if systemctl --quiet is-active ddns.service; then
        systemctl restart ddns.service || fail "the new version is there, but does not start: journalctl -u ddns says why"
        say "the service was restarted"
    else
        next_steps
        say "  systemctl enable --now ddns"
    fi
}

next_steps() {
    say "Next, as root (the token: paste it, Enter, Ctrl-D):"
    [ -s "$config/token" ] || say "  (umask 077; cat > $config/token)"
    say "  vi $config/ddns.json"
    say "  CLOUDFLARE_API_TOKEN_FILE=$config/token $program plan --config $config/ddns.json"
}

other_init() {
    if [ -e "$root/sbin/openrc-run" ]; then
        cat <<TEXT
To start it at boot with OpenRC: a user for it, who may read the token,
  addgroup -S ddns && adduser -S -D -H -G ddns ddns && chown ddns $config/token
and this as /etc/init.d/ddns, executable:
  #!/sbin/openrc-run
  export CLOUDFLARE_API_TOKEN_FILE=$config/token EMOJI=false
  command=$program
  command_args="--config $config/ddns.json"
  command_user=ddns:ddns
  command_background=yes
  pidfile=/run/ddns.pid
  output_logger="logger -t ddns"
  error_logger="logger -t ddns"
  depend() { need net; }
then
  rc-update add ddns && rc-service ddns start
TEXT
    elif [ -e "$root/etc/inittab" ]; then
        cat <<TEXT
To start it at boot with init: this line in /etc/inittab, then: kill -HUP 1
  ::respawn:/usr/bin/env CLOUDFLARE_API_TOKEN_FILE=$config/token EMOJI=false $program --config $config/ddns.json
TEXT
    else
        cat <<TEXT
There is no systemd here. Let the init system of this machine start this at boot, and again when it ends:
  env CLOUDFLARE_API_TOKEN_FILE=$config/token EMOJI=false $program --config $config/ddns.json
TEXT
    fi
}

remove() {
    for name in ddns.service ddns-once.timer ddns-once.service; do
        unit=$units/$name
        if [ -f "$unit" ] && grep -q '^Description=.*Dormouse' "$unit"; then
            [ ! -d "$root/run/systemd/system" ] || systemctl disable --now "$name" || true
            rm -f "$unit" "$unit.old"
            say "$unit was removed"
        fi
    done
    [ ! -d "$root/run/systemd/system" ] || systemctl daemon-reload
    if [ -e "$program" ]; then
        rm -f "$program"
        say "$program was removed"
    fi
    if [ "$purge" = yes ] && packaged; then
        fail "the package dormouse-ddns is installed, and its settings were kept; apt purge dormouse-ddns removes both"
    elif [ "$purge" = yes ]; then
        rm -rf "$config" "$root/var/lib/ddns" "$root/var/lib/private/ddns"
        say "settings, token and state were removed"
    elif [ -e "$config" ]; then
        say "$config was kept; --uninstall --purge removes it too"
    fi
    [ -n "$root" ] || [ ! -e /etc/init.d/ddns ] || say "remove /etc/init.d/ddns yourself: rc-update del ddns"
}

main "$@"
