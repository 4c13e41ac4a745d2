"""Staff lists as offices send them: workbooks with titles, sections, merged cells and every way to write a date.

Pure: bytes and the units of a day in, what each row says and what is doubtful about it out. Nothing here knows a
database; ``staff.imports`` carries out what was found.
"""
