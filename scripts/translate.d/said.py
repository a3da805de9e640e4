"""Writes the list of what the domain says: ``python said.py OUTPUT.pot`` from the top of the checkout."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from allgo_hpc.languages.sentences import SPEAKING, sentences

ROOMS = ("allgo_hpc", "slurm", "containers", "web")


def catalogue(top: Path) -> Catalog:
    """Return the catalogue of all sentences, each with the files that say it."""
    made = Catalog(project="A||GO HPC", charset="utf-8")
    for room in ROOMS:
        for file in sorted((top / room).rglob("*.py")):
            name = str(file.relative_to(top))
            if "/samples/" in name or "/migrations/" in name:
                continue
            for text in sorted(sentences(file.read_text("utf-8"), all_of_it=name.endswith(SPEAKING))):
                made.add(text, locations=[(name, 0)])
    return made


if __name__ == "__main__":
    with Path(sys.argv[1]).open("wb") as out:
        write_po(out, catalogue(Path.cwd()), width=120, sort_output=True, omit_header=False)
