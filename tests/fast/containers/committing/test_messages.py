"""What a commit prints and what is read of it; its command; its words for what went wrong."""

import datetime
import json
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import Done, Failed, ImageError, ImageLimits, Message, Progress, TreeRoot, commit_argv, read_message
from containers.committing.author_text import LONGEST_MESSAGE
from containers.committing.messages import write_message
from containers.committing.metadata import old_labels, read_metadata
from containers.committing.packing import explain, pack_argv, percent
from containers.committing.place import commit_place, remove_forgotten
from containers.surveying.left_out import is_left_out
from tests.hostile import CONTROLS
from tests.trees import plain_tree

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "message",
    [
        Progress("counting", 0),
        Progress("packing", 54, 31408885, 80332396),
        Done(DIGEST, 34156544, ("a note", "é → “quoted”")),
        Failed("it failed", transient=True, log_tail="one\ntwo"),
    ],
)
def test_there_and_back(message: Message) -> None:
    line = write_message(message)
    assert "\n" not in line
    assert read_message(line) == message
    assert read_message(line + "\n") == message


@pytest.mark.parametrize(
    "line",
    [
        *("", "x", "[]", "1", "null", "{}", '{"kind": 1}', '{"kind": []}', '{"kind": "other"}', "[" * 60000),
        '{"kind": "progress", "step": "packing"}',
        '{"kind": "progress", "step": "dancing", "percent": 1, "written": 1, "total": 1}',
        '{"kind": "progress", "step": "packing", "percent": -1, "written": 1, "total": 1}',
        '{"kind": "progress", "step": "packing", "percent": true, "written": 1, "total": 1}',
        '{"kind": "progress", "step": "packing", "percent": 1, "written": 1e3, "total": 1}',
        '{"kind": "progress", "step": "packing", "percent": 1, "written": 9223372036854775808, "total": 1}',
        '{"kind": "done", "sha256": "../../etc", "size": 1, "notes": []}',
        f'{{"kind": "done", "sha256": "{DIGEST.upper()}", "size": 1, "notes": []}}',
        f'{{"kind": "done", "sha256": "{DIGEST}\\n", "size": 1, "notes": []}}',
        f'{{"kind": "done", "sha256": "{DIGEST}", "size": -1, "notes": []}}',
        f'{{"kind": "done", "sha256": "{DIGEST}", "size": 1, "notes": [1]}}',
        f'{{"kind": "done", "sha256": "{DIGEST}", "size": 1, "notes": "abc"}}',
        '{"kind": "failed", "sentence": 1, "transient": false, "log_tail": ""}',
        json.dumps({"kind": "failed", "sentence": "x" * 70000, "transient": False, "log_tail": ""}),
    ],
)
def test_what_is_no_message(line: str) -> None:
    assert read_message(line) is None


@given(st.text())
def test_anything_may_come(text: str) -> None:
    read_message(text)
    found = read_message(write_message(Failed(text, log_tail=text)))
    assert isinstance(found, Failed)
    assert all(character.isprintable() for word in CONTROLS for character in found.sentence if character in word)


def test_texts_from_the_node_are_made_plain_and_bounded() -> None:
    found = read_message(write_message(Failed("a\x1b[2Jb\nc", log_tail="one\x07\ntwo")))
    assert found == Failed("a\\x1b[2Jb\\x0ac", log_tail="one\\x07\ntwo")
    found = read_message(write_message(Done(DIGEST, 1, tuple("x" * 5000 for _ in range(10)))))
    assert isinstance(found, Done)
    assert len(found.notes[0]) == 4000


def test_percent() -> None:
    said = {"0": 0, " 54 ": 54, "100": 100, "101": None, "-1": None, "": None, "5%": None, "1000": None, "٣": None}
    assert {line: percent(line) for line in said} == said


def test_command() -> None:
    argv = commit_argv(
        Path("/boxes/a b"),
        Path("/images"),
        "--tree=/etc\n$(id)",
        ImageLimits(files=5),
        entrypoint=PurePosixPath("/opt/run"),
        prefix=("unshare", "--"),
        python="/usr/bin/python3",
    )
    assert argv[:5] == ("unshare", "--", "/usr/bin/python3", "-m", "containers.committing")
    assert argv[5:8] == ("--tree=/boxes/a b", "--out=/images", "--message=--tree=/etc\n$(id)")
    assert {"--entrypoint=/opt/run", "--files=5", f"--tree-bytes={ImageLimits().tree_bytes}"} < set(argv)
    assert commit_argv(Path("/a"), Path("/b"), "")[0] == sys.executable


@pytest.mark.parametrize(
    "text", [text for text in CONTROLS if not set(text) & set("\n\t\u200b\u202e\u2066\u2069\ufeff\u2028\u2029")]
)
def test_control_characters_in_the_message(text: str) -> None:
    with pytest.raises(ValueError, match=r"the message holds the character U\+"):
        commit_argv(Path("/a"), Path("/b"), text)


