"""What-if: edits to a department or to a frozen planning problem, run against their baseline."""
