"""Identity checks on bitgin."""
