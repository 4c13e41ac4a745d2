"""What Word files are made of, for whoever reads one: lessons above, questions here."""
