"""Is this portal well? Every part that it leans on is looked at once, in words, with what to do."""

from allgo_hpc.doctor.checks import examine
from allgo_hpc.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
