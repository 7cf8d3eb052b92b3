"""One customer's way, from a mailed code to money on somebody else's address. Each step can be repeated."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from config.demo import id_numbers, pictures
from config.demo.authenticator import Authenticator
from config.demo.browser import Browser, Refused, StoryFailed, wait_for
from config.demo.chain import Chain, stranger
from config.demo.signature import SigningKey

MAIL_SECONDS_MAX = 90
CODE_TRIES = 4
WRONG_CODE = frozenset({"messaging.wrong_code", "messaging.code_expired"})
WITHDRAWAL_ENDS = frozenset({"success", "cancelled", "expired", "rejected", "failed"})


@dataclass
class Payment:
    """A withdrawal of this story and what must lie on its address in the end."""

    address: str
    amount: Decimal
    reference: str = field(default_factory=lambda: secrets.token_hex(12))
    id: str = ""
    fee: Decimal = Decimal(0)
    state: str = ""


class Customer:
    """Somebody new, who knows only the API, the outbox and the chain."""

    def __init__(self, number: int, browser: Browser, chain: Chain, *, coin: str, network: str) -> None:
        tag = secrets.token_hex(4)
        self.number, self.browser, self.chain = number, browser, chain
        self.coin, self.network = coin, network
        self.name = ("Ada", f"Sample{chr(65 + number % 26)}{''.join(chr(97 + int(c, 16)) for c in tag)}")
        self.email = f"demo-{number}-{tag}@example.com"
        self.phone = f"+8869{secrets.randbelow(10**8):08d}"
        self.id_number = id_numbers.taiwanese_number()
        self.password = secrets.token_urlsafe(15)
        self.token = ""
        self.authenticator: Authenticator | None = None
        self.key: SigningKey | None = None
        self.case_id = self.deposit_address = self.source = ""
        big, middle, small = ("1.5", "0.4", "0.25") if coin == "ETH" else ("900", "300", "150")
        self.deposited = Decimal(big)
        self.by_session = Payment(stranger(), Decimal(middle))
        self.by_key = Payment(stranger(), Decimal(small))

    @property
    def payments(self) -> tuple[Payment, Payment]:
        """Both withdrawals."""
        return self.by_key, self.by_session

    # --- the account

    def register(self) -> None:
        """With the code that was mailed."""
        code = self._sent_code(self.email, {"purpose": "registration", "email": self.email})
        try:
            self.api("POST", "/api/v1/registration", {"email": self.email, "password": self.password, "code": code})
        except Refused as refusal:
            if not (refusal.repeated and refusal.slug in WRONG_CODE | {"accounts.already_registered"}):
                raise
            self.log_in()  # an attempt without an answer had done it

    def log_in(self) -> None:
        """By password alone: no second factor is bound yet."""
        answer = self.api("POST", "/api/v1/sessions", {"login": self.email, "password": self.password})
        self.token = answer["token"]

    def bind_authenticator(self) -> None:
        """Scan the seed, type the first code."""
        for _ in range(CODE_TRIES):
            try:
                seed = self.api("POST", "/api/v1/me/totp")["secret"]
            except Refused as refusal:
                if refusal.slug == "accounts.totp_already_bound":
                    return
                raise
            self.authenticator = Authenticator(seed)
            try:
                self._with_code(lambda code: self.api("PUT", "/api/v1/me/totp", code))
            except Refused as refusal:
                if not refusal.repeated:
                    raise
            if self.api("GET", "/api/v1/me")["totp_bound"]:
                return
        raise StoryFailed("the authenticator does not stay bound")

    # --- identity

    def verify_identity(self) -> None:
        """Basic data and phone: level 1."""
        first, last = self.name
        person = {
            "first_name": first, "last_name": last, "birthday": "1990-05-04", "nationality": "TW", "residence": "TW",
            "gender": "female", "address": "1 Sample Road, Taipei", "id_type": "national_id", "id_number": self.id_number,
        }  # fmt: skip
        self.api("POST", "/api/v1/kyc/basic", person)

    def verify_phone(self) -> None:
        """With the code that came by SMS; with another where a process died between spending it and what it was for."""
        for _ in range(CODE_TRIES):
            code = self._sent_code(self.phone, {"purpose": "kyc_phone", "phone": self.phone})
            try:
                self.api("POST", "/api/v1/kyc/phone", {"phone": self.phone, "code": code})
            except Refused as refusal:
                if not refusal.repeated:
                    raise
            if self.api("GET", "/api/v1/kyc")["level"] >= 1:
                return
        raise StoryFailed("level 1 was not reached")

    def upload_documents(self) -> None:
        """Photographs of a card and of its holder."""
        seed = self.number * 100 + 7
        name = " ".join(self.name)
        for kind, file, content, media in (
            ("id_front", "front.jpg", pictures.card_front(name, self.id_number, "1990-05-04", seed), "image/jpeg"),
            ("id_back", "back.png", pictures.card_back(self.id_number, "1 Sample Road, Taipei", seed), "image/png"),
            ("selfie", "selfie.jpg", pictures.selfie(name, seed), "image/jpeg"),
        ):
            self.api("POST", "/api/v1/kyc/documents", None, data={"kind": kind}, files={"file": (file, content, media)})

    def apply(self) -> None:
        """For level 2."""
        try:
            self.api("POST", "/api/v1/kyc/applications", {"level": 2})
        except Refused as refusal:
            if refusal.slug != "kyc.under_review":
                raise
        self.case_id = next(case["id"] for case in self.api("GET", "/api/v1/kyc")["cases"] if case["level"] == 2)

    def await_approval(self) -> None:
        """The officer's verdict."""
        wait_for(f"level 2 of {self.email}", lambda: self.api("GET", "/api/v1/kyc")["level"] >= 2, seconds=120)

    # --- money in

    def ask_for_address(self) -> None:
        """Where the deposit goes."""
        asked = {"coin": self.coin, "network": self.network}
        self.deposit_address = self.api("POST", "/api/v1/deposit-addresses", asked)["address"]

    def deposit(self) -> None:
        """The faucet pays, on the chain."""
        self.chain.pay(self.coin, self.deposit_address, self.deposited)

    def await_credit(self) -> None:
        """The watcher sees it and waits for its confirmations."""

        def credited() -> bool:
            found = self.api("GET", "/api/v1/deposits")["results"]
            return sum(Decimal(one["amount"]) for one in found if one["state"] == "credited") == self.deposited

        wait_for(f"the deposit of {self.email}", credited, seconds=300)

    # --- money out

    def trust_address(self) -> None:
        """Into the address book, with a code."""
        entry = {"label": "My other wallet", "coin": self.coin, "network": self.network, "address": self.by_key.address}
        try:
            self._with_code(lambda code: self.api("POST", "/api/v1/trusted-addresses", {**entry, **code}))
        except Refused as refusal:
            if refusal.slug != "wallet.trusted_address_known":
                raise

    def make_key(self) -> None:
        """A key for reading and withdrawing, bound to the own address."""
        wanted = {"label": "robot", "scopes": ["read", "withdraw"], "networks": [self.source]}
        made = self._with_code(lambda code: self.api("POST", "/api/v1/api-keys", {**wanted, **code}))
        self.key = SigningKey(made["key"], made["secret"])

    def read_balance_signed(self) -> None:
        """The key sees what the session sees."""
        if self._available(self.signed("GET", "/api/v1/balances")) != self.deposited:
            raise StoryFailed(f"{self.email}: the balance is not what was deposited")

    def withdraw_by_key(self) -> None:
        """To the trusted address, without another proof."""
        payment = self.by_key
        self._noted(payment, self.signed("POST", "/api/v1/withdrawals", self._order(payment), key=payment.reference))

    def withdraw_by_session(self) -> None:
        """To an address that nobody knows, confirmed with the authenticator."""
        payment = self.by_session
        headers = {"Idempotency-Key": payment.reference}
        self._noted(payment, self.api("POST", "/api/v1/withdrawals", self._order(payment), headers=headers))
        try:
            self._with_code(lambda code: self.api("POST", f"/api/v1/withdrawals/{payment.id}/confirm", code))
        except Refused as refusal:
            if self._read(payment) == "verification":
                raise StoryFailed(f"withdrawal {payment.id} is not confirmed: {refusal}") from refusal

    def await_success(self) -> None:
        """Signed, broadcast, confirmed, settled."""
        for payment in self.payments:
            wait_for(f"withdrawal {payment.id}", partial(self._has_ended, payment), seconds=600, pause_max=2)
            if payment.state != "success":
                raise StoryFailed(f"withdrawal {payment.id} ended as {payment.state}")

    def check_books(self) -> None:
        """The balance, the statement and the chain agree to the last digit."""
        spent = sum((payment.amount + payment.fee for payment in self.payments), Decimal(0))
        left = self._available(self.api("GET", "/api/v1/balances"))
        if left != self.deposited - spent:
            raise StoryFailed(f"{self.email}: {left} {self.coin} are left, not {self.deposited - spent}")
        for payment in self.payments:
            arrived = self.chain.balance(self.coin, payment.address)
            if arrived != payment.amount:
                raise StoryFailed(f"withdrawal {payment.id}: {arrived} {self.coin} arrived, not {payment.amount}")
        if not self.api("GET", "/api/v1/statement")["results"]:
            raise StoryFailed(f"{self.email}: the statement is empty")

    # --- how

    def api(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """One call with the session's token."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        made = (lambda: body) if body is not None else None
        response = self.browser.send(method, path, body=made, headers=lambda _: {**bearer, **(headers or {})}, **more)
        return response.json() if response.content else None

    def signed(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """One call with the API key; every attempt is signed anew."""
        if self.key is None:
            raise StoryFailed("there is no key yet")
        sign = self.key.headers(method, path)
        more = {"Idempotency-Key": key} if key else {}
        made = (lambda: body) if body is not None else None
        return self.browser.send(method, path, body=made, headers=lambda raw: {**sign(raw), **more}).json()

    def _with_code(self, act: Callable[[dict[str, str]], Any]) -> Any:
        """Act with a fresh code of the authenticator; where a lost answer has spent one, with the next."""
        if self.authenticator is None:
            raise StoryFailed("there is no authenticator yet")
        for _ in range(CODE_TRIES - 1):
            try:
                return act({"code": self.authenticator.code()})
            except Refused as refusal:
                if refusal.slug not in WRONG_CODE:
                    raise
        return act({"code": self.authenticator.code()})

    def _sent_code(self, destination: str, asked: dict[str, str]) -> str:
        """Ask for a code and read it in the outbox, as it really was sent."""
        for _ in range(CODE_TRIES):
            before = {message["id"] for message in self._outbox(destination)}
            wait: float = MAIL_SECONDS_MAX
            try:
                self.api("POST", "/api/v1/codes", asked, waits_when_limited=False)
            except Refused as refusal:
                if refusal.status != 429:
                    raise
                wait = refusal.retry_after + 1
                before = set() if refusal.repeated else before
            code = self._arrived(destination, before, wait)
            if code:
                return code
        raise StoryFailed(f"no code arrived for {destination}")

    def _arrived(self, destination: str, before: set[str], seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self._outbox(destination):
                if message["id"] not in before and message["code"]:
                    return str(message["code"])
            time.sleep(0.3)
        return ""

    def _outbox(self, destination: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.browser.send("GET", "/outbox/messages.json", params={"to": destination}).json()
        return found

    def _order(self, payment: Payment) -> dict[str, str]:
        return {"coin": self.coin, "network": self.network, "address": payment.address, "amount": str(payment.amount)}

    def _noted(self, payment: Payment, answer: dict[str, Any]) -> None:
        payment.id, payment.fee, payment.state = answer["id"], Decimal(answer["fee"]), answer["state"]

    def _read(self, payment: Payment) -> str:
        payment.state = str(self.api("GET", f"/api/v1/withdrawals/{payment.id}")["state"])
        return payment.state

    def _has_ended(self, payment: Payment) -> bool:
        return self._read(payment) in WITHDRAWAL_ENDS

    def _available(self, answer: Any) -> Decimal:
        rows = answer["results"] if isinstance(answer, dict) else answer
        return next((Decimal(row["available"]) for row in rows if row["coin"] == self.coin), Decimal(0))
