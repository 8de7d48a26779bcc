"""Tables and everything kept in them, on SQLite or PostgreSQL."""
