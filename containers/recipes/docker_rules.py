"""Which instructions of a Dockerfile are honoured, and why the others are not. Pure."""

import re

from containers.recipes.text import Part

_HONOURED = {"RUN", "COPY", "ADD", "ENV", "WORKDIR", "LABEL", "ENTRYPOINT", "USER"}
_NOT_HONOURED = {
    "ARG": "build arguments do not exist here: write the value, or use ENV",
    "CMD": "the arguments are those of the job: name the program by ENTRYPOINT and leave CMD out",
    "FROM": "builds with several stages are not supported: install what is needed in one stage",
    "EXPOSE": "an app is a program that ends, it offers no ports: leave the line out",
    "HEALTHCHECK": "an app is a program that ends: leave the line out",
    "MAINTAINER": "name the contact in app.toml, or by LABEL",
    "ONBUILD": "nothing is built from an app's image: leave the line out",
    "SHELL": "every RUN is given to /bin/sh: write RUN bash -c '...' where you need another",
    "STOPSIGNAL": "a job is ended by TERM, then KILL: leave the line out",
    "VOLUME": "a job writes to its own folder, which is its working directory: leave the line out",
}


def check_instruction(part: Part) -> None:
    """Refuse what is not honoured.

    Raises:
        ValueError: with the reason.
    """
    if part.word not in _HONOURED:
        raise ValueError(_NOT_HONOURED.get(part.word, "this is not an instruction of a Dockerfile"))
    if not part.rest:
        raise ValueError("something is missing after the word")
    if part.word in {"RUN", "COPY", "ADD"} and re.search(r"(?<!<)<<-?\s*[\"']?[A-Za-z_]", part.rest):
        raise ValueError("here-documents are not supported: put the text into a file and COPY it")
    if part.word == "USER" and part.rest not in {"root", "0"}:
        raise ValueError("an app is root inside its image and nobody outside: leave USER out")
