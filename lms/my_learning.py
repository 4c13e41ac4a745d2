"""My learning: what I must learn and why, by when, where I stopped, what I hold."""

from django.shortcuts import render


def page(request):
    return render(request, "lms/my_learning.html")
