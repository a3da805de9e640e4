# shellcheck shell=bash
# What the machine must offer, where things are kept, and the names that an instance is known by.

default_release=26.05
fallback_release=24.11
root_need_mb=4096   # two unpacked trees while one is built: 1.4 GB root file system, packages, virtual environment

check_arguments() {
    [[ $instance =~ ^[a-z][a-z0-9-]{0,15}$ ]] ||
        die "--instance '$instance': 1 to 16 lower-case letters, digits and '-', the first a letter."
    case $release in
        ''|24.11|26.05) ;;
        *) die "--slurm '$release': the releases known here are 24.11 and 26.05." ;;
    esac
}

require_machine() {
    [ "$(uname -s)" = Linux ] ||
        die "this needs Linux (namespaces, cgroups); on $(uname -s) run it in a Debian virtual machine."
    [ "$(id -u)" = 0 ] ||
        die "this must run as root (it makes namespaces, mounts and cgroups): try 'sudo scripts/cluster ...'."
    local tool
    for tool in unshare nsenter setsid flock mount; do
        command -v "$tool" >/dev/null || die "'$tool' is missing: install util-linux (and mount), then try again."
    done
}

# Sets: cache, place (the instance's folder), and what an earlier `up` noted there.
locate_instance() {
    cache=${ALLGO_CACHE:-${HOME:-/root}/.cache/allgo-hpc}
    [[ $cache = /* ]] || die "ALLGO_CACHE='$cache': must be an absolute path."
    place=$cache/instances/$instance
    up_release='' up_checkout='' up_pid='' up_start='' port_base='' portal_port='' up_portal='' up_venv='' up_pyslurm=''
    # shellcheck source=/dev/null
    if [ -r "$place/noted" ]; then . "$place/noted"; fi
}

# Writes what `down`, `status` and `exec` need to know. Renamed in place: a cut-off `up` leaves the old or the new file.
note_instance() {
    local name
    for name in up_release up_checkout up_pid up_start port_base portal_port up_portal up_venv up_pyslurm; do
        printf '%s=%q\n' "$name" "${!name}"
    done > "$place/noted.new"
    mv "$place/noted.new" "$place/noted"
}

start_time_of() {  # PID -> its start in clock ticks since boot (field 22 of stat, after the name's closing parenthesis)
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    printf '%s\n' "${20}"
}

# A process id alone identifies nothing: ids are reused, so the start time is compared too.
instance_runs() {
    [ -n "$up_pid" ] && [ -n "$up_start" ] && [ "$(start_time_of "$up_pid" || true)" = "$up_start" ]
}

need_disk() {  # FOLDER MEGABYTES WHAT
    local free
    free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$2" ] ||
        die "$3 needs $2 MB, but $1 has $free MB free: free some space, or set ALLGO_CACHE to a folder on a larger disk."
}
