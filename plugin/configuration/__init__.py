"""From the file to a `Config`, or every mistake with its place."""
