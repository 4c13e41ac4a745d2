"""Signatures of one key differ in two places only: the hash they sign, and the signature itself.

pyHanko builds the whole message (CMS) anew each time, certificates included, which takes most of the time of a
signature. Here it builds one, and further ones are put together from its parts. With a time stamp it builds all.
"""

import threading
from dataclasses import dataclass
from functools import cached_property

from pyhanko.sign.signers import Signer

# The certificates of a key are shared by all threads, and asn1crypto writes into them while it encodes a message.
_building = threading.Lock()

SEQUENCE, SET, OCTETS, TAGGED = b"\x30", b"\x31", b"\x04", b"\xa0"


class TemplateSigner(Signer):
    """A Signer that keeps the parts of its own first signature."""

    async def async_sign(self, data_digest, digest_algorithm, *args, timestamper=None, **facts):
        if args or timestamper is not None or facts.get("dry_run"):
            with _building:
                return await super().async_sign(data_digest, digest_algorithm, *args, timestamper=timestamper, **facts)
        if digest_algorithm not in self._templates:
            with _building:
                whole = await super().async_sign(data_digest, digest_algorithm, **facts)
                self._templates[digest_algorithm] = Template.of(whole, data_digest)
                return whole
        template = self._templates[digest_algorithm]
        to_sign = template.to_sign(data_digest)
        return template.filled(to_sign, await self.async_sign_raw(to_sign, digest_algorithm))

    @cached_property
    def _templates(self) -> dict:
        return {}


@dataclass(frozen=True, slots=True)
class Template:
    """The DER pieces around hash and signature. ``attributes`` is what is signed, with ``digest`` in it."""

    head: bytes
    signer: bytes
    attributes: bytes
    algorithm: bytes
    digest: bytes

    @classmethod
    def of(cls, message, digest: bytes) -> "Template":
        """Taken from ``message``, which signs ``digest``."""
        signed = message["content"]
        [signer] = signed["signer_infos"]
        attributes = signer["signed_attrs"].dump()
        if attributes.count(digest) != 1 or len(signer["unsigned_attrs"]):
            raise ValueError("not a plain signature")
        head = [signed[name].dump() for name in ("version", "digest_algorithms", "encap_content_info", "certificates")]
        who = [signer[name].dump() for name in ("version", "sid", "digest_algorithm")]
        algorithm = signer["signature_algorithm"].dump()
        return cls(b"".join(head), b"".join(who), SET + attributes[1:], algorithm, digest)

    def to_sign(self, digest: bytes) -> bytes:
        return self.attributes.replace(self.digest, digest)

    def filled(self, attributes: bytes, signature: bytes) -> bytes:
        signer = self.signer + TAGGED + attributes[1:] + self.algorithm + _der(OCTETS, signature)
        signed = _der(SEQUENCE, self.head + _der(SET, _der(SEQUENCE, signer)))
        return _der(SEQUENCE, _SIGNED_DATA + _der(TAGGED, signed))


# The object identifier of signed data, 1.2.840.113549.1.7.2.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")


def _der(tag: bytes, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return tag + bytes([length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return tag + bytes([0x80 | len(octets)]) + octets + content
