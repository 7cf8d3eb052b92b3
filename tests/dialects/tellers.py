"""The steps of one customer's story as each dialect tells them. What a dialect can't tell it has no method for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from apikeys.models import Scheme
from kyc.models import Case
from kyc.services import decisions
from kyc.services.readings import Reading
from tests import factories_kyc as kyc
from tests.apikeys import people as keys
from tests.apikeys.independent import BtseClient
from tests.apikeys.test_foreign_requests import issue
from tests.client import Api
from tests.dialects.bhex import identities
from tests.dialects.bhex import people as bhex
from tests.dialects.bitflex import people as bitflex
from tests.dialects.bitgin import people as bitgin
from tests.dialects.exx import people as exx
from tests.dialects.spot import people as spot
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.kyc import pictures
from tests.kyc.test_native import BASIC
from tests.kyc.test_one_step import BORN
from wallet.services import coins

COIN, NETWORK, ADDRESS = "USDT", "ETHEREUM", spot.ADDRESS
ARRIVES = "10"
"""What the withdrawal brings to its address; the fee is on top."""
Money = dict[str, tuple[Decimal, Decimal]]
"""Coin → what can be used, what is held; zeros left out."""


class Customer:
    """Who the story is about: an email, a password, and a native session where a step asks for one."""

    def __init__(self, email: str, password: str) -> None:
        self.email, self.password = email, password
        self.api = Api()

    @property
    def user(self) -> User:
        return User.objects.get(email=self.email)

    def native(self) -> Api:
        """Signed in natively, with the password that was set wherever the account was opened."""
        if not self.api.token:
            answer = self.api.post("/api/v1/sessions", {"login": self.email, "password": self.password})
            assert answer.status_code == 201, answer.content
            assert answer.json()["level"] == "full", answer.content
            self.api.token = answer.json()["token"]
        return self.api


def told(answer: Any, status: int = 200) -> Any:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.content
    return answer.json()


class Native:
    """Our own API tells everything."""

    def sign_up(self) -> Customer:
        customer = Customer("native-story@example.com", bitgin.PASSWORD)
        pass_time_for_resend()
        told(customer.api.post("/api/v1/codes", {"purpose": "registration", "email": customer.email}), 202)
        return self.registered(customer)

    def registered(self, customer: Customer) -> Customer:
        """With the code that was sent, whichever dialect sent it."""
        wish = {"email": customer.email, "password": customer.password, "code": read_code(customer.email)}
        told(customer.api.post("/api/v1/registration", wish), 201)
        return customer

    def verify(self, customer: Customer) -> None:
        api, phone = customer.native(), kyc.phone_number()
        told(api.post("/api/v1/kyc/basic", {**BASIC, "id_number": kyc.id_number()}))
        pass_time_for_resend()
        told(api.post("/api/v1/codes", {"purpose": "kyc_phone", "phone": phone}), 202)
        told(api.post("/api/v1/kyc/phone", {"phone": phone, "code": read_code(phone)}))
        for kind in ("id_front", "id_back", "selfie"):
            file = SimpleUploadedFile("a.jpg", pictures.jpeg())
            told(api.upload("/api/v1/kyc/documents", {"kind": kind, "file": file}), 201)
        told(api.post("/api/v1/kyc/applications", {"level": 2}), 202)
        kyc.decide(decisions.approve, Case.objects.get(user=customer.user, level=2))

    def address(self, customer: Customer) -> str:
        answer = customer.native().post("/api/v1/deposit-addresses", {"coin": COIN, "network": NETWORK})
        assert answer.status_code in {200, 201}, answer.content
        return str(answer.json()["address"])

    def withdraw(self, customer: Customer) -> int:
        api = customer.native()
        pass_time_for_resend()
        wish = {"coin": COIN, "network": NETWORK, "address": ADDRESS, "amount": ARRIVES}
        made = told(api.post("/api/v1/withdrawals", wish), 201)
        proof = {"code": read_code(customer.email), "method": "email"}
        told(api.post(f"/api/v1/withdrawals/{made['id']}/confirm", proof))
        return int(made["id"])

    def see(self, customer: Customer) -> Money:
        rows = told(customer.native().get("/api/v1/balances"))["results"]
        return _money((row["coin"], row["available"], row["held"]) for row in rows)


class Bhex:
    """By an email; identity in one step."""

    def sign_up(self) -> Customer:
        self.person = bhex.signed_up("email")
        return Customer(self.person.email, bhex.PASSWORD)

    def verify(self, customer: Customer) -> None:
        proof = {"auth_type": 2, **bhex.own_code(self.person, 10, 2)}
        told(self.person.browser.post("/api/user/verify", {**identities.typed(self.person), **proof}))
        case = Case.objects.filter(user=customer.user, level=2).latest("id")
        kyc.decide(decisions.approve, case, read=Reading(birthday=BORN.birthday))


class Bitgin:
    """Through levels 1 and 2; the wallet is seen by a signed request."""

    def sign_up(self) -> Customer:
        self.person = bitgin.signed_in()
        return Customer(self.person.email, bitgin.PASSWORD)

    def verify(self, customer: Customer) -> None:
        bitgin.told_data(self.person)
        said = {"mobilePhone": self.person.phone, "code": bitgin.phone_code(self.person)}
        told(self.person.caller.post("kyc/verify_basic_data", said))
        bitgin.upload_images(self.person)
        told(self.person.caller.post("kyc/apply_level_2", bitgin.ANSWERS))
        kyc.decide(decisions.approve, bitgin.case_of(self.person, 2))

    def see(self, customer: Customer) -> Money:
        issued = issue(customer.user, Scheme.BTSE, ("read",))
        client = BtseClient(issued.api_key.key, issued.secret)
        answer = keys.send(client.sign("GET", "/api/v3.2/user/wallet"))
        rows = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
        return _money((row["currency"], row["available"], row["total"] - row["available"]) for row in rows)


class Exx:
    """By an email, RSA and all."""

    def sign_up(self) -> Customer:
        person = exx.with_safe_password("email")
        return Customer(person.email, exx.PASSWORD)


class Bitflex:
    """Its document sends the code; the account is opened natively."""

    def sign_up(self) -> Customer:
        customer = Customer("bitflex-story@example.com", bitgin.PASSWORD)
        pass_time_for_resend()
        wish = {**bitflex.WEB, "type": "REGISTER", "email": customer.email}
        assert told(bitflex.Caller().post("/v1/message/public-email", wish))["code"] == 0
        return Native().registered(customer)


class Spot:
    """Signed requests only: where to pay in, paying out, and what is there."""

    def program(self, customer: Customer) -> spot.Program:
        """The customer's program, with an address that it may send to."""
        return spot.program(customer.user)

    def address(self, customer: Customer) -> str:
        (row,) = self.program(customer).does("deposit/address", {"coin": COIN, "network": spot.NETWORK})
        return str(row["address"])

    def withdraw(self, customer: Customer) -> int:
        """The amount leaves the balance: what is to arrive, and the fee."""
        whole = Decimal(ARRIVES) + coins.network(COIN, NETWORK).withdrawal_fee
        return int(self.program(customer).does("withdraw", spot.withdrawal(amount=str(whole))))

    def see(self, customer: Customer) -> Money:
        answer = self.program(customer).get("user/account")
        rows = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)["data"]
        return _money((row["coin"], row["balance"], row["balanceLocked"]) for row in rows)


def _money(rows: Any) -> Money:
    cache.clear()
    found = {coin: (Decimal(str(available)), Decimal(str(held))) for coin, available, held in rows}
    return {coin: money for coin, money in found.items() if any(money)}
