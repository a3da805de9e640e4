"""Stopping sandboxes in which nothing happens."""
