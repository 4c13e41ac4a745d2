"""What an effect that was shown is known by when somebody confirms it."""

import hashlib
import json
from dataclasses import asdict

from django.core.serializers.json import DjangoJSONEncoder


class Shown:
    """Base of the dataclasses that say what a change does."""

    __slots__ = ()

    @property
    def digest(self) -> str:
        """Equal for equal effects only: whoever confirms sends back the one that was shown."""
        text = json.dumps(asdict(self), cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
