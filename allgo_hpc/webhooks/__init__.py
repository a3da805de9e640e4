"""Webhooks: a user's own address is told of every event of their jobs, signed, and again until it has it."""
