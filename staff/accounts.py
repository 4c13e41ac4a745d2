"""How sign-in works here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: accounts come from the staff list or from an administrator."""

    def is_open_for_signup(self, request):
        return False
