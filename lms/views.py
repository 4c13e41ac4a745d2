"""Pages that compose several rooms, and the pages for errors."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


@login_not_required
def home(request):
    """The front door: what this is, how to sign in, how to check a certificate."""
    return render(request, "lms/home.html")


def csrf_failure(request, reason=""):
    """The form was too old, or came from elsewhere: say so plainly."""
    return render(request, "403_csrf.html", status=403)
