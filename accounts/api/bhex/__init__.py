"""Customers on bhex."""
