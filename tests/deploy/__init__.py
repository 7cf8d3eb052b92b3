"""How the product is put where it runs, watched there, and brought back."""
