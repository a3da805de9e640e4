"""The machine's package settings: what of them a base image gets."""

from pathlib import Path

import pytest

from containers.building.apt_settings import Source, machine_settings, parse_sources, reach_options, sources_for

DEB822 = """\
Types: deb deb-src
URIs: http://mirror.example/debian/
# a comment
Suites: trixie trixie-updates
 trixie-backports
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: trixie
Components: main

Types: deb
URIs: file:///srv/mirror https://other.example/packages
Suites: stable
Components: main
"""


def test_both_forms() -> None:
    assert parse_sources(DEB822) == [
        Source("http://mirror.example/debian", ("trixie", "trixie-updates", "trixie-backports"), ("main", "contrib")),
        Source("https://other.example/packages", ("stable",), ("main",)),
    ]
    lines = "deb [arch=amd64 signed-by=/k] http://m/debian/ trixie main contrib # x\n#deb http://n/debian trixie main\n"
    lines += "deb-src http://m/debian trixie main\ndeb cdrom:[x]/ trixie main\ndeb http://flat/ ./\n"
    assert parse_sources(lines) == [Source("http://m/debian", ("trixie",), ("main", "contrib"))]


def test_the_machines_own_lines_for_the_release() -> None:
    security = Source("http://mirror.example/debian-security", ("trixie-security",), ("main",))
    lines = sources_for("trixie", [*parse_sources(DEB822), security])
    assert lines == (
        "deb http://mirror.example/debian trixie main contrib",
        "deb http://mirror.example/debian trixie-updates main contrib",
        "deb http://mirror.example/debian-security trixie-security main",
    )


def test_another_release_comes_from_the_same_mirror() -> None:
    known = parse_sources(DEB822)
    assert sources_for("bookworm", known) == ("deb http://mirror.example/debian bookworm main",)
    assert sources_for("bookworm", known[1:]) == ("deb http://deb.debian.org/debian bookworm main",)


def test_only_how_a_mirror_is_reached() -> None:
    dump = """\
APT::Architecture "amd64";
Acquire "";
Acquire::http::Proxy "http://proxy.example:3128/";
Acquire::https "";
Acquire::https::CaInfo "/etc/ssl/certs/ca-certificates.crt";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
Acquire::Languages:: "none";
DPkg::Post-Invoke:: "touch /x";
"""
    assert reach_options(dump) == (
        'Acquire::http::Proxy "http://proxy.example:3128/";',
        'Acquire::https::CaInfo "/etc/ssl/certs/ca-certificates.crt";',
        'Acquire::Check-Valid-Until "false";',
        'Acquire::Retries "3";',
    )


def test_a_machine_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = machine_settings("trixie", tmp_path / "apt")
    assert settings.sources == ("deb http://deb.debian.org/debian trixie main",)
    assert settings.options == ()


def test_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://one/debian trixie main\n")
    (tmp_path / "sources.list.d/b.sources").write_text(
        "Types: deb\nURIs: http://two/debian\nSuites: trixie\nComponents: main\n"
    )
    (tmp_path / "sources.list.d/c.list.save").write_text("deb http://three/debian trixie main\n")
    assert machine_settings("trixie", tmp_path).sources == (
        "deb http://one/debian trixie main",
        "deb http://two/debian trixie main",
    )
