"""Bhex: the BlueHelix broker's user API."""
