"""Edits: one typed change each, to a practice or to a frozen planning problem."""
