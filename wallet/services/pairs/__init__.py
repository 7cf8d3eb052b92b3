"""Proposals that take two officers: one says what and why, another one looks and lets it happen, or nobody does."""
