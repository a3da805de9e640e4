"""Event streams: of one job, and of all of one's jobs."""
