# shellcheck shell=bash
# Runs a command, or a shell, inside a running instance.

cluster_enter() {  # exec|shell [--user U] [--env NAME=VALUE]... [-- COMMAND...]
    local kind=$1 user=root variables=(); shift
    while [ $# -gt 0 ]; do
        case $1 in
            --user) [ $# -ge 2 ] || die "--user needs a name: root, allgo, alice or bob"; user=$2; shift 2 ;;
            --env) [ $# -ge 2 ] || die "--env needs NAME=VALUE"; variables+=("$2"); shift 2 ;;
            --) shift; break ;;
            -*) die "unknown option '$1' of $kind. See: scripts/cluster --help" ;;
            *) break ;;
        esac
    done
    instance_runs || die "this instance is not up: 'scripts/cluster --instance $instance up' first."
    if [ "$kind" = exec ]; then
        [ $# -gt 0 ] || die "exec needs a command: scripts/cluster exec -- squeue"
    else
        [ $# -eq 0 ] || die "shell takes no command; use exec."
        set -- /bin/bash
        variables+=("TERM=${TERM:-xterm}")
    fi
    inside /usr/bin/id -u "$user" > /dev/null 2>&1 || die "--user '$user': no such user inside; there are root, allgo, alice and bob."
    local home
    home=$(inside /usr/bin/getent passwd "$user" | cut -d: -f6)
    # The working folder inside is the user's home; the environment is built from nothing.
    # shellcheck disable=SC2016
    exec nsenter -t "$up_pid" -m -p -i -u -C -r -w -- /usr/bin/setpriv --reuid "$user" --regid "$(inside /usr/bin/id -g "$user")" --init-groups \
        /usr/bin/env -i PATH=/opt/allgo-hpc/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME="$home" USER="$user" LOGNAME="$user" LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt "${variables[@]}" \
        /bin/sh -c 'cd && exec "$@"' sh "$@"
}
