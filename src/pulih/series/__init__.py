"""Windows, baseline, change-point: the mathematics below detect."""
