"""The schema's history, one file per step, run when a store is opened."""
