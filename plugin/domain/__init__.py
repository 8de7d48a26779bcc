"""Values and pure functions in the field's words: no I/O, no clock, no logging."""
