"""What was loaded from the files of ``courses/content``."""

from django.db import models


class LoadedContent(models.Model):
    """What one file, or one entry of a file, said when it was last loaded, and the row it was loaded into.

    A second load with the same hash changes nothing; a page that a person revised since is left alone.
    """

    key = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    object_id = models.BigIntegerField(null=True)

    def __str__(self):
        return self.key
