"""Comparison of annotators for new patients on two databases and kinds of R peaks."""
