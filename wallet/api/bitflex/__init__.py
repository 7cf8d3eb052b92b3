"""Money on bitflex."""
