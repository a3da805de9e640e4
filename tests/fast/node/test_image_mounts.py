"""What may be mounted on a compute node: images by their name, from the one folder that the administrator names."""

from pathlib import Path

import pytest

from containers.mounting.mounts import Owner
from containers.mounting.program import images_folder, read_word

SHA256 = "0123456789abcdef" * 4


def test_one_image_by_its_name() -> None:
    assert read_word([f"text.stats-2/{SHA256}.sif"]) == ("text.stats-2", SHA256)


@pytest.mark.parametrize(
    "words",
    [
        [],
        [f"app/{SHA256}.sif", "more"],
        [f"../{SHA256}.sif"],
        [f"app/../app/{SHA256}.sif"],
        [f"/app/{SHA256}.sif"],
        [f"app/{SHA256}.sif\n"],
        [f"app/{SHA256.upper()}.sif"],
        [f"app/{SHA256[1:]}.sif"],
        [f".hidden/{SHA256}.sif"],
        [f"-o/{SHA256}.sif"],
    ],
)
def test_nothing_else_becomes_a_path(words: list[str]) -> None:
    with pytest.raises(ValueError, match="one image"):
        read_word(words)


def test_the_folder_is_the_administrators_one_line() -> None:
    conf = Path(__file__).parents[3] / "conf/image-mounts/image-mounts"
    assert images_folder(conf.read_text()) == Path("/srv/allgo/images")
    for text in ("", "# nothing\n", "relative\n", "/a\n/b\n", "/a/../b\n"):
        with pytest.raises(ValueError, match="must name one folder"):
            images_folder(text)


def test_ids_of_the_image_are_those_that_fakeroot_gives() -> None:
    option = Owner(990, 991, 100_000, 200_000).id_map
    assert option == "X-mount.idmap=u:0:990:1 u:1:100000:65535 g:0:991:1 g:1:200000:65535"
