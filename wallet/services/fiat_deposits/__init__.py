"""Fiat money that banks received for customers: recorded by one officer, credited by another, undone by two."""
