"""Money on spot, one module per subject."""
