"""What administrators do and look at: users, limits, the cluster, sandboxes and disk, the audit log, announcements."""
