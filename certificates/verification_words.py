"""What each answer of the check means, in plain words, and what to do next.

Lazy: the page prints them in two languages.
"""

from django.utils.translation import gettext_lazy as _

STATUSES = {
    "valid": _("in force"),
    "expired": _("expired"),
    "revoked": _("revoked"),
    "superseded": _("superseded"),
    "pending": _("waiting to be signed"),
    "unknown": _("not in the register"),
}
SIGNATURES = {
    "valid": _("The signature is valid and covers the whole file."),
    "broken": _("The signature does not fit the file: something in it was changed after signing."),
    "changed": _("Something was added to the file after it was signed."),
    "untrusted": _("The file was signed, but not with a key that we trust."),
    "revoked": _("The key that signed the file had been revoked."),
    "unconfirmed": _(
        "Whether the signing key was revoked cannot be told now: there is no current list of revoked keys."
    ),
    "several": _("The file carries more signatures than it should."),
    "missing": _("The file carries no signature."),
    "unreadable": _("The signature cannot be read."),
}
VERDICTS = {
    "genuine": _("Genuine: all four answers are yes."),
    "withdrawn": _("Ours, but not in force today."),
    "blanks": _("Our certificate, with some blanks added at the end of the file."),
    "unconfirmed": _("Our file, but its signature cannot be confirmed now."),
    "altered": _("Not genuine: this is not the file that we issued."),
    "unreadable": _("Not genuine: the file cannot be read as a certificate."),
    "foreign": _("Not genuine: this is not one of our certificates."),
    "other_paper": _("Signed by us and unchanged since, but not a certificate."),
}
ADVICE = {
    "genuine": _("Compare name, course and number on the file with the lines below. Nothing else is needed."),
    "withdrawn": _(
        "Do not accept it as proof of a certificate in force. The lines below say since when, and whether there is "
        "a later one."
    ),
    "blanks": _(
        "Some mail programs do that; what the certificate says is not touched. Ask the holder for the file as "
        "downloaded from our site if you need the exact one, or rely on the lines below."
    ),
    "unconfirmed": _(
        "Try again in some hours. If it stays so, ask the issuing body; its address stands on the certificate."
    ),
    "altered": _(
        "Do not accept this file. Ask the holder for the file as downloaded from our site, and compare what it "
        "says with the lines below. If you suspect a forgery, tell the issuing body."
    ),
    "unreadable": _(
        "Choose the PDF file as the holder downloaded it: not a photograph, a scan or a print saved as PDF."
    ),
    "foreign": _(
        "Ask the holder for the check code or the original file. A scan or a photograph can be checked by its code "
        "only."
    ),
    "other_paper": _(
        "It may be a training record or a book of the register. It does not take the place of a certificate: check "
        "each certificate that it names by its code."
    ),
}
# Where only a code was asked, by the status of its certificate; else what is said of one that was withdrawn.
CODE_ADVICE = {
    "valid": _(
        "This does not yet say that the paper in your hands is that certificate: compare course, number and date "
        "with the lines below, or "
        "choose the PDF file to have it checked."
    ),
    "pending": _(
        "It does not count yet: no file of it has been given out. Do not accept a paper or a file with this code; ask "
        "again when it has been signed."
    ),
}

# Why the page has no answer at all.
PROBLEMS = {
    "short": _("A check code has 16 characters, letters and digits. Please compare what you typed with the paper."),
    "unknown": _(
        "No certificate was issued under this code. Please compare it with the paper, character by character."
    ),
    "slowed": _(
        "Many codes or files that are not ours were asked from your network. Please wait a minute."
        " Genuine certificates are still answered."
    ),
    "too_large": _(
        "The file is larger than 10 MB. Our certificates are far smaller: choose the file as the holder downloaded it."
    ),
    "no_file": _("Choose the PDF file first."),
    "busy": _("Many files are being looked at. Please send it again in a minute."),
}
