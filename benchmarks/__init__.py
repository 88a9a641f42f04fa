"""Every measured table: ``python -m benchmarks --help``."""
