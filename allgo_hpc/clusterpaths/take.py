"""Copies files of the cluster into a submission, each read as its user."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from allgo_hpc.clusterpaths import roots
from allgo_hpc.clusterpaths.reader import asking, changed
from allgo_hpc.errors import NotFound, TooLarge
from allgo_hpc.models import User
from allgo_hpc.reading.why import size as size_text
from allgo_hpc.services import Services
from allgo_hpc.submitting.filenames import check_file_name
from allgo_hpc.submitting.staging import Staging

FIELD = "job[paths]"
LIST_FIELD = "path"


def take_paths(services: Services, user: User, paths: Sequence[str], staging: Staging) -> dict[str, str]:
    """Copy the files into a submission; returns the SHA-256 of each by its name there.

    Raises:
        Refusal: a path may not be read, by this site, this user or this user's account; or it is too large.
    """
    found: dict[str, str] = {}
    for path in paths:
        name = check_file_name(path_name(path), field=FIELD)
        with asking(services.settings, user, "read", path, field=FIELD) as (reading, first):
            size = int(first.get("size", 0))
            most = services.settings.upload_max_bytes
            if size > most:
                raise TooLarge(
                    f"{FIELD}: {path} has {size_text(size)}; the files of one job may have {size_text(most)} together",
                    field=FIELD,
                )
            digest = hashlib.sha256()
            with staging.new_file(name, field=FIELD) as file:
                came = 0
                for data in reading.data(size):
                    file.write(data)
                    digest.update(data)
                    came += len(data)
            if came != size or reading.line().get("ok") is not True:
                raise changed(path, user.cluster_account or "", FIELD, services.settings)
        found[name] = digest.hexdigest()
    return found


def path_name(path: str) -> str:
    """Return the name that a path's file has in the job's folder; pure."""
    return PurePosixPath(path).name


def list_folder(services: Services, user: User, path: str | None) -> dict[str, Any]:
    """Return what lies in a folder of the cluster, as its user sees it; without a path the folders to begin from.

    Raises:
        Refusal: it may not be read.
    """
    settings = services.settings
    known = roots(settings)
    if not path:
        if not known:
            raise NotFound("this site reads no paths of the cluster", field=LIST_FIELD, code="cluster_paths_off")
        entries = [{"name": root, "path": root, "kind": "folder", "size": 0} for root in known]
        return {"path": "/", "parent": None, "entries": entries, "more": False}
    path = path.rstrip("/")
    with asking(settings, user, "list", path, field=LIST_FIELD) as (_, first):
        entries = [
            {"name": one["name"], "path": f"{path}/{one['name']}", "kind": one["kind"], "size": one["size"]}
            for one in first.get("entries", ())
        ]
    entries.sort(key=lambda one: (one["kind"] == "file", str(one["name"]).casefold()))
    parent = None if path in known else str(PurePosixPath(path).parent)
    return {"path": path, "parent": parent, "entries": entries, "more": bool(first.get("more"))}
