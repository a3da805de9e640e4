"""A schema's draft from the help texts that argparse and click really write."""

import argparse
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.drafting.draft import draft_parameters
from allgo_hpc.parameters.schema import check_parameters
from tests import hostile


def _argparse() -> str:
    parser = argparse.ArgumentParser(
        prog="denoise", description="Denoise: an image.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("image", help="the image to clean, which may be a very long story that goes on and on and on")
    parser.add_argument("mask", nargs="?", help="what to leave out")
    parser.add_argument("-n", "--noise", type=float, default=2.5, help="how much noise")
    parser.add_argument("--iterations", type=int, default=4, help="rounds")
    parser.add_argument("--mode", choices=["fast", "best"], default="best", help="which way")
    parser.add_argument("--label", help="a text")
    group = parser.add_argument_group("output options")
    group.add_argument("-q", "--quiet", action="store_true", help="say less")
    parser.add_argument("--version", action="version", version="1")
    return parser.format_help()


@click.command()
@click.argument("image")
@click.argument("mask", required=False)
@click.option("-n", "--noise", type=click.FloatRange(0, 10), default=2.5, show_default=True, help="How much noise.")
@click.option("--rounds", type=click.IntRange(min=1), required=True, help="Rounds.")
@click.option("--mode", type=click.Choice(["fast", "best"]), default="best", show_default=True, help="Which way.")
@click.option("--label", help="A text that is so long that it has to be broken into several lines by the program.")
@click.option("--grey/--colour", help="Without colours.")
@click.option("--lut", type=click.File(), help="A table.")
def _click(**_: Any) -> None:
    """Denoise an image.

    Example:
      denoise --rounds 3 a.png
    """


def _by_name(text: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in draft_parameters(text)}


def test_argparse() -> None:
    made = _by_name(_argparse())
    assert list(made) == ["noise", "iterations", "mode", "label", "quiet", "image", "mask"]
    kinds = {name: (one["type"], one["option"], one["default"]) for name, one in made.items()}
    assert kinds == {
        "noise": ("number", "--noise", 2.5), "iterations": ("number", "--iterations", 4),
        "mode": ("choice", "--mode", "best"), "label": ("text", "--label", None), "quiet": ("flag", "--quiet", None),
        "image": ("text", "", None), "mask": ("text", "", None),
    }  # fmt: skip
    assert made["mode"]["choices"] == ["fast", "best"]
    assert made["image"]["help"].endswith("a very long story that goes on and on and on")
    assert made["noise"]["help"] == "how much noise (default: 2.5)"


def test_click() -> None:
    made = _by_name(CliRunner().invoke(_click, ["--help"]).output.replace("Usage:  ", "Usage: denoise "))
    assert list(made) == ["noise", "rounds", "mode", "label", "grey", "lut", "IMAGE", "MASK"]
    assert (made["noise"]["type"], made["noise"]["integer"], made["noise"]["default"]) == ("number", False, 2.5)
    assert (made["noise"]["min"], made["noise"]["max"]) == (0, 10)
    rounds = made["rounds"]
    assert (rounds["integer"], rounds["min"], rounds["max"], rounds["required"]) == (True, 1, None, True)
    assert (made["mode"]["choices"], made["mode"]["default"]) == (["fast", "best"], "best")
    assert made["label"]["help"].endswith("several lines by the program.")
    assert (made["grey"]["type"], made["grey"]["option"], made["lut"]["type"]) == ("flag", "--grey", "file")
    assert (made["IMAGE"]["required"], made["MASK"]["required"]) == (True, False)


def test_the_older_way_of_argparse() -> None:
    text = "usage: p [-h] [-n NOISE]\n\noptional arguments:\n  -h, --help            show\n  -n NOISE, --noise NOISE\n"
    (made,) = draft_parameters(text + "                        how much\n")
    assert (made["name"], made["option"], made["type"], made["help"]) == ("noise", "--noise", "text", "how much")


def test_a_short_option_alone() -> None:
    (made,) = draft_parameters("options:\n  -iter N   rounds (default 5)\n")
    assert (made["name"], made["option"], made["default"], made["type"]) == ("iter", "-iter", 5, "number")


@pytest.mark.parametrize(
    "text", ["", "hello", "usage: x", "Options:\n  -h, --help  show\n", "x" * 200_001, *hostile.TEXTS], ids=len
)
def test_where_nothing_is_found_it_says_so(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        draft_parameters(text)
    assert caught.value.field == "help"


_LINES = st.lists(
    st.sampled_from(
        ["positional arguments:", "options:", "Usage: x [OPTIONS] A [B]...", "  -a, --all", "  --mode {a,b,b}  help",
         "  x  help", "  --n INTEGER RANGE  [default: 99; 1<=x<=10]", "  --f FILE", "      more", "", "  --k [a|]",
         "  [c ...]", "  -5 N", "  {a,b}", "  --x=Y  [x>=1..2]", "\t--t T"]
    )
    | st.text(max_size=30),
    max_size=12,
)  # fmt: skip


@given(_LINES)
def test_whatever_it_reads_is_a_schema(lines: list[str]) -> None:
    try:
        made = draft_parameters("\n".join(lines))
    except BadInput:
        return
    again = [{key: value for key, value in one.items() if value is not None} for one in made]
    assert check_parameters(again) == made
