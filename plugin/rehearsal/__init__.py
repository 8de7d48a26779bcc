"""The tests of the file: played by the service's own code on a helpdesk in memory, clock in hand."""
