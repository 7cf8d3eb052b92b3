"""Money out, one verb per module. Every step may be run twice and killed anywhere."""
