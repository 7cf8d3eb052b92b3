"""What tests of other apps need of messaging: the code that a customer would read."""

from __future__ import annotations

from messaging.models import Allowance, Channel, Message
from messaging.services import destination_indexes
from messaging.services.destinations import normalise
from messaging.services.outbox import Contents, open_contents


def unsent_messages(destination: str) -> list[Message]:
    """The messages that wait for a worker, to this email address or phone, newest first."""
    channel = Channel.EMAIL if "@" in destination else Channel.SMS
    found = destination_indexes.meeting([destination_indexes.tag(channel, normalise(channel, destination))])
    return list(Message.objects.filter(found, sealed__isnull=False).order_by("-id"))


def read_message(destination: str, template: str = "") -> Contents:
    """What the newest waiting message (of that template) to this destination will say."""
    for message in unsent_messages(destination):
        if not template or message.template == template:
            return open_contents(message)
    raise AssertionError(f"no message {template} waits for {destination}")


def read_code(destination: str) -> str:
    """The code in the newest waiting message that carries one."""
    for message in unsent_messages(destination):
        if code := open_contents(message).code:
            return code
    raise AssertionError(f"no code waits for {destination}")


def pass_time_for_resend() -> None:
    """Forget what was sent so far, as if a day had passed, so that a test may ask for the next code at once."""
    Allowance.objects.all().delete()
