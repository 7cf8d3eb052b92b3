"""Money from one customer to another: asked for, confirmed, looked at where rules say so, and given, whole or not at all."""
