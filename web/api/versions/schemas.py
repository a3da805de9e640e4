"""What the API says of versions, for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.versions.change import LONGEST_CHANGELOG
from web.api.apps.schemas import VersionEntry


def _said(words: str) -> dict[str, Any]:
    return {"metadata": {"description": words}}


class Package(Schema):
    """A package that is installed."""

    name = fields.String(required=True)
    version = fields.String(required=True)


class VersionAnswer(VersionEntry):
    """A version, with all that is known of it."""

    entrypoint = fields.String(required=True, **_said("Path in the image."))
    packages = fields.List(
        fields.Nested(Package), required=True, allow_none=True, **_said("What is installed; null: nobody looked.")
    )
    recipe = fields.String(
        required=True, allow_none=True, **_said("What it was built from; for the app's owner, where there is one.")
    )


class VersionList(Schema):
    """An app's versions, newest first."""

    versions = fields.List(fields.Nested(VersionEntry), required=True)


class VersionsQuery(Schema):
    """Which versions."""

    deleted = fields.Boolean(load_default=False, **_said("Those that were deleted too; for the app's owner."))


class VersionChanges(Schema):
    """What is to be different."""

    published = fields.Boolean(**_said("Users may run it."))
    default = fields.Boolean(
        **_said("It runs where no version is named; false gives that back to the newest published one.")
    )
    changelog = fields.String(validate=validate.Length(max=LONGEST_CHANGELOG))


class CompareQuery(Schema):
    """With which version."""

    to = fields.Integer(
        required=True, validate=validate.Range(1, 999_999_999), **_said("Number of the version to compare with.")
    )

    files = fields.Boolean(
        load_default=False, **_said("Compare the files too, for the app's owner: both images are listed.")
    )


class FileNames(Schema):
    """Files: how many, and the first thousand."""

    count = fields.Integer(required=True)
    first = fields.List(fields.String(), required=True)


class FileChanges(Schema):
    """Files that differ."""

    added = fields.Nested(FileNames, required=True)
    removed = fields.Nested(FileNames, required=True)
    changed = fields.Nested(FileNames, required=True)


class PackageChange(Schema):
    """A package that differs."""

    name = fields.String(required=True)
    old = fields.String(required=True, allow_none=True, **_said("Its version in the first; null: not in it."))
    new = fields.String(required=True, allow_none=True, **_said("Its version in the second; null: not in it."))


class Comparison(Schema):
    """What differs between two versions."""

    old = fields.Integer(required=True, **_said("Number of the first."))
    new = fields.Integer(required=True, **_said("Number of the second."))
    same_image = fields.Boolean(required=True)
    size = fields.Integer(required=True, **_said("Bytes that the second image has more than the first."))
    packages = fields.List(
        fields.Nested(PackageChange),
        required=True,
        allow_none=True,
        **_said("Added, removed and changed packages; null: of one of them they are not known."),
    )
    files = fields.Nested(
        FileChanges, required=True, allow_none=True, **_said("Null: not asked for, or an image cannot be looked at.")
    )
