"""Runs of scenarios that were asked for, carried out beside the nights in their own processes."""
