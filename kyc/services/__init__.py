"""The verbs of the identity checks."""
