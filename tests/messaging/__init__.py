"""Tests of codes and messages."""
