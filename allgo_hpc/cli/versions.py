"""``allgo-hpc version``."""

import click
from sqlalchemy.orm import Session

from allgo_hpc.apps import app_named, default_of, list_versions
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.errors import NotFound
from allgo_hpc.models import Version
from allgo_hpc.times import stamp
from allgo_hpc.versions.change import change_version, delete_version, restore_version
from allgo_hpc.versions.compare import compare_packages
from allgo_hpc.versions.find import by_number


@click.group()
def version() -> None:
    """Versions of apps: list, publish, make the default, delete, restore, compare."""


@version.command(name="list")
@click.argument("app")
@click.option("--deleted", is_flag=True, help="Those that were deleted too.")
def list_them(app: str, *, deleted: bool) -> None:
    """List the versions of APP, newest first: number, published or not, default, date, size, digest, changelog."""
    with open_session(open_services()) as session:
        found = app_named(session, app)
        versions = list_versions(session, found, deleted=deleted)
        default = default_of(found, versions)
        for each in versions:
            state = "deleted" if each.deleted_at is not None else "published" if each.published else "unpublished"
            log = each.changelog.partition("\n")[0]
            words = [str(each.number), state, "default" if each is default else "-", stamp(each.created_at) or ""]
            click.echo("\t".join([*words, f"{each.size / 1e6:.1f} MB", each.sha256, log]))


@version.command()
@click.argument("app")
@click.argument("number", type=int)
@click.option("--publish/--unpublish", "published", default=None, help="Users may run it, or not.")
@click.option(
    "--default/--no-default", default=None, help="It runs where none is named; or the newest published one again."
)
@click.option("--changelog", help="What is new in it.")
def change(app: str, number: int, *, published: bool | None, default: bool | None, changelog: str | None) -> None:
    """Change version NUMBER of APP at once; what is not said stays."""
    with open_session(open_services()) as session:
        found = _find(session, app, number)
        change_version(session, None, found, published=published, default=default, changelog=changelog)


@version.command()
@click.argument("app")
@click.argument("number", type=int)
def delete(app: str, number: int) -> None:
    """Delete version NUMBER of APP; it can be restored for as many days as the setting version_keep_days says."""
    services = open_services()
    with open_session(services) as session:
        delete_version(session, None, _find(session, app, number))
        click.echo(f"deleted; it can be restored for {services.settings.version_keep_days:g} days")


@version.command()
@click.argument("app")
@click.argument("number", type=int)
def restore(app: str, number: int) -> None:
    """Take the deletion of version NUMBER of APP back."""
    services = open_services()
    with open_session(services) as session:
        restore_version(session, services, None, _find(session, app, number))


@version.command()
@click.argument("app")
@click.argument("old", type=int)
@click.argument("new", type=int)
def compare(app: str, old: int, new: int) -> None:
    """Show which packages differ between versions OLD and NEW of APP: name, version in OLD, version in NEW."""
    with open_session(open_services()) as session:
        packages = compare_packages(_find(session, app, old).packages, _find(session, app, new).packages)
        if packages is None:
            raise click.ClickException("the packages of one of them are not known")
        for each in packages:
            click.echo(f"{each.name}\t{each.old or '-'}\t{each.new or '-'}")


def _find(session: Session, app: str, number: int) -> Version:
    found = by_number(session, app_named(session, app), str(number))
    if found is None:
        raise NotFound(f"the app '{app}' has no version {number}", field="number", code="unknown_version")
    return found
