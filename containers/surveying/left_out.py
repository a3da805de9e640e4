"""What of a tree does not go into an image. Pure; mksquashfs and the survey read the same lists."""

# Folders that stay, empty: what the system fills, and what is out of date the next day.
EMPTIED = ("dev", "proc", "sys", "tmp", "var/tmp", "var/cache/apt/archives", "var/lib/apt/lists")
# Of the sandbox and of the build: tools and files that were brought along, and what ext4 keeps at its top.
ABSENT = (".toolbox", ".allgo-recipe", "lost+found")
# Written anew by a commit.
RENEWED = (".singularity.d/labels.json", ".singularity.d/runscript")


def is_left_out(relative: str, absent: tuple[str, ...] = ABSENT) -> bool:
    """Say whether a path in the tree (without its first ``/``) stays out of the image."""
    return relative in absent or relative.rpartition("/")[0] in EMPTIED


def patterns(absent: tuple[str, ...] = ABSENT) -> tuple[str, ...]:
    """Return the same for mksquashfs with ``-wildcards``, whose ``*`` matches names that begin with a dot as well."""
    return (*(f"{folder}/*" for folder in EMPTIED), *absent, *RENEWED)
