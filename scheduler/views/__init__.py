"""What a page shows, as plain frozen data worked out before anything is drawn."""
