"""Images mounted by the kernel on a compute node, once for all jobs: several times as fast to read as squashfuse."""
