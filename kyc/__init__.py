"""Identity checks: cases by level, documents, decisions, and what each level may do."""
