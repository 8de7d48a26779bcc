"""FreeScout with its official API & Webhooks module."""
