"""Tests of web: the API and the pages, with a Slurm made of lists."""
