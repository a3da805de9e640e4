"""What a build writes into a fresh copy of a base before anything of the author's has run in it."""

import json
from pathlib import Path

from containers.committing.metadata import old_labels
from containers.recipes.model import Recipe
from containers.recipes.script import STAGED, render_environment

_SETTINGS = ".singularity.d"


def prepare_tree(tree: Path, recipe: Recipe, text: str) -> None:
    """Write the recipe's variables, labels and text where Apptainer keeps them, and the folder for its files.

    Afterwards a tree is the author's, and nothing may be written into it from outside: it may hold links.

    Args:
        tree: the copy.
        recipe: the recipe.
        text: of its file.

    Raises:
        OSError: it cannot be written.
    """
    (tree / STAGED[1:]).mkdir()
    settings = tree / _SETTINGS
    (settings / "env").mkdir(parents=True, exist_ok=True)
    labels_file, variables = settings / "labels.json", settings / "env/90-environment.sh"
    labels = old_labels(labels_file.read_text()) if labels_file.is_file() else {}
    labels_file.write_text(json.dumps(labels | dict(recipe.labels)))
    variables.write_text(render_environment(recipe.environment))
    variables.chmod(0o755)
    (settings / "Singularity").write_text(text)
