"""Where a node has its mounted images, and the program that mounts one."""

from pathlib import Path

RUN = Path("/run/allgo-hpc")
IMAGE_MOUNTS = RUN / "images"
MOUNT_HELPER = Path("/usr/local/sbin/allgo-mount-image")
