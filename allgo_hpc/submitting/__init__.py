"""From a request to a job: everything is checked, made durable, then offered to Slurm."""
