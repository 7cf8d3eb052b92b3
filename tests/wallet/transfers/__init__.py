"""Tests of transfers between customers."""
