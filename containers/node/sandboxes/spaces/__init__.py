"""The namespaces and control groups of a sandbox, and what is seen in them."""
