"""Each move of a case, at each level that has it, reaches the customer by real mail or SMS and a receiver of webhooks."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import User
from accounts.services import registration
from accounts.services.officers import Act
from config.webhooks import endpoints
from kyc.catalogue.reasons import REASONS
from kyc.models import Case, CaseState, Document, DocumentState, Level
from kyc.models.cases import CASE_FLOW
from kyc.services import applications, decisions, documents, entitlements, imaging, lowering
from messaging.models import Allowance, CaughtMessage, Channel, Message, Purpose
from messaging.services import codes, delivery, webhooks
from messaging.services.catalogue import LANGUAGES
from messaging.services.outbox import Contents
from messaging.services.rendering import render
from tests import factories_kyc as make
from tests.factories_messaging import read_code
from tests.kyc import pictures
from tests.messaging.conftest import free_ports
from tests.messaging.gateways import Gateway, Seen, gateway

KEY = b"k" * 32
PICTURE = pictures.jpeg()
BANK = applications.BankDetails(country="TW", bank_code="812", account_number="0123456789")
KINDS = {Level.DOCUMENTS: ("id_front", "id_back", "selfie"), Level.BANK: ("bank_book",)}
TOLD = {
    CaseState.SUBMITTED: ("kyc_submitted", ""),
    CaseState.SENT_BACK: ("kyc_sent_back", "image_unclear"),
    CaseState.RESUBMITTED: ("kyc_resubmitted", ""),
    CaseState.APPROVED: ("kyc_approved", ""),
    CaseState.REJECTED: ("kyc_rejected", "document_altered"),
    CaseState.REVOKED: ("kyc_lowered", "checked_anew"),
}
"""By the state that a case comes to: the notice, and the reason that the officer gives here."""
MOVES = {CaseState(before): sorted(map(CaseState, afters)) for before, afters in CASE_FLOW.moves.items()}
EDGES = [(before, after) for before, afters in MOVES.items() for after in afters]


def walks() -> Iterator[list[CaseState]]:
    """Ways from a new case to an end that together take every move of the Flow."""
    left = set(EDGES)
    while left:
        way = [CaseState(CASE_FLOW.start)]
        while moves := MOVES.get(way[-1]):
            new = [to for to in moves if (way[-1], to) in left]
            new = new or [to for to in moves if leads_on(to, left)]
            new = new or [to for to in moves if to in CASE_FLOW.ends] or moves
            left.discard((way[-1], new[0]))
            way.append(new[0])
        yield way


def leads_on(state: CaseState, left: set[tuple[CaseState, CaseState]]) -> bool:
    """Whether some move that is left begins at the state or behind it."""
    seen, todo = {state}, [state]
    while todo:
        at = todo.pop()
        if any(before == at for before, _ in left):
            return True
        further = set(MOVES.get(at, ())) - seen
        seen |= further
        todo += further
    return False


def phone_customer() -> User:
    """Registered by a phone: an SMS is the only way to this customer."""
    Allowance.objects.all().delete()
    phone, ip = make.phone_number(), make.loopback()
    codes.send(purpose=Purpose.REGISTRATION, channel=Channel.SMS, destination=phone, language="en", ip=ip, account_exists=False)
    return registration.register(
        phone=phone, password=make.PASSWORD, code=read_code(phone), language="en", ip=ip, user_agent="tests"
    )


@dataclass
class Story:
    """One customer's cases of a level, the officers who decide them, and what reached the world of the last move."""

    user: User
    level: int
    server: Gateway
    officer: User = field(default_factory=make.officer)
    lead: User = field(default_factory=functools.partial(make.officer, "compliance_lead"))

    @property
    def case(self) -> Case:
        """The newest."""
        return Case.objects.filter(user=self.user, level=self.level).latest("id")

    def move(self, before: str, after: str) -> None:
        """Have the case moved, by the service that does it."""
        acts: dict[tuple[str, str], Callable[[], object]] = {
            (CaseState.DRAFT, CaseState.SUBMITTED): self.hand_in,
            (CaseState.SENT_BACK, CaseState.RESUBMITTED): self.hand_in,
            (CaseState.APPROVED, CaseState.REVOKED): self.lower,
        }
        verdicts: dict[str, Callable[..., Any]] = {
            CaseState.APPROVED: decisions.approve,
            CaseState.REJECTED: functools.partial(decisions.reject, reason=TOLD[CaseState.REJECTED][1]),
            CaseState.SENT_BACK: self.send_back,
        }
        act = acts.get((before, after)) or functools.partial(make.decide, verdicts[after], self.case, self.officer)
        act()
        assert self.case.state == after

    def hand_in(self) -> None:
        """Upload what is due, and apply."""
        due = set(KINDS[Level(self.level)])
        there = Document.objects.filter(user=self.user, case__level=self.level, case__decided_at=None)
        kept = there.exclude(state__in=(DocumentState.REFUSED, DocumentState.REPLACED)).values_list("kind", flat=True)
        for kind in due - set(kept):
            documents.upload(user=self.user, kind=kind, content=PICTURE)
        applications.apply(user=self.user, level=self.level, bank_account=BANK if self.level == Level.BANK else None)

    def send_back(self, **given: Any) -> object:
        """One document is asked again."""
        document = Document.objects.filter(case=self.case).exclude(state=DocumentState.REPLACED).latest("id")
        return decisions.send_back(refused=[document.public_id], reason=TOLD[CaseState.SENT_BACK][1], **given)

    def lower(self) -> None:
        """A lead takes the level away."""
        act = Act(reason=TOLD[CaseState.REVOKED][1], officer=self.lead)
        lowering.lower(user=self.user, to_level=self.level - 1, act=act)

    def speak(self, language: str) -> None:
        """What the customer reads from now on."""
        self.user.language = language
        self.user.save(update_fields=["language"])

    def deliver(self) -> tuple[list[CaughtMessage], list[Seen]]:
        """What arrives now: messages at the customer's, events at the receiver's."""
        CaughtMessage.objects.all().delete()
        self.server.seen.clear()
        Allowance.objects.all().delete()
        while delivery.sweep():
            pass
        while webhooks.sweep():
            pass
        return list(CaughtMessage.objects.order_by("id")), list(self.server.seen)


