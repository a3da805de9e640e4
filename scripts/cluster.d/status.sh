# shellcheck shell=bash

cluster_status() {
    if ! instance_runs; then
        printf 'instance %s: down%s\n' "$instance" "$([ -d "$place/upper" ] && echo " (data in $place)")"
        return 3
    fi
    printf 'instance %s: up, Slurm %s, serves %s\ndata %s, init %s\n\n' "$instance" "$up_release" "$up_checkout" "$place" "$up_pid"
    inside /usr/local/sbin/cluster-status
}
