"""An app's sandbox, its commits and its sample."""
