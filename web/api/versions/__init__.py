"""The versions of an app."""
