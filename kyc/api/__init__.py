"""The identity checks on the wire."""