def test_paths_and_length() -> None:
    with pytest.raises(ValueError, match="the message may have 4000 characters, this has 4001"):
        commit_argv(Path("/a"), Path("/b"), "x" * (LONGEST_MESSAGE + 1))
    with pytest.raises(ValueError, match="the tree must be an absolute path"):
        commit_argv(Path("a"), Path("/b"), "")
    for out in ("b", "/a/../b", "/a b", "/a;b", "/a'b"):
        with pytest.raises(ValueError, match="the folder for the image"):
            commit_argv(Path("/a"), Path(out), "")


def test_the_packing_command_takes_no_odd_paths() -> None:
    def argv(image: str, text: str) -> tuple[str, ...]:
        added = [("x", Path(text), 0o644)]
        return pack_argv(Path("/t"), Path(image), offset=1, most_bytes=2, folders=["x"], added=added)

    assert "x f 644 0 0 cat /place/x" in argv("/place/image", "/place/x")
    assert "--fsize=2" in argv("/place/image", "/place/x")
    for odd in ("/a b", "/$(id)", "/a\nb", "x"):
        with pytest.raises(ValueError, match="the file"):
            argv("/image", odd)


@pytest.mark.parametrize(
    ("status", "tail", "sentence", "transient"),
    [
        (-25, "", "would have more than 2.0 GiB", False),
        (153, "", "would have more than 2.0 GiB", False),
        (1, "Write failed because No space left on device\nFATAL ERROR: x", "no room left on the disk", True),
        (1, "Failed to read file u/f, creating empty file", "/u/f cannot be read, or was changed", True),
        (1, "Could not open u/d, skipping...", "/u/d cannot be read", True),
        (-9, "", "was killed", True),
        (1, "FATAL ERROR: else", "mksquashfs ended with 1", False),
    ],
)
def test_why_packing_failed(status: int, tail: str, sentence: str, transient: bool) -> None:
    said, again = explain(status, tail, "2.0 GiB")
    assert sentence in said
    assert again is transient


@pytest.mark.parametrize(
    ("path", "out"),
    [
        *(("dev/null", True), ("proc/1", True), ("tmp/x", True), ("var/lib/apt/lists/x", True), (".toolbox", True)),
        *(("dev", False), ("tmp", False), ("home/dev/null", False), ("opt/.toolbox", False), ("devices/x", False)),
    ],
)
def test_what_stays_out(path: str, out: bool) -> None:
    assert is_left_out(path) is out


def test_labels_of_the_tree() -> None:
    assert old_labels('{"a": "b", "c": 1, "d": {"e": "f"}}') == {"a": "b"}
    for text in ("", "[]", "{", '"x"', "[" * 100_000):
        assert old_labels(text) == {}
    assert len(old_labels(json.dumps({str(number): "x" for number in range(1000)}))) == 100


def test_metadata(tmp_path: Path) -> None:
    tree = plain_tree(tmp_path / "tree")
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    bare = read_metadata(TreeRoot(tree), PurePosixPath("/opt/my app"), "what's new", now)
    assert not bare.folder_exists
    assert bare.runscript == "#!/bin/sh\nexec '/opt/my app' \"$@\"\n"
    (tree / ".singularity.d/env").mkdir(parents=True)
    (tree / ".singularity.d/labels.json").write_text('{"author": "me", "org.opencontainers.image.description": "old"}')
    (tree / ".singularity.d/Singularity").symlink_to("/etc/passwd")  # inside: there is none
    found = read_metadata(TreeRoot(tree), PurePosixPath("/x"), "what's new", now)
    assert found.folder_exists
    assert json.loads(found.labels) == {
        "author": "me",
        "org.opencontainers.image.created": "2026-01-02T00:00:00+00:00",
        "org.opencontainers.image.description": "what's new",
    }
    assert found.definition == ""
    assert json.loads(found.inspect)["data"]["attributes"]["labels"] == json.loads(found.labels)


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_settings_folder_that_is_none(kind: str, tmp_path: Path) -> None:
    tree = plain_tree(tmp_path / "tree")
    if kind == "link":
        (tree / ".singularity.d").symlink_to("/etc")
    else:
        (tree / ".singularity.d").touch()
    with pytest.raises(ImageError, match="is not a folder"):
        read_metadata(TreeRoot(tree), PurePosixPath("/x"), "", datetime.datetime.now(datetime.UTC))


def test_places_that_were_forgotten_go_and_those_in_use_stay(tmp_path: Path) -> None:
    forgotten = tmp_path / ".0123.committing"
    forgotten.mkdir()
    (forgotten / "image.sif").write_text("x")
    (tmp_path / ".link.committing").symlink_to("/etc")
    with commit_place(tmp_path) as place:
        assert not forgotten.exists()
        assert remove_forgotten(tmp_path) == 0
        assert place.is_dir()
    assert not place.exists()
    assert Path("/etc").is_dir()
