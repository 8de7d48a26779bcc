"""What can be wrong with a Zammad: pure functions over what was read, one file a topic."""
