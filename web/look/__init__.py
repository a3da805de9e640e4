"""How things are shown: languages, themes, numbers with units, times, the author's Markdown, what a form holds."""
