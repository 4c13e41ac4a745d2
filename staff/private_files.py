"""Files in private storage: named by their content, on the disk before anything names them."""

import os

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages


def store(content: bytes, name: str) -> str:
    """Puts the file into private storage and waits until it is on the disk; the same name is the same content."""
    storage = storages["private"]
    if not storage.exists(name):
        name = storage.save(name, ContentFile(content))
    if not isinstance(storage, FileSystemStorage):
        return name
    path = storage.path(name)
    for target in (path, os.path.dirname(path)):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return name
