"""The administrator's command, ``allgo-hpc``."""

import logging
import sys

import click

from allgo_hpc import __version__
from allgo_hpc.cli import authoring, schemas, sharing
from allgo_hpc.cli.announce import announcements
from allgo_hpc.cli.apps import app, image
from allgo_hpc.cli.commits import commit
from allgo_hpc.cli.db import db
from allgo_hpc.cli.examine import doctor
from allgo_hpc.cli.mails import mail
from allgo_hpc.cli.purge import purge
from allgo_hpc.cli.sandboxes import sandbox
from allgo_hpc.cli.serve import serve
from allgo_hpc.cli.sweep import sweep
from allgo_hpc.cli.users import user
from allgo_hpc.cli.versions import version
from allgo_hpc.errors import Refusal
from allgo_hpc.settings import SettingsError
from containers import BuildFailed, ContainerError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="allgo-hpc")
def cli() -> None:
    """Run and look after an A||GO HPC portal.

    Settings come from /etc/allgo-hpc/allgo-hpc.toml (another file: ALLGO_HPC_CONF) and from variables ALLGO_HPC_<KEY>.
    Run it as the portal's service user.
    """


for command in (
    authoring.create,
    authoring.show,
    authoring.change,
    authoring.hand_over,
    authoring.history,
    authoring.icon,
):
    app.add_command(command)
for command in (schemas.presets, schemas.schema):
    app.add_command(command)
for command in (sharing.share, sharing.unshare, sharing.shares):
    app.add_command(command)
for command in (
    doctor,
    serve,
    sweep,
    purge,
    user,
    sharing.group,
    mail,
    app,
    version,
    sandbox,
    commit,
    image,
    db,
    announcements,
):
    cli.add_command(command)


def main() -> int:
    """Run the command; what is refused is one sentence and exit status 1."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        cli.main(prog_name="allgo-hpc", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("aborted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BuildFailed as error:
        click.echo(error.log_tail, err=True)
        click.echo(f"allgo-hpc: {error}", err=True)
        return 1
    except (Refusal, SettingsError, ContainerError) as error:
        click.echo(f"allgo-hpc: {error}", err=True)
        return 1
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return 0
