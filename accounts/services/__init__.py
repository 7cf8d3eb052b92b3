"""What this app does: verbs with keyword arguments, which promise and refuse."""
