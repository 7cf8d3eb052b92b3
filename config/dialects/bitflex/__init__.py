"""Bitflex: codes, countries and the log-in that they need."""
