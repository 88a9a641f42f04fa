"""Annotators for new patients, compared over databases and kinds of R peaks."""
