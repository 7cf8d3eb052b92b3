"""Our accounts at banks: which there are, and each line of their statements in the books once."""
