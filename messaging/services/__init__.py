"""The verbs of messaging."""
