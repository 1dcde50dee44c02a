# The first process of a node: NAME FOLDER DISK. It gives the node what a machine has of its own, and then only waits.
# All mounts are in the node's namespace, and vanish with it.
name=$1 folder=$2 disk=$3
hostname "$name"

mkdir -p "$folder/overlay/upper" "$folder/overlay/work" "$folder/logs"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/overlay/upper,workdir=$folder/overlay/work" /etc
for part in kubernetes containerd cni; do
    mkdir -p "/etc/$part"
    mount --bind "$folder/etc/$part" "/etc/$part"
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns /run/cgroup

# Of the node's network, not the machine's.
mount --rbind /sys/fs/cgroup /run/cgroup
mount -t sysfs sysfs /sys
mount --rbind /run/cgroup /sys/fs/cgroup
umount -l /run/cgroup

# What kubelet and containerd keep is on a disk of its own, so that a full machine is not a full node, nor the reverse.
mkfs.ext4 -q -F -m 0 "$disk"
mount -o loop "$disk" /var/lib
mkdir -p /var/lib/kubelet /var/lib/containerd
mount --bind "$folder/logs" /var/log
mkdir -p /var/log/pods /var/log/containers /etc/kubernetes/manifests
echo 1 > /proc/sys/net/ipv4/ip_forward

# A log of its own: the kernel's tells of all nodes, and of everything else on the machine. It is empty until somebody writes
# into it, and does not end as long as this process holds it.
if [ -e /dev/kmsg ]; then
    mkfifo "$folder/kmsg"
    mount --bind "$folder/kmsg" /dev/kmsg
    exec 3<> /dev/kmsg
fi

touch "$folder/ready"
# Children whose parent ended fall to this process, and are not to stay as zombies.
trap '' CHLD
exec sleep infinity
