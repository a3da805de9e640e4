"""The first process of a sandbox: makes its view of the machine, lets go of the node, becomes its init."""

from containers.node.sandboxes.spaces.network import NAME_SERVER
from containers.node.sandboxes.spaces.toolbox import INSIDE

READY = b"ready"

# Runs as root of the sandbox's user namespace in mount, process id, IPC, name and network namespaces of its own; the
# node's programs are in reach until the root is changed. $1: the tree, $2: the toolbox, $3: the sandbox's name.
SET_UP = f"""set -eu
tree=$1 toolbox=$2 name=$3
hostname "$name"
# pivot_root(2) wants a mount point; the tree's own mount belongs to the node's namespace.
mount --bind "$tree" "$tree"
cd "$tree"
# Folders that things are mounted on. What an author has put in their place is set aside, not followed and not lost.
for folder in dev proc sys {INSIDE.removeprefix("/")}; do
    if [ -L "$folder" ] || {{ [ -e "$folder" ] && [ ! -d "$folder" ]; }}; then
        mv -- "$folder" "$folder.set-aside.$(date +%s)"
    fi
    [ -d "$folder" ] || mkdir -m 0755 "$folder"
done
mount -t tmpfs -o mode=0755,size=1m,nosuid tmpfs dev
for node in null zero full random urandom tty; do : > "dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
mkdir dev/pts dev/shm dev/mqueue dev/.node
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
mount -t mqueue mqueue dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind "$toolbox" {INSIDE.removeprefix("/")}
mount -o remount,bind,ro,nosuid,nodev {INSIDE.removeprefix("/")}
# sftp-server and scp refuse to work for a user without a name; an image may have been made from nothing.
[ -L etc ] || mkdir -p etc
[ -L etc/passwd ] || [ -e etc/passwd ] || echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
# Names are looked up by way of the sandbox's network; the image keeps a file of its own below.
if [ -d etc ] && [ ! -L etc ]; then
    if [ -L etc/resolv.conf ]; then rm -- etc/resolv.conf; fi
    [ -e etc/resolv.conf ] || : > etc/resolv.conf
    if [ -f etc/resolv.conf ]; then
        echo "nameserver {NAME_SERVER}" > dev/.resolv.conf
        mount --bind dev/.resolv.conf etc/resolv.conf
    fi
fi
pivot_root . dev/.node
cd /
{INSIDE}/bin/busybox umount -l /dev/.node
{INSIDE}/bin/busybox rmdir /dev/.node
echo {READY.decode()} >&3
exec 3>&- > /dev/null 2>&1
exec {INSIDE}/bin/tini -- {INSIDE}/bin/busybox sleep infinity
"""


def set_up_argv(tree: str, toolbox: str, name: str) -> tuple[str, ...]:
    """Return the command; it writes READY to descriptor 3 and then is the sandbox's init."""
    return ("/bin/sh", "-c", SET_UP, "sandbox", tree, toolbox, name)
