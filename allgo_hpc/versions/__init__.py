"""An app's versions: stored, published, made the default, compared, deleted and restored."""
