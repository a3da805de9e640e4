"""The package settings of the machine, for a base image that can install packages wherever the machine can.

What is read is what apt itself reads (sources.list(5), apt.conf(5)); what is written is one sources file and one
configuration file. Pure but for ``machine_settings``.
"""

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

DEBIAN = "http://deb.debian.org/debian"
_TIMEOUT_S = 20.0
# How a mirror is reached and how old its word may be. Nothing else of a machine's settings is an image's business.
_REACH = re.compile(
    r"Acquire::((http|https|ftp)(::|\s)|Check-Valid-Until|Check-Date|Max-FutureTime|Retries|ForceIPv)", re.IGNORECASE
)


@dataclass(frozen=True)
class Source:
    """One archive: where it is, which suites and components of it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


@dataclass(frozen=True)
class AptSettings:
    """What a base image gets: lines for sources.list, and lines of configuration."""

    sources: tuple[str, ...]
    options: tuple[str, ...]


def parse_sources(text: str) -> list[Source]:
    """Read a sources file in either form; disabled, source and non-network entries are left out."""
    if re.search(r"^\s*(Types|URIs):", text, re.MULTILINE | re.IGNORECASE):
        found = [source for stanza in re.split(r"\n\s*\n", text) for source in _stanza(stanza)]
    else:
        found = [source for line in text.splitlines() for source in _line(line)]
    return [source for source in found if source.uri.startswith(("http://", "https://"))]


def _line(line: str) -> Iterable[Source]:
    words = re.sub(r"\[[^]]*\]", " ", line.split("#", maxsplit=1)[0]).split()
    if len(words) > 3 and words[0] == "deb":  # noqa: PLR2004  # deb URI SUITE COMPONENT...
        yield Source(words[1].rstrip("/"), (words[2],), tuple(words[3:]))


def _stanza(text: str) -> Iterable[Source]:
    fields: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields.setdefault(name, []).extend(line.split())
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.split()
    if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"])[0].lower() not in {"no", "false"}:
        for uri in fields.get("uris", []):
            yield Source(uri.rstrip("/"), tuple(fields.get("suites", [])), tuple(fields.get("components", [])))


def sources_for(suite: str, known: Sequence[Source]) -> tuple[str, ...]:
    """Return sources.list lines for a Debian release.

    The machine's own lines for that release where it has any. Else its Debian mirrors (those that have some Debian
    release, by their path) with that release, and Debian's own where it has none.

    Args:
        suite: such as ``trixie``.
        known: the machine's sources.
    """
    lines: list[str] = []
    for source in known:
        own = [name for name in source.suites if name == suite or name.startswith((f"{suite}-", f"{suite}/"))]
        own = [name for name in own if not name.endswith(("-proposed-updates", "-backports", "-backports-sloppy"))]
        lines += [f"deb {source.uri} {name} {' '.join(source.components)}" for name in own]
    if not any(line.split()[2] == suite for line in lines):
        mirrors = [source.uri for source in known if source.uri.endswith("/debian")]
        lines.insert(0, f"deb {mirrors[0] if mirrors else DEBIAN} {suite} main")
    return tuple(dict.fromkeys(lines))


def reach_options(dump: str) -> tuple[str, ...]:
    """Return those lines of ``apt-config dump`` that say how mirrors are reached, without empty ones."""
    return tuple(
        line.strip() for line in dump.splitlines() if _REACH.match(line) and not line.rstrip().endswith(' "";')
    )


def machine_settings(suite: str, etc_apt: Path = Path("/etc/apt")) -> AptSettings:
    """Read this machine's settings; a machine without apt has none, and Debian's own mirror is used."""
    files = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    files = [path for path in files if path.suffix in {".list", ".sources"} and path.is_file()]
    texts = [path.read_text(errors="replace") for path in files]
    try:
        dump = subprocess.run(
            ["apt-config", "dump"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        dump = ""
    known = [source for text in texts for source in parse_sources(text)]
    return AptSettings(sources_for(suite, known), reach_options(dump))
