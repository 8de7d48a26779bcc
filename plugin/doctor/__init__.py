"""The doctor: everything that could stop the first escalation, found before it does.

`facts` is what was read, `reading` reads it, `checks` judge it, one file a topic: adding a check is
adding a file there with `check(facts)`. What only one host can tell is judged in its connector.
"""
