"""Taking back what a container left behind under other users' ids.

With sub-ids, uid 0 inside is the service user, but every other id inside is one of its sub-ids: after a ``chown`` or
``tar -x`` in an app, a folder of mode 700 may belong to uid 100033 and the service user can neither list nor delete it
(seen with apptainer 1.4.5). A user namespace with the same ids mapped has the right to.
"""

from pathlib import Path

from containers.paths import check_path

_ALL_IDS = ("unshare", "--user", "--map-auto", "--map-root-user", "--")
# -h and -P: no link is followed. A chown takes the set-uid and set-gid bits from files, whoever does it (chown(2)).
_TAKE_BACK = 'chown -R -h -P 0:0 -- "$1" && chmod -R u+rwX -- "$1"'


def reclaim_argv(folder: Path) -> tuple[str, ...]:
    """Return the command that gives all files in ``folder`` to the calling user, without following links.

    To be run as the user who ran the container, and when nothing runs in it any more. Where that user has no sub-ids
    the command fails and is not needed: nothing can belong to anybody else.

    Raises:
        ValueError: the path is relative, climbs, or holds a control character.
    """
    return (*_ALL_IDS, "sh", "-c", _TAKE_BACK, "sh", check_path("the folder", folder))


def remove_argv(folder: Path) -> tuple[str, ...]:
    """Return the command that deletes ``folder`` whoever its files belong to inside (see ``reclaim_argv``).

    Raises:
        ValueError: the path is relative, climbs, or holds a control character.
    """
    remove = 'chmod -R u+rwX -- "$1"; rm -rf --one-file-system -- "$1"'
    return (*_ALL_IDS, "sh", "-c", remove, "sh", check_path("the folder", folder))


def used_argv(folder: Path) -> tuple[str, ...]:
    """Return the command that prints how many bytes of the disk ``folder`` takes, whoever its files belong to inside.

    Raises:
        ValueError: the path is relative, climbs, or holds a control character.
    """
    return (*_ALL_IDS, "du", "-s", "-x", "--block-size=1", "--", check_path("the folder", folder))
