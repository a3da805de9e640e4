# shellcheck shell=bash
# The machine's own package settings: mirror, proxy, certificates. Nothing of them is written into the checkout.

# The first Debian mirror that apt uses here, else Debian's own.
debian_mirror() {
    local uri=''
    if command -v apt-get >/dev/null; then
        # shellcheck disable=SC2016  # apt expands these
        uri=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
            awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }') || true
    fi
    uri=${uri:-http://deb.debian.org/debian}
    printf '%s\n' "${uri%/}"
}

# The machine's apt options that decide how to reach that mirror, one "Name value;" a line.
apt_reach_options() {
    echo 'Acquire::Retries "3";'
    # A frozen mirror of unstable has an old Release file; its signature is checked all the same.
    echo 'Acquire::Check-Valid-Until "false";'
    command -v apt-config >/dev/null || return 0
    apt-config dump | grep -iE '^Acquire::(http|https|ftp|Check-Date)(::| )' | grep -vE '"";$' || true
}

# What pip needs from this machine: its configuration files and variables, as NAME=VALUE lines.
pip_environment() {
    env | grep -E '^(PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|PROXY|DEFAULT_TIMEOUT|RETRIES)|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)=' || true
}

# Copies pip's configuration and the certificates that this machine trusts into the tree $1.
# Folders of wheels on this machine (find-links, file: indexes) do not exist inside and are for another Python: left out.
copy_reach_settings() {
    local tree=$1
    mkdir -p "$tree/etc/ssl/certs" "$tree/root/.config/pip"
    if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
        cat /etc/ssl/certs/ca-certificates.crt > "$tree/etc/ssl/certs/ca-certificates.crt"
    fi
    copy_pip_conf /etc/pip.conf "$tree/etc/pip.conf"
    copy_pip_conf "${XDG_CONFIG_HOME:-${HOME:-/root}/.config}/pip/pip.conf" "$tree/root/.config/pip/pip.conf"
}

copy_pip_conf() {
    if [ -r "$1" ]; then grep -vE 'find-links|file:' "$1" > "$2" || true; fi
}
