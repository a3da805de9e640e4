#!/usr/bin/env python3
"""Writes the example's texts: a few sentences in English and, to have letters outside ASCII, in German and Greek."""

# ruff: noqa: RUF001  # Greek letters are meant
from pathlib import Path

MOON = """\
The moon is the only natural satellite of the earth. The moon turns around the earth in twenty-seven days,
and it shows the earth always the same face.

When the sun, the earth and the moon are in line, the moon may lose its light: an eclipse of the moon.
It isn't rare; most years have two.
"""

MOND = """\
Der Mond ist der einzige natürliche Satellit der Erde. Größe und Abstand sind so, dass der Mond die Sonne
gerade verdecken kann. Für die Erde ist der Mond wichtig: er hält ihre Achse.

Η σελήνη είναι ο δορυφόρος της γης. Η σελήνη φωτίζει τη νύχτα.
"""

if __name__ == "__main__":
    folder = Path(__file__).parent / "example"
    (folder / "moon.txt").write_text(MOON, encoding="utf-8")
    (folder / "mond.txt").write_text(MOND, encoding="utf-8")
