"""Running ladders: what moves an escalation at a look, and what a step plans."""
