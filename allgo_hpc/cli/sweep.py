"""``allgo-hpc sweep``."""

import click

from allgo_hpc.cli.context import open_engine, open_services
from allgo_hpc.database import session_factory
from allgo_hpc.sweeping.process import holder_name, is_alive, run_forever
from allgo_hpc.sweeping.turns import Kept, sweep_once


@click.command()
@click.option("--once", is_flag=True, help="Sweep once and say what was done (for cron).")
@click.option("--check", is_flag=True, help="Exit status 0 when some process has swept lately, else 1.")
def sweep(*, once: bool, check: bool) -> None:
    """Follow all unfinished jobs: one question to Slurm a second, until SIGTERM."""
    services = open_services()
    with open_engine(services) as engine:
        sessions = session_factory(engine)
        if check:
            raise SystemExit(0 if is_alive(sessions, services) else 1)
        if not once:
            run_forever(sessions, services)
            return
        swept = sweep_once(sessions, services, holder_name(), Kept())
        if swept is None:
            click.echo("another process holds the sweep's lease and does this")
            return
        click.echo(
            f"{swept.unfinished} unfinished, {swept.changed} changed, {swept.failed} failed"
            + ("" if swept.slurm_answered else "; Slurm gave no answer, nothing was moved")
        )
