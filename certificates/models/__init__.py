from certificates.models.certificates import Certificate, CertificateFile
from certificates.models.evidence import EvidenceKind, EvidenceRule
from certificates.models.impacts import RegradeImpact
from certificates.models.inherited import CheckingBody, InheritedCertificate, InheritedFile, InheritedRegister
from certificates.models.issuers import Authorisation, Issuer, Register
from certificates.models.outside import BatchItem, SigningBatch, SigningUpload
from certificates.models.recognition import Claim, Decision, EvidenceFile, Recognition
from certificates.models.runs import IssuingRun, RunLine
from certificates.models.templates import CertificateTemplate, TemplateImage
from certificates.models.webhooks import CertificateEvent, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Authorisation",
    "BatchItem",
    "Certificate",
    "CertificateEvent",
    "CertificateFile",
    "CertificateTemplate",
    "CheckingBody",
    "Claim",
    "Decision",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceRule",
    "InheritedCertificate",
    "InheritedFile",
    "InheritedRegister",
    "Issuer",
    "IssuingRun",
    "Recognition",
    "Register",
    "RegradeImpact",
    "RunLine",
    "SigningBatch",
    "SigningUpload",
    "TemplateImage",
    "WebhookDelivery",
    "WebhookEndpoint",
]
