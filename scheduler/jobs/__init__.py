"""What is done again and again beside the night: sending, tidying up, looking after deadlines."""
