"""Identity checks as data: requirements, reasons, questionnaires."""
