"""The short names of apps: one rule, wherever a name comes in.

On the build node an app's name is its account's (``ssh <app>@build-node``), so it has the form of one (useradd(8):
32 characters at most), and those of the system's own accounts are not given out.
"""

import re

from allgo_hpc.errors import BadInput

LONGEST = 32
PATTERN = "^[a-z][a-z0-9-]{0,31}$"
_NAME = re.compile(PATTERN.strip("^$"))
# Debian's base-passwd, and the accounts of what runs beside a portal.
RESERVED = frozenset({
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data",
    "backup", "list", "irc", "gnats", "nobody", "messagebus", "sshd", "ntp", "ntpsec", "chrony", "dbus", "polkitd",
    "postfix", "postgres", "mysql", "redis", "nginx", "munge", "slurm", "slurmrestd", "allgo", "allgo-hpc", "admin",
    "administrator", "sudo", "adm", "wheel", "staff", "operator", "debian", "user", "users", "ubuntu", "git",
})  # fmt: skip
_RESERVED_BEGINS = ("systemd-", "allgo-hpc-")


def check_name(name: str) -> str:
    """Return the name of an app.

    Raises:
        BadInput: it is none.
    """
    if not _NAME.fullmatch(name):
        raise BadInput("'name' must be 1 to 32 of a-z, 0-9 and '-', the first a letter", field="name")
    return name


def check_new_name(name: str) -> str:
    """Return the name that an app is to get; those that a site has already stay.

    Raises:
        BadInput: it is none, or it is the name of a system's account.
    """
    if check_name(name) in RESERVED or name.startswith(_RESERVED_BEGINS):
        raise BadInput(f"'name': '{name}' is an account of the system; choose another one", field="name")
    return name
