"""The fast path: submissions by libslurm (pyslurm) in a small process of its own, beside the commands.

libslurm blocks its whole process while the controller is silent, and ends it where it finds no configuration: so no
process of the portal loads it. ``helper`` is the one module that does, ``link`` is the portal's end of the pipe to it,
and ``client`` asks through it what may be asked so. Whatever goes wrong there, the commands serve.
"""

from slurm.fast.client import FastClient
from slurm.fast.link import Link, LinkState

__all__ = ["FastClient", "Link", "LinkState"]
