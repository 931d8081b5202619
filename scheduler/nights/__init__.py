"""Nights that run once: which are due, who may run them, and the processes that do."""
