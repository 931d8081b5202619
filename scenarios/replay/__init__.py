"""Replay: weeks of simulated operation, in which every decision is made by the production code."""
