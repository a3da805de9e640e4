"""What runs on the build node, as root: one helper with a fixed list of verbs, and the way into a sandbox."""
