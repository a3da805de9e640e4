"""From the text of a recipe to values, and from these to a definition file."""
