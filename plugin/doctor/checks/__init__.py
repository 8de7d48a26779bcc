"""What can be wrong, whichever the helpdesk: pure functions over the facts, one file a topic."""
