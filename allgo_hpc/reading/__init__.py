"""What is known of jobs, for those who ask: one job, lists, events, files, archives, figures."""
