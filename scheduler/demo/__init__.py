"""A made-up department to try Holdfast with."""
