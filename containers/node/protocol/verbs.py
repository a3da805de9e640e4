"""The fixed list of verbs with their arguments: nothing else can be asked of the node."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from containers.node.commits import acts as commits
from containers.node.protocol import acts
from containers.node.protocol.fields import Check, keys, message, name, number, sha256, uuid
from containers.node.protocol.request import Answer, Request

# An image of a terabyte is a mistake.
_LARGEST_IMAGE = 1 << 40


@dataclass(frozen=True)
class Verb:
    """One verb: what it does, and its arguments."""

    act: Callable[[Request], Answer]
    arguments: Mapping[str, Check] = field(default_factory=dict)


VERBS: Mapping[str, Verb] = {
    "node-status": Verb(acts.node_status),
    "status": Verb(acts.status, {"name": name}),
    "create": Verb(acts.create, {"name": name, "image": sha256}),
    "start": Verb(acts.start, {"name": name}),
    "stop": Verb(acts.stop, {"name": name}),
    "keys": Verb(acts.keys, {"name": name, "keys": keys}),
    "freeze": Verb(acts.freeze, {"name": name, "seconds": number(1, 3600)}),
    "thaw": Verb(acts.thaw, {"name": name}),
    "delete": Verb(acts.delete, {"name": name}),
    "restore": Verb(acts.restore, {"name": name}),
    "stop-idle": Verb(acts.stop_idle),
    "has-image": Verb(acts.has_image, {"sha256": sha256}),
    "put-image": Verb(acts.put_image, {"sha256": sha256, "size": number(1, _LARGEST_IMAGE)}),
    "drop-image": Verb(acts.drop_image, {"sha256": sha256}),
    "fetch-built": Verb(acts.fetch_built, {"name": name, "sha256": sha256}),
    "commit": Verb(commits.commit, {"name": name, "commit": uuid, "message": message}),
    "commit-status": Verb(commits.commit_status, {"name": name, "commit": uuid, "wait": number(0, 30)}),
    "commit-end": Verb(commits.commit_end, {"name": name, "commit": uuid}),
    "drop-built": Verb(acts.drop_built, {"name": name, "sha256": sha256}),
}
