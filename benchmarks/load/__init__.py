"""How fast the service answers, against a route that does nothing."""
