"""Slurm's 150 words for limits that keep a job waiting, read by their parts (AssocGrpCpuLimit, QOSMaxGRESPerUser)."""

import re

_LIMIT = re.compile(
    r"(?P<whose>assoc|qos)?(?P<kind>grp|max|min)(?P<what>[a-z]+?)(?P<minutes>minutes|runminutes|mins|runmins)?"
    r"(?:per(?P<each>job|node|user|account))?(?:limit|notsatisfied)?"
)
_WHAT = {
    "cpu": "processors",
    "job": "running jobs",
    "jobs": "running jobs",
    "submitjob": "jobs in the queue",
    "submitjobs": "jobs in the queue",
    "mem": "memory",
    "memory": "memory",
    "node": "machines",
    "wall": "run time",
    "wallduration": "run time",
    "gres": "accelerators and the like",
    "license": "licences",
    "bb": "burst buffer",
    "energy": "energy",
    "billing": "billing units",
    "unknown": "a resource",
}


def limit_sentence(word: str) -> str:
    """Return what a limit's word, in lower case, means as one sentence; empty for a word that is none."""
    found = _LIMIT.fullmatch(word)
    what = _WHAT.get(found["what"]) if found else None
    if found is None or what is None:
        return ""
    whose = "this queue" if found["whose"] == "qos" else "the portal's account"
    if found["kind"] == "min":
        return f"It asks for less than {whose} wants ({what}); it will not start as it is."
    if found["each"] in {"job", "node"}:
        return f"It asks for more than {whose} gives to one job ({what}); it will not start as it is."
    if found["minutes"] in {"minutes", "mins"}:
        return f"The time that {whose} gives is used up ({what}); an administrator must look at it."
    return f"As much is in use as {whose} allows ({what}); it starts when other jobs end."
