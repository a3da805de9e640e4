# shellcheck shell=bash
# The virtual environment of the portal and its tests: made inside the root file system from the lock files, kept in
# the cache under a hash of them.

venv_inputs() { printf '%s\n' "$checkout"/requirements{,-dev,-clients}.lock "$here/cluster.d/venv.sh"; }

# Makes sure that the environment is there; sets venv to its folder. Its path inside is always /opt/allgo-hpc/venv.
provide_venv() {
    local inputs key
    mapfile -t inputs < <(venv_inputs)
    key=$({ cat "${inputs[@]}"; readlink "$rootfs/usr/bin/python3"; } | sha256sum | cut -c1-16)
    venv=$cache/venv/$key
    [ -e "$venv/complete" ] && return 0
    mkdir -p "$cache/venv" "$cache/pip"
    exec 8> "$venv.lock"
    flock -n 8 || { say "another run builds the virtual environment: waiting for it"; flock 8; }
    if [ ! -e "$venv/complete" ]; then build_venv 8>&-; fi
    exec 8>&-
}

build_venv() {
    need_disk "$cache" 1024 "the virtual environment"
    say "building the virtual environment from the lock files (log: $venv.log)"
    rm -rf --one-file-system "$venv"
    mkdir "$venv"
    # The releases of A||GO's client cannot be installed together: each gets a folder of its own, for PYTHONPATH. Their
    # setup.py imports requests, so they are built last and in the environment itself.
    # shellcheck disable=SC2016
    in_rootfs "$venv:/opt/allgo-hpc/venv $cache/pip:/root/.cache/pip $checkout:/mnt/checkout" bash -euc '
        cd /mnt/checkout
        python3 -m venv /opt/allgo-hpc/venv
        pip="/opt/allgo-hpc/venv/bin/python -m pip --disable-pip-version-check"
        $pip install --no-deps --require-hashes -r requirements-dev.lock
        while read -r client; do
            release=${client#allgo==}
            echo "$client" > /tmp/client.lock
            $pip install --no-deps --no-build-isolation --require-hashes --target "/opt/allgo-hpc/venv/allgo-clients/${release%% *}" \
                -r /tmp/client.lock < /dev/null
        done < requirements-clients.lock
        printf "%s\n" /opt/allgo-hpc/src /opt/allgo-hpc/pyslurm \
            > "$(echo /opt/allgo-hpc/venv/lib/python3.*/site-packages)/allgo_hpc.pth"
        printf "#!/opt/allgo-hpc/venv/bin/python\nimport sys\nfrom allgo_hpc.cli import main\nsys.exit(main())\n" > /opt/allgo-hpc/venv/bin/allgo-hpc
        chmod 0755 /opt/allgo-hpc/venv/bin/allgo-hpc
        touch /opt/allgo-hpc/venv/complete' > "$venv.log" 2>&1 ||
        die "the virtual environment could not be built: read $venv.log; is the Python package index to be reached?"
}
