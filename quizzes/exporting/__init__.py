"""Questions of the bank as files that other systems read, and that ``quizzes.importing`` reads back the same.

``entries`` reads the bank, one module a format writes, ``services`` brings them together. What a format cannot say is
told for each question; a question whose key or pictures it cannot say is left out, by name.
"""
