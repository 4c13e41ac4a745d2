"""My learning: what I must learn and why, by when, where I stopped, what I hold."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.queries import certificates_of, is_certified_here
from courses.classes.queries import own_classes
from courses.queries import learning_of
from staff import clock


@require_safe
def page(request):
    staff_member = request.user.staff_member
    if staff_member is None:
        return render(request, "lms/my_learning.html")
    learning = learning_of(staff_member, clock.today())
    issued = certificates_of(staff_member)
    held = [(item, issued.get(item.qualification.pk), is_certified_here(item.qualification)) for item in learning.held]
    context = {"learning": learning, "held": held, "classes": own_classes(staff_member)}
    return render(request, "lms/my_learning.html", context)
