"""Ready scenarios for the demo department, shipped with Holdfast."""
