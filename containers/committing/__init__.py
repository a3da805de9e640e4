"""From a tree, such as a sandbox's root file system, to an image."""
