"""How Django's own machinery meets our users: permissions by role, and no door of its own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import User


class StaffBackend(ModelBackend):
    """Permissions of an officer's roles. Signing in goes through `accounts.services.staff` alone."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:  # type: ignore[override]  # staff sign in by form alone
        """Never: a password without a second factor opens nothing."""
        return

    def get_user(self, user_id: int) -> User | None:
        """The officer of a staff cookie, as long as the account may act."""
        user = User.objects.filter(pk=user_id, is_staff=True).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: AbstractBaseUser | Any) -> bool:
        """Whether the account's status lets it act."""
        return bool(user.is_active)
