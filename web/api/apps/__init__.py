"""Apps: what can be run here, and how often it was."""
