"""Faults done to a running service on purpose, each with a control that must be caught."""
