"""Everything that searches: boards of free time, proposals, explanations, plans and bounds."""
