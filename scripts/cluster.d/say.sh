# shellcheck shell=bash
# How the cluster scripts speak: progress on stderr, a failure as one sentence that says what to do.

say() { printf '%s\n' "cluster[${instance:-?}]: $*" >&2; }

die() {
    printf '%s\n' "cluster[${instance:-?}]: $*" >&2
    exit 1
}
