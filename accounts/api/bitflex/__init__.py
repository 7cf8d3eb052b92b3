"""Customers on bitflex."""
