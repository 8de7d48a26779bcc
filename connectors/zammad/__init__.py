"""Zammad 5.x to 7.x."""
