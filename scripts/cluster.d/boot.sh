# shellcheck shell=bash
# First process of an instance's namespaces: builds its file tree, pivots into it and becomes init (tini + runit).
# Arguments: see start_instance in up.sh.
set -euo pipefail
here=$1 place=$2 rootfs=$3 venv=$4 builds=$5 instance=$6 release=$7 port_base=$8 portal_port=$9
checkout=${10} portal=${11} mirror=${12} pyslurm=${13}
root=$place/root
. "$here/cluster.d/say.sh"
. "$here/cluster.d/mirror.sh"
. "$here/cluster.d/cgroup.sh"

mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$place/upper,workdir=$place/work" "$root" ||
    die "an overlay cannot be mounted on the file system of $place: set ALLGO_CACHE to a folder on ext4, xfs or btrfs."

# The tree. What must survive `down` or be shared with the host lies in the instance's folder, not in the overlay.
bind() { mkdir -p "$root$2"; mount --bind "$1" "$root$2"; }
mkdir -p "$place/state"/{mysql,slurm,portal,postgresql,node}
bind "$place/srv" /srv/allgo
bind "$place/state/mysql" /var/lib/mysql
bind "$place/state/slurm" /var/spool/slurm
bind "$place/state/portal" /var/lib/allgo-hpc
bind "$place/state/node" /var/lib/allgo-node
bind "$place/log" /var/log/allgo
bind "$place/scratch" /scratch
bind "$builds" /var/cache/allgo-hpc
bind "$place/src" /opt/allgo-hpc/src
bind "$venv" /opt/allgo-hpc/venv
# Empty where there is no pyslurm for this Slurm.
rm -rf "$root/opt/allgo-hpc/pyslurm"
mkdir -p "$root/opt/allgo-hpc/pyslurm"
if [ -n "$pyslurm" ]; then
    bind "$pyslurm" /opt/allgo-hpc/pyslurm
    mount -o remount,bind,ro "$root/opt/allgo-hpc/pyslurm"
fi
bind "$checkout" /mnt/checkout
mount -o remount,bind,ro "$root/opt/allgo-hpc/venv"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
# A private /dev: the machine's /dev/fuse may be closed to ordinary users, and it is not ours to open.
mount -t tmpfs -o mode=0755,nosuid tmpfs "$root/dev"
node() { mknod -m "$1" "$root/dev/$2" c "$3" "$4"; }
node 0666 null 1 3; node 0666 zero 1 5; node 0666 full 1 7; node 0666 random 1 8; node 0666 urandom 1 9
node 0666 tty 5 0; node 0666 fuse 10 229
# The build node: a file system in a file for each sandbox, and the networks of sandboxes.
mknod -m 0600 "$root/dev/loop-control" c 10 237
for number in $(seq 0 63); do mknod -m 0600 "$root/dev/loop$number" b 7 "$number"; done
mkdir "$root/dev/net"; node 0666 net/tun 10 200
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"; ln -s fd/1 "$root/dev/stdout"; ln -s fd/2 "$root/dev/stderr"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue" || true

# Control groups: inside, the instance's subtree is the root of each hierarchy (cgroup namespace).
if [ "$(cgroup_version)" = 2 ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mkdir -p "$root/sys/fs/cgroup/init"
    # A group whose children have controllers must hold no process itself. Ours move here; the one outside, which this
    # namespace sees as 0, is moved by the program that started us.
    tree=$root/sys/fs/cgroup
    for _ in $(seq 200); do
        while read -r pid; do
            [ "$pid" = 0 ] || echo "$pid" > "$tree/init/cgroup.procs" 2>/dev/null || true
        done < "$tree/cgroup.procs"
        for controller in cpuset cpu memory pids; do
            echo "+$controller" > "$tree/cgroup.subtree_control" 2>/dev/null || true
        done
        if grep -qw memory "$tree/cgroup.subtree_control"; then break; fi
        read -rt 0.05 <> <(:) || true
    done
    grep -qw memory "$tree/cgroup.subtree_control" || die "the memory controller cannot be handed down to the jobs"
else
    mount -t tmpfs -o mode=0755 tmpfs "$root/sys/fs/cgroup"
    awk '$3 == "cgroup" && $4 !~ /name=/ { print $2 }' /proc/mounts | sort -u | while read -r mounted; do
        controllers=$(basename "$mounted")
        mkdir "$root/sys/fs/cgroup/$controllers"
        mount -t cgroup -o "$controllers" cgroup "$root/sys/fs/cgroup/$controllers"
    done
fi

# Names and reach
name=allgo-$instance
hostname "$name"
printf '127.0.0.1 localhost %s\n' "$name" > "$root/etc/hosts"
echo "$name" > "$root/etc/hostname"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
copy_reach_settings "$root"
apt_reach_options > "$root/etc/apt/apt.conf.d/90reach"
printf 'deb %s trixie main\ndeb %s trixie-updates main\n' "$mirror" "$mirror" > "$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/0000*
{
    pip_environment
} > "$root/etc/allgo-reach.env"

printf 'instance=%q release=%q port_base=%q portal_port=%q portal=%q cgroup=%q\n' "$instance" "$release" "$port_base" \
    "$portal_port" "$portal" "$(cgroup_version)" > "$root/etc/allgo-instance"
install -m 0755 "$here"/cluster.d/inside/cluster-* "$root/usr/local/sbin/"
rm -rf "$root/etc/allgo-services"
cp -r "$here/cluster.d/inside/service" "$root/etc/allgo-services"
chmod -R u=rwX,go=rX "$root/etc/allgo-services"; chmod 0755 "$root"/etc/allgo-services/*/*

mkdir -p "$root/.host"
cd "$root"
pivot_root . .host
# From here on nothing of the host but what was bound above can be seen.
exec chroot . /bin/sh -c '
    umount -l /.host && rmdir /.host
    /usr/local/sbin/cluster-prepare &&
    exec /usr/bin/tini -s -- /usr/bin/runsvdir -P /etc/allgo-services' < /dev/null
