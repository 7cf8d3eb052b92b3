"""Conversions: a price that stands for seconds, then both coins moved by one posting, once."""
