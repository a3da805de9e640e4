# shellcheck shell=bash
# The root file system: Debian trixie, Slurm from trixie (24.11) or unstable (26.05), Apptainer from unstable.
# Kept in $cache/rootfs/<key>, the key being a hash of everything that decides its content but the mirror.

rootfs_suite=trixie
rootfs_packages=(
    # the cluster
    slurmctld slurmd slurm-client slurmdbd munge mariadb-server openssh-server tini runit
    # images
    apptainer squashfs-tools squashfuse fuse-overlayfs fuse3 uidmap mmdebstrap
    # the portal
    python3 python3-venv postgresql
    # people and tests
    ca-certificates curl wget httpie rsync procps iproute2 less nano shellcheck sox
    # the build node: its helper's one rule, networks of sandboxes, tools that run in any image
    sudo passt busybox-static openssh-sftp-server openssh-client
    # the fault suite: a clock that is wrong, a file system that is full
    libfaketime e2fsprogs
    # scripts/bench: what a download through the portal is measured against
    nginx
)
# The pages are tested on the newer release only: a browser is larger than all the rest.
browser_packages_2605=(chromium fonts-dejavu-core)
browser_packages_2411=()
# Slurm 26.05 in unstable wants a newer hwloc than trixie's.
unstable_packages_2605='slurm* libslurm* libhwloc* apptainer'
unstable_packages_2411='apptainer'

rootfs_key() {  # RELEASE
    {
        declare -p rootfs_suite rootfs_packages "unstable_packages_${1/./}" "browser_packages_${1/./}"
        declare -f build_rootfs
        printf '%s\n' "$1" "$(uname -m)"
    } | sha256sum | cut -c1-16
}

# Makes sure that the root file system of $1 is there; sets rootfs to its folder. Returns 1 if it cannot be built.
provide_rootfs() {
    local key
    key=$(rootfs_key "$1")
    rootfs=$cache/rootfs/$key
    [ -d "$rootfs" ] && return 0
    mkdir -p "$cache/rootfs"
    exec 8> "$cache/rootfs/$key.lock"
    flock -n 8 || { say "another run builds the root file system: waiting for it"; flock 8; }
    [ -d "$rootfs" ] && { exec 8>&-; return 0; }
    local status=0
    build_rootfs "$1" "$cache/rootfs/$key" 8>&- || status=$?
    exec 8>&-
    return "$status"
}

build_rootfs() {  # RELEASE FINAL-FOLDER
    local fresh=$2.building log=$2.log pins=unstable_packages_${1/./} browser="browser_packages_${1/./}[@]" mirror
    local packages=("${rootfs_packages[@]}" "${!browser}")
    command -v mmdebstrap >/dev/null || install_mmdebstrap
    need_disk "$cache" "$root_need_mb" "the root file system"
    mirror=$(debian_mirror)
    say "building the root file system with Slurm $1 from $mirror (about a minute; log: $log)"
    rm -rf --one-file-system "$fresh"
    local options=() line
    while IFS= read -r line; do options+=("--aptopt=$line"); done < <(apt_reach_options)
    if ! mmdebstrap --mode=root --variant=minbase --format=directory "${options[@]}" \
        --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --setup-hook="mkdir -p \"\$1/etc/apt/preferences.d\"; printf 'Package: *\nPin: release n=sid\nPin-Priority: 100\n\nPackage: ${!pins}\nPin: release n=sid\nPin-Priority: 990\n' > \"\$1/etc/apt/preferences.d/unstable\"" \
        --include="$(IFS=,; printf '%s' "${packages[*]}")" \
        "$rootfs_suite" "$fresh" - > "$log" 2>&1 <<SOURCES
deb $mirror $rootfs_suite main
deb $mirror $rootfs_suite-updates main
deb $mirror sid main
SOURCES
    then
        rm -rf --one-file-system "$fresh"
        need_disk "$cache" 1024 "the root file system"
        say "the root file system with Slurm $1 could not be built; the log ends: $(grep -E '^ |^E:' "$log" | tail -n 3 | tr -s '\n ' ' ')"
        return 1
    fi
    # What differs from instance to instance is made when one starts; a debootstrapped tree carries none of it.
    rm -rf "${fresh:?}"/{var/lib/mysql,var/log/mysql,dev}/* "$fresh"/etc/ssh/ssh_host_*
    mv "$fresh" "$2"
    say "root file system ready: $(du -sh "$2" | cut -f1)"
}

install_mmdebstrap() {
    command -v apt-get >/dev/null ||
        die "mmdebstrap is missing and this is not Debian: install mmdebstrap with your package manager, then try again."
    say "installing mmdebstrap"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mmdebstrap; } \
        > "$cache/mmdebstrap.log" 2>&1 ||
        die "mmdebstrap could not be installed (log: $cache/mmdebstrap.log): check the machine's apt sources, or install it by hand."
}

# Sets release and rootfs: the release asked for, or the stable one where the newer cannot be had.
choose_rootfs() {
    local wanted=${release:-${up_release:-$default_release}}
    if provide_rootfs "$wanted"; then release=$wanted; return; fi
    [ "$wanted" != "$fallback_release" ] ||
        die "no root file system could be built: read $cache/rootfs/$(rootfs_key "$wanted").log; is the package mirror to be reached?"
    say "FALLING BACK to Slurm $fallback_release of Debian $rootfs_suite"
    provide_rootfs "$fallback_release" ||
        die "no root file system could be built: read $cache/rootfs/$(rootfs_key "$fallback_release").log"
    release=$fallback_release
}

# Runs a command in the tree $rootfs with a throw-away layer on top, so that the cached tree stays as it was built.
# Usage: in_rootfs 'BIND-SOURCE:TARGET ...' COMMAND...
in_rootfs() {
    local binds=$1; shift
    # shellcheck disable=SC2016  # expanded by the inner shell
    unshare --mount --propagation private -- bash -euc '
        rootfs=$1 binds=$2 here=$3; shift 3
        . "$here/cluster.d/say.sh"; . "$here/cluster.d/mirror.sh"
        layer=$(mktemp -d)
        mount -t tmpfs -o mode=0755 tmpfs "$layer"
        mkdir "$layer/upper" "$layer/work" "$layer/root"
        mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
        mount -t proc proc "$layer/root/proc"
        mount --rbind /dev "$layer/root/dev"
        cp -L /etc/resolv.conf /etc/hosts "$layer/root/etc/"
        copy_reach_settings "$layer/root"
        for bind in $binds; do
            mkdir -p "$layer/root${bind#*:}"
            mount --bind "${bind%%:*}" "$layer/root${bind#*:}"
        done
        status=0
        chroot "$layer/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
            $(pip_environment) "$@" || status=$?
        umount -l "$layer"; rmdir "$layer"
        exit $status' in_rootfs "$rootfs" "$binds" "$here" "$@"
}
