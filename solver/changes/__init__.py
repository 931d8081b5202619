"""The smallest single changes that would open a start for a case that has none."""
