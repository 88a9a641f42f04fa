"""Benchmarks that write the tables of results: ``python -m benchmarks --help``."""
