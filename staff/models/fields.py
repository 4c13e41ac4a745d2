"""Text fields that store what house rule 11 promises, whoever writes to them."""

from django.db import models

from staff.vietnamese import nfc


class NfcMixin:
    """Stores composed text with plain apostrophes and single spaces."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return nfc(value) if isinstance(value, str) else value

    def pre_save(self, instance, add):
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = nfc(value)
            setattr(instance, self.attname, value)
        return value


class NfcCharField(NfcMixin, models.CharField):
    """One line of text."""


class BinaryOrderCharField(models.CharField):
    """A key that both databases compare byte by byte (C collation on PostgreSQL, SQLite's default)."""

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
