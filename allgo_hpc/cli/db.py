"""``allgo-hpc db``."""

import click

from allgo_hpc.cli.context import open_engine, open_services
from allgo_hpc.schema import is_current, new_change
from allgo_hpc.schema import upgrade as upgrade_schema


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema, and make the folders of the data root."""
    services = open_services()
    services.layout.make()
    with open_engine(services) as engine:
        upgrade_schema(engine)


@db.command()
def check() -> None:
    """Exit status 0 when the database has this version's schema."""
    with open_engine(open_services()) as engine:
        if not is_current(engine):
            raise click.ClickException("the database has another schema: run 'allgo-hpc db upgrade'")
    click.echo("the schema is current")


@db.command(hidden=True)
@click.argument("message")
def revision(message: str) -> None:
    """Write a new schema change from the models (for developers)."""
    with open_engine(open_services()) as engine:
        new_change(engine, message)
