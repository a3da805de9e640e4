"""Tests of allgo_hpc: the domain, on SQLite and on PostgreSQL."""
