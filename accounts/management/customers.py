"""What operators' commands about one customer share."""

from __future__ import annotations

from django.core.management.base import CommandParser

from accounts.models import User
from accounts.models.users import UID_MAX, UID_MIN
from accounts.services import clients
from accounts.services.clients import Client
from config.kit.errors import Absent
from config.kit.network import UNKNOWN_ADDRESS


def add_arguments(parser: CommandParser) -> None:
    """Whose account, who does it and why."""
    parser.add_argument("uid", help="the customer's uid")
    parser.add_argument("--by", required=True, help="who runs this command")
    parser.add_argument("--reason", required=True, help="why")


def find(uid: str) -> User:
    """The customer of this uid. Raises Absent."""
    number = int(uid) if uid.isascii() and uid.isdigit() and len(uid) == len(str(UID_MAX)) else 0
    found = User.objects.filter(uid=number, is_staff=False).first() if UID_MIN <= number <= UID_MAX else None
    if found is None:
        raise Absent(thing="customer with this uid")
    return found


def operator() -> Client:
    """The sender of what an operator does at the console: nobody's browser."""
    return clients.describe(ip=UNKNOWN_ADDRESS, user_agent="")
