"""CP-SAT models of small or relaxed pieces of the problem; always one worker, never the whole."""
