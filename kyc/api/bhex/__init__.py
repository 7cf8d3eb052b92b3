"""Identities on bhex."""
