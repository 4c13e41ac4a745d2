"""Telling other systems: ``addresses`` where to, ``messages`` of what, ``posting`` how, ``sending`` when."""
