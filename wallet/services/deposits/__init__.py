"""Deposits over chains: addresses, the watcher's reading, crediting, the customer's and the staff's views."""
