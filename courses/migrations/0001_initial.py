import courses.models.pages
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import staff.models.fields
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('quizzes', '0001_initial'),
        ('staff', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CatalogueIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
            ],
            options={
                'verbose_name': 'catalogue',
            },
            bases=(courses.models.pages.OwnAddressMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='LoadedContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('object_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReminderRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('last_person_id', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('told_above_at', models.DateTimeField(blank=True, null=True)),
                ('last_reader_id', models.BigIntegerField(default=0)),
                ('digests_sent_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'round of reminders',
            },
        ),
        migrations.CreateModel(
            name='Track',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('basic', 'Basic computer skills'), ('application', 'Applications at work'), ('specialist', 'ICT specialists'), ('oss_security', 'Open source and information security')], max_length=20, unique=True, verbose_name='code')),
                ('name', staff.models.fields.NfcCharField(max_length=200, verbose_name='name')),
                ('name_en', staff.models.fields.NfcCharField(blank=True, max_length=200, verbose_name='English name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('audience', models.TextField(blank=True, verbose_name='for whom')),
                ('position', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'track',
                'verbose_name_plural': 'tracks',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('title', staff.models.fields.NfcCharField(max_length=200, verbose_name='title')),
                ('title_en', staff.models.fields.NfcCharField(blank=True, max_length=200, verbose_name='English title, for certificates in English')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('hours', models.PositiveIntegerField(verbose_name='class hours')),
                ('tags', models.JSONField(blank=True, default=list, verbose_name='indicators')),
                ('validity', models.CharField(choices=[('none', 'without end'), ('months', 'for a number of months'), ('end_of_year', 'until the end of the reporting year')], default='none', max_length=20, verbose_name='validity')),
                ('validity_months', models.PositiveIntegerField(blank=True, null=True, verbose_name='months of validity')),
                ('renewal_window_days', models.PositiveIntegerField(default=60, verbose_name='days before the end when the course can be taken again')),
                ('needs_supervision', models.BooleanField(default=False, verbose_name='passed only in a supervised sitting')),
                ('attendance_is_lessons', models.BooleanField(default=False, verbose_name='attending a class stands for the lessons')),
                ('is_ready', models.BooleanField(default=False, verbose_name='open for learning')),
                ('position', models.PositiveIntegerField(default=0)),
                ('authors', models.ManyToManyField(blank=True, related_name='authored_courses', to=settings.AUTH_USER_MODEL, verbose_name='authors')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='courses', to='courses.track', verbose_name='track')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
                'ordering': ['position', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('validity', 'months'), ('validity_months__gte', 1)), models.Q(models.Q(('validity', 'months'), _negated=True), ('validity_months', None)), _connector='OR'), name='months_of_validity_where_needed')],
            },
        ),
        migrations.CreateModel(
            name='PastClassList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', staff.models.fields.NfcCharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('rows', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('shown', 'waits for your confirmation'), ('taken', 'taken in'), ('aside', 'put aside')], default='shown', max_length=10)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('forgotten_at', models.DateTimeField(blank=True, null=True)),
                ('new_classes', models.PositiveIntegerField(default=0)),
                ('new_people', models.PositiveIntegerField(default=0)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.unit', verbose_name='host unit')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'list of past classes',
            },
        ),
        migrations.CreateModel(
            name='ClassSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', staff.models.fields.NfcCharField(max_length=200, verbose_name='name or number of the class')),
                ('place', staff.models.fields.NfcCharField(blank=True, max_length=200, verbose_name='place')),
                ('trainer_names', staff.models.fields.NfcCharField(blank=True, max_length=300, verbose_name='trainers')),
                ('seats', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='seats')),
                ('decision_number', staff.models.fields.NfcCharField(blank=True, max_length=60, verbose_name='number of the decision to hold the class')),
                ('decision_on', models.DateField(blank=True, null=True, verbose_name='date of the decision')),
                ('attendance_percent', models.PositiveSmallIntegerField(default=80, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='share of the hours to be attended (%)')),
                ('first_day', models.DateField(blank=True, editable=False, null=True)),
                ('last_day', models.DateField(blank=True, editable=False, null=True)),
                ('hours', models.PositiveIntegerField(default=0, editable=False)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('held', 'held'), ('cancelled', 'cancelled')], default='planned', editable=False, max_length=10)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('end_note', staff.models.fields.NfcCharField(blank=True, editable=False, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invites', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.unit', verbose_name='officers who may send people too')),
                ('trainers', models.ManyToManyField(blank=True, related_name='taught_classes', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.unit', verbose_name='host unit')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='courses.course', verbose_name='course')),
                ('past_list', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='courses.pastclasslist')),
            ],
            options={
                'verbose_name': 'class',
                'verbose_name_plural': 'classes',
                'indexes': [models.Index(fields=['unit', 'last_day'], name='classes_of_unit_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('attendance_percent__gte', 1), ('attendance_percent__lte', 100)), name='class_share_is_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('first_day', None), ('last_day', None)), ('last_day__gte', models.F('first_day')), _connector='OR'), name='class_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'planned')), models.Q(models.Q(('state', 'planned'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='class_that_is_over_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('end_note', ''), _negated=True), _connector='OR'), name='cancelled_class_has_a_reason'), models.UniqueConstraint(condition=models.Q(('past_list__isnull', False)), fields=('unit', 'course', 'name', 'first_day'), name='one_past_class_of_name_and_day')],
            },
        ),
        migrations.CreateModel(
            name='CoursePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('introduction', wagtail.fields.RichTextField(blank=True, verbose_name='introduction')),
                ('objectives', wagtail.fields.RichTextField(blank=True, verbose_name='what one can do afterwards')),
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='page', to='courses.course', verbose_name='course')),
            ],
            options={
                'verbose_name': 'course page',
            },
            bases=(courses.models.pages.OwnAddressMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='LessonPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('minutes', models.PositiveIntegerField(default=30, verbose_name='minutes')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('body', wagtail.fields.StreamField([('text', 0), ('image', 4), ('steps', 8), ('callout', 11), ('table', 18), ('task', 22), ('document', 25), ('video', 28), ('self_check', 35)], block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['h2', 'h3', 'bold', 'italic', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text', 'template': 'courses/blocks/text.html'}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Image'}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the picture says, for those who cannot see it.', 'label': 'Text alternative'}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 1), ('alt', 2), ('caption', 3)]], {}), 5: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'required': False}), 6: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link']}), 7: ('wagtail.blocks.ListBlock', (6,), {'label': 'Steps'}), 8: ('wagtail.blocks.StructBlock', [[('title', 5), ('items', 7)]], {}), 9: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('note', 'Note'), ('warning', 'Warning'), ('remember', 'To remember')], 'label': 'Kind'}), 10: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ul', 'ol'], 'label': 'Text'}), 11: ('wagtail.blocks.StructBlock', [[('kind', 9), ('title', 5), ('text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Caption'}), 13: ('wagtail.blocks.CharBlock', (), {}), 14: ('wagtail.blocks.ListBlock', (13,), {'label': 'Column heads'}), 15: ('wagtail.blocks.CharBlock', (), {'required': False}), 16: ('wagtail.blocks.ListBlock', (15,), {'label': 'Cells'}), 17: ('wagtail.blocks.ListBlock', (16,), {'label': 'Rows'}), 18: ('wagtail.blocks.StructBlock', [[('caption', 12), ('header', 14), ('rows', 17)]], {}), 19: ('wagtail.blocks.CharBlock', (), {'label': 'Title'}), 20: ('wagtail.blocks.IntegerBlock', (), {'label': 'Minutes', 'min_value': 1, 'required': False}), 21: ('wagtail.blocks.CharBlock', (), {'label': 'Done when', 'required': False}), 22: ('wagtail.blocks.StructBlock', [[('title', 19), ('minutes', 20), ('steps', 7), ('done_when', 21)]], {}), 23: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document'}), 24: ('wagtail.blocks.CharBlock', (), {'label': 'Note', 'required': False}), 25: ('wagtail.blocks.StructBlock', [[('document', 23), ('note', 24)]], {}), 26: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Video file'}), 27: ('wagtail.blocks.RichTextBlock', (), {'features': ['ul', 'ol', 'bold', 'italic'], 'label': 'Transcript'}), 28: ('wagtail.blocks.StructBlock', [[('video', 26), ('title', 19), ('transcript', 27)]], {}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Question'}), 30: ('wagtail.blocks.CharBlock', (), {'label': 'Answer'}), 31: ('wagtail.blocks.BooleanBlock', (), {'label': 'Right', 'required': False}), 32: ('wagtail.blocks.CharBlock', (), {'label': 'Feedback', 'required': False}), 33: ('wagtail.blocks.StructBlock', [[('text', 30), ('right', 31), ('feedback', 32)]], {}), 34: ('wagtail.blocks.ListBlock', (33,), {'label': 'Answers', 'min_num': 2}), 35: ('wagtail.blocks.StructBlock', [[('question', 29), ('options', 34)]], {})}, verbose_name='content')),
                ('topic', models.ForeignKey(blank=True, help_text='Which questions ask about this lesson. Whoever does badly there is shown this lesson again.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.category', verbose_name='question category')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
            bases=(courses.models.pages.OwnAddressMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('begins', models.TimeField(verbose_name='begins')),
                ('ends', models.TimeField(verbose_name='ends')),
                ('hours', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='class hours')),
                ('class_session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='courses.classsession')),
            ],
            options={
                'verbose_name': 'session of a class',
                'ordering': ['day', 'begins', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('class_session', 'day', 'begins'), name='one_meeting_at_a_time'), models.CheckConstraint(condition=models.Q(('ends__gt', models.F('begins')), ('hours__gte', 1)), name='meeting_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('nominated', 'nominated'), ('confirmed', 'confirmed'), ('withdrawn', 'withdrawn')], default='nominated', max_length=10)),
                ('decision_number', staff.models.fields.NfcCharField(blank=True, max_length=60, verbose_name='number of the decision to send')),
                ('decision_on', models.DateField(blank=True, null=True, verbose_name='date of the decision')),
                ('withdrawn_because', staff.models.fields.NfcCharField(blank=True, max_length=200)),
                ('reported_hours', models.PositiveIntegerField(blank=True, null=True)),
                ('reported_result', models.CharField(blank=True, choices=[('', 'not stated'), ('passed', 'passed'), ('failed', 'not passed')], default='', max_length=10)),
                ('nominated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('class_session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='courses.classsession')),
                ('nominated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='staff.staffmember')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.unit')),
            ],
            options={
                'verbose_name': 'nomination',
                'constraints': [models.UniqueConstraint(fields=('class_session', 'staff_member'), name='one_nomination_per_class'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawn_because', ''), _negated=True), _connector='OR'), name='withdrawn_nomination_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cycle', models.PositiveIntegerField(default=1)),
                ('enrolled_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('passed_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='courses.course')),
                ('enrolled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='staff.staffmember')),
                ('lessons_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.nomination')),
            ],
            options={
                'verbose_name': 'enrolment',
                'constraints': [models.UniqueConstraint(fields=('staff_member', 'course', 'cycle'), name='one_enrolment_per_cycle')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_present', models.BooleanField()),
                ('reason', staff.models.fields.NfcCharField(blank=True, max_length=200, verbose_name='reason of the absence')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='courses.meeting')),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='courses.nomination')),
            ],
            options={
                'verbose_name': 'attendance',
                'constraints': [models.UniqueConstraint(fields=('nomination', 'meeting'), name='one_mark_per_nominee_and_meeting'), models.CheckConstraint(condition=models.Q(('is_present', False), ('reason', ''), _connector='OR'), name='only_the_absent_have_reasons')],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('end_recorded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField()),
                ('counts', models.CharField(choices=[('passed', 'passed'), ('completed', 'completed or passed'), ('supervised', 'passed in a supervised sitting')], default='passed', max_length=10)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('due_days', models.PositiveIntegerField(blank=True, null=True)),
                ('legal_basis', staff.models.fields.NfcCharField(max_length=300)),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requirements', to='staff.audience')),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requirements', to='courses.course')),
                ('end_recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requirements', to='courses.track')),
            ],
            options={
                'verbose_name': 'requirement',
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='one_requirement_per_version'), models.CheckConstraint(condition=models.Q(('due_on', None), ('due_days', None), _connector='OR'), name='one_kind_of_due_date'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='requirement_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='OpenObligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(blank=True, null=True)),
                ('as_of', models.DateField()),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.staffmember')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.unit')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.requirement')),
            ],
            options={
                'verbose_name': 'open obligation',
                'indexes': [models.Index(fields=['unit', 'due_on'], name='open_obligations_of_unit')],
                'constraints': [models.UniqueConstraint(fields=('staff_member', 'requirement'), name='an_obligation_is_open_once')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('level', models.CharField(choices=[('head', 'head of unit'), ('hr', 'HR officer')], max_length=10)),
                ('told_on', models.DateField()),
                ('notices', models.ManyToManyField(related_name='+', to='staff.notice')),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='staff.staffmember')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.requirement')),
            ],
            options={
                'verbose_name': 'escalation',
                'constraints': [models.UniqueConstraint(fields=('staff_member', 'requirement', 'due_on', 'level'), name='a_level_is_told_once')],
            },
        ),
        migrations.CreateModel(
            name='ReviewTask',
            fields=[
                ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                ('groups', models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'review of lessons',
                'verbose_name_plural': 'reviews of lessons',
            },
            bases=('wagtailcore.task',),
        ),
        migrations.CreateModel(
            name='TestPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('introduction', wagtail.fields.RichTextField(blank=True, verbose_name='introduction')),
                ('quiz', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='test_page', to='quizzes.quiz')),
            ],
            options={
                'verbose_name': 'test',
                'verbose_name_plural': 'tests',
            },
            bases=(courses.models.pages.OwnAddressMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sitting', to='quizzes.attempt')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='courses.enrolment')),
                ('test', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='courses.testpage')),
            ],
            options={
                'verbose_name': 'sitting',
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cycle', models.PositiveIntegerField(default=1)),
                ('origin', models.CharField(choices=[('passed', 'passed'), ('completed', 'completed'), ('recognised', 'recognised'), ('declared', 'as declared')], max_length=20)),
                ('code', models.CharField(max_length=20)),
                ('title', staff.models.fields.NfcCharField(max_length=200)),
                ('hours', models.PositiveIntegerField(blank=True, null=True)),
                ('mark', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ('is_supervised', models.BooleanField(blank=True, null=True)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('revoked_from', models.DateField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_reason', models.CharField(blank=True, max_length=300)),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='courses.course')),
                ('enrolment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='courses.enrolment')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='staff.staffmember')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='courses.track')),
            ],
            options={
                'verbose_name': 'qualification',
                'indexes': [models.Index(fields=['staff_member', 'track'], name='qualification_by_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('course__isnull', False), ('enrolment__isnull', False), ('revoked_from', None)), fields=('staff_member', 'course', 'cycle'), name='one_live_qualification_per_course_and_cycle'), models.UniqueConstraint(condition=models.Q(('course__isnull', False), ('enrolment', None), ('revoked_from', None)), fields=('staff_member', 'course', 'cycle'), name='one_live_recognition_per_course_and_cycle'), models.UniqueConstraint(condition=models.Q(('course', None), ('revoked_from', None)), fields=('staff_member', 'track', 'cycle'), name='one_live_qualification_per_track_and_cycle'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='qualification_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('end_recorded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('exempt', 'exempt'), ('deferred', 'deferred')], max_length=10)),
                ('reason', staff.models.fields.NfcCharField(max_length=300)),
                ('decision_number', staff.models.fields.NfcCharField(max_length=60)),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.course')),
                ('end_recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='staff.staffmember')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.track')),
            ],
            options={
                'verbose_name': 'exemption',
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='exemption_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='TrackPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('track', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='page', to='courses.track', verbose_name='track')),
            ],
            options={
                'verbose_name': 'track page',
            },
            bases=(courses.models.pages.OwnAddressMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='TrackRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('end_recorded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('version', models.PositiveIntegerField()),
                ('needed', models.PositiveIntegerField(blank=True, null=True)),
                ('courses', models.ManyToManyField(related_name='+', to='courses.course')),
                ('end_recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='courses.track')),
            ],
            options={
                'verbose_name': 'track rule',
                'constraints': [models.UniqueConstraint(fields=('track', 'version'), name='one_track_rule_per_version'), models.CheckConstraint(condition=models.Q(('needed', None), ('needed__gte', 1), _connector='OR'), name='track_rule_needs_something'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='track_rule_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='WordImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', staff.models.fields.NfcCharField(max_length=200, verbose_name='file')),
                ('sha256', models.CharField(max_length=64)),
                ('not_taken', models.JSONField(default=list)),
                ('fonts', models.JSONField(default=list)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course_page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.coursepage')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='word_imports', to='courses.lessonpage')),
            ],
            options={
                'verbose_name': 'lesson from a Word file',
                'constraints': [models.UniqueConstraint(fields=('course_page', 'sha256'), name='one_lesson_per_word_file_and_course')],
            },
        ),
        migrations.CreateModel(
            name='LessonCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('completed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lesson_completions', to='courses.enrolment')),
                ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completions', to='courses.lessonpage')),
            ],
            options={
                'verbose_name': 'lesson completion',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'lesson'), name='one_completion_per_lesson')],
            },
        ),
    ]
