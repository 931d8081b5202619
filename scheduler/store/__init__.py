"""What is kept: tables, claims, units of work and migrations, on SQLite or PostgreSQL."""
