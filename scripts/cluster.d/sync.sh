# shellcheck shell=bash
# The instance runs a copy of the checkout: what it runs does not change under its feet while a file is edited, and the
# service user can read it whatever the checkout's permissions are.

sync_sources() {  # sets sources_changed to yes when the copy had to be exchanged, else to no
    local target=$place/src sum
    mkdir -p "$target"
    # The copy made by rsync inside would need rsync here: tar is everywhere. Deleted files must go, so it is made anew.
    rm -rf "$target.new"
    mkdir "$target.new"
    tar -C "$checkout" --exclude=.git --exclude=.cluster --exclude=__pycache__ --exclude='.*_cache' -cf - . |
        tar -C "$target.new" --no-same-owner -xf -
    chmod -R u=rwX,go=rX "$target.new"
    sum=$(cd "$target.new" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
    # An instance whose `up` was cut off may be starting from this copy just now: what is the same stays untouched.
    if [ "$sum" = "$(cat "$place/src.sum" 2>/dev/null)" ]; then
        rm -rf "$target.new"
        sources_changed=no
        return
    fi
    rm -f "$place/src.sum"   # written again when the exchange is whole
    # The folder itself is bind-mounted inside: its content is exchanged, not the folder.
    find "$target" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
    find "$target.new" -mindepth 1 -maxdepth 1 -exec mv -t "$target" {} +
    rmdir "$target.new"
    echo "$sum" > "$place/src.sum"
    sources_changed=yes
}
