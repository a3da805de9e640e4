"""The command behind ``scripts/bench``, inside the cluster and as root."""

from pathlib import Path

import click

from tests.bench.figures import Figure
from tests.bench.growing import measure_growth
from tests.bench.report import as_json, table
from tests.bench.rows import ROWS
from tests.bench.scale import growth_table
from tests.bench.site import open_site, settle


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(ROWS)), metavar="[ROW]...")
@click.option(
    "--often",
    default=30,
    show_default=True,
    type=click.IntRange(3, 10_000),
    help="How often short things are measured.",
)
@click.option("--scale", is_flag=True, help="Show instead how the rows, in small, grow with 100 000 jobs.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Also write the rows there.")
def main(names: tuple[str, ...], *, often: int, scale: bool, file: Path | None) -> None:
    """Measure rows, all or those named, and print the table."""
    if scale:
        click.echo(growth_table(measure_growth(often)))
        return
    site = open_site(often)
    figures: list[Figure] = []
    failed = []
    for name in names or ROWS:
        click.echo(f"bench: {name}", err=True)
        try:
            figures += ROWS[name](site)
            settle(site)
        except Exception as error:  # the other rows are worth having
            failed.append(name)
            click.echo(f"bench: {name} could not be measured: {type(error).__name__}: {error}", err=True)
        if file is not None:
            file.write_text(as_json(figures), encoding="utf-8")
    click.echo(table(figures))
    if failed:
        raise click.ClickException(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
