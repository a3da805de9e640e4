# shellcheck shell=bash
# Ends an instance: services first, in order, then whatever is left by killing its init, which takes all with it.

cluster_down() {
    if [ ! -d "$place" ]; then
        kill_leftovers
        remove_cgroups
        say "there is no such instance"
        return 0
    fi
    exec 9> "$place.lock"
    flock -w 300 9 || die "another 'up' or 'down' of this instance has been at work for five minutes."
    locate_instance
    end_instance
    exec 9>&-
    say "down; its data are kept in $place"
}

# Ends what runs and takes the control groups away; the caller holds the instance's lock.
end_instance() {
    if instance_runs; then
        say "ending"
        timeout 40 nsenter -t "$up_pid" -m -p -i -u -C -r -w -- /usr/local/sbin/cluster-stop > "$place/log/stop.log" 2>&1 9>&- ||
            say "not everything ended by itself (log: $place/log/stop.log): killing the rest"
        thaw_cgroups
        kill -KILL "$up_pid" 2>/dev/null || true
        while instance_runs; do read -rt 0.05 <> <(:) || true; done
    fi
    kill_leftovers
    up_pid='' up_start=''
    note_instance
    # The kernel takes a moment to let go of the last processes' control groups.
    local tries
    for tries in $(seq 100); do
        [ "$tries" = 100 ] || [ -n "$(cgroup_folders | xargs -r ls -d 2>/dev/null)" ] || break
        remove_cgroups 2>/dev/null
        read -rt 0.05 <> <(:) || true
    done
    remove_cgroups
}

cluster_reset() {
    cluster_down
    [ -d "$place" ] || return 0
    rm -rf --one-file-system "$place" "$place.lock"
    say "data deleted"
}
