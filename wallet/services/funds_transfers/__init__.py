"""A customer's own money between the spot and the futures wallet."""
