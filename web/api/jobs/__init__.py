"""Jobs: submit, ask, list, cancel, fetch."""
