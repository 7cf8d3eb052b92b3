"""Tests of what takes two officers: fiat deposits, their reversals, adjustments."""
