"""Making a sandbox: in a folder of its own, which is renamed in place when it is whole. Callers hold its lock."""

import time

from containers.node.accounts import ensure_account
from containers.node.durable import sync_folder, write_note
from containers.node.errors import NodeError
from containers.node.images.store import has_image, image_path
from containers.node.sandboxes.disks import disk
from containers.node.sandboxes.disks.unpack import remove_folder, unpack_image
from containers.node.sandboxes.places import Places, prepare_folders


def create(places: Places, image: str) -> None:
    """Make a sandbox whose files are those of an image. It is stopped, and nobody has a key to it.

    Args:
        places: the new sandbox's.
        image: SHA-256 of an image that is here.

    Raises:
        NodeError: it is there already or its name is taken (``exists``), the image is not here (``unknown_image``) or
            cannot be used (``bad_image``), there is no room (``no_room``); nothing of it is left then.
    """
    settings = places.settings
    prepare_folders(settings)
    if places.folder.exists():
        raise NodeError("exists", f"there is a sandbox {places.name!r} already")
    if not has_image(settings, image):
        raise NodeError("unknown_image", "image: it is not on the build node; send it first")
    forget_unfinished(places)
    account = ensure_account(settings, places.name)
    tree = places.tree
    try:
        places.making.mkdir()
        made = places.making / places.disk.name
        disk.make_disk(settings, made, account, settings.disk_mb)
        disk.mount_disk(made, tree)
        unpack_image(image_path(settings, image), tree, account)
        disk.unmount_disk(tree)
        write_note(
            places.making / places.record.name, {"created": time.time(), "image": image, "disk_mb": settings.disk_mb}
        )
        places.making.rename(places.folder)
        sync_folder(places.folder.parent)
    finally:
        forget_unfinished(places)


def forget_unfinished(places: Places) -> None:
    """Remove what a helper that was killed had begun; what is whole stays."""
    if places.making.exists():
        disk.unmount_disk(places.tree)
        remove_folder(places.making)
