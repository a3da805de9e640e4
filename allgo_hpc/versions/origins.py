"""What a version can be made from."""

ORIGINS = {
    "folder": "published from a folder by the command line",
    "sandbox": "committed from a sandbox",
    "recipe": "built from a recipe",
    "import": "an image that was brought along",
}
