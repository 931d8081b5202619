"""Clinical rules as data, and the arithmetic that turns facts into windows and requirements."""
