"""Lessons from Word files: the file is opened with suspicion, read into plain blocks, and what is left out is named."""

from courses.word.reading import Reading, read_word

__all__ = ["Reading", "read_word"]
