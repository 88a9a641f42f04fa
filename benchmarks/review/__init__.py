"""A person's answers about a recording, simulated, and what they correct."""
