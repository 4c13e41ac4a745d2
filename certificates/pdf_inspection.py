"""Reads the signatures of an unknown PDF. Run as a script with limits: such files may be hostile.

    python pdf_inspection.py < QUESTION    prints one JSON object; ``certificates.verification`` writes the question

Knows nothing of Django and imports nothing of ours, so that nothing worth stealing is in its memory. It gets little
memory and time, can write no file, start no program and reach no network.
"""

import importlib
import json
import math
import resource
import sys
from datetime import datetime

MEMORY, SECONDS = 400 * 1024 * 1024, 10
MOST_SIGNATURES = 8
_NEEDED = (
    "asn1crypto.crl",
    "asn1crypto.pem",
    "pyhanko.keys",
    "pyhanko.pdf_utils.reader",
    "pyhanko.sign.validation",
    "pyhanko.sign.validation.errors",
    "pyhanko_certvalidator",
)


def inspect(question: dict) -> dict:
    """What stands in the file ``question["path"]``.

    ``moment`` is when its signature must hold; ``now`` is what revocation lists must reach. ``anchors`` and
    ``stamp_anchors`` are files with the certificates that must be reached, ``others`` and ``lists`` help on the way.
    With ``is_strict`` a signature is good only if a list says so; else also where no list is published.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    found = {"signatures": [], "code": ""}
    with open(question["path"], "rb") as file:
        reader = PdfFileReader(file)
        keywords = reader.trailer["/Info"].get("/Keywords", "") if "/Info" in reader.trailer else ""
        found["code"] = str(keywords)[:40]
        regular = reader.embedded_regular_signatures
        found["count"] = len(regular)
        judge = _Judge(question, reader)
        for signature in regular[:MOST_SIGNATURES]:
            try:
                found["signatures"].append(judge.facts_of(signature))
            except Exception as error:  # pyHanko raises bare TypeError, AssertionError …  # noqa: BLE001
                found["signatures"].append({"problem": type(error).__name__})
    return found


class _Judge:
    """Holds what is trusted and what is known of revocations."""

    def __init__(self, question, reader):
        from pyhanko.keys import load_certs_from_pemder

        self.reader = reader
        self.moment, self.now = (datetime.fromisoformat(question[name]) for name in ("moment", "now"))
        self.anchors = list(load_certs_from_pemder(question["anchors"]))
        self.stamp_anchors = list(load_certs_from_pemder(question["stamp_anchors"])) or self.anchors
        self.others = list(load_certs_from_pemder(question["others"]))
        self.is_strict = question["is_strict"]
        self.lists = _read_lists(question["lists"])
        # a list kept here must still be current; one inside the file proves what it proved on its day
        self.current = [kept for kept in self.lists if _reaches(kept, self.now)]
        self.embedded, self.answers = self._proof_inside(embedded_reaches=self.now if self.is_strict else self.moment)

    def facts_of(self, signature) -> dict:
        found = self._status(signature, "soft-fail", self.moment)
        moment = self.moment
        if not found.trusted and not found.revoked and (proved := self._proved_moment(signature)):
            moment = proved
            found = self._status(signature, "soft-fail", moment)
        certificate = found.signing_cert
        return {
            "intact": bool(found.intact and found.valid),
            "trusted": bool(found.trusted),
            "holds": bool(found.bottom_line),
            "revocation": self._revocation(signature, found, moment),
            "coverage": found.coverage.name,
            "modification": found.modification_level.name if found.modification_level is not None else "OTHER",
            "fingerprint": certificate.sha256.hex(),
            "signer": str(certificate.subject.native.get("common_name", ""))[:200],
            "signed_at": found.signer_reported_dt.isoformat() if found.signer_reported_dt else "",
            "stamped_at": _stamp_of(found),
        }

    def _revocation(self, signature, found, moment) -> str:
        """ "good", "revoked", "unknown", or "not_published": no list is named, none is kept."""
        if found.revoked:
            return "revoked"
        if not found.trusted:
            return "unknown"
        if self._status(signature, "require", moment, self.current).trusted:
            return "good"
        published = self.is_strict or _names_a_service(found.signing_cert)
        published = published or any(kept.issuer == found.signing_cert.issuer for kept in self.lists)
        return "unknown" if published else "not_published"

    def _status(self, signature, mode, moment, lists=None):
        from pyhanko.sign.validation import validate_pdf_signature

        lists = self.lists if lists is None else lists
        return validate_pdf_signature(
            signature,
            self._context(self.anchors, mode, moment, lists),
            self._context(self.stamp_anchors, mode if self.is_strict else "soft-fail", moment, lists),
        )

    def _context(self, anchors, mode, moment, lists):
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=anchors,
            other_certs=self.others,
            crls=_latest([*lists, *self.embedded]),
            ocsps=self.answers,
            allow_fetching=False,
            revocation_mode=mode,
            moment=moment,
            retroactive_revinfo=True,
        )

    def _proved_moment(self, signature):
        """When a trusted stamp saw the signature, so that a key which has expired since then still counts."""
        from pyhanko.sign.validation import validate_pdf_timestamp

        context = self._context(self.stamp_anchors, "soft-fail", self.moment, self.lists)
        found = self._status(signature, "soft-fail", self.moment).timestamp_validity
        moments = [found.timestamp] if found is not None and found.trusted and found.valid else []
        for stamp in self.reader.embedded_timestamp_signatures[:MOST_SIGNATURES]:
            seen = validate_pdf_timestamp(stamp, context)
            if seen.intact and seen.valid and seen.trusted:
                moments.append(seen.timestamp)
        return min((moment for moment in moments if moment <= self.moment), default=None)

    def _proof_inside(self, *, embedded_reaches):
        from pyhanko.sign.validation import DocumentSecurityStore
        from pyhanko.sign.validation.errors import NoDSSFoundError

        try:
            store = DocumentSecurityStore.read_dss(self.reader)
        except NoDSSFoundError:
            return [], []
        self.others += list(store.load_certs())
        context = store.as_validation_context({"trust_roots": self.anchors, "allow_fetching": False})
        lists = [kept for kept in context.crls if _reaches(kept, embedded_reaches)]
        return lists, ([] if self.is_strict else list(context.ocsps))


def _read_lists(paths):
    from asn1crypto import crl, pem

    lists = []
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        if pem.detect(content):
            _name, _headers, content = pem.unarmor(content)
        lists.append(crl.CertificateList.load(content))
    return lists


def _reaches(kept, moment) -> bool:
    until = kept["tbs_cert_list"]["next_update"].native
    return until is None or until >= moment


def _latest(lists):
    """The latest list of each issuer: an earlier one could hide a revocation."""
    latest = {}
    for kept in lists:
        known = latest.get(kept.issuer.hashable)
        if known is None or _issued(kept) > _issued(known):
            latest[kept.issuer.hashable] = kept
    return list(latest.values())


def _issued(kept):
    return kept["tbs_cert_list"]["this_update"].native


def _names_a_service(certificate) -> bool:
    return bool(certificate.crl_distribution_points or certificate.ocsp_urls)


def _stamp_of(found) -> str:
    stamp = found.timestamp_validity
    return stamp.timestamp.isoformat() if stamp is not None and stamp.trusted else ""


def _shut_in() -> None:
    """Little memory and time; and, once all is loaded, no program, no network, no file to write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    sys.addaudithook(_refuse)


# asyncio makes itself a pair of sockets; only those that lead somewhere are refused
_REFUSED = ("socket.connect", "socket.bind", "socket.send", "socket.getaddrinfo", "socket.gethostby")
_REFUSED += (
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "ctypes.dlopen",
)


def _refuse(event: str, arguments: tuple) -> None:
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.startswith(_REFUSED):
        raise PermissionError(event)


def main() -> int:
    question = json.load(sys.stdin)
    _load()
    _shut_in()
    try:
        found = inspect(question)
    except BaseException as error:  # a hostile file may break anything  # noqa: BLE001
        found = {"problem": type(error).__name__}
    json.dump(found, sys.stdout)
    return 0


def _load() -> None:
    """Load what will be needed while loading is still allowed everything, and costs the file nothing of its time."""
    for name in _NEEDED:
        importlib.import_module(name)


if __name__ == "__main__":
    sys.exit(main())
