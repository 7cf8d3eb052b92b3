"""Payments for services of the house: taken at once, or held and then captured, voided or given back by the clock."""
