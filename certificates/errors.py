"""What can go wrong, each with a sentence for the reader."""


class CertificateError(Exception):
    """A rule of this room was broken; ``str`` is a clear sentence."""


class KeyProblem(CertificateError):
    """The signing key cannot be used now. The certificate waits; nothing about it is wrong."""


class NoIssuer(CertificateError):
    """No issuing body is recorded for the day."""


class NotIssued(CertificateError):
    """The certificate is not in a state that allows this."""


class AuthorityAway(CertificateError):
    """The time-stamp authority or a revocation service gives nothing now. The file stays as good as it is."""


class NotSound(CertificateError):
    """A signature or a time stamp does not hold."""


class TrustFolderProblem(CertificateError):
    """A folder holds no authority that could be trusted."""


class BatchRefused(CertificateError):
    """Nothing can go out, or be taken back, as it was asked."""


class HandoverRefused(CertificateError):
    """A register is not taken over."""


class ClaimRefused(CertificateError):
    """Something about a claim, its papers or its decision cannot be done; the sentence says why."""


class ScanRefused(CertificateError):
    """A file that is not taken as a scan; the sentence says what to do instead."""


class EndpointRefused(CertificateError):
    """Another system cannot be told so; the sentence says why."""
