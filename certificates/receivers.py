"""News from the floors below. Each only wakes a task; the sweepers find what never arrived."""

from django.dispatch import receiver

from certificates import tasks
from certificates.impacts import may_touch_something
from courses.signals import qualification_granted, qualification_revoked
from quizzes.signals import attempt_graded
from staff.background import wake
from staff.signals import staff_list_imported


@receiver(qualification_granted, dispatch_uid="certificates.issue")
def issue_on_qualification(sender, *, qualification_id, **kwargs):
    wake(tasks.issue_for_qualification, qualification_id=qualification_id)


@receiver(qualification_revoked, dispatch_uid="certificates.revoke")
def revoke_with_qualification(sender, *, qualification_id, **kwargs):
    wake(tasks.revoke_for_qualification, qualification_id=qualification_id)


@receiver(staff_list_imported, dispatch_uid="certificates.claims")
def claim_on_import(sender, **kwargs):
    wake(tasks.make_claims)


@receiver(attempt_graded, dispatch_uid="certificates.impacts")
def note_impacts_on_grading(sender, *, attempt_id, grading_id, by, **kwargs):
    if by is not None and may_touch_something(grading_id=grading_id):
        wake(tasks.note_impacts)
