"""The demo: a simulated helpdesk, Deskladder beside it, five stories and a readable timeline."""
