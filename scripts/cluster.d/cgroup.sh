# shellcheck shell=bash
# Every instance has its own subtree of the machine's control groups, which is the root of its cgroup namespace:
# instances do not meet, and `down` can remove all that Slurm made.

cgroup_version() {
    if [ "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]; then echo 2; else echo 1; fi
}

# The folders that belong to this instance, one per hierarchy.
cgroup_folders() {
    local folder mount
    # Two caches may each have an instance of the same name: their folders differ.
    folder=allgo-$instance-$(printf '%s' "$place" | cksum | cut -d' ' -f1)
    if [ "$(cgroup_version)" = 2 ]; then
        echo "/sys/fs/cgroup/$folder"
    else
        # Mounted version 1 hierarchies with a controller (named ones and the empty version 2 tree are left alone).
        awk '$3 == "cgroup" && $4 !~ /name=/ { print $2 }' /proc/mounts | sort -u |
            while read -r mount; do echo "$mount/$folder"; done
    fi
}

# Puts this very process into the instance's control groups (its children follow).
enter_cgroups() {
    local folder
    if [ "$(cgroup_version)" = 2 ]; then
        local controller
        for controller in cpuset cpu memory pids; do
            echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
        done
        grep -qw memory /sys/fs/cgroup/cgroup.subtree_control ||
            die "the memory controller cannot be enabled in /sys/fs/cgroup: Slurm could not enforce memory limits on this machine."
    fi
    while read -r folder; do
        mkdir -p "$folder" || die "cannot make the control group $folder: are control groups writable on this machine?"
        if [ -e "$folder/cpuset.cpus" ] && [ "$(cgroup_version)" = 1 ]; then
            cat "$(dirname "$folder")/cpuset.cpus" > "$folder/cpuset.cpus"
            cat "$(dirname "$folder")/cpuset.mems" > "$folder/cpuset.mems"
        fi
        echo "$BASHPID" > "$folder/cgroup.procs"
    done < <(cgroup_folders)
}

# Version 2: only leaves may hold processes once controllers are handed down. The namespace has begun: what stays outside
# it (unshare, waiting for its child) goes into a leaf of its own.
leave_cgroup_root() {  # PID
    local folder
    [ "$(cgroup_version)" = 2 ] || return 0
    folder=$(cgroup_folders)/outside
    mkdir -p "$folder"
    echo "$1" > "$folder/cgroup.procs"
}

# Lets go of what is held still: a sandbox that was being committed. In version 1 a frozen process cannot even be killed.
thaw_cgroups() {
    cgroup_folders | while read -r folder; do
        [ ! -d "$folder" ] || find "$folder" -name freezer.state -exec sh -c 'echo THAWED > "$1"' thaw {} \; 2>/dev/null || true
    done
}

# Ends every process in the instance's control groups: what a cut-off `up` started and did not live to note. Only what
# this program put there can be in them.
kill_leftovers() {
    local pids
    thaw_cgroups
    for _ in $(seq 200); do
        pids=$(cgroup_folders | while read -r folder; do
            [ ! -d "$folder" ] || find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null
        done | sort -u)
        [ -n "$pids" ] || return 0
        # shellcheck disable=SC2086
        kill -KILL $pids 2>/dev/null || true
        read -rt 0.05 <> <(:) || true
    done
    die "processes of an earlier start cannot be ended: $(echo "$pids" | tr '\n' ' ')"
}

remove_cgroups() {
    local folder
    while read -r folder; do
        if [ -d "$folder" ]; then find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true; fi
        [ ! -d "$folder" ] || say "the control group $folder could not be removed (still in use?)"
    done < <(cgroup_folders)
}
