"""Rows changed, made and removed, written down so that all of it can be taken back exactly."""

from datetime import date, datetime

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError


class Moved(Exception):
    """A row is no longer what the journal left it as; ``row`` names it where it is still there."""

    def __init__(self, row: models.Model | None):
        super().__init__(str(row))
        self.row = row


class Journal:
    """Writes rows and notes what they were and became; ``entries`` is plain data, in the order of writing."""

    def __init__(self):
        self.entries: list[dict] = []

    def change(self, row: models.Model, **values) -> None:
        before = {name: plain(getattr(row, name)) for name in values}
        type(row).objects.filter(pk=row.pk).update(**values)
        for name, value in values.items():
            setattr(row, name, value)
        self._note(row, before, {name: plain(value) for name, value in values.items()})

    def make(self, row: models.Model) -> None:
        row.save(force_insert=True)
        self._note(row, None, values_of(row))

    def remove(self, row: models.Model) -> None:
        """Raises ProtectedError where another fact refers to the row."""
        pk, before = row.pk, values_of(row)
        row.delete()
        row.pk = pk
        self._note(row, before, None)

    def _note(self, row: models.Model, before: dict | None, after: dict | None) -> None:
        self.entries.append({"model": row._meta.label, "pk": row.pk, "before": before, "after": after})


def take_back(entries: list[dict]) -> None:
    """Every row is as before the journal was written; call it in a transaction.

    Raises Moved where a row was changed since, is referred to, or stands against one that was made since.
    """
    for entry in reversed(entries):
        model = apps.get_model(entry["model"])
        row = model.objects.filter(pk=entry["pk"]).first()
        if entry["after"] is not None and (row is None or _differs(row, entry["after"])):
            raise Moved(row)
        try:
            with transaction.atomic():
                _restore(model, row, entry)
        except (ProtectedError, IntegrityError) as refusal:
            raise Moved(row) from refusal


def _restore(model: type[models.Model], row: models.Model | None, entry: dict) -> None:
    if entry["before"] is None:
        row.delete()
    elif entry["after"] is None:
        model(**_typed(model, entry["before"])).save(force_insert=True)
    else:
        model.objects.filter(pk=row.pk).update(**_typed(model, entry["before"]))


def _differs(row: models.Model, values: dict) -> bool:
    return any(plain(getattr(row, name)) != value for name, value in values.items())


def values_of(row: models.Model) -> dict:
    return {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def plain(value):
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(model: type[models.Model], values: dict) -> dict:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items()}
