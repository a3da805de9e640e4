"""Boutiques (https://boutiques.github.io, schema 0.5): an app's parameters from and to a descriptor."""
