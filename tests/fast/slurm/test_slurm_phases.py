"""Whatever word Slurm gives, with whatever marker: the job stands somewhere, and only a final word ends it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.sweeping.decide import decide, decide_by_marker
from slurm.marker import Marker
from slurm.sacct import parse_sacct
from slurm.squeue import parse_squeue
from slurm.states import Phase, State, parse_state
from tests.fast.slurm.test_slurm_sacct import sacct_row
from tests.fast.slurm.test_slurm_squeue import squeue_row

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
# The words that end a job, written down once more: a word that is added to Slurm's must not slip in among them.
FINAL = {
    "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY",
}  # fmt: skip
DECORATED = st.builds(
    lambda word, form: form.format(word.value), st.sampled_from(State), st.sampled_from(("{}", "{}+", "{} by 990"))
)
CUT = st.builds(lambda word, length: word.value[:length] + "+", st.sampled_from(State), st.integers(0, 12))
OTHER = st.text(st.characters(exclude_characters="\x1f\n", exclude_categories=["Cs"]), max_size=30)
REASONS = st.sampled_from(("None", "Priority", "JobHeldAdmin", "TimeLimit", "NodeDown", "ReqNodeNotAvail, x", ""))
MARKERS = st.none() | st.builds(
    Marker,
    exit_code=st.integers(0, 255),
    signal=st.integers(0, 64),
    slurm_job_id=st.just(7),
    started_at=st.just(AT),
    finished_at=st.just(AT),
    problem=st.sampled_from(("", "argv", "scratch")),
    limit_reached=st.booleans(),
)


def stem(word: str) -> str:
    return word.split(maxsplit=1)[0].upper().removesuffix("+") if word.split() else ""


@given(word=DECORATED | CUT | OTHER)
def test_every_text_has_a_phase(word: str) -> None:
    phase = parse_state(word).phase
    assert isinstance(phase, Phase)
    if stem(word) not in State.__members__ and "+" not in word:
        assert phase is Phase.UNKNOWN
    # A word may be cut by a column's width: of those, only what can be no other word is known.
    assert (phase is Phase.FINAL) <= any(final.startswith(stem(word) or "?") for final in FINAL)


@given(
    word=DECORATED | CUT | OTHER, reason=REASONS, code=st.integers(0, 255), signal=st.integers(0, 64), marker=MARKERS
)
def test_a_job_is_somewhere_and_ends_by_a_final_word_only(
    word: str, reason: str, code: int, signal: int, marker: Marker | None
) -> None:
    said = {"state": word, "reason": reason, "code": f"{code}:{signal}"}
    for record in (parse_squeue(0, squeue_row(**said), b"")[0], parse_sacct(0, sacct_row(**said), b"")[0]):
        phase = record.state.phase
        if phase is not Phase.FINAL:
            assert (record.exit_code, record.signal, record.finished_at) == (None, None, None)
        for cancel_asked in (False, True):
            verdict = decide(record, marker, cancel_asked=cancel_asked)
            assert (verdict is None) == (phase is Phase.UNKNOWN), "nothing is made of a word that is not known"
            if verdict is None:
                continue
            assert verdict.state.is_final == (phase is Phase.FINAL)
            if phase is Phase.PENDING:
                assert verdict.state == "pending"
            elif phase is Phase.FINISHING or (phase is Phase.RUNNING and marker is not None):
                assert verdict.state == "finishing"
            elif phase is Phase.RUNNING:
                assert verdict.state == "running"
            assert (verdict.state == "done") <= (record.state is State.COMPLETED)


@given(marker=MARKERS.filter(lambda marker: marker is not None))
def test_a_marker_alone_is_an_end(marker: Marker) -> None:
    verdict = decide_by_marker(marker)
    assert verdict.state.is_final
    assert (verdict.state == "done") <= (marker.exit_code == marker.signal == 0)
