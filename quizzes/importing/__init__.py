"""Questions from files of other systems: GIFT and Moodle XML.

``reading`` turns bytes into text, ``gift`` and ``moodle_xml`` turn text into records, ``judging`` says what the
bank can hold of them, ``plans`` compares that with the bank, ``services`` writes. The first three know no database.
"""
