"""Rates: where prices come from, which of them we keep, and what one coin is worth in another."""
