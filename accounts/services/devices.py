"""Devices that the owner of an account is known to use: strangers' failures do not lock them out."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import KnownDevice, User
from config.kit.clock import now
from config.kit.crypto import token, token_hash
from config.kit.network import neighbourhood

DEVICE_LIFETIME = timedelta(days=180)
DEVICES_MAX = 10
"""Known devices of one user; the one unused for longest gives way."""
TOKEN_LENGTH_MAX = 64


def find(device_token: str | None) -> KnownDevice | None:
    """The device of this token, with its user."""
    if not device_token or len(device_token) > TOKEN_LENGTH_MAX:
        return None
    return KnownDevice.objects.select_related("user").filter(token_hash=token_hash(device_token), expires_at__gt=now()).first()


def is_strange(*, user: User, device: KnownDevice | None, ip: str) -> bool:
    """Whether neither this device nor its network (/24, IPv6: /56) was seen when the user signed in before."""
    if device is not None and device.user_id == user.pk:
        return False
    seen = KnownDevice.objects.filter(user=user, expires_at__gt=now(), network=neighbourhood(ip))
    return not seen.exists()


def remember(*, user: User, device: KnownDevice | None, ip: str) -> str | None:
    """Note a completed sign-in. A new device gets a token, told this once; a known one keeps its own (None)."""
    moment = now()
    seen = {"last_used_at": moment, "expires_at": moment + DEVICE_LIFETIME, "network": neighbourhood(ip)}
    if device is not None and KnownDevice.objects.filter(pk=device.pk, user=user).update(**seen):
        return None
    text = token()
    KnownDevice.objects.create(
        user=user,
        token_hash=token_hash(text),
        created_at=moment,
        **seen,
    )
    surplus = KnownDevice.objects.filter(user=user).order_by("-last_used_at").values_list("pk", flat=True)
    KnownDevice.objects.filter(pk__in=list(surplus[DEVICES_MAX:])).delete()
    return text


def forget_all(user: User) -> None:
    """No device is known any more: after a change that a thief would make."""
    KnownDevice.objects.filter(user=user).delete()
