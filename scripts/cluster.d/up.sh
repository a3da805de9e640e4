# shellcheck shell=bash
# Brings an instance up: root file system, virtual environment, namespaces, services, the wait until all answer.

ready_within_s=90

cluster_up() {
    mkdir -p "$cache/instances" || die "cannot write to $cache: set ALLGO_CACHE to a folder that can be written."
    mkdir -p "$place"
    exec 9> "$place.lock"
    flock -w 300 9 || die "another 'up' or 'down' of this instance has been at work for five minutes: see 'scripts/cluster --instance $instance status'."
    locate_instance   # again: what was noted may have changed while waiting
    if instance_runs; then
        [ "$up_checkout" = "$checkout" ] ||
            die "this instance is up and serves $up_checkout: use another --instance, or end it first (scripts/cluster --instance $instance down)."
        [ -z "$release" ] || [ "$release" = "$up_release" ] ||
            die "this instance is up with Slurm $up_release: end it first (scripts/cluster --instance $instance down)."
        release=$up_release
        choose_rootfs
        provide_venv
        if [ "$venv" = "$up_venv" ] && { [ -z "$up_pyslurm" ] || [ "$(basename "$up_pyslurm")" = "$(pyslurm_key)" ]; }; then
            refresh_sources
        else
            say "the lock files have changed: starting the instance anew with their environment"
            portal=$up_portal
            end_instance
            start_instance
        fi
    else
        start_instance
    fi
    wait_until_ready
    exec 9>&-
}

# An instance that is up gets the checkout as it is now; the portal is restarted only if that changed anything.
refresh_sources() {
    sync_sources
    if [ "$sources_changed" = yes ] && [ "$up_portal" = yes ]; then
        say "the checkout has changed: restarting portal and sweep"
        inside /usr/local/sbin/cluster-compile || true   # not there yet in an instance that an older checkout started
        inside /usr/bin/sv -w 40 restart /etc/allgo-services/portal /etc/allgo-services/sweep > /dev/null 2>&1 || true
    fi
}

start_instance() {
    # What is left of an instance that was killed, or of an `up` that was cut off before it could note what it started.
    kill_leftovers
    remove_cgroups
    if [ -n "$up_release" ] && [ -n "$release" ] && [ "$release" != "$up_release" ] && [ -d "$place/upper" ]; then
        die "this instance was made with Slurm $up_release and keeps its state: 'scripts/cluster --instance $instance reset' first, or use another --instance."
    fi
    choose_rootfs
    provide_environment
    need_disk "$cache" 512 "a running instance"
    # Two that start at once must not choose the same block: the choice counts when it is noted.
    exec 6> "$cache/ports.lock"
    flock -w 60 6 || die "another 'up' has been choosing its ports for a minute: try again."
    choose_ports
    up_release=$release up_checkout=$checkout up_portal=$portal up_venv=$venv up_pyslurm=$pyslurm up_pid='' up_start=''
    mkdir -p "$place"/{root,upper,work,srv,state,log,scratch,images} "$cache/builds"
    note_instance
    exec 6>&-
    sync_sources
    say "starting Slurm $release on ports $port_base-$((port_base + 4)), portal on $portal_port"
    : > "$place/log/boot.log"
    (
        enter_cgroups
        exec setsid unshare --mount --pid --ipc --uts --cgroup --fork --propagation private -- \
            env -i PATH="$PATH" HOME=/root LANG=C.UTF-8 \
            bash "$here/cluster.d/boot.sh" "$here" "$place" "$rootfs" "$venv" "$cache/builds" "$instance" "$release" \
            "$port_base" "$portal_port" "$checkout" "$portal" "$(debian_mirror)" "$pyslurm"
    ) < /dev/null >> "$place/log/boot.log" 2>&1 8>&- 9>&- &
    local parent=$! child='' space
    for _ in $(seq 200); do
        child=$(cat "/proc/$parent/task/$parent/children" 2>/dev/null) || true
        child=${child%% *}
        # The first child may still be a helper of the shell before it became unshare: the pid namespace tells. What
        # ended between two looks has none.
        space=$(readlink "/proc/${child:-none}/ns/pid" || true)
        up_start=$(start_time_of "${child:-none}" || true)
        if [ -n "$space" ] && [ -n "$up_start" ] && [ "$space" != "$(readlink /proc/self/ns/pid)" ]; then break; fi
        child=''
        [ -d "/proc/$parent" ] || break
        read -rt 0.05 <> <(:) || true
    done
    [ -n "$child" ] || boot_failed
    leave_cgroup_root "$parent"
    up_pid=$child
    note_instance
}

boot_failed() {
    sed 's/^/  /' "$place/log/boot.log" >&2
    die "the instance did not start: the lines above (also in $place/log/boot.log) say why."
}

inside() { nsenter -t "$up_pid" -m -p -i -u -C -r -w -- "$@"; }

wait_until_ready() {
    local start=$SECONDS
    while ! inside /usr/local/sbin/cluster-ready > "$place/log/ready.log" 2>&1; do
        instance_runs || boot_failed
        if [ $((SECONDS - start)) -ge $ready_within_s ]; then
            sed 's/^/  /' "$place/log/ready.log" >&2
            die "not ready after $ready_within_s s; logs are in $place/log. Try 'scripts/cluster --instance $instance reset' and 'up' again."
        fi
        read -rt 0.2 <> <(:) || true
    done
    say "up: Slurm $up_release, portal $([ "$up_portal" = yes ] && echo "http://127.0.0.1:$portal_port" || echo 'not started')"
}
