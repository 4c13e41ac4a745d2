"""QTI 2.2 and 3.0: a package with an item for each question and a test whose sections are the categories.

Both versions are one tree of elements (``elements``); 3.0 only spells their names in its own way. ``packages`` writes
the package, ``items`` an item, ``choices``, ``typed``, ``parts`` and ``people`` what the types of questions say of
themselves.
"""
