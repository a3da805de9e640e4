"""The table at the end of the suite: fault, how many times, what a user saw meanwhile, what was true after."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

FILE = Path("/var/log/allgo/faults.md")


@dataclass
class Row:
    """One line; a test that fails leaves ``after`` as it is here."""

    fault: str
    times: int = 1
    meanwhile: str = ""
    after: str = "FAILED"
    seconds: float = 0.0


ROWS: list[Row] = []


def words(met: Counter[str]) -> str:
    return ", ".join(f"{count}x {what}" for what, count in met.most_common())


def lines() -> list[str]:
    head = ["| fault | times | what a user sees meanwhile | what is true after | s |", "|---|---|---|---|---|"]
    return head + [f"| {row.fault} | {row.times} | {row.meanwhile} | {row.after} | {row.seconds:.0f} |" for row in ROWS]
