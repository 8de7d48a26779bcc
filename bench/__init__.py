"""Measurements, as ratios within one run wherever a ratio says more. `make bench` runs them all."""