def expected(story: Story, state: CaseState, channel: str, *, level: int) -> CaughtMessage:
    """The message of this state, in the customer's language."""
    template, reason = TOLD[state]
    facts = {"level": str(level), **({"reason": REASONS[reason].text(story.user.language)} if reason else {})}
    way = str(story.user.email if channel == "email" else story.user.phone)
    message = Message(template=template, language=story.user.language, channel=channel, destination_masked="x")
    made = render(message, Contents(way, facts))
    return CaughtMessage(channel=channel, destination=way, subject=made.subject, text=made.text)


def is_signed(seen: Seen) -> bool:
    """As docs/webhooks.md tells receivers to look."""
    signed = f"{seen.headers['Webhook-Id']}.{seen.headers['Webhook-Timestamp']}.".encode() + seen.body
    made = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    return seen.headers["Webhook-Signature"] == f"v1,{made}"


@pytest.fixture
def world(real_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A mail server, an SMS gateway and a receiver of webhooks; the one picture is read once."""
    monkeypatch.setattr(imaging, "reencode", functools.cache(imaging.reencode))
    with free_ports(settings), gateway() as server:
        secret = "whsec_" + base64.b64encode(KEY).decode()
        settings.WEBHOOK_ENDPOINTS = endpoints([f"http://127.0.0.1:{server.port}/hook"], [secret])
        yield server


def require_told(story: Story, state: CaseState, channel: str, *, level: int) -> None:
    """The customer has read of the state (the reason stands in mails alone), and the receiver knows it from us."""
    messages, events = story.deliver()
    due = expected(story, state, channel, level=level)
    about = [one for one in messages if one.subject == due.subject and (channel == "email" or one.text == due.text)]
    assert [(one.channel, one.destination) for one in about] == [(channel, due.destination)], (state, messages)
    reason = TOLD[state][1]
    assert channel == "sms" or not reason or REASONS[reason].text(story.user.language) in about[0].text
    (event,) = [one for one in events if one.json["type"].startswith("kyc.case.")]
    assert is_signed(event)
    assert event.json["type"] == f"kyc.case.{state}"
    facts = {"uid": str(story.user.uid), "level": story.level, "state": state, "case": str(story.case.public_id)}
    assert event.json["data"] == {**facts, "customer_level": entitlements.level_of(story.user)}


@pytest.mark.parametrize(("level", "channel"), [(Level.DOCUMENTS, "email"), (Level.BANK, "sms")])
def test_each_move_of_a_case_reaches_customer_and_receiver(level: Level, channel: str, world: Gateway) -> None:
    user = make.level_one(make.customer() if channel == "email" else phone_customer())
    for below in range(Level.DOCUMENTS, level):
        first = Story(user, below, world)
        first.hand_in()
        make.decide(decisions.approve, first.case)
    story = Story(user, level, world)
    taken: set[tuple[CaseState, CaseState]] = set()
    for number, way in enumerate(walks()):
        story.speak(LANGUAGES[number % len(LANGUAGES)])
        story.deliver()
        for before, after in itertools.pairwise(way):
            story.move(before, after)
            told = level - 1 if after == CaseState.REVOKED else level
            require_told(story, after, channel, level=told)
            taken.add((before, after))
    assert taken == set(EDGES)
    assert number >= len(LANGUAGES) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_level_one_is_told_by_its_outcome_and_by_its_end(language: str, world: Gateway) -> None:
    story = Story(make.customer(language=language), Level.BASIC, world)
    story.deliver()
    make.level_one(story.user)
    messages, events = story.deliver()
    assert expected(story, CaseState.APPROVED, "email", level=1).subject in [one.subject for one in messages]
    assert [one.json["type"] for one in events] == ["kyc.case.submitted", "kyc.case.approved"]
    assert all(is_signed(one) for one in events)
    story.user.refresh_from_db()
    story.lower()
    require_told(story, CaseState.REVOKED, "email", level=0)


def test_every_state_but_the_first_has_its_notice_and_the_walks_take_every_move() -> None:
    assert TOLD.keys() == set(CaseState) - {CASE_FLOW.start}
    assert {pair for way in walks() for pair in itertools.pairwise(way)} == set(EDGES)
