"""Customers on exx."""
