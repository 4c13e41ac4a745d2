from certificates.models.certificates import Certificate, CertificateFile
from certificates.models.impacts import RegradeImpact
from certificates.models.issuers import Issuer, Register
from certificates.models.recognition import Claim, Decision, Recognition

__all__ = ["Certificate", "CertificateFile", "Claim", "Decision", "Issuer", "Recognition", "Register", "RegradeImpact"]
