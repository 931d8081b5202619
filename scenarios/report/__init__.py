"""What people look at: a comparison of scenarios as one HTML page, or as a table in a terminal."""
