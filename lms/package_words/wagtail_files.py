"""Wagtail: pictures and documents, choosing and uploading them."""

from django.utils.translation import gettext_noop, ngettext_lazy

[
    gettext_noop("Maximum filesize: %(max_upload_size)s."),
    gettext_noop("This file is too big (%(file_size)s). Maximum filesize %(max_filesize)s."),
    gettext_noop("This file is too big. Maximum filesize %(max_filesize)s."),
    gettext_noop("tags"),
    ngettext_lazy("Add tags to 1 document", "Add tags to %(counter)s documents"),
    gettext_noop("Add tags to documents"),
    ngettext_lazy(
        "Are you sure you want to tag the following document?", "Are you sure you want to tag the following documents?"
    ),
    ngettext_lazy(
        "You don't have permission to add tags to this document",
        "You don't have permission to add tags to these documents",
    ),
    ngettext_lazy("Delete 1 document", "Delete %(counter)s documents"),
    ngettext_lazy("Are you sure you want to delete this document?", "Are you sure you want to delete these documents?"),
    ngettext_lazy(
        "You don't have permission to delete this document", "You don't have permission to delete these documents"
    ),
    gettext_noop('Sorry, no documents match "<em>%(search_query)s</em>"'),
    gettext_noop('Sorry, no documents match "<em>%(query_string)s</em>"'),
    gettext_noop("You haven't uploaded any documents in this collection."),
    gettext_noop("You haven't uploaded any documents."),
    gettext_noop(
        'Why not <a class="upload-one-now" href="#tab-upload" data-action="w-tabs#select:prevent" data-w-tabs-target="trigger" data-w-tabs-focus-param="true">upload one now</a>?'
    ),
    gettext_noop("Change document:"),
    gettext_noop("Filesize"),
    gettext_noop("File not found"),
    gettext_noop("Select all documents in listing"),
    gettext_noop("Select all images in listing"),
    gettext_noop(
        'You haven\'t uploaded any documents in this collection. Why not <a href="%(wagtaildocs_add_document_url)s">upload one now</a>?'
    ),
    gettext_noop(
        'You haven\'t uploaded any documents. Why not <a href="%(wagtaildocs_add_document_url)s">upload one now</a>?'
    ),
    gettext_noop("Add multiple documents"),
    gettext_noop("Drag and drop documents into this area to upload immediately."),
    gettext_noop("Or choose from your computer"),
    gettext_noop("Add to collection:"),
    gettext_noop(
        "Upload successful. Please update this document with a more appropriate title, if necessary. You may also delete the document completely if the upload wasn't required."
    ),
    gettext_noop("Sorry, upload failed."),
    gettext_noop("Document updated."),
    gettext_noop("Add tags to the selected documents"),
    gettext_noop("Delete selected documents"),
    ngettext_lazy(
        "New tags have been added to %(num_parent_objects)d document",
        "New tags have been added to %(num_parent_objects)d documents",
    ),
    ngettext_lazy(
        "%(num_parent_objects)d document has been deleted", "%(num_parent_objects)d documents have been deleted"
    ),
    gettext_noop("Choose another document"),
    gettext_noop("The document could not be created due to errors."),
    gettext_noop("Document '%(document_title)s' added."),
    gettext_noop("The document could not be saved due to errors."),
    gettext_noop("Document '%(document_title)s' updated"),
    gettext_noop("The file could not be found. Please change the source or delete the document."),
    gettext_noop("Add documents"),
    ngettext_lazy("%(count)s document", "%(count)s documents"),
    gettext_noop("Image is decorative"),
    gettext_noop("Alt text"),
    gettext_noop("Please add some alt text for your image or mark it as decorative"),
    gettext_noop("Supported formats: %(supported_formats)s. Maximum filesize: %(max_upload_size)s."),
    gettext_noop("Supported formats: %(supported_formats)s."),
    gettext_noop("Not a supported image format. Supported formats: %(supported_formats)s."),
    gettext_noop("Not a valid .%(extension)s image. The extension does not match the file format (%(image_format)s)"),
    gettext_noop("This file has too many pixels (%(num_pixels)s). Maximum pixels %(max_pixels_count)s."),
    gettext_noop("unknown number"),
    gettext_noop("Full width"),
    gettext_noop("Left-aligned"),
    gettext_noop("Right-aligned"),
    gettext_noop("Format"),
    gettext_noop("Width"),
    gettext_noop("Height"),
    gettext_noop("width"),
    gettext_noop("height"),
    gettext_noop("image"),
    gettext_noop("images"),
    ngettext_lazy("Add tags to 1 image", "Add tags to %(counter)s images"),
    gettext_noop("Add tags to images"),
    ngettext_lazy(
        "Are you sure you want to tag the following image?", "Are you sure you want to tag the following images?"
    ),
    ngettext_lazy(
        "You don't have permission to add tags to this image", "You don't have permission to add tags to these images"
    ),
    ngettext_lazy("Delete 1 image", "Delete %(counter)s images"),
    gettext_noop("Delete images"),
    ngettext_lazy("Are you sure you want to delete this image?", "Are you sure you want to delete these images?"),
    ngettext_lazy("You don't have permission to delete this image", "You don't have permission to delete these images"),
    gettext_noop("Popular tags"),
    gettext_noop("Layout"),
    gettext_noop(
        "Upload successful. However, your new image seems to be a duplicate of an existing image. You may delete it if it wasn't required."
    ),
    gettext_noop(
        "Upload successful. However, your new image seems to be a duplicate of this existing image. You may delete it if it wasn't required."
    ),
    gettext_noop("Existing"),
    gettext_noop("Use new image"),
    gettext_noop("Use existing and delete new"),
    gettext_noop("Keep new image"),
    gettext_noop("Delete new image"),
    gettext_noop("You haven't uploaded any images in this collection."),
    gettext_noop("You haven't uploaded any images."),
    gettext_noop("Choose a format"),
    gettext_noop("Insert image"),
    gettext_noop("Change image file:"),
    gettext_noop("Image focal point"),
    gettext_noop("URL Generator"),
    gettext_noop("Focal point"),
    gettext_noop("(optional)"),
    gettext_noop("To define this image's most important region, drag a box over the image above."),
    gettext_noop("Current focal point shown"),
    gettext_noop("Remove focal area"),
    gettext_noop("Max dimensions"),
    gettext_noop("Sort by"),
    gettext_noop('Sorry, no images match "<em>%(query_string)s</em>"'),
    gettext_noop(
        'You haven\'t uploaded any images in this collection. Why not <a href="%(wagtailimages_add_image_url)s">upload one now</a>?'
    ),
    gettext_noop(
        'You haven\'t uploaded any images. Why not <a href="%(wagtailimages_add_image_url)s">upload one now</a>?'
    ),
    gettext_noop("Grid layout"),
    gettext_noop("List layout"),
    gettext_noop("Image URL"),
    gettext_noop("Copy URL"),
    gettext_noop("Copied to clipboard"),
    gettext_noop("Copying to clipboard failed"),
    gettext_noop("Add multiple images"),
    gettext_noop("Drag and drop images into this area to upload immediately."),
    gettext_noop("Please provide an image description to comply with best practices for accessibility."),
    gettext_noop(
        "Upload successful. Please update this image with a more appropriate title, if necessary. You may also delete the image completely if the upload wasn't required."
    ),
    gettext_noop("Report this error to your website administrator with the following information:"),
    gettext_noop("Image updated."),
    gettext_noop("Add tags to the selected images"),
    ngettext_lazy(
        "New tags have been added to %(num_parent_objects)d image",
        "New tags have been added to %(num_parent_objects)d images",
    ),
    gettext_noop("Delete selected images"),
    ngettext_lazy("%(num_parent_objects)d image has been deleted", "%(num_parent_objects)d images have been deleted"),
    gettext_noop("Choose another image"),
    gettext_noop("Edit this image"),
    gettext_noop("Newest"),
    gettext_noop("Oldest"),
    gettext_noop("Title: (A -> Z)"),
    gettext_noop("Title: (Z -> A)"),
    gettext_noop("File size: (low to high)"),
    gettext_noop("File size: (high to low)"),
    gettext_noop("Usage count: (low to high)"),
    gettext_noop("Usage count: (high to low)"),
    gettext_noop("The image could not be saved due to errors."),
    gettext_noop("Image '%(image_title)s' updated."),
    gettext_noop("The source image file could not be found. Please change the source or delete the image."),
    gettext_noop("Generate URL"),
    gettext_noop("Image '%(image_title)s' deleted."),
    gettext_noop("The image could not be created due to errors."),
    gettext_noop("Image '%(image_title)s' added."),
    gettext_noop("Add images"),
    ngettext_lazy("%(count)s image", "%(count)s images"),
    ngettext_lazy(
        '%(total)s Image <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Images <span class="w-sr-only">created in %(site_name)s</span>',
    ),
    ngettext_lazy(
        '%(total)s Document <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Documents <span class="w-sr-only">created in %(site_name)s</span>',
    ),
    ngettext_lazy(
        '%(total)s Page <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Pages <span class="w-sr-only">created in %(site_name)s</span>',
    ),
    gettext_noop("collection"),
    gettext_noop("collections"),
    gettext_noop("Add selected documents to collection"),
    gettext_noop("Add selected images to collection"),
    gettext_noop("Add to collection"),
]
