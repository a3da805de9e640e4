"""A||GO HPC: the domain."""

__version__ = "0.1.0"
