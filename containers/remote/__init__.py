"""The build node from afar: what the portal calls."""
