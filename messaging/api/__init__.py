"""The faces of this app, one package per dialect."""
