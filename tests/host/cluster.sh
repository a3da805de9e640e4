#!/usr/bin/env bash
# What `scripts/cluster` promises, tried from outside: clear refusals, cut-off starts, nothing left behind.
# Prints "ok ..." or "FAILED ..." a line, and a closing count. Needs root and the cached root file system.
set -uo pipefail
cluster=$(cd "$(dirname "$0")/../../scripts" && pwd)/cluster
cache=${ALLGO_CACHE:-${HOME:-/root}/.cache/allgo-hpc}
name=outside
said=$(mktemp)
passed=0 failed=0
check() {  # WHAT COMMAND...
    local what=$1; shift
    if "$@"; then passed=$((passed + 1)); echo "ok      $what"; else failed=$((failed + 1)); echo "FAILED  $what"; fi
}
refuses() {  # PATTERN COMMAND...: exit status not 0, one sentence that matches
    local pattern=$1 out; shift
    if out=$("$@" 2>&1); then echo "  exit status 0: $out"; return 1; fi
    grep -qE "$pattern" <<< "$out" || { echo "  said: $out"; return 1; }
}
no_processes() {  # of the instance, found by its control groups and its folder on a command line
    local left
    left=$(grep -lsa "/instances/$name" /proc/[0-9]*/cmdline 2>/dev/null)
    [ -z "$left" ] || { echo "  left: $left"; return 1; }
    ! find /sys/fs/cgroup -maxdepth 2 -name "allgo-$name-*" 2>/dev/null | grep -q .
}
no_mounts() { ! grep -q "/instances/$name/" /proc/mounts; }
host_state() { { cut -d' ' -f2 /proc/mounts; find /sys/fs/cgroup -maxdepth 2 -name "allgo-$name-*"; ls -l /dev/fuse; } | sort; }
up_quickly() {
    local begun=$SECONDS
    if ! "$cluster" --instance $name --without-portal up 2> "$said"; then cat "$said"; return 1; fi
    [ $((SECONDS - begun)) -lt 60 ] || { echo "it took $((SECONDS - begun)) s"; return 1; }
}
says_up() {
    if ! "$cluster" --instance $name status > "$said" 2>&1; then cat "$said"; return 1; fi
}
cut_off_up() {  # SECONDS: starts `up`, kills it with all its children in the middle, as a closed terminal would
    setsid "$cluster" --instance $name --without-portal up > /dev/null 2>&1 &
    local leader=$!
    read -rt "$1" <> <(:) || true
    kill -KILL -- "-$leader" 2>/dev/null
    wait "$leader" 2>/dev/null
    true
}

falls_back() {  # the parts of the program itself, with a build of 26.05 that fails as on a mirror that has moved on
    local out
    out=$(
        here=$(dirname "$cluster") instance=$name release='' up_release=''
        for part in say settings mirror rootfs; do . "$here/cluster.d/$part.sh"; done
        provide_rootfs() { rootfs=/cached/$1; [ "$1" != 26.05 ]; }
        choose_rootfs 2>&1
        echo "release $release from $rootfs"
    )
    grep -q 'FALLING BACK to Slurm 24.11' <<< "$out" && grep -q 'release 24.11 from /cached/24.11' <<< "$out"
}

env_with() { local "$1"; shift; "$@"; }
in_parts() {  # COMMAND...: calls a function of the program itself, on a machine that is made to look other
    ( here=$(dirname "$cluster") instance=$name
      for part in say settings rootfs; do . "$here/cluster.d/$part.sh"; done
      uname() { echo "${fake_system:-Linux}"; }
      command() { [ "$2" != "${fake_missing:-}" ] && builtin command "$@"; }
      "$@" )
}
check "another system is told what it needs" refuses "needs Linux .*Darwin" env_with fake_system=Darwin in_parts require_machine
check "no mmdebstrap and no Debian: told what to install" refuses "not Debian: install mmdebstrap" \
    env_with fake_missing=apt-get in_parts install_mmdebstrap
check "where 26.05 cannot be had it falls back to 24.11 and says so" falls_back
check "an unknown command is refused" refuses "unknown argument 'upp'" "$cluster" upp
check "an unknown release is refused, the known ones named" refuses '24\.11 and 26\.05' "$cluster" --slurm 23.02 up
check "a bad instance name is refused" refuses "lower-case letters" "$cluster" --instance ../x up
check "exec on an instance that is down says what to do" refuses "up' first" "$cluster" --instance nosuch exec -- true
readable=$(mktemp -d)   # the checkout itself may be closed to others
cp -r "$(dirname "$cluster")" "$readable/"; chmod -R a+rX "$readable"
check "who is not root is told so" refuses "must run as root" \
    setpriv --reuid 65534 --clear-groups env ALLGO_CACHE=/nonexistent "$readable/scripts/cluster" --instance $name up
rm -rf "$readable"
"$cluster" --instance $name reset > /dev/null 2>&1
before=$(host_state)
listener_port=$(awk 'NR > 1 && $4 == "0A" { split($2, part, ":"); print part[2]; exit }' /proc/net/tcp)
listener_port=$((16#$listener_port))
check "a taken port is refused" refuses "port $listener_port .* taken" env ALLGO_PORT=$listener_port "$cluster" --instance $name up

small=$(mktemp -d)
mount -t tmpfs -o size=8M tmpfs "$small"
check "a full disk is told before anything is built" refuses "free" env ALLGO_CACHE="$small" "$cluster" --instance $name up
umount "$small"; rmdir "$small"

for moment in 0.2 0.3 0.4 0.5 0.6 0.8 1.2 2.0; do
    cut_off_up "$moment"
done
check "after eight cut-off starts it comes up" up_quickly
check "status is 0 when up" says_up
check "a user inside is not root" test "$("$cluster" --instance $name exec --user alice -- id -un)" = alice
check "exec passes the exit status on" test "$("$cluster" --instance $name exec -- sh -c 'exit 7'; echo $?)" = 7
check "an unknown user is refused" refuses "no such user" "$cluster" --instance $name exec --user mallory -- true
check "down ends it" "$cluster" --instance $name down
check "no process is left" no_processes
check "no mount is left" no_mounts
check "status is not 0 when down" refuses "down" "$cluster" --instance $name status
check "a second down is no error" "$cluster" --instance $name down
check "the machine is as it was" test "$before" = "$(host_state)"
check "it comes up again" up_quickly
check "reset deletes its data" sh -c "'$cluster' --instance $name reset && test ! -e '$cache/instances/$name'"
rm -f "$said"
printf '\n%s passed, %s failed\n' $passed $failed
[ $failed = 0 ]
