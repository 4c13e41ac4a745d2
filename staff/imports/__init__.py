"""Reading the files that HR offices send."""
