"""Who may run a private app beside its author: named users and groups of users."""
