"""A build or an import as a job on the cluster: asked for by a file, answered by a file, the log between."""
