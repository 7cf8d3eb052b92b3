"""The staff sign-in: email, password and authenticator code on one form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from accounts.services import clients, staff
from config.kit.errors import DomainError
from config.kit.network import client_ip

CODE_LENGTH_MAX = 8


class OneTimeCodeInput(UnfoldAdminTextInputWidget):
    """A field that never comes back filled: the code in it was good once at most."""

    def format_value(self, value: Any) -> None:
        """Empty."""
        return


class StaffSignInForm(forms.Form):
    """Stands where Django's own sign-in form would; the field names are those that its view and template expect."""

    username = UsernameField(
        label="Email",
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=256,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Authenticator code",
        max_length=CODE_LENGTH_MAX,
        widget=OneTimeCodeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}),
    )

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Sign the officer in, or say that something of the three is wrong."""
        given = super().clean() or {}
        if self.errors or self.request is None:
            return given
        client = clients.describe(ip=client_ip(self.request), user_agent=self.request.headers.get("User-Agent", ""))
        try:
            self.user = staff.sign_in(
                email=given["username"], password=given["password"], code=given["code"].replace(" ", ""), client=client
            )
        except DomainError as refused:
            raise forms.ValidationError(self._words(refused), code=refused.slug) from None
        return given

    def _words(self, refused: DomainError) -> str:
        if refused.slug == "accounts.wrong_credentials":
            return "Email, password or authenticator code is wrong. A code works once: wait for the next one."
        return refused.detail

    def get_user(self) -> User | None:
        """The officer who signed in."""
        return self.user
