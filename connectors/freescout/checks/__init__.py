"""What can be wrong with a FreeScout: pure functions over what was read, one file a topic."""
