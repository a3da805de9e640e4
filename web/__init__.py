"""The portal's web: an API that speaks A||GO v1, and pages. A view parses, calls one domain function, answers."""
