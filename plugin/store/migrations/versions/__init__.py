"""One file per step; the newest one is named in plugin/store/schema.py."""
