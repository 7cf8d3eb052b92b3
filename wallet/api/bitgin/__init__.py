"""Money on bitgin."""
