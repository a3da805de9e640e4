"""``/api/v1/groups``: groups of users, for administrators."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from allgo_hpc.administration.actor import Actor
from allgo_hpc.administration.groups import add_member, create_group, delete_group, remove_member, rename_group
from allgo_hpc.errors import NotAllowed
from allgo_hpc.models import Group
from allgo_hpc.sharing.groups import PATTERN, GroupEntry, find_group, list_groups, members_of
from allgo_hpc.times import stamp
from allgo_hpc.tokens import Access
from web.api.groups import GROUPS
from web.auth import Auth, current_user, needs
from web.checks import json_or_form, load_body
from web.context import get_session

_RULE = "/api/v1/groups"


def _administrator() -> Access | None:
    access = needs("apps:write").check()
    if access is None or access.user.role != "admin":
        raise NotAllowed("groups are for administrators")
    return access


_ADMIN = Auth(
    _administrator, ("token", "bearer"), "Needs an administrator's token with the scope `apps:write`."
)  # fmt: skip


class NewGroup(Schema):
    """A group's name."""

    name = fields.String(required=True, validate=validate.Regexp(f"^{PATTERN}$"), metadata={"pattern": f"^{PATTERN}$"})


class NewMember(Schema):
    """Who is to be in it."""

    user = fields.String(
        required=True, validate=validate.Length(1, 254), metadata={"description": "User name or address."}
    )


class GroupSummary(Schema):
    """A group."""

    name = fields.String(required=True)
    members = fields.Integer(required=True, metadata={"description": "How many users are in it."})
    apps = fields.Integer(required=True, metadata={"description": "How many apps are shared with it."})
    created_at = fields.DateTime(required=True)


class GroupList(Schema):
    """All groups."""

    groups = fields.List(fields.Nested(GroupSummary), required=True)


class GroupAnswer(Schema):
    """A group with who is in it."""

    name = fields.String(required=True)
    users = fields.List(fields.String(), required=True, metadata={"description": "User names."})
    created_at = fields.DateTime(required=True)


@GROUPS.operation(_RULE, auth=_ADMIN, answers={200: GroupList})
def get_groups() -> Response:
    """List all groups, by name."""
    return jsonify({"groups": [_summary(one) for one in list_groups(get_session())]})


@GROUPS.operation(
    _RULE, method="POST", auth=_ADMIN, body=json_or_form(NewGroup, required=True), answers={201: GroupAnswer},
    errors=(400, 409),
)  # fmt: skip
def post_group() -> tuple[Response, int]:
    """Make a group; nobody is in it yet."""
    return jsonify(_answer(create_group(get_session(), _acting(), load_body(request, NewGroup())["name"]))), 201


@GROUPS.operation(f"{_RULE}/<group_name>", auth=_ADMIN, answers={200: GroupAnswer})
def get_group(group_name: str) -> Response:
    """Tell who is in a group."""
    return jsonify(_answer(_find(group_name)))


@GROUPS.operation(
    f"{_RULE}/<group_name>", method="PATCH", auth=_ADMIN, body=json_or_form(NewGroup, required=True),
    answers={200: GroupAnswer}, errors=(400, 409),
)  # fmt: skip
def patch_group(group_name: str) -> Response:
    """Give a group another name."""
    group = _find(group_name)
    rename_group(get_session(), _acting(), group, load_body(request, NewGroup())["name"])
    return jsonify(_answer(group))


@GROUPS.operation(
    f"{_RULE}/<group_name>", method="DELETE", auth=_ADMIN, answers={204: {"description": "It is gone."}}
)  # fmt: skip
def remove_group(group_name: str) -> tuple[str, int]:
    """Delete a group: what was shared with it is its members' no more."""
    delete_group(get_session(), _acting(), _find(group_name))
    return "", 204


@GROUPS.operation(
    f"{_RULE}/<group_name>/members", method="POST", auth=_ADMIN, body=json_or_form(NewMember, required=True),
    answers={200: GroupAnswer}, errors=(400, 409),
)  # fmt: skip
def post_member(group_name: str) -> Response:
    """Put a user into a group: what is shared with it is theirs to run, at once."""
    group = _find(group_name)
    add_member(get_session(), _acting(), group, load_body(request, NewMember())["user"])
    return jsonify(_answer(group))


@GROUPS.operation(
    f"{_RULE}/<group_name>/members/<user_name>",
    method="DELETE",
    auth=_ADMIN,
    answers={204: {"description": "Not in it any more."}},
)
def delete_member(group_name: str, user_name: str) -> tuple[str, int]:
    """Take a user out of a group, at once."""
    remove_member(get_session(), _acting(), _find(group_name), user_name)
    return "", 204


def _acting() -> Actor:
    return Actor(current_user(), request.remote_addr or "")


def _find(name: str) -> Group:
    return find_group(get_session(), name, field="group_name")


def _summary(one: GroupEntry) -> dict[str, Any]:
    return {
        "name": one.group.name,
        "members": one.members,
        "apps": one.apps,
        "created_at": stamp(one.group.created_at),
    }


def _answer(group: Group) -> dict[str, Any]:
    users = [user.name for user in members_of(get_session(), group)]
    return {"name": group.name, "users": users, "created_at": stamp(group.created_at)}
