# shellcheck shell=bash
# pyslurm for the root file system's Slurm: built there in a throw-away layer, kept in the cache under a hash of what it
# is made of. Inside it lies in /opt/allgo-hpc/pyslurm, where the portal's environment looks for it.

pyslurm_releases='26.05'

pyslurm_key() {
    { cat "$checkout"/requirements-pyslurm.lock "$here"/pyslurm "$here"/pyslurm.d/* "$here"/cluster.d/pyslurm.sh
      basename "$rootfs"; } | sha256sum | cut -c1-16
}

# Sets pyslurm to the folder of it; to nothing where it cannot be had, which is said: Slurm's commands serve then.
provide_pyslurm() {
    pyslurm=''
    case " $pyslurm_releases " in *" $release "*) ;; *) return 0 ;; esac
    local place
    place=$cache/pyslurm/$(pyslurm_key)
    mkdir -p "$cache/pyslurm" "$cache/pip"
    if [ ! -d "$place" ]; then
        exec 5> "$place.lock"
        flock -n 5 || { say "another run builds pyslurm: waiting for it"; flock 5; }
        if [ ! -d "$place" ]; then build_pyslurm "$place" 5>&- || true; fi
        exec 5>&-
    fi
    if [ -d "$place" ]; then pyslurm=$place; fi
}

build_pyslurm() {  # FINAL-FOLDER
    local fresh=$1.building log=$1.log
    say "building pyslurm for Slurm $release (about a minute, beside the rest; log: $log)"
    rm -rf "$fresh"
    mkdir "$fresh"
    apt_reach_options > "$fresh/90reach"
    # shellcheck disable=SC2016
    if ! in_rootfs "$fresh:/mnt/built $cache/pip:/var/cache/pip $checkout:/mnt/checkout" bash -euc '
        cp /mnt/built/90reach /etc/apt/apt.conf.d/
        export DEBIAN_FRONTEND=noninteractive PIP_CACHE_DIR=/var/cache/pip
        apt-get update
        apt-get install -y --no-install-recommends gcc libc6-dev python3-dev libslurm-dev
        /mnt/checkout/scripts/pyslurm /tmp/wheel
        python3 -m zipfile -e /tmp/wheel/pyslurm-*.whl /mnt/built/site' > "$log" 2>&1
    then
        rm -rf "$fresh"
        say "pyslurm could not be built (log: $log): the portal uses Slurm's commands"
        return 1
    fi
    find "$fresh/site" \( -name '*.c' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' \) -delete
    chmod -R u=rwX,go=rX "$fresh/site"
    mv "$fresh/site" "$1"
    rm -rf "$fresh"
}

# The portal's environment is provided meanwhile; each is the other's equal in time.
provide_environment() {
    local told
    told=$(mktemp)
    { provide_pyslurm; printf '%s' "$pyslurm" > "$told"; } &
    local builder=$!
    provide_venv
    wait "$builder" || true
    pyslurm=$(cat "$told")
    rm -f "$told"
}
