"""What the parts and the background functions of the installation are called on the pages of administrators."""

from django.utils.translation import gettext_lazy as _

# Every function that a room lists has its words here; a test holds it.
FUNCTIONS = {
    "certificates.tasks.issue_new": _("Issue certificates for what was just passed"),
    "certificates.tasks.issue_missing": _("Issue certificates that were left behind"),
    "certificates.tasks.revoke_missing": _("Revoke certificates of revoked qualifications"),
    "certificates.tasks.claim_missing": _("Take over certificates named in staff lists"),
    "certificates.tasks.open_what_was_held": _("Open papers again whose like was taken back"),
    "certificates.tasks.attend_to_batches": _("Draw certificates to be signed elsewhere, read what comes back"),
    "certificates.send_webhooks": _("Tell other systems of certificates"),
    "certificates.tasks.note_expired": _("Note which certificates have expired"),
    "certificates.tasks.upgrade_signatures": _("Add time stamps and proofs to signatures"),
    "certificates.tasks.fetch_revocation_lists": _("Fetch the lists of revoked signing certificates"),
    "certificates.work_runs": _("Work through the runs of the issuing desk"),
    "certificates.note_impacts": _("List results whose mark was changed afterwards"),
    "courses.settle_forgotten": _("Enter passed tests that were left behind"),
    "courses.hand_on_classes": _("Give classes of closed units to those that followed"),
    "courses.remind": _("Remind learners of what is due"),
    "courses.forget_past_lists": _("Delete what was kept of lists of past classes"),
    "staff.send_letters": _("Send waiting letters by e-mail"),
    "staff.carry_out_reorganisations": _("Carry out reorganisations whose day has come"),
    "staff.remind_of_rights": _("Ask administrators for rights after a reorganisation"),
    "unit_coverage.target_heirs.hand_on_targets": _("Hand targets of closed units on to the units that follow"),
    "unit_coverage.left_behind.tell_what_is_left": _("Tell what a reorganisation leaves to be decided"),
    "staff.tell_of_locked_codes": _("Tell HR of slips locked by wrong tries"),
    "staff.work_lists": _("Read staff lists and take them in"),
    "staff.forget_old_lists": _("Delete what was kept of old staff lists"),
    "quizzes.close_overdue_attempts": _("Close attempts whose time is over"),
    "quizzes.prepare_coming_papers": _("Draw papers for the exam sessions of the next day"),
    "quizzes.remind_markers": _("Remind markers of what waits for their marks"),
    "quizzes.hand_on_exam_sessions": _("Give exam sessions of closed units to those that followed"),
    "quizzes.tidy_sessions": _("End forgotten exam sessions and delete old timelines"),
    "unit_coverage.services.drain_changes": _("Count changes into the training rates"),
    "unit_coverage.services.count_days": _("Count the training rates of a new day"),
    "unit_coverage.checks.check_slice": _("Compare training rates with the facts"),
    "unit_coverage.reports.services.freeze_waiting": _("Freeze the reports that were asked for"),
    "unit_coverage.reports.services.tell_schedules": _("Tell people that a reporting period is over"),
    "lms.alarms.raise_alarms": _("Tell administrators what is wrong"),
    "lms.background.note_sweep": _("Round of sweepers"),
}


def words_of_function(name: str) -> str:
    """The function in the reader's words; its dotted name where it is of an earlier version."""
    return str(FUNCTIONS.get(name, name))


PARTS = {
    "database": _("Database"),
    "cache": _("Cache"),
    "broker": _("Messages to the workers"),
    "storage": _("Certificates and files"),
    "signing_key": _("Signing key"),
    "work": _("Background work"),
}

# Of each part: what its state means, and what to do.
STATES = {
    ("database", "ok"): (_("answers"), ""),
    ("database", "away"): (_("does not answer"), _("Look at PostgreSQL: systemctl status postgresql.")),
    ("cache", "ok"): (_("answers"), ""),
    ("cache", "away"): (
        _("does not answer; pages go on without it"),
        _("Look at Redis: systemctl status redis-server."),
    ),
    ("broker", "ok"): (_("answers"), ""),
    ("broker", "none"): (_("not used here; one process does the work"), ""),
    ("broker", "away"): (
        _("does not answer; work waits in its rows"),
        _("Look at Redis: systemctl status redis-server. Nothing is lost."),
    ),
    ("storage", "ok"): (_("can be written, enough room"), ""),
    ("storage", "low"): (_("little room left"), _("Free some room, or enlarge the disk.")),
    ("storage", "full"): (_("almost no room left"), _("Free some room now: certificates will soon have to wait.")),
    ("storage", "unwritable"): (
        _("cannot be written; certificates wait"),
        _("See that the folder belongs to the account lms and that its disk is not mounted read-only."),
    ),
    ("signing_key", "ok"): (_("can sign"), ""),
    ("signing_key", "expires_60"): (_("ends within 60 days"), _("Ask the issuing authority for the next one.")),
    ("signing_key", "expires_30"): (_("ends within 30 days"), _("Ask the issuing authority for the next one.")),
    ("signing_key", "expires_7"): (
        _("ends within 7 days"),
        _("Put the new key and certificate in place this week, else certificates will wait."),
    ),
    ("signing_key", "expired"): (
        _("has ended; certificates wait"),
        _("Put the new key and certificate in place. What waits is then issued by itself."),
    ),
    ("signing_key", "unusable"): (
        _("must not be used now; certificates wait"),
        _("Look at the dates and the purpose of the certificate."),
    ),
    ("signing_key", "missing"): (
        _("cannot be read; certificates wait"),
        _(
            "Look at SIGNING_KEY_FILE, SIGNING_CERT_FILE and SIGNING_KEY_PASSPHRASE; where the agency signs with its "
            "own tool, at SIGNING_OUTSIDE_SIGNER_FILES and SIGNING_OUTSIDE_SEAL_FILES."
        ),
    ),
    ("work", "ok"): (_("goes on"), ""),
    ("work", "late"): (
        _("has stood still for more than five minutes"),
        _("Look at the workers: systemctl status lms-worker lms-beat. Nothing is lost."),
    ),
    ("work", "unknown"): (
        _("has not begun yet"),
        _("If this stays, look at the workers: systemctl status lms-worker lms-beat."),
    ),
    ("work", "held"): (
        _("is held, as in a restored copy"),
        _("Take WORK_HELD out of the settings when this copy may send mail and issue certificates."),
    ),
}
