"""The verbs of this room."""

from certificates.services.batches import (
    draw_batch_files,
    draw_waiting,
    make_batch,
    take_out,
    try_batch_again,
    waiting_to_go_out,
)
from certificates.services.claims import (
    claims_from_classes,
    claims_from_import_rows,
    complete_claim,
    enter_claim,
    withdraw_claim,
)
from certificates.services.evidence import add_evidence_rule
from certificates.services.impacts import ImpactRefused, decide_impact, note_impacts
from certificates.services.inherited import revoke_inherited
from certificates.services.issuers import (
    Authority,
    IssuerRefused,
    authorise,
    authority_for,
    end_issuer,
    ensure_demonstration_issuer,
    issuer_on,
    record_issuer,
)
from certificates.services.issuing import find_uncertified, issue_certificate, issue_waiting, produce_file, try_again
from certificates.services.recognition import (
    ask_for_evidence,
    confirm_recognition,
    decide,
    decline_recognition,
    open_what_was_held,
    refuse_claim,
    revoke_recognition,
)
from certificates.services.returned import take_upload, try_upload_again, work_upload, work_uploads
from certificates.services.revoking import (
    replace_revoked_certificate,
    revoke_certificate,
    revoke_forgotten,
    revoke_with_qualification,
    supersede_certificate,
)
from certificates.services.runs import RunRefused, confirm_run, discard_run, prepare_run, work_runs
from certificates.services.templates import (
    TemplateRefused,
    discard_draft,
    draft_from,
    end_template,
    new_template,
    publish,
    save_draft,
    template_for,
)
from certificates.services.upgrading import fetch_revocation_lists, upgrade_certificate, upgrade_waiting
from certificates.services.webhooks import add_endpoint, end_endpoint, send_webhook_again, switch_endpoint_on

__all__ = [
    "Authority",
    "ImpactRefused",
    "IssuerRefused",
    "RunRefused",
    "TemplateRefused",
    "add_endpoint",
    "add_evidence_rule",
    "ask_for_evidence",
    "authorise",
    "authority_for",
    "claims_from_classes",
    "claims_from_import_rows",
    "complete_claim",
    "confirm_recognition",
    "confirm_run",
    "decide",
    "decide_impact",
    "decline_recognition",
    "discard_draft",
    "discard_run",
    "draft_from",
    "draw_batch_files",
    "draw_waiting",
    "end_endpoint",
    "end_issuer",
    "end_template",
    "ensure_demonstration_issuer",
    "enter_claim",
    "fetch_revocation_lists",
    "find_uncertified",
    "issue_certificate",
    "issue_waiting",
    "issuer_on",
    "make_batch",
    "new_template",
    "note_impacts",
    "prepare_run",
    "produce_file",
    "publish",
    "record_issuer",
    "open_what_was_held",
    "refuse_claim",
    "replace_revoked_certificate",
    "revoke_certificate",
    "revoke_inherited",
    "revoke_forgotten",
    "revoke_recognition",
    "revoke_with_qualification",
    "save_draft",
    "send_webhook_again",
    "supersede_certificate",
    "switch_endpoint_on",
    "take_out",
    "take_upload",
    "template_for",
    "try_again",
    "try_batch_again",
    "try_upload_again",
    "upgrade_certificate",
    "upgrade_waiting",
    "waiting_to_go_out",
    "withdraw_claim",
    "work_runs",
    "work_upload",
    "work_uploads",
]
