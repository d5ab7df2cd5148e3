"""Whom the console knows: persons, their facts, and the one writer that appends them (registre des identités)."""
