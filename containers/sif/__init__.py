"""The Singularity Image Format: where the root file system lies in a file, and the header that says so."""
