"""The message of the day: what to do next, and the limits. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a sandbox uses and may use: megabytes, processes, minutes."""

    disk_used_mb: int
    disk_mb: int
    memory_mb: int
    processes: int
    idle_minutes: int


def message_of_the_day(name: str, limits: Limits) -> str:
    """Return the text that an author sees at the beginning of a session with a terminal."""
    full = limits.disk_used_mb * 10 >= limits.disk_mb * 9
    warning = "\n  The disk is nearly full: a commit needs no room here, but your programs do.\n" if full else ""
    return f"""
  The sandbox of {name}: you are root here, in a system of your own.

  1. Install your program:       apt-get update && apt-get install PACKAGE, pip, make ...
  2. Say how it is run:          edit /home/allgo/entrypoint, chmod +x /home/allgo/entrypoint
  3. Leave (exit), and commit:   in the portal, or: allgo-hpc commit start {name}
{warning}
  {limits_line(limits)}
  Stopped after {span(limits.idle_minutes)} in which nothing happens: files stay, programs end.

"""


def limits_line(limits: Limits) -> str:
    """What is used and what may be."""
    used, whole = size(limits.disk_used_mb), size(limits.disk_mb)
    return f"disk {used} of {whole} - memory {size(limits.memory_mb)} - {limits.processes} processes"


def size(megabytes: int) -> str:
    """Megabytes for people."""
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes} MB"  # noqa: PLR2004


def span(minutes: int) -> str:
    """Minutes for people."""
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
