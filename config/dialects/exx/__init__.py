"""Exx: the web client's accounts."""
