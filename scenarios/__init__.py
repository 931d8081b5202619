"""What-if: edits to a frozen planning problem."""
