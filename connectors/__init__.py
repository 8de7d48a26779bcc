"""The helpdesks Deskladder can talk to, one folder each; a connector never imports another."""
