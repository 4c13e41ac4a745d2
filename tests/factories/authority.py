"""A certificate authority of the kind that agencies use, on loopback: time stamps, revocation lists, OCSP.

It counts what it is asked, revokes, and goes away and comes back when a test says so.
"""

import base64
import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


@lru_cache(maxsize=3)
def _rsa_key(_whose: str):
    """Made once: making one takes most of a second."""
    return rsa.generate_private_key(65537, 2048)


class LocalAuthority:
    """``address`` + /tsa, /ca.crl, /ocsp. ``is_away`` makes it answer 503; ``asked`` counts by path."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.is_away, self.has_proof, self.breaks_stamps, self.asked, self.revoked = False, True, False, {}, {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._key = _rsa_key("authority")
        self.certificate = self._issue("CA công vụ thử nghiệm", self._key.public_key(), ca=True)
        self.root = folder / "root.pem"
        self.root.write_bytes(self.certificate.public_bytes(PEM))
        stamp_key = _rsa_key("stamps")
        stamp_certificate = self._issue("Cấp dấu thời gian thử nghiệm", stamp_key.public_key(), stamps=True)
        self._stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(stamp_certificate.public_bytes(DER)),
            asn1_keys.PrivateKeyInfo.load(
                stamp_key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            ),
            certs_to_embed=[asn1_x509.Certificate.load(self.certificate.public_bytes(DER))],
        )

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def issue(self, holder: str, public_key, **facts) -> x509.Certificate:
        """A certificate for signing."""
        return self._issue(holder, public_key, **facts)

    def pkcs12(self, holder: str = "UBND xã Thử Nghiệm", *, passphrase: str = "mật khẩu", key=None) -> Path:
        """A PKCS#12 file with a new key, its certificate and ours."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        self.latest = self.issue(holder, key.public_key())
        content = pkcs12.serialize_key_and_certificates(
            b"k", key, self.latest, [self.certificate], serialization.BestAvailableEncryption(passphrase.encode())
        )
        path = self.folder / f"{self.latest.serial_number:x}.p12"
        path.write_bytes(content)
        return path

    def revoke(self, certificate) -> None:
        self.revoked[certificate.serial_number] = datetime.now(UTC) - timedelta(minutes=5)

    def revocation_list(self, *, signed_with=None) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(now - timedelta(minutes=1)).next_update(now + timedelta(days=7))
        for serial, moment in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
            builder = builder.add_revoked_certificate(entry.build())
        number = x509.CRLNumber(1)
        key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(number, critical=False).add_extension(key_id, critical=False)
        return builder.sign(signed_with or self._key, hashes.SHA256()).public_bytes(DER)

    def _issue(self, subject, public_key, *, ca=False, stamps=False, valid_from=None, valid_until=None):
        begin = valid_from or datetime.now(UTC) - timedelta(days=1)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
        usage = {"key_cert_sign": ca, "crl_sign": ca, "digital_signature": not ca, "content_commitment": not ca}
        rest = ["key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"]
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if ca else self.certificate.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(valid_until or begin + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(rest, False)), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )
        if not ca:
            lists = x509.UniformResourceIdentifier(f"{self.address}/ca.crl")
            answers = x509.UniformResourceIdentifier(f"{self.address}/ocsp")
            point = x509.DistributionPoint([lists], None, None, None)
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, answers)
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            builder = builder.add_extension(authority, critical=False)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return builder.sign(self._key, hashes.SHA256())

    def _stamp(self, request: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(request)
        if self.breaks_stamps:
            imprint = asked["message_imprint"]
            imprint["hashed_message"] = bytes(len(imprint["hashed_message"].native))
        return self._stamper.request_tsa_response(asked).dump()

    def _answer(self, request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        moment = self.revoked.get(asked.serial_number)
        status = ocsp.OCSPCertStatus.REVOKED if moment else ocsp.OCSPCertStatus.GOOD
        now = datetime.now(UTC)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=status,
            this_update=now - timedelta(minutes=1),
            next_update=now + timedelta(days=1),
            revocation_time=moment,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, self.certificate)
        for extension in asked.extensions:
            builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(DER)

    def _handler(authority):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                if path.startswith("/ocsp/"):
                    self._say("/ocsp", "application/ocsp-response", base64.b64decode(path[6:]))
                else:
                    self._say("/ca.crl", "application/pkix-crl")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = "timestamp-reply" if self.path == "/tsa" else "ocsp-response"
                self._say(self.path, f"application/{kind}", body)

            def _say(self, path, kind, body=b""):
                authority.asked[path] = authority.asked.get(path, 0) + 1
                if authority.is_away or (path != "/tsa" and not authority.has_proof):
                    self.send_error(503)
                    return
                answers = {"/tsa": authority._stamp, "/ocsp": authority._answer}
                content = answers[path](body) if body else authority.revocation_list()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words):
                """Says nothing."""

        return Handler
