"""A sandbox: its disk, its processes in namespaces of their own, its limits, its end."""
