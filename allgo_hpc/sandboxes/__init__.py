"""An app's sandbox on the build node: what its author wants of it, and what becomes of it."""
