"""Apps as their authors make and change them: names, properties, icons, and the history of all that."""
