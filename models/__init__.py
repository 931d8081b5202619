"""The domain: facts, rules, problems, plans and prices. Pure data, no input or output."""
