"""Independent judgement of plans: plain loops over instants, sharing no code with the search."""
