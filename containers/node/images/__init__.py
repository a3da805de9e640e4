"""Images on the build node: those that sandboxes start from, and those that were made from sandboxes."""
