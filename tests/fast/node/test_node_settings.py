"""The build node's settings and the file that administrators copy."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from containers.node.settings import NodeSettings, NodeSettingsError, load_node_settings, parse_node_settings

CONF = Path(__file__).parents[3] / "conf/build-node/build-node.toml"


def test_file_to_copy_names_every_setting_with_its_default() -> None:
    text = CONF.read_text()
    assert parse_node_settings(text) == NodeSettings()
    uncommented = "\n".join(re.findall(r"^# ([a-z_]+ = .*)$", text, re.MULTILINE))
    values = tomllib.loads(uncommented)
    values.pop("https_proxy")
    assert set(values) == {field.name for field in fields(NodeSettings)} - {"environment"}
    assert parse_node_settings(uncommented.replace("https_proxy", "#")) == NodeSettings()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("disc_mb = 5", "unknown setting 'disc_mb'"),
        ("disk_mb = 5", "'disk_mb': must be a whole number from 64 to 4194304"),
        ('disk_mb = "100"', "'disk_mb': must be a whole number"),
        ("disk_mb = true", "'disk_mb': must be a whole number"),
        ("processes = 1.5", "'processes': must be a whole number"),
        ('root = "relative"', "'root': must be an absolute path"),
        ('root = "/a/../b"', "'root': must be an absolute path"),
        ("root = 5", "'root': must be an absolute path"),
        ('portal_images = "images"', "'portal_images': must be an absolute path"),
        ("environment = 5", "'environment': must be a table"),
        ('[environment]\n"A B" = "x"', "'A B' is no variable's name"),
        ("[environment]\nA = 5", "'environment.A': must be one line"),
        ('[environment]\nA = "a\\nb"', "'environment.A': must be one line"),
        ("disk_mb = ", "not valid TOML"),
    ],
)
def test_bad_settings(text: str, sentence: str) -> None:
    with pytest.raises(NodeSettingsError, match=re.escape(sentence)):
        parse_node_settings(text)


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    assert load_node_settings(tmp_path / "none") == NodeSettings()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(NodeSettingsError, match="cannot be read"):
        load_node_settings(tmp_path / "bytes")
