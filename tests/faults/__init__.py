"""Breaks the cluster and the portal on purpose, and looks at what is true afterwards."""
