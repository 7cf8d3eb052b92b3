"""Codes and messages: what is sent to a customer, once, in time, and with evidence of it."""
