"""How requests are signed: pure functions over the bytes received, one module for each family of headers."""
