"""Customers on bitgin."""
