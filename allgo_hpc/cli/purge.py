"""``allgo-hpc purge``."""

import click

from allgo_hpc.cli.context import open_engine, open_services
from allgo_hpc.database import session_factory
from allgo_hpc.housekeeping import purge_files


@click.command()
def purge() -> None:
    """Remove now what the sweep removes every hour: files of jobs whose time is over, and the trash of before.

    What is given up now stays in the trash for an hour, so that downloads which have begun go on.
    """
    services = open_services()
    with open_engine(services) as engine, session_factory(engine)() as session:
        purged = purge_files(session, services)
    click.echo(
        f"gave up the files of {purged.jobs} jobs whose time was over; removed {purged.folders} folders of the trash"
    )
