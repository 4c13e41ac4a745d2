"""The question bank: categories, questions, and the immutable versions that attempts refer to."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Difficulty, Purpose, QuestionStatus, QuestionType
from staff.models.fields import BinaryOrderCharField, NfcCharField
from staff.vietnamese import fold, searchable


class Category(models.Model):
    """A branch of the bank. ``code`` is what files and quotas name; ``path`` lists ids from the root ("1/5/")."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = NfcCharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = BinaryOrderCharField(max_length=200, unique=True, editable=False)
    competence = models.CharField(_("competence code"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("question category")
        verbose_name_plural = _("question categories")

    def __str__(self):
        return f"{self.code} · {self.name}"

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.path = f"new-{self.code}"
            super().save(*args, **kwargs)
        self.path = f"{self.parent.path if self.parent else ''}{self.pk}/"
        kwargs.pop("force_insert", None)
        super().save(*args, **kwargs)


class Tag(models.Model):
    """A word that trainers put on questions; two spellings that fold alike are one tag."""

    name = NfcCharField(_("tag"), max_length=60)
    key = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["key"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.key = fold(self.name)
        super().save(*args, **kwargs)


class QuestionQuerySet(models.QuerySet):
    def drawable(self, purpose: Purpose):
        """Questions a paper may be drawn from: reviewed, and kept for ``purpose``."""
        return self.filter(status=QuestionStatus.REVIEWED, purpose=purpose)

    def in_category(self, category: Category):
        """Questions of ``category`` and of every category below it."""
        return self.filter(category__path__gte=category.path, category__path__lt=category.path[:-1] + "0")

    def about(self, competence: str):
        """Questions whose own competence code, or without one their category's, is ``competence`` or lies below it."""
        own = Q(competence=competence) | Q(competence__startswith=f"{competence}.")
        usual = Q(category__competence=competence) | Q(category__competence__startswith=f"{competence}.")
        return self.filter(own | Q(Q(competence=""), usual))

    def with_newest(self):
        """Each with ``has_newer``: whether a version is newer than the one that papers show."""
        newer = QuestionVersion.objects.filter(question=OuterRef("pk"), number__gt=OuterRef("current__number"))
        return self.annotate(has_newer=Exists(newer))

    def waiting(self):
        """Questions that a reviewer still has to let through: drafts, and reviewed ones with a newer version."""
        changed = Q(status=QuestionStatus.REVIEWED, has_newer=True)
        return self.with_newest().filter(Q(status=QuestionStatus.DRAFT) | changed)

    def search(self, words: str):
        """Questions whose code or newest text has ``words`` beside each other, however they are accented.

        A syllable alone says little in Vietnamese: "thủ đô" shall not find "thứ … độ". Only where no question has the
        words so are those found that have each of them, or words that begin so.
        """
        asked = searchable(words)
        if not asked.strip():
            return self
        together = self.filter(search_key__contains=asked)
        if together.exists():
            return together
        query = self
        for word in asked.split():
            query = query.filter(search_key__contains=f" {word}")
        return query


class Question(models.Model):
    """An entry of the bank. What it says is in its versions; editing makes a new one, deleting retires.

    ``current`` is the version that papers show. A reviewed question keeps it while a newer version waits
    for review; ``search_key`` is the ``searchable`` text of the newest version. An empty ``competence`` means the usual
    one of the category; ``described_by`` is who last chose tags and competence, nobody while they are a file's.
    """

    code = models.CharField(_("code"), max_length=60, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="questions")
    purpose = models.CharField(_("pool"), max_length=10, choices=Purpose, default=Purpose.EXAM)
    status = models.CharField(_("status"), max_length=10, choices=QuestionStatus, default=QuestionStatus.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    competence = models.CharField(_("competence code"), max_length=20, blank=True, default="")
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="questions", blank=True)
    described_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    current = models.ForeignKey(
        "quizzes.QuestionVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    search_key = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.code

    @property
    def competence_code(self) -> str:
        """What the question asks about: its own code, or its category's."""
        return self.competence or self.category.competence


class QuestionVersion(models.Model):
    """What a question said at one time. Never edited.

    ``stem`` is limited HTML. ``options`` is a list of what can be chosen or moved, in an order that says nothing
    about the key, with random ids. The key stands apart, so that whatever shows a question never loads it. The
    modules of ``quizzes.types`` tell the shape of ``options``, ``key`` and ``feedback`` for each type; ``feedback`` has
    {"general": text} besides, and is shown when the review rules say so. ``unit`` is printed after the field of a
    number; ``task`` is what a question that people mark asks for (``quizzes.types.by_people``).
    ``quizzes.question_text`` makes all of this from an author's text.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=20, choices=QuestionType)
    difficulty = models.CharField(max_length=1, choices=Difficulty, default=Difficulty.MEDIUM)
    stem = models.TextField()
    options = models.JSONField(default=list)
    shuffle_options = models.BooleanField(default=True)
    unit = NfcCharField(_("unit"), max_length=20, blank=True, default="")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=Decimal(1))
    task = models.JSONField(default=dict)
    key = models.JSONField()
    feedback = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("question version")
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="one_question_version_per_number")]

    def __str__(self):
        return f"{self.question} v{self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("A question version is never edited: make a new version."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("A question version is never deleted: retire the question."))
