"""From an author's folder (app.toml, recipe, files) to an app with a version that can be run."""
