"""The commands and texts that make a base image. Pure."""

import shlex
from pathlib import Path

from containers.building.apt_settings import AptSettings
from containers.paths import check_plain_path

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Licences stay; manuals and translations are two thirds of a small application's files.
_LEFT_OUT = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/doc/*")
_KEPT = "path-include=/usr/share/doc/*/copyright"


def debootstrap_argv(
    suite: str, settings: AptSettings, customizer: Path, certificates: Path | None, tar: Path
) -> tuple[str, ...]:
    """Return the mmdebstrap command that writes the base as a tar file, as an unprivileged user with sub-ids.

    mmdebstrap's own unshare mode makes root of the first sub-id, who may not enter the service user's folders (seen
    with 1.5.7: "Permission denied" below a folder of mode 700). Here root is the service user, and as all runs in a
    process id namespace, nothing outlives the command.

    As a tar file, not a folder: a folder's files would belong to sub-ids, and the tar file has the right ids for
    whoever unpacks it. /dev stays empty: ``apptainer build --fakeroot`` cannot make devices.

    Args:
        suite: Debian's name of the release.
        settings: where packages come from.
        customizer: an executable that is called with the new root folder at the end.
        certificates: the file of what the machine trusts, for the base to trust as well; None where there is none.
        tar: the file to write.
    """
    setup = [f"--aptopt={option}" for option in settings.options]
    dpkg = [f"--dpkgopt={option}" for option in (*_LEFT_OUT, _KEPT)]
    trust: list[str] = []
    if certificates is not None:
        trust = [f"--customize-hook=upload {check_plain_path('a file', certificates)} {CERTIFICATES}"]
    return (
        *("unshare", "--user", "--map-auto", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "--"),
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--format=tar",
        # No translated descriptions, no switch to another user for downloads (it has no right to in a plain namespace).
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Sandbox::User "root"',
        *setup,
        *dpkg,
        "--include=ca-certificates",
        *trust,
        f"--customize-hook={check_plain_path('the customizer', customizer)}",
        suite,
        check_plain_path("the tar file", tar),
        *settings.sources,
    )


def customize(settings: AptSettings) -> str:
    """Return the script that gives the new root folder ($1) its last touches."""
    sources = shlex.quote("\n".join(settings.sources) + "\n")
    return f"""#!/bin/sh
set -eu
rm -f "$1"/etc/apt/sources.list.d/*
printf %s {sources} > "$1/etc/apt/sources.list"
# Where an app lives (the A||GO contract).
mkdir -p "$1/home/allgo"
# Pages are left out, their folders are not: packages such as a Java runtime make links there and fail without.
for section in 1 2 3 4 5 6 7 8; do mkdir -p "$1/usr/share/man/man$section"; done
# A container without a network still has its own name for itself.
printf '127.0.0.1 localhost\\n::1 localhost\\n' > "$1/etc/hosts"
rm -rf "$1"/var/cache/apt/*.bin "$1"/var/log/*.log "$1"/var/log/apt "$1"/var/cache/debconf/*-old
"""


def unpack_definition(tar: Path) -> str:
    """Return the definition file that turns the tar file into an image.

    ``%setup`` runs as root of the build's user namespace, so the ids come out right; this text is the project's own.
    """
    return f"""Bootstrap: scratch

%setup
    tar --extract --numeric-owner --exclude='./dev/*' -C "$APPTAINER_ROOTFS" -f {check_plain_path("the tar file", tar)}
"""
