"""What was and what would have been: the past read from the helpdesk, rewound and decided upon again.

`rewinding` gives a ticket as it was at any instant, `replay` runs the same `decide` as the service over all
tickets in the order of time, `tally` counts what came of it. Nothing here can write to a helpdesk.
"""
