"""What is in a root file system, a tree or an image, found without running anything of it."""
