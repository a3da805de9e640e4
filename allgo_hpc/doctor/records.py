"""The database, and the process that follows jobs, as the database knows it."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from allgo_hpc.administration.health import look_at_sweep
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.doctor.finding import Finding, fail, ok
from allgo_hpc.models import utc_now
from allgo_hpc.schema import is_current
from allgo_hpc.services import Services
from allgo_hpc.times import stamp


def database(services: Services) -> Iterator[Finding]:
    """Whether the database answers and has this program's schema."""
    engine = make_engine(services.settings.database_url)
    try:
        current = is_current(engine)
    except SQLAlchemyError as error:
        said = str(error.__cause__ or error).splitlines()[0]
        yield fail("database", f"does not answer: {said}", "start it, or change database_url")
    else:
        if current:
            yield ok("database", f"{engine.dialect.name}, the schema is current")
        else:
            yield fail("database", "it has another schema", "run allgo-hpc db upgrade")
    finally:
        engine.dispose()


def sweep(services: Services) -> Iterator[Finding]:
    """Whether some process follows the jobs."""
    engine = make_engine(services.settings.database_url)
    todo = "start the service allgo-hpc-sweep (conf/systemd) and read its log"
    try:
        with session_factory(engine)() as session:
            seen = look_at_sweep(session, services, utc_now())
    except SQLAlchemyError:
        yield fail("sweep", "nothing is known of it without the database", "see above")
        return
    finally:
        engine.dispose()
    if seen.swept_at is None:
        yield fail("sweep", "it has never run", todo)
    elif not seen.alive:
        yield fail("sweep", f"nobody has followed the jobs since {stamp(seen.swept_at)}", todo)
    else:
        took = "" if seen.took_s is None else f", took {seen.took_s:.2f} s"
        yield ok("sweep", f"at {stamp(seen.swept_at)} by {seen.holder}{took}")
