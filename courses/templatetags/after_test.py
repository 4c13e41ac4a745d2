"""Lets the result of a test lead back into the course it belongs to."""

from django import template

from courses import sittings

register = template.Library()


@register.simple_tag
def after_test(attempt):
    """What the learner can do next, or None where the attempt belongs to no course."""
    return sittings.after_test(attempt)


@register.filter
def lesson_about(after, section_title: str):
    """The lesson to read again for a section of the test, or None."""
    return after.lessons.get(section_title) if after else None
