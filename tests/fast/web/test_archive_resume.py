"""Going on with an archive whose download was cut off."""

import pytest

from tests.fast.web.portal import Portal, assert_refused
from tests.fast.web.test_archive import FILES, FORM, get_archive


@FORM
def test_the_same_bytes_each_time(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    first, second = get_archive(portal, job, form), get_archive(portal, job, form)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")
    assert get_archive(portal, job, form, If_None_Match=first.headers["ETag"]).status_code == 304


@FORM
def test_head_tells_the_length_and_reads_nothing(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    whole = get_archive(portal, job, form)
    portal.world.services.layout.job_dir(job).rename(portal.world.services.layout.root / "away")
    head = portal.client.head(f"/api/v1/jobs/{job.id}/archive?format={form}", headers=portal.auth)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))
    assert head.headers["ETag"] == whole.headers["ETag"]


@FORM
def test_a_download_goes_on_from_anywhere(portal: Portal, form: str) -> None:
    job, _ = portal.finished({"a": b"x" * 700, "b/c": b"y" * 512})
    whole = get_archive(portal, job, form)
    length = len(whole.data)
    for start in sorted({0, 1, 29, 30, 511, 512, 513, 1023, 1024, 1211, 1212, length // 2, length - 1}):
        part = get_archive(portal, job, form, Range=f"bytes={start}-", If_Range=whole.headers["ETag"])
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{length - 1}/{length}"
        assert int(part.headers["Content-Length"]) == length - start
        assert whole.data[:start] + part.data == whole.data, start


@FORM
def test_a_part_with_an_end_and_the_last_bytes(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    whole = get_archive(portal, job, form).data
    assert get_archive(portal, job, form, Range="bytes=10-19").data == whole[10:20]
    assert get_archive(portal, job, form, Range="bytes=-30").data == whole[-30:]


@FORM
@pytest.mark.parametrize("wanted", ["bytes={}-", "bytes=99999999999-", "bytes=5-2", "lines=1-", "bytes=0-1,3-4"])
def test_what_lies_outside(portal: Portal, form: str, wanted: str) -> None:
    job, _ = portal.finished(FILES)
    length = len(get_archive(portal, job, form).data)
    answer = get_archive(portal, job, form, Range=wanted.format(length))
    assert_refused(answer, 416, code="http_416")
    assert answer.headers["Content-Range"] == f"bytes */{length}"


@FORM
def test_where_it_has_changed_the_whole_is_sent(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    other = get_archive(portal, job, "tar" if form == "zip" else "zip").headers["ETag"]
    for tag in (other, '"other"', 'W/"other"'):
        answer = get_archive(portal, job, form, Range="bytes=10-", If_Range=tag)
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) == len(answer.data)
