"""Icons: what is one, what is not, and what stays on the disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.authoring import icons
from allgo_hpc.authoring.icons import check_icon, find_icon, remove_icon, set_icon
from allgo_hpc.authoring.image_head import Picture, read_head
from allgo_hpc.errors import BadInput, NotFound, TooLarge
from allgo_hpc.models import AppChange
from tests.fast.domain.world import World, add_app
from tests.fast.pictures import jpeg, png, webp

MOST = 256 * 1024


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (png(16, 1024), Picture("image/png", 16, 1024)),
        (jpeg(33, 21), Picture("image/jpeg", 33, 21)),
        (webp(b"VP8 ", 48, 40), Picture("image/webp", 48, 40)),
        (webp(b"VP8L", 48, 40), Picture("image/webp", 48, 40)),
        (webp(b"VP8X", 48, 40), Picture("image/webp", 48, 40)),
    ],
)
def test_each_kind(data: bytes, picture: Picture) -> None:
    assert read_head(data) == picture


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x89PNG", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(100), b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8\xff\xda" + bytes(50),
        b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WAVEfmt " + bytes(50), jpeg()[:30], png()[:18],
        b"\x89PNG\r\n\x1a\n\0\0\0\x0cIHDR" + bytes(20), webp(b"VP8L").replace(b"\x2f", b"\x2e"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="PNG, JPEG or WebP") as caught:
        check_icon(data, most_bytes=MOST)
    assert caught.value.field == "icon"


@pytest.mark.parametrize(("width", "height"), [(15, 16), (16, 15), (1025, 16), (16, 1025), (0, 0), (2**31, 2**31)])
def test_pixels_have_limits(width: int, height: int) -> None:
    head = png()[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    with pytest.raises(BadInput, match=f"{width} x {height} pixels"):
        check_icon(head, most_bytes=MOST)


def test_bytes_have_a_limit() -> None:
    data = png()
    assert check_icon(data, most_bytes=len(data)) == "image/png"
    with pytest.raises(TooLarge, match="the limit is"):
        check_icon(data, most_bytes=len(data) - 1)


@given(
    st.sampled_from([b"", png()[:8], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8L"]),
    st.binary(max_size=200),
)
def test_whatever_comes_is_taken_or_refused(head: bytes, rest: bytes) -> None:
    read_head(head + rest)


def test_it_is_kept_replaced_and_taken_away(world: World) -> None:
    session, services, app = world.session, world.services, world.app
    author = app.owner
    first, second = png(), jpeg()
    set_icon(session, services, author, app, first)
    assert (app.icon_type, find_icon(services.layout, app).read_bytes()) == ("image/png", first)
    earlier = find_icon(services.layout, app)
    set_icon(session, services, None, app, second)
    assert (app.icon_type, find_icon(services.layout, app).read_bytes()) == ("image/jpeg", second)
    assert not earlier.exists()
    set_icon(session, services, author, app, second)  # the same again
    assert find_icon(services.layout, app).read_bytes() == second
    remove_icon(session, services, author, app)
    remove_icon(session, services, author, app)
    with pytest.raises(NotFound):
        find_icon(services.layout, app)
    assert list((services.layout.icons / str(app.id)).iterdir()) == []
    assert [change.what for change in session.query(AppChange)] == ["icon"] * 3


def test_what_is_refused_leaves_the_earlier_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session, services, app = world.session, world.services, world.app
    set_icon(session, services, None, app, png())
    with pytest.raises(BadInput):
        set_icon(session, services, None, app, b"<svg/>")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(icons, "write_durably", full)
    with pytest.raises(Exception, match="storage is full"):
        set_icon(session, services, None, app, jpeg())
    session.rollback()
    session.expire_all()
    assert find_icon(services.layout, app).read_bytes() == png()


def test_another_apps_icon_stays(world: World) -> None:
    other = add_app(world.session, world.app.owner, "other")
    for app in (world.app, other):
        set_icon(world.session, world.services, None, app, png())
    remove_icon(world.session, world.services, None, world.app)
    assert find_icon(world.services.layout, other).is_file()
