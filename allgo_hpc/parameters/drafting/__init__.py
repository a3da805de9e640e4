"""A draft of the parameter schema from what a program says of itself on ``--help``."""
