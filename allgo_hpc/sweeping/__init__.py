"""The sweep: one pass over all unfinished jobs, with one question to Slurm."""
