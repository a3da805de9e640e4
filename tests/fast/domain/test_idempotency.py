"""The same key with the same content is the same job, for a day; with another content it is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import BadInput, Unprocessable
from allgo_hpc.models import IdempotencyKey, Job, utc_now
from allgo_hpc.submitting.idempotency import Key, check_key, fingerprint, forget_keys
from tests.fast.domain.world import World
from tests.hostile import CONTROLS

KEY = Key("a-key", "1" * 64)
OTHER_BODY = Key("a-key", "2" * 64)


def _jobs(world: World) -> list[int]:
    return list(world.session.scalars(select(Job.id).order_by(Job.id)))


def _age(world: World, by: timedelta) -> None:
    for kept in world.session.scalars(select(IdempotencyKey)):
        kept.created_at = utc_now() - by
    world.session.commit()


def test_sent_again_it_is_the_same_job_and_nothing_more_is_kept(world: World) -> None:
    first = world.submit("-x", {"a": b"1"}, key=KEY)
    before = world.left()
    again = world.submit("-x", {"a": b"1"}, key=KEY)
    assert again.id == first.id
    assert world.left() == before
    assert len(world.slurm.submitted) == 1


def test_the_job_is_told_as_it_is_now(world: World) -> None:
    job = world.submit(key=KEY)
    world.mark(job, slurm_id=101)
    world.slurm.forget(job.uuid)
    world.sweep()
    assert world.submit(key=KEY).state == "done"


def test_with_another_content_it_is_refused_and_names_the_job(world: World) -> None:
    job = world.submit(key=KEY)
    before = world.left()
    with pytest.raises(Unprocessable, match=f"job {job.id}") as caught:
        world.submit("-y", key=OTHER_BODY)
    assert (caught.value.code, caught.value.field) == ("idempotency_key_reused", "Idempotency-Key")
    assert world.left() == before


def test_another_users_key_is_another_key(world: World) -> None:
    first = world.submit(key=KEY)
    eve = replace(world, user=add_user(world.session, name="eve", email="eve@example.org"))
    assert eve.submit(key=OTHER_BODY).id != first.id
    assert eve.submit(key=OTHER_BODY).user_id == eve.user.id
    assert len(_jobs(world)) == 2


@pytest.mark.parametrize("key", [KEY, OTHER_BODY], ids=["same", "other"])
def test_after_a_day_it_is_a_new_job_whatever_the_content(world: World, key: Key) -> None:
    first = world.submit(key=KEY)
    _age(world, timedelta(hours=23, minutes=59))
    assert world.submit(key=KEY).id == first.id
    _age(world, timedelta(hours=24, seconds=1))
    second = world.submit(key=key)
    assert second.id != first.id
    assert world.submit(key=key).id == second.id, "the key is the new job's now"


def test_tidying_forgets_the_old_keys_only(world: World) -> None:
    world.submit(key=KEY)
    _age(world, timedelta(hours=25))
    kept = world.submit(key=Key("young", "3" * 64))
    assert forget_keys(world.session, utc_now()) == 1
    assert world.session.scalars(select(IdempotencyKey.job_id)).all() == [kept.id]


def test_what_was_refused_leaves_its_key_free(world: World) -> None:
    with pytest.raises(BadInput):
        world.submit("'open", key=KEY)
    assert world.left() == []
    assert world.submit("closed", key=OTHER_BODY).id


def test_a_batch_sent_again_is_the_same_batch(world: World) -> None:
    files = {"a": b"1", "b": b"2"}
    batch = world.submit(files=files, batch="each", key=KEY)
    before = world.left()
    assert world.submit(files=files, batch="each", key=KEY).id == batch.id
    assert world.left() == before
    assert [task.task for task in world.tasks(batch)] == [0, 1]


def test_the_content_is_told_by_every_part_of_it() -> None:
    call, fields, digests = "POST jobs", {"job[param]": "x", "job[queue]": "batch"}, {"a": "1", "b": "2"}
    plain = fingerprint(call, fields, digests)
    assert plain == fingerprint(call, dict(reversed(fields.items())), dict(reversed(digests.items())))
    others = [
        fingerprint("POST jobs/1/rerun", fields, digests),
        fingerprint(call, fields | {"job[param]": "y"}, digests),
        fingerprint(call, fields | {"job[batch]": "each"}, digests),
        fingerprint(call, {"job[param]": "xjob[queue]batch"}, digests),
        fingerprint(call, fields, digests | {"a": "3"}),
        fingerprint(call, fields, {"a": "2", "b": "1"}),
        fingerprint(call, fields, {"a": "1"}),
        fingerprint(call, fields, {}),
        fingerprint(call, fields | {"a": "1"}, {"b": "2"}),
        fingerprint(call, fields | {"lone": "\udcff"}, digests),
    ]
    assert len({plain, *others}) == len(others) + 1


@pytest.mark.parametrize("text", ["a", "~" * 255, '"quoted-8e03978e"', "!#$%&'()*+,/:;<=>?@[\\]^_`{|}"])
def test_a_key_of_visible_ascii_is_taken(text: str) -> None:
    assert check_key(text) == text


@pytest.mark.parametrize("text", ["", " ", "a b", "x" * 256, "é", "\u200b", *CONTROLS])
def test_a_key_that_may_not_be_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="visible ASCII") as caught:
        check_key(text)
    assert caught.value.field == "Idempotency-Key"


def test_no_key_is_no_key() -> None:
    assert check_key(None) is None
