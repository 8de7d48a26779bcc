"""Read, decide, store the plan, act."""
