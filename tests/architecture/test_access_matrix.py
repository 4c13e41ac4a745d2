"""Who may open what. Every route of ours has a row; a new one fails here until somebody says who may open it.

A row: the route's name, what it is asked with (a key of ``places``, or None), and the status of GET for each of
PEOPLE in that order. Objects are the learner's, or of the learner's commune.
"""

from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate, EvidenceFile, EvidenceKind, EvidenceRule, SigningBatch
from certificates.services import issue_certificate
from courses.models import LessonPage
from quizzes.models import AnswerFile, Attempt, ExamSession, ReviewRequest, Script, ScriptMark, Seat
from staff import clock
from staff.enums import PersonalChangeKind
from staff.models import PersonalChange
from tests.architecture.routes import every_route
from tests.factories.certificates import issuing_body, passed_qualification, template_words
from tests.factories.staff import PostingFactory, UnitFactory
from tests.quizzes.marking.scenes import answered, handed_in, practical_exam

pytestmark = pytest.mark.django_db

PEOPLE = ["anonymous", "learner", "trainer", "reviewer", "examiner", "hr", "other_hr", "head", "monitor", "admin"]

#                          asked with    anon learn train revie exami hr   other head moni admin
MATRIX = {
    # public
    "home":                 (None,       "200 200 200 200 200 200 200 200 200 200"),
    "privacy":              (None,       "200 200 200 200 200 200 200 200 200 200"),
    "health":               (None,       "200 200 200 200 200 200 200 200 200 200"),
    "operations":           (None,       "302 404 404 404 404 404 404 404 404 200"),
    "jobs":                 (None,       "302 404 404 404 404 404 404 404 404 200"),
    "retry_job":            ("job",      "302 405 405 405 405 405 405 405 405 405"),
    # connections of other systems: administrators; the guide is for those who have no account here
    "api_guide":            (None,       "200 200 200 200 200 200 200 200 200 200"),
    "api:root":             (None,       "404 404 404 404 404 404 404 404 404 404"),
    "api:unknown_address":  (None,       "404 404 404 404 404 404 404 404 404 404"),
    "check_api:root":       (None,       "404 404 404 404 404 404 404 404 404 404"),
    "check_api:unknown_address": (None,  "404 404 404 404 404 404 404 404 404 404"),
    "connections:tokens":   (None,       "302 404 404 404 404 404 404 404 404 200"),
    "connections:new_token": (None,      "302 404 404 404 404 404 404 404 404 200"),
    "connections:end_token": ("api_token", "302 404 404 404 404 404 404 404 404 200"),
    "webhooks:endpoints":   (None,       "302 404 404 404 404 404 404 404 404 200"),
    "webhooks:new_endpoint": (None,      "302 404 404 404 404 404 404 404 404 200"),
    "webhooks:endpoint":    ("endpoint", "302 404 404 404 404 404 404 404 404 200"),
    "webhooks:end_endpoint": ("endpoint", "302 404 404 404 404 404 404 404 404 200"),
    "webhooks:send_trial":  ("endpoint", "302 405 405 405 405 405 405 405 405 405"),
    "webhooks:switch_on":   ("endpoint", "302 405 405 405 405 405 405 405 405 405"),
    "webhooks:send_again":  ("message",  "302 405 405 405 405 405 405 405 405 405"),
    "set_language":         (None,       "405 405 405 405 405 405 405 405 405 405"),
    "image_rendition":      ("image",    "404 404 404 404 404 404 404 404 404 404"),
    "image_original":       ("image",    "302 404 404 404 404 404 404 404 404 404"),
    "cms_sign_in":          (None,       "302 404 404 404 404 404 404 404 404 404"),
    "cms_sign_out":         (None,       "302 404 302 302 404 404 404 404 404 302"),
    "page_sign_in":         (None,       "302 404 404 404 404 404 404 404 404 404"),
    "cms_reset_password":   (None,       "302 302 302 302 302 302 302 302 302 302"),
    # quizzes: an attempt is its learner's alone
    "quizzes:accommodations":     (None,     "302 404 404 404 404 200 200 404 404 200"),
    "quizzes:accommodations_of":  ("person", "302 404 404 404 404 200 404 404 404 200"),
    "quizzes:accommodation_end":  ("arrangement", "302 404 404 404 404 200 404 404 404 200"),
    "quizzes:attempt":      ("attempt",  "302 200 404 404 404 404 404 404 404 404"),
    "quizzes:save":         ("attempt",  "401 200 404 404 404 404 404 404 404 404"),
    "quizzes:submit":       ("attempt",  "302 200 404 404 404 404 404 404 404 404"),
    "quizzes:again":        ("attempt",  "302 405 405 405 405 405 405 405 405 405"),
    "quizzes:result":       ("attempt",  "302 302 404 404 404 404 404 404 404 404"),
    # a picture of a question: on the learner's open paper, and to those who write the bank
    "quizzes:picture":      ("picture",  "302 200 200 200 404 404 404 404 404 200"),
    "quizzes:event":        ("attempt",  "302 405 405 405 405 405 405 405 405 405"),
    # files of an attempt: its learner's alone
    "quizzes:upload":       ("task",     "302 405 405 405 405 405 405 405 405 405"),
    "quizzes:own_file":     ("own_file", "302 200 404 404 404 404 404 404 404 404"),
    "quizzes:task_file":    ("task_file", "302 200 404 404 404 404 404 404 404 404"),
    # marking by people: those who are named, each what she took
    "marking:queue":        ("marking",  "302 404 404 404 200 404 404 404 404 404"),
    "marking:take":         ("marked_quiz", "302 405 405 405 405 405 405 405 405 405"),
    "marking:mark":         ("script",   "302 404 404 404 200 404 404 404 404 404"),
    "marking:give_back":    ("script",   "302 405 405 405 405 405 405 405 405 405"),
    "marking:answer_file":  ("script",   "302 404 404 404 200 404 404 404 404 404"),
    "marking:task_file":    ("script_file", "302 404 404 404 200 404 404 404 404 404"),
    # exam sessions: planned by HR of the organising unit, watched by the invigilators that it names, sat by candidates
    "exam_sessions:list":   (None,       "302 200 200 200 200 200 200 200 200 200"),
    "exam_sessions:new":    (None,       "302 404 404 404 404 200 200 404 404 200"),
    "exam_sessions:session": ("session", "302 404 404 404 200 200 404 404 404 200"),
    "exam_sessions:change": ("session",  "302 404 404 404 404 200 404 404 404 200"),
    "exam_sessions:seats":  ("session",  "302 404 404 404 404 200 404 404 404 200"),
    "exam_sessions:paper":  ("exam_paper", "302 404 404 404 200 200 404 404 404 200"),
    "exam_sessions:decision": ("session", "302 404 404 404 404 200 404 404 404 200"),
    "exam_sessions:reviews": ("session", "302 404 404 404 404 200 404 404 404 200"),
    "exam_sessions:answer_review": ("asked_review", "302 404 404 404 404 200 404 404 404 200"),
    "exam_sessions:console": ("session", "302 404 404 404 200 200 404 404 404 200"),
    "exam_sessions:response_file": ("session", "302 404 404 404 200 200 404 404 404 200"),
    "exam_sessions:watched_seat": ("seat", "302 404 404 404 200 200 404 404 404 200"),
    "exam_sessions:seat":   ("seat",     "302 200 404 404 404 404 404 404 404 404"),
    "exam_sessions:review": ("sat_seat", "302 200 404 404 404 404 404 404 404 404"),
    # unit_coverage: the commune's figures
    "unit_coverage:index":  (None,       "302 404 404 404 404 302 302 302 302 302"),
    "unit_coverage:unit":   ("unit",     "302 404 404 404 404 200 404 200 200 200"),
    "unit_coverage:people": ("unit",     "302 404 404 404 404 200 404 200 200 200"),
    "unit_coverage:file":   ("unit",     "302 404 404 404 404 200 404 200 200 200"),
    "unit_coverage:people_file": ("unit", "302 404 404 404 404 200 404 200 200 200"),
    "unit_coverage:compared": ("unit",    "302 404 404 404 404 200 404 200 200 200"),
    "unit_coverage:compared_file": ("unit", "302 404 404 404 404 200 404 200 200 200"),
    # the rules: read by whoever sees figures, changed by administrators; a proposal is its author's
    "rules:requirements":   (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:audiences":      (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:tracks":         (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:requirement":    ("rule",     "302 404 404 404 404 200 200 200 200 200"),
    "rules:audience":       ("audience", "302 404 404 404 404 200 200 200 200 200"),
    "rules:new_requirement": (None,      "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_requirement": ("rule", "302 404 404 404 404 404 404 404 404 200"),
    "rules:end_requirement": ("rule",    "302 404 404 404 404 404 404 404 404 200"),
    "rules:new_audience":   (None,       "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_audience": ("audience", "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_track":   ("track",    "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_validity": ("subject", "302 404 404 404 404 404 404 404 404 200"),
    "rules:proposal":       ("proposal", "302 404 404 404 404 404 404 404 404 200"),
    "rules:proposal_csv":   ("proposal", "302 404 404 404 404 404 404 404 404 200"),
    "rules:evidence":       (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:evidence_kind":  ("kind",     "302 404 404 404 404 200 200 200 200 200"),
    "rules:targets":        (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:new_target":     (None,       "302 404 404 404 404 200 200 404 404 200"),
    "rules:new_evidence":   (None,       "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_evidence": ("kind",    "302 404 404 404 404 404 404 404 404 200"),
    # indicators: their rules also by HR of a topmost unit; figures by whoever sees the unit's
    "rules:indicators":     (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:indicator":      ("indicator", "302 404 404 404 404 200 200 200 200 200"),
    "rules:new_indicator":  (None,       "302 404 404 404 404 404 404 404 404 200"),
    "rules:change_indicator": ("indicator", "302 404 404 404 404 404 404 404 404 200"),
    "rules:periods":        (None,       "302 404 404 404 404 200 200 200 200 200"),
    "rules:new_period":     (None,       "302 404 404 404 404 404 404 404 404 200"),
    "indicators:index":     (None,       "302 404 404 404 404 200 200 200 200 200"),
    "indicators:detail":    ("indicator", "302 404 404 404 404 200 200 200 200 200"),
    "indicators:csv":       ("indicator", "302 404 404 404 404 200 200 200 200 200"),
    # reports: read by whoever sees the unit's figures, made by HR and heads; names only to whoever may see all of them
    "reports:list":         (None,       "302 404 404 404 404 200 200 200 200 200"),
    "reports:new":          (None,       "302 404 404 404 404 200 200 200 200 200"),
    "reports:draft":        ("draft",    "302 404 404 404 404 200 200 200 200 200"),
    "reports:report":       ("report",   "302 404 404 404 404 200 404 200 200 200"),
    "reports:correct":      ("report",   "302 404 404 404 404 200 404 200 404 200"),
    "reports:file":         ("report_file", "302 404 404 404 404 200 404 200 200 200"),
    "reports:to_confirm":   (None,       "302 404 404 404 404 404 404 200 404 404"),
    "reports:confirm":      ("report_line", "302 404 404 404 404 404 404 200 404 404"),
    "reports:schedules":    (None,       "302 404 404 404 404 200 200 200 200 200"),
    "reports:end_schedule": ("report",   "302 405 405 405 405 405 405 405 405 405"),
    # the recognition desk: of HR officers, about the people of their scope
    "recognition:queue":    (None,       "302 404 404 404 404 200 200 404 404 200"),
    "recognition:queue_csv": (None,      "302 404 404 404 404 200 200 404 404 200"),
    "recognition:decide":   (None,       "302 404 404 404 404 302 302 404 404 302"),
    "recognition:ask":      ("claim",    "302 404 404 404 404 200 404 404 404 200"),
    "recognition:refuse":   ("claim",    "302 404 404 404 404 200 404 404 404 200"),
    "recognition:confirm":  ("waiting",  "302 404 404 404 404 200 404 404 404 200"),
    "recognition:decline":  ("waiting",  "302 404 404 404 404 200 404 404 404 200"),
    "recognition:revoke":   ("recognised", "302 404 404 404 404 200 404 404 404 200"),
    # reorganisations: planned by HR of a superior unit and by administrators; a draft is its author's
    "reforms:list":         (None,       "302 404 404 404 404 200 200 404 404 200"),
    "reforms:new":          ("kind_of_reform", "302 404 404 404 404 200 200 404 404 200"),
    "reforms:new_by_file":  (None,       "302 404 404 404 404 200 200 404 404 200"),
    "reforms:workbook":     (None,       "302 404 404 404 404 200 200 404 404 200"),
    "reforms:plan":         ("reform",   "302 404 404 404 404 200 404 404 404 200"),
    "reforms:plan_csv":     ("reform",   "302 404 404 404 404 200 404 404 404 200"),
    "reforms:withdraw":     ("reform",   "302 405 405 405 405 405 405 405 405 405"),
    "reforms:give_rights":  ("reform",   "302 405 405 405 405 405 405 405 405 405"),
    "reforms:history":      ("unit",     "302 404 404 404 404 200 404 200 200 200"),
    "reforms:english_name": ("unit",     "302 404 404 404 404 200 404 404 404 200"),
    # why: one's own, and those of people in scope; duties and exemptions are their HR officer's to decide
    "why:mine":             (None,       "302 200 200 404 404 200 200 200 404 404"),
    "why:requirement":      ("rule",     "302 200 200 404 404 200 200 200 404 404"),
    "obligations:person":   ("person",   "302 404 404 404 404 200 404 200 404 200"),
    "obligations:requirement": ("asked", "302 404 404 404 404 200 404 200 404 200"),
    "obligations:give_duty": ("person",  "302 404 404 404 404 200 404 404 404 200"),
    "obligations:end_duty": ("duty",     "302 404 404 404 404 200 404 404 404 200"),
    "obligations:give_exemption": ("person", "302 404 404 404 404 200 404 404 404 200"),
    "obligations:end_exemption": ("exemption", "302 404 404 404 404 200 404 404 404 200"),
    # one person changes: her HR officer decides
    "obligations:changes":  ("person",   "302 404 404 404 404 200 404 404 404 200"),
    "obligations:new_change": ("new_change", "302 404 404 404 404 200 404 404 404 200"),
    "obligations:correct_change": ("change", "302 404 404 404 404 200 404 404 404 200"),
    "obligations:take_back_change": ("change", "302 404 404 404 404 200 404 404 404 200"),
    "obligations:reminders": (None,      "302 404 404 404 404 200 200 200 404 200"),
    # duplicate entries: HR officers, about two entries of their scope
    "obligations:duplicates": (None,     "302 404 404 404 404 200 200 404 404 200"),
    "obligations:merge":    ("pair",     "302 404 404 404 404 200 404 404 404 200"),
    "obligations:unmerge":  ("merger",   "302 405 405 405 405 405 405 405 405 405"),
    "obligations:exemptions": (None,     "302 404 404 404 404 200 200 200 404 200"),
    # courses: everybody who is signed in may read; verbs are POST
    "my_learning":          (None,       "302 200 200 200 200 200 200 200 200 200"),
    "courses:catalogue":    (None,       "302 200 200 200 200 200 200 200 200 200"),
    "courses:course":       ("course",   "302 200 200 200 200 200 200 200 200 200"),
    "courses:enrol":        ("course",   "302 405 405 405 405 405 405 405 405 405"),
    "courses:start_test":   ("course",   "302 405 405 405 405 405 405 405 405 405"),
    "courses:start_practice": ("lesson", "302 405 405 405 405 405 405 405 405 405"),
    "courses:lesson":       ("lesson",   "302 200 200 200 200 200 200 200 200 200"),
    "courses:complete":     ("lesson",   "302 405 405 405 405 405 405 405 405 405"),
    "courses:self_check":   ("check",    "302 302 302 302 302 302 302 302 302 302"),
    # classes: of the HR officers of their host and of the people sent; one's own is one's own
    "classes:list":         (None,       "302 404 404 404 404 200 200 404 404 200"),
    "classes:new":          (None,       "302 404 404 404 404 200 200 404 404 200"),
    "classes:class":        ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:change":       ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:meetings":     ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:send":         ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:close":        ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:reopen":       ("closed_class", "302 404 404 404 404 200 404 404 404 200"),
    "classes:cancel":       ("class",    "302 404 404 404 404 200 404 404 404 200"),
    "classes:attendance":   ("meeting",  "302 404 404 404 404 200 404 404 404 200"),
    "classes:paper":        ("class_paper", "302 404 404 404 404 200 404 404 404 200"),
    "classes:mine":         ("nomination", "302 200 404 404 404 404 404 404 404 404"),
    "classes:past_lists":   (None,       "302 404 404 404 404 200 200 404 404 200"),
    "classes:past_template": (None,      "302 404 404 404 404 200 200 404 404 200"),
    "classes:past_list":    ("past_list", "302 404 404 404 404 200 404 404 404 200"),
    "classes:past_list_errors": ("past_list", "302 404 404 404 404 200 404 404 404 200"),
    "classes:take_past_list": ("past_list", "302 405 405 405 405 405 405 405 405 405"),
    "classes:put_past_list_aside": ("past_list", "302 405 405 405 405 405 405 405 405 405"),
    # staff: people in one's scopes
    "staff:people":         (None,       "302 404 404 404 404 200 200 200 404 200"),
    "staff:person":         ("person",   "302 404 404 404 404 200 404 200 404 200"),
    "staff:duties":         (None,       "302 404 404 404 404 200 200 200 404 200"),
    "staff:duties_csv":     (None,       "302 404 404 404 404 200 200 200 404 200"),
    # staff lists: of the HR officers of their unit; a request is answered by who looks after the person
    "staff:lists":          (None,       "302 404 404 404 404 200 200 404 404 200"),
    "staff:list":           ("staff_list", "302 404 404 404 404 200 404 404 404 200"),
    "staff:list_columns":   ("staff_list", "302 404 404 404 404 200 404 404 404 200"),
    "staff:decide_rows":    ("staff_list", "302 405 405 405 405 405 405 405 405 405"),
    "staff:confirm_list":   ("staff_list", "302 405 405 405 405 405 405 405 405 405"),
    "staff:withdraw_list":  ("staff_list", "302 405 405 405 405 405 405 405 405 405"),
    "staff:list_errors":    ("staff_list", "302 404 404 404 404 200 404 404 404 200"),
    "staff:transfer_requests": (None,    "302 404 404 404 404 200 200 404 404 200"),
    "staff:transfer_request": ("transfer_request", "302 404 404 404 404 200 404 404 404 200"),
    "staff:slips":          (None,       "302 404 404 404 404 200 200 404 404 200"),
    "staff:correct":        ("person",   "302 404 404 404 404 200 404 404 404 200"),
    "staff:one_time_code":  ("person",   "302 404 404 404 404 200 404 404 404 200"),
    # one's own account and notices; the first two are for people who cannot sign in yet
    "account:activate":     (None,       "200 200 200 200 200 200 200 200 200 200"),
    "account:choose_password": (None,    "302 302 302 302 302 302 302 302 302 302"),
    "account:profile":      (None,       "302 200 200 200 200 200 200 200 200 200"),
    "account:address":      (None,       "302 200 200 200 200 200 200 200 200 200"),
    "account:confirm_address": (None,    "302 302 302 302 302 302 302 302 302 302"),
    "account:remove_address": (None,     "302 200 200 200 200 200 200 200 200 200"),
    "account:sign_out_elsewhere": (None, "302 405 405 405 405 405 405 405 405 405"),
    "notices:list":         (None,       "302 200 200 200 200 200 200 200 200 200"),
    "notices:read":         (None,       "302 405 405 405 405 405 405 405 405 405"),
    # certificates: the holder's, and the scopes' over her; verification is public
    "certificates:inherited": (None,     "302 404 404 404 404 404 404 404 404 200"),
    "certificates:history": ("paper",    "302 200 404 404 404 200 404 404 404 200"),
    "certificates:download": ("paper",   "302 200 404 404 404 200 404 404 404 200"),
    "certificates:badge":   ("paper",    "302 200 404 404 404 200 404 404 404 200"),
    "certificates:badge_png": ("paper",  "302 200 404 404 404 200 404 404 404 200"),
    "certificates:badge_credential": ("paper", "302 200 404 404 404 200 404 404 404 200"),
    # the desk and the register: HR of the person's unit, and administrators; templates and bodies: administrators
    "certificates:desk":    (None,       "302 404 404 404 404 200 200 404 404 200"),
    "certificates:retry":   ("paper",    "302 405 405 405 405 405 405 405 405 405"),
    "certificates:new_run": ("kind_of_run", "302 404 404 404 404 200 200 404 404 200"),
    "certificates:run":     ("run",      "302 404 404 404 404 404 404 404 404 200"),
    "certificates:register": (None,      "302 404 404 404 404 200 200 404 404 200"),
    "certificates:register_excel": ("book", "302 404 404 404 404 200 404 404 404 200"),
    "certificates:register_pdf": ("volume", "302 404 404 404 404 200 404 404 404 200"),
    "certificates:expiring": (None,      "302 404 404 404 404 200 200 404 404 200"),
    "certificates:expiring_csv": (None,  "302 404 404 404 404 200 200 404 404 200"),
    "certificates:templates": (None,     "302 404 404 404 404 404 404 404 404 200"),
    "certificates:new_template": (None,  "302 404 404 404 404 404 404 404 404 200"),
    "certificates:template": ("template", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:edit_template": ("template", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:template_pdf": ("template", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:template_picture": ("template", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:issuers": (None,       "302 404 404 404 404 404 404 404 404 200"),
    "certificates:new_issuer": (None,    "302 404 404 404 404 404 404 404 404 200"),
    "certificates:new_signer": ("body",  "302 404 404 404 404 404 404 404 404 200"),
    "certificates:end_issuer": ("version_of_body", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:authorise": ("course", "302 404 404 404 404 404 404 404 404 200"),
    # signing with the agency's tool: administrators, and HR of a topmost unit, who is not among these people
    "certificates:batches": (None,       "302 404 404 404 404 404 404 404 404 200"),
    "certificates:batch":   ("batch",    "302 404 404 404 404 404 404 404 404 200"),
    "certificates:batch_archive": ("batch", "302 404 404 404 404 404 404 404 404 200"),
    "certificates:batch_upload": ("batch", "302 405 405 405 405 405 405 405 405 405"),
    "certificates:batch_take_out": ("batch", "302 405 405 405 405 405 405 405 405 405"),
    # what people hold already: their own, and their HR officer's
    "evidence:mine":        (None,       "302 200 200 200 200 200 200 200 200 200"),
    "evidence:declare":     (None,       "302 200 200 404 404 200 200 200 404 404"),
    "evidence:claim":       ("claim",    "302 200 404 404 404 200 404 404 404 200"),
    "evidence:complete":    ("claim",    "302 200 404 404 404 200 404 404 404 200"),
    "evidence:withdraw":    ("claim",    "302 405 405 405 405 405 405 405 405 405"),
    "evidence:file":        ("scan",     "302 200 404 404 404 200 404 404 404 200"),
    "evidence:of_person":   ("person",   "302 404 404 404 404 200 404 404 404 200"),
    "evidence:declare_for": ("person",   "302 404 404 404 404 200 404 404 404 200"),
    # the training record: one's own, and its HR officer's; signing is a POST
    "record:own":           (None,       "302 200 200 404 404 200 200 200 404 404"),
    "record:own_pdf":       (None,       "302 405 405 405 405 405 405 405 405 405"),
    "record:of_person":     ("person",   "302 404 404 404 404 200 404 404 404 200"),
    "record:pdf_of_person": ("person",   "302 405 405 405 405 405 405 405 405 405"),
    "verification:form":    (None,       "200 200 200 200 200 200 200 200 200 200"),
    "verification:check":   ("unknown",  "404 404 404 404 404 404 404 404 404 404"),
    "verification:guide":   (None,       "200 200 200 200 200 200 200 200 200 200"),
    "verification:api_guide": (None,     "200 200 200 200 200 200 200 200 200 200"),
    "verification:issuer_profile": (None, "200 200 200 200 200 200 200 200 200 200"),
    "verification:statuses": ("list",    "200 200 200 200 200 200 200 200 200 200"),
    "verification:root":    ("no_root",  "404 404 404 404 404 404 404 404 404 404"),
}  # fmt: skip

# Opened by a stranger: pages for people who cannot sign in yet. All others below /tai-khoan/ ask to sign in.
ALLAUTH_OPEN = {
    "account:activate",
    "account:choose_password",
    "account_login",
    "account_signup",
    "account_logout",
    "account_inactive",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
}


def personal_change(person):
    """A leave that is on record."""
    facts = {"staff_member": person, "kind": PersonalChangeKind.LEAVE, "first_day": clock.today()}
    return PersonalChange.objects.get_or_create(**facts)[0]


@pytest.fixture
def places(loaded, commune, office, learner, admin, examiner):
    """What routes are asked with, made when first needed."""
    from quizzes.services import publish_quiz, start_attempt
    from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
    from tests.factories.staff import AudienceFactory, AudienceRuleFactory, DutyFactory
    from tests.factories.unit_coverage import ExemptionFactory, RequirementFactory, TrackFactory
    from unit_coverage.enums import ProposalKind
    from unit_coverage.proposals import propose

    def attempt():
        category = CategoryFactory(code="MT01")
        quiz = QuizFactory(attempts_allowed=2)
        fill(category, 3)
        SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=2)
        return {"pk": start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member).pk}

    def exam_session():
        from tests.quizzes.sessions import a_session

        quiz = Attempt.objects.get(pk=place("attempt")["pk"]).quiz
        return a_session(quiz, commune, invigilators=[examiner])

    def seat():
        from tests.quizzes.sessions import a_seat

        return {"pk": a_seat(ExamSession.objects.get(pk=place("session")["pk"]), learner.staff_member).pk}

    def sat_seat():
        """The matrix lends the learner's attempt to her seat: what a start makes is in the tests of the room."""
        Seat.objects.filter(pk=place("seat")["pk"]).update(
            attempt=place("attempt")["pk"], admitted_at=datetime(2026, 11, 23, tzinfo=UTC)
        )
        Attempt.objects.filter(pk=place("attempt")["pk"]).update(exam_session=place("session")["pk"])
        return place("seat")

    def exam_paper():
        """Where nobody is a candidate there is nothing to print."""
        place("seat")
        return {**place("session"), "paper": "danh-sach-thi-sinh"}

    def asked_review():
        place("sat_seat")
        return {"pk": ReviewRequest.objects.create(attempt_id=place("attempt")["pk"], reason="x").pk}

    def api_token():
        from staff.services import give_token

        token, _words = give_token(
            name="x", unit=commune, permissions=["units"], valid_until=clock.today(), form_key="k" * 32
        )
        return {"pk": token.pk}

    def endpoint():
        from certificates.services import add_endpoint

        words = {"name": "x", "address": "https://x.example/", "kinds": ["issued"], "tells_staff_code": False}
        return {"pk": add_endpoint(unit=commune, form_key="k" * 32, by=admin, **words)[0].pk}

    def class_session():
        """A class of the commune to which the learner is sent, with a session of yesterday."""
        from courses.models import Course
        from tests.factories.classes import a_class, meetings_of, sent

        found = a_class(Course.objects.get(code="CB-01"), commune, by=admin)
        meetings_of(found, days=(-1,))
        sent(found, learner.staff_member, by=admin)
        return found

    def past_list():
        from courses.models import PastClassList

        made = PastClassList.objects.create(unit=commune, file_name="lop.xlsx", sha256="0" * 64, uploaded_by=admin)
        return {"pk": made.pk}

    def held_class():
        from courses.models import ClassSession

        return ClassSession.objects.get(pk=place("class")["pk"])

    def closed_class():
        from courses.enums import ClassState
        from courses.models import ClassSession

        made = place("class")
        ClassSession.objects.filter(**made).update(state=ClassState.HELD, ended_at=clock.now())
        return made

    def arrangement():
        from quizzes.services import accommodate

        row = accommodate(staff_member=learner.staff_member, by=admin, reason="QĐ 12", extra_minutes=10)
        return {"pk": row.pk}

    def picture():
        from quizzes.models import Paper, QuestionPicture
        from quizzes.pictures import address_of

        sha256 = "0" * 64
        name = storages["private"].save("question-pictures/00/x.png", ContentFile(b"x"))
        QuestionPicture.objects.create(sha256=sha256, name=name, content_type="image/png", size=1, width=1, height=1)
        paper = Paper.objects.get(attempt=place("attempt")["pk"])
        paper.items[0]["stem"] = f'<img src="{address_of(sha256)}" alt="x">'
        paper.save()
        return {"sha256": sha256}

    def task():
        """The learner's open attempt, in which she handed in a file; question 2 is the practical task."""
        return {"pk": answered(practical_exam(examiner), learner.staff_member).pk, "number": 2}

    def own_file():
        return {**place("task"), "sha256": AnswerFile.objects.get(attempt=place("task")["pk"]).sha256}

    def given(attempt):
        return attempt.paper.items[1]["task"]["files"][0]["sha256"]

    def script():
        """The practical task of somebody else, taken by the examiner."""
        attempt = handed_in(practical_exam(examiner), PostingFactory().staff_member)
        row = Script.objects.get(attempt=attempt, number=2)
        return {"pk": ScriptMark.objects.create(script=row, turn=1, marker=examiner).pk}

    def script_file():
        return {**place("script"), "sha256": given(ScriptMark.objects.get(**place("script")).script.attempt)}

    def lesson():
        return {"code": "CB-01", "slug": LessonPage.objects.live().first().slug}

    def paper():
        qualification = passed_qualification(learner.staff_member)
        return {"pk": issue_certificate(qualification_id=qualification.pk).pk}

    def run():
        from certificates.desk import Choice, candidates
        from certificates.services import prepare_run

        passed_qualification(learner.staff_member, code="CB-02")
        found = candidates(admin, "issue", Choice())
        return {"pk": prepare_run(kind="issue", found=found, token=UUID(int=2), by=admin).pk}

    def template():
        from certificates.services import new_template

        made = new_template(code="mau", by=admin, **template_words())
        return {"code": made.code, "version": made.version}

    def book():
        return {"pk": Certificate.objects.get(pk=place("paper")["pk"]).register_id}

    def batch():
        name = storages["private"].save("signing-batches/00/x.zip", ContentFile(b"x"))
        made = SigningBatch.objects.create(request_key="x", made_by=admin, name=name, drawn_at=datetime.now(UTC))
        return {"pk": made.pk}

    def claim():
        from tests.factories.evidence import ClaimFactory

        return ClaimFactory(staff_member=learner.staff_member)

    def decided(kind):
        """A recognition by somebody who is none of the cast."""
        from certificates.services import decide
        from tests.factories.evidence import ClaimFactory
        from tests.factories.staff import UserFactory

        TrackFactory()
        day = clock.today()
        paper = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code=kind))
        EvidenceRule.objects.update(issued_from=None)
        facts = {"number": f"{kind}/QĐ", "authority": "UBND xã", "signed_on": day, "effective_from": day}
        return {"pk": decide(**facts, claims=[paper], by=UserFactory()).recognitions.get().pk}

    def scan():
        from staff.private_files import store

        name = f"evidence/{sha256(b'x').hexdigest()}.jpg"
        facts = {"sha256": sha256(b"x").hexdigest(), "content_type": "image/jpeg", "size": 1}
        return {"pk": EvidenceFile.objects.create(claim=claim(), name=store(b"x", name), **facts).pk}

    def rule():
        audience = AudienceRuleFactory(audience=AudienceFactory(code="all")).audience
        return {"code": RequirementFactory(audience=audience, track=TrackFactory()).code}

    def audience():
        place("rule")
        return {"code": "all"}

    def report():
        from unit_coverage.periods import Period
        from unit_coverage.reports.services import freeze, request_report

        period = Period("Quý I/2026", date(2026, 1, 1), date(2026, 3, 31))
        made = request_report(kind="people", unit=commune, period=period, paper={}, token=UUID(int=7), by=admin)
        freeze(report_id=made.pk)
        return {"pk": made.pk}

    def report_file():
        from unit_coverage.models import ReportFile

        pk = place("report")["pk"]
        return {"pk": pk, "file_pk": ReportFile.objects.get(report=pk, role="pdf").pk}

    def report_line():
        from unit_coverage.models import ReportLine

        return {"pk": ReportLine.objects.get(report=place("report")["pk"], unit=commune).pk}

    def proposal():
        payload = {**place("rule"), "version": 1, "last_day": "2026-12-31", "reason": "x", "back_dated_because": ""}
        return {"pk": propose(kind=ProposalKind.REQUIREMENT_END, payload=payload, by=admin).pk}

    def reform():
        """A confirmed plan for the office, which the commune's HR officer could have made."""
        from tests.scenes import planned_renaming

        return {"pk": planned_renaming(office, admin).pk}

    def transfer_request():
        from tests.factories.lists import a_request
        from tests.factories.staff import UserFactory

        return {"pk": a_request(learner.staff_member, UnitFactory(), UserFactory()).pk}

    def staff_list():
        from tests.factories.lists import a_list

        return {"pk": a_list(commune, admin).pk}

    def pair():
        return {"one": learner.staff_member.pk, "other": PostingFactory(unit=office).staff_member_id}

    person = learner.staff_member
    makers = {
        "pair": pair,
        "merger": lambda: {"pk": 1},
        "reform": reform,
        "kind_of_reform": lambda: {"kind": "sap-nhap"},
        "staff_list": staff_list,
        "transfer_request": transfer_request,
        "rule": rule,
        "kind": lambda: {"code": "cert_b"},
        "indicator": lambda: {"code": "security_trained_share"},
        "claim": lambda: {"pk": claim().pk},
        "scan": scan,
        "waiting": lambda: decided("international"),
        "recognised": lambda: decided("cert_b"),
        "audience": audience,
        "track": lambda: {"code": TrackFactory().code},
        "subject": lambda: {"code": place("lesson")["code"]},
        "proposal": proposal,
        "draft": lambda: {"form": "xlsx"},
        "report": report,
        "report_file": report_file,
        "report_line": report_line,
        "asked": lambda: {**place("rule"), **place("person")},
        "duty": lambda: {**place("person"), "duty": DutyFactory(staff_member=person, unit=office).pk},
        "exemption": lambda: {
            **place("person"),
            "exemption": ExemptionFactory(staff_member=person, track=TrackFactory()).pk,
        },
        "new_change": lambda: {**place("person"), "kind": PersonalChangeKind.LEAVING.value},
        "change": lambda: {**place("person"), "change": personal_change(person).pk},
        "course": lambda: {"code": place("lesson")["code"]},
        "lesson": lesson,
        "check": lambda: {**place("lesson"), "block": UUID(int=1)},
        "person": lambda: {"pk": learner.staff_member.pk},
        "paper": paper,
        "batch": batch,
        "unknown": lambda: {"code": "0123456789ABCDEF"},
        "list": lambda: {"number": 0},
        "no_root": lambda: {"fingerprint": "0" * 64},
        "job": lambda: {"kind": "certificates", "pk": 1},
        "image": lambda: {"name": "none.png"},
        "unit": lambda: {"code": commune.code},
        "attempt": attempt,
        "class": lambda: {"pk": class_session().pk},
        "closed_class": closed_class,
        "meeting": lambda: {**place("class"), "meeting": held_class().meetings.get().pk},
        "class_paper": lambda: {**place("class"), "paper": "diem-danh-1"},
        "nomination": lambda: {"pk": held_class().nominations.get().pk},
        "past_list": past_list,
        "session": lambda: {"pk": exam_session().pk},
        "seat": seat,
        "sat_seat": sat_seat,
        "asked_review": asked_review,
        "exam_paper": exam_paper,
        "picture": picture,
        "task": task,
        "own_file": own_file,
        "task_file": lambda: {**place("task"), "sha256": given(Attempt.objects.get(pk=place("task")["pk"]))},
        "marking": lambda: practical_exam(examiner) and {},
        "marked_quiz": lambda: {"pk": practical_exam(examiner).pk},
        "script": script,
        "script_file": script_file,
        "arrangement": arrangement,
        "api_token": api_token,
        "endpoint": endpoint,
        "message": lambda: {**place("endpoint"), "delivery": 1},
        "kind_of_run": lambda: {"slug": "cap-moi"},
        "run": run,
        "book": book,
        "volume": lambda: {**place("book"), "volume": 1},
        "template": template,
        "version_of_body": lambda: {"pk": issuing_body().pk},
        "body": lambda: place("version_of_body") and {"code": "TINH"},
    }
    made = {}

    def place(key):
        if key is None:
            return {}
        if key not in made:
            made[key] = makers[key]()
        return made[key]

    return place


def address(name, kwargs):
    return "/cms/password_reset/" if name == "cms_reset_password" else reverse(name, kwargs=kwargs)


def test_every_own_route_has_a_row():
    own = {route.name for route in every_route() if route.is_own}

    assert own == set(MATRIX)


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_a_route_answers_each_person_as_its_row_says(request, places, name):
    with time_machine.travel(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), tick=False):
        key, row = MATRIX[name]
        url = address(name, places(key))

        answers = []
        for person in PEOPLE:
            client = Client()
            if person != "anonymous":
                client.force_login(request.getfixturevalue(person))
            answers.append(str(client.get(url).status_code))

    assert " ".join(answers) == row


def test_no_page_of_the_cms_opens_without_the_right_to_it(client, learner):
    in_cms = {route.path for route in every_route() if route.path.startswith("/cms/") and route.name not in MATRIX}
    # The door before them takes these.
    paths = sorted(path for path in in_cms if not path.startswith(("/cms/password_reset/", "/cms/login/")))

    anonymous = {path: client.get(path).status_code for path in paths}
    client.force_login(learner)
    signed_in = {path: client.get(path).status_code for path in paths}

    assert len(paths) > 100
    assert anonymous == dict.fromkeys(paths, 302)
    assert signed_in == dict.fromkeys(paths, 404)


def test_sign_in_pages_open_to_strangers_are_the_listed_ones(client):
    routes = [route for route in every_route() if route.path.startswith("/tai-khoan/")]

    opened = {
        route.name
        for route in routes
        if (response := client.get(route.path)).status_code != 404
        and not (response.status_code == 302 and "/tai-khoan/login/?next=" in response["Location"])
    }

    assert opened - ALLAUTH_OPEN == set()


@pytest.mark.parametrize("path", ["/tai-lieu/1/a.pdf", "/trang/", "/trang/hoc/"])
def test_documents_and_wagtails_own_pages_ask_strangers_to_sign_in(client, path):
    response = client.get(path)

    assert (response.status_code, response["Location"]) == (302, f"/tai-khoan/login/?next={path}")


def test_every_unsafe_request_without_its_token_is_refused(admin, places):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)

    answers = {name: client.post(address(name, places(key))).status_code for name, (key, _row) in MATRIX.items()}

    # whatever is sent to an address of an API that none has, nothing is there to take it
    nothing = dict.fromkeys(["api:root", "api:unknown_address", "check_api:root", "check_api:unknown_address"], 404)
    assert answers == dict.fromkeys(MATRIX, 403) | nothing


def test_no_view_is_exempt_from_the_token():
    exempt = {route.name for route in every_route() if getattr(route.view, "csrf_exempt", False)}

    # the APIs of other bodies look at a token of their own in each request, and at no session
    assert {name for name in exempt if not name.startswith(("check_api:", "api:"))} == set()
