"""``/api/v1/apps/<name>/versions``: list, show, change, delete, restore, compare."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request

from allgo_hpc.apps import default_of, find_app, find_own_app, list_versions, owns
from allgo_hpc.errors import BadInput, NotAllowed
from allgo_hpc.models import App, Version
from allgo_hpc.near import did_you_mean
from allgo_hpc.versions.change import change_version, delete_version, restore_version
from allgo_hpc.versions.compare import compare_files, compare_packages
from allgo_hpc.versions.find import see_version
from web.api.apps.answer import version_entry
from web.api.groups import VERSIONS
from web.api.versions.schemas import CompareQuery, Comparison, VersionAnswer, VersionChanges, VersionList, VersionsQuery
from web.auth import OPTIONAL, current_user, needs, sender
from web.checks import json_only, load_json
from web.context import get_services, get_session

_RULE = "/api/v1/apps/<app_name>/versions"
_TYPES: dict[str, tuple[type, str]] = {
    "published": (bool, "true or false"),
    "default": (bool, "true or false"),
    "changelog": (str, "a text"),
}


@VERSIONS.operation(_RULE, auth=OPTIONAL, query=VersionsQuery, answers={200: VersionList})
def get_versions(query: Mapping[str, Any], app_name: str) -> Response:
    """List the versions of an app, newest first; its owner sees those that are not published too."""
    session, user = get_session(), sender()
    app = find_app(session, user, app_name, field="app_name")
    owner = owns(app, user)
    versions = list_versions(session, app, deleted=query["deleted"] and owner)
    default, settings = default_of(app, versions), get_services().settings
    shown = [one for one in versions if owner or one.published]
    return jsonify({"versions": [version_entry(one, default, settings) for one in shown]})


@VERSIONS.operation(f"{_RULE}/<number>", auth=OPTIONAL, answers={200: VersionAnswer})
def get_version(app_name: str, number: str) -> Response:
    """Tell all of a version: what is installed in it and, to its owner, what it was built from."""
    session, user = get_session(), sender()
    app = find_app(session, user, app_name, field="app_name")
    return jsonify(_answer(app, see_version(session, user, app, number)))


@VERSIONS.operation(
    f"{_RULE}/<number>",
    method="PATCH",
    auth=needs("apps:write"),
    body=json_only(VersionChanges),
    answers={200: VersionAnswer},
    errors=(400, 409),
)
def patch_version(app_name: str, number: str) -> Response:
    """Publish a version or not, make it the default, change its changelog: at once."""
    app, version = _own(app_name, number)
    sent = load_json(request)
    for name, value in sent.items():
        shown = name[:64] if name.isprintable() else "(what was sent)"
        if name not in _TYPES:
            raise BadInput(f"{shown}: there is no such field{did_you_mean(shown, _TYPES)}", field=shown)
        kind, words = _TYPES[name]
        if type(value) is not kind:
            raise BadInput(f"'{name}' must be {words}", field=name)
    change_version(get_session(), current_user(), version, **sent)
    return jsonify(_answer(app, version))


@VERSIONS.operation(
    f"{_RULE}/<number>",
    method="DELETE",
    auth=needs("apps:write"),
    answers={200: VersionAnswer},
    errors=(409,),
)
def remove_version(app_name: str, number: str) -> Response:
    """Delete a version: nobody can run it any more; jobs that were accepted with it run.

    It can be restored until the time in `restorable_until`; then its image is removed, and what is known of it stays.
    """
    app, version = _own(app_name, number)
    delete_version(get_session(), current_user(), version)
    return jsonify(_answer(app, version))


@VERSIONS.operation(
    f"{_RULE}/<number>/restore",
    method="POST",
    auth=needs("apps:write"),
    answers={200: VersionAnswer},
    errors=(410, 503),
)
def post_restore(app_name: str, number: str) -> Response:
    """Take the deletion of a version back; it is published or not as it was."""
    app, version = _own(app_name, number)
    restore_version(get_session(), get_services(), current_user(), version)
    return jsonify(_answer(app, version))


@VERSIONS.operation(
    f"{_RULE}/<number>/compare", auth=OPTIONAL, query=CompareQuery, answers={200: Comparison}, errors=(403,)
)
def get_comparison(query: Mapping[str, Any], app_name: str, number: str) -> Response:
    """Compare two versions of an app: the packages that are installed in them, and for its owner the files.

    Of files that packages bring the packages tell; what each build writes anew is left out.
    """
    session, user = get_session(), sender()
    app = find_app(session, user, app_name, field="app_name")
    old = see_version(session, user, app, number)
    new = see_version(session, user, app, str(query["to"]), field="to")
    if query["files"] and not owns(app, user):
        raise NotAllowed("files: only the app's owner may compare files", field="files")
    packages = compare_packages(old.packages, new.packages)
    session.commit()  # nothing is held while images are listed
    files = compare_files(get_services(), app, old, new) if query["files"] else None
    return jsonify(
        {
            "old": old.number,
            "new": new.number,
            "same_image": old.sha256 == new.sha256,
            "size": new.size - old.size,
            "packages": [asdict(one) for one in packages] if packages is not None else None,
            "files": asdict(files) if files is not None else None,
        }
    )


def _own(app_name: str, number: str) -> tuple[App, Version]:
    session, user = get_session(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    return app, see_version(session, user, app, number)


def _answer(app: App, version: Version) -> dict[str, Any]:
    session, user = get_session(), sender()
    default = default_of(app, list_versions(session, app))
    return version_entry(version, default, get_services().settings) | {
        "entrypoint": version.entrypoint,
        "packages": version.packages,
        "recipe": version.recipe if owns(app, user) else None,
    }
