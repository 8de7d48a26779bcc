"""Simulated helpdesks that behave like the recorded real ones; for the demo and the tests."""
