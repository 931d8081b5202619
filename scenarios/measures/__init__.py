"""Measures: from records of runs to frames, intervals, paired differences and files of them."""
