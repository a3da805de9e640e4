"""The API, version 1: one blueprint per file."""
