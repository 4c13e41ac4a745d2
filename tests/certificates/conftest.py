"""A local authority, and an installation that signs with a key of it."""

import pytest

from certificates.signing import authorities
from tests.factories.authority import LocalAuthority


@pytest.fixture
def authority(tmp_path):
    with LocalAuthority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def real_key(settings, tmp_path, authority):
    """Signs with a PKCS#12 key of the authority, whose time stamps are at hand; ``real_key(level)`` sets the level."""
    authorities.note_presence()
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.SIGNING_KEY_FILE = str(authority.pkcs12())
    settings.SIGNING_KEY_PASSPHRASE = "mật khẩu"
    settings.SIGNING_TSA_URL = f"{authority.address}/tsa"
    settings.SIGNING_TSA_CHAIN_FILES = [str(authority.root)]

    def at(level):
        settings.SIGNING_LEVEL = level

    yield at
    authorities.note_presence()
