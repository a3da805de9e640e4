# shellcheck shell=bash
# The host's network is shared (a network namespace with only loopback breaks Slurm's name look-ups), so every instance
# has a block of ten ports on 127.0.0.1: +0 slurmctld, +1 slurmdbd, +2 slurmd c1, +3 slurmd c2, +4 sshd, +5 portal.

first_block=17600
block_size=10
blocks=40

port_taken() {  # PORT
    local table
    for table in /proc/net/tcp /proc/net/tcp6; do
        [ -r "$table" ] || continue
        # Column 2 is address:port in hexadecimal, column 4 the state; 0A is LISTEN.
        if awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
            END { exit !found }' "$table"; then return 0; fi
    done
    return 1
}

block_free() {
    local port
    for port in $(seq "$1" $(($1 + 5))); do ! port_taken "$port" || return 1; done
}

block_noted_by_another() {
    local other
    for other in "$cache"/instances/*/noted; do
        [ "$other" = "$place/noted" ] && continue
        if grep -qx "port_base=$1" "$other" 2>/dev/null; then return 0; fi
    done
    return 1
}

# Sets port_base and portal_port. Instances keep their block from one `up` to the next while it is free.
choose_ports() {
    local candidate
    if [ -z "$port_base" ] || ! block_free "$port_base"; then
        port_base=''
        for candidate in $(seq $first_block $block_size $((first_block + block_size * (blocks - 1)))); do
            if block_free "$candidate" && ! block_noted_by_another "$candidate"; then port_base=$candidate; break; fi
        done
        [ -n "$port_base" ] ||
            die "no free block of ports between $first_block and $((first_block + block_size * blocks)): end other instances (scripts/cluster --instance NAME down)."
    fi
    local own=$((port_base + 5))
    [ "$instance" != demo ] || own=8000
    portal_port=${ALLGO_PORT:-$own}
    [[ $portal_port =~ ^[0-9]{2,5}$ && $portal_port -le 65535 ]] || die "ALLGO_PORT='$portal_port': must be a port number, 10 to 65535."
    ! port_taken "$portal_port" ||
        die "port $portal_port (the portal's) is taken by another program: end that, or choose another one with ALLGO_PORT=8001."
}
