"""Fiat money out to a verified bank account: asked for, confirmed, approved, paid at the bank, and back if it bounces."""
