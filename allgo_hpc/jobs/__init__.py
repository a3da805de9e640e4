"""A job's life in the portal: accepted, sent to Slurm, moved from state to state, its results listed."""
