"""What other systems read, over HTTP: how a token is known, what it sees, how answers and refusals look.

Every room writes a router of its own; ``lms.api`` joins them.
"""
