"""What leads generated requests of authors to an app, versions and keys that there are."""

from typing import Any

from allgo_hpc.authoring.icons import set_icon
from allgo_hpc.parameters.boutiques.write import write_descriptor
from allgo_hpc.parameters.schema import check_parameters
from allgo_hpc.versions.change import change_version
from tests.fast.domain.world import World, add_version
from tests.fast.pictures import png
from tests.fast.ssh_keys import line

APPS = "/api/v1/apps"
_WHOLE = ("/api/v1/account/ssh-keys", "/api/v1/parameters/draft")
DESCRIPTOR = write_descriptor("tool", "", "1", check_parameters([{"name": "n", "type": "number", "option": "-n"}]))


def own_an_app(world: World) -> None:
    """Let the requests' user be an administrator and own the app, which has versions, an icon and parameters."""
    world.user.role, world.app.owner_id = "admin", world.user.id
    world.app.parameters = check_parameters([{"name": "n", "type": "number", "option": "-n"}])
    world.session.commit()
    for number in (2, 3):
        add_version(world.session, world.app, number)
    change_version(world.session, None, world.version, default=True)
    folder = world.services.layout.images / world.app.name
    folder.mkdir(exist_ok=True)
    for version in world.app.versions:
        (folder / f"{version.sha256}.sif").write_bytes(b"x")
    set_icon(world.session, world.services, None, world.app, png())


def is_of_authors(path: str) -> bool:
    """True for the addresses of authors' calls."""
    return path.startswith(APPS) or path in _WHOLE


def author_body(body: dict[str, Any], path: str, turn: int) -> dict[str, Any]:
    """Lead what authors send, two times in three, to what there is."""
    if path == APPS:
        return {"name": f"app-{turn}" if turn % 4 else "textstats"} | ({"title": "Made"} if turn % 3 else body)
    last = path.rpartition("/")[2]
    if last == "shares":
        return body | {"user": "bob" if turn % 2 else "nobody", "group": ""}
    if turn % 3 == 0 and last != "boutiques":
        return body
    if path in _WHOLE:
        return {"key": a_key(turn)} if last == "ssh-keys" else {"help": "options:\n  -n N  rounds\n"}
    led = {
        "render": {"values": {"n": turn}},
        "parse": {"param": f"-n {turn}"},
        "boutiques": {"descriptor": DESCRIPTOR},
    }
    return led.get(last, {"title": f"Title {turn}"} if "versions" not in path else body)


def a_key(turn: int) -> str:
    return line("ssh-ed25519", turn.to_bytes(32))
