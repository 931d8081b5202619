"""What a department does with its store: each service is one transaction."""
