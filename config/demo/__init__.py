"""The whole story of the product, told over HTTP to a running one. Imports no app: it knows what a client knows."""
