"""The views of this room in the CMS: a lesson from a Word file."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import access, services
from courses.errors import CourseError


class WordForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Word file (.docx)"), widget=forms.FileInput(attrs={"accept": ".docx"}), max_length=300
    )


def upload_word(request, pk):
    """The form, and the lesson it makes; a file that is refused leaves nothing behind."""
    page = access.course_page_to_write(request.user, pk=pk)
    form = WordForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made, is_new = services.lesson_from_word(
                course_page=page, content=file.read(), file_name=file.name, by=request.user
            )
        except CourseError as error:
            form.add_error("file", str(error))
        else:
            if not is_new:
                messages.info(request, _("This file was taken before: here is the lesson that it made."))
            return redirect("courses_cms:result", pk=made.pk)
    return render(request, "courses/cms/word_upload.html", {"form": form, "page": page})


def word_result(request, pk):
    """What became of the file, and what of it was not taken."""
    return render(request, "courses/cms/word_result.html", {"made": access.word_import_for(request.user, pk=pk)})
