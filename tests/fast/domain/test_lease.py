"""One sweeper at a time: who holds the right, until when."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.sweeping.lease import give_lease_back, lease_renewed_at, take_lease

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _take(session: Session, holder: str, at: float) -> bool:
    return take_lease(session, holder, now=NOW + timedelta(seconds=at), seconds=10)


def test_the_first_takes_it_and_renews_it(session: Session) -> None:
    assert lease_renewed_at(session) is None
    assert _take(session, "a", 0)
    assert _take(session, "a", 5)
    assert lease_renewed_at(session) == NOW + timedelta(seconds=5)


def test_the_second_waits_for_its_end(session: Session) -> None:
    assert _take(session, "a", 0)
    assert not _take(session, "b", 9)
    assert not _take(session, "b", 10)
    assert _take(session, "b", 10.001)
    assert not _take(session, "a", 15)


def test_renewing_puts_the_end_off(session: Session) -> None:
    assert _take(session, "a", 0)
    assert _take(session, "a", 8)
    assert not _take(session, "b", 15)


def test_given_back_it_is_free_at_once(session: Session) -> None:
    assert _take(session, "a", 0)
    give_lease_back(session, "b")
    assert not _take(session, "b", 1)
    give_lease_back(session, "a")
    assert _take(session, "b", 1)


def test_two_names_are_two_rights(session: Session) -> None:
    assert _take(session, "a", 0)
    assert take_lease(session, "b", now=NOW, seconds=10, name="other")


def _race(sessions: sessionmaker[Session], at: float) -> int:
    start = threading.Barrier(6)
    taken: list[bool] = []

    def race(number: int) -> None:
        with sessions() as session:
            start.wait()
            taken.append(_take(session, f"holder {number}", at))

    threads = [threading.Thread(target=race, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(threads)
    return sum(taken)


def test_one_of_many_takes_the_first_lease(sessions: sessionmaker[Session]) -> None:
    assert _race(sessions, 0) == 1


def test_one_of_many_takes_over_what_ran_out(sessions: sessionmaker[Session], session: Session) -> None:
    assert _take(session, "killed", 0)
    assert _race(sessions, 11) == 1


def test_a_lease_of_a_clock_that_was_ahead_binds_nobody(session: Session) -> None:
    assert _take(session, "a", 3600)
    assert _take(session, "b", 0)
    assert not _take(session, "c", 5)
