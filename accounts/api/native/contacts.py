"""The own email, phone, user name and anti-phishing phrase."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.native.calls import client_of, who
from accounts.api.native.me import MeOutput
from accounts.api.native.proofs import REFUSALS as PROOF_REFUSALS
from accounts.api.native.proofs import ProofInput, proof_of
from accounts.services import anti_phishing, contacts, profile
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, Text
from config.kit.operations import Call, Needs, operation
from messaging.errors import InvalidEmail, InvalidPhone

BIND_REFUSALS = (
    errors.NotForSubAccounts,
    errors.ContactUnchanged,
    errors.ContactTaken,
    errors.ContactNotBound,
    errors.OldContactDue,
    *PROOF_REFUSALS,
)
UNBIND_REFUSALS = (errors.ContactNotBound, errors.LastContact, errors.ContactInUse, *PROOF_REFUSALS)


class OwnEmailInput(ProofInput):
    """The email and the code that was sent to it (purpose `email_bind`); where one is bound, its code too (`email_change`).

    The proof is due for a first email (`security_settings`), and for a change where a second factor is bound that is no code.
    """

    example_fields = ("email", "email_code", "code")
    email = Text(max_length=254)
    email_code = CodeField()
    old_code = CodeField(required=False, default="", allow_blank=True)


class OwnPhoneInput(ProofInput):
    """The phone and the code that was sent to it (purpose `phone_bind`); where one is bound, its code too (`phone_change`).

    The proof is due for a first phone (`security_settings`), and for a change where a second factor is bound that is no code.
    """

    example_fields = ("phone", "phone_code", "code")
    phone = Text(max_length=32)
    phone_code = CodeField()
    old_code = CodeField(required=False, default="", allow_blank=True)


class UsernameInput(serializers.Serializer[Any]):
    """The user name, which is set once."""

    username = Text(max_length=32)


class PhraseInput(ProofInput):
    """The phrase; an empty one removes it."""

    example_fields = ("phrase", "code")
    phrase = Text(max_length=anti_phishing.LENGTH_MAX, allow_blank=True)


def _bind(call: Call, contact: contacts.Contact) -> profile.Profile:
    """Hand on what was sent; the fields are named after the contact."""
    bound = contacts.bind(
        contact=contact,
        user=call.user,
        destination=call.input[contact.name],
        code=call.input[f"{contact.name}_code"],
        old_code=call.input["old_code"],
        proof=proof_of(call),
        **who(call),
    )
    return profile.read(bound, language=call.language)


def _unbind(call: Call, contact: contacts.Contact) -> profile.Profile:
    left = contacts.unbind(contact=contact, user=call.user, proof=proof_of(call), **who(call))
    return profile.read(left, language=call.language)


class Email(NativeView):
    """`PUT|DELETE /api/v1/me/email`: bind, change and remove the email."""

    @operation(
        needs=Needs(),
        input=OwnEmailInput,
        output=MeOutput,
        rate="20/m",
        summary="Bind or change the email",
        refusals=(InvalidEmail, *BIND_REFUSALS),
    )
    def put(self, call: Call) -> profile.Profile:
        """Bind it."""
        return _bind(call, contacts.EMAIL)

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=MeOutput,
        rate="20/m",
        summary="Remove the email (proof: email_unbind)",
        refusals=UNBIND_REFUSALS,
    )
    def delete(self, call: Call) -> profile.Profile:
        """Remove it."""
        return _unbind(call, contacts.EMAIL)


class Phone(NativeView):
    """`PUT|DELETE /api/v1/me/phone`: bind, change and remove the phone."""

    @operation(
        needs=Needs(),
        input=OwnPhoneInput,
        output=MeOutput,
        rate="20/m",
        summary="Bind or change the phone",
        refusals=(InvalidPhone, errors.PhoneCountryClosed, *BIND_REFUSALS),
    )
    def put(self, call: Call) -> profile.Profile:
        """Bind it."""
        return _bind(call, contacts.PHONE)

    @operation(
        needs=Needs(),
        input=ProofInput,
        output=MeOutput,
        rate="20/m",
        summary="Remove the phone (proof: phone_unbind)",
        refusals=UNBIND_REFUSALS,
    )
    def delete(self, call: Call) -> profile.Profile:
        """Remove it."""
        return _unbind(call, contacts.PHONE)


class Username(NativeView):
    """`PUT /api/v1/me/username`: set the user name, once."""

    @operation(
        needs=Needs(fresh=True),
        input=UsernameInput,
        output=MeOutput,
        rate="20/m",
        summary="Set the user name",
        refusals=(errors.UsernameInvalid, errors.UsernameTaken, errors.UsernameAlreadySet),
    )
    def put(self, call: Call) -> profile.Profile:
        """Set it."""
        named = contacts.set_username(user=call.user, username=call.input["username"], client=client_of(call))
        return profile.read(named, language=call.language)


class AntiPhishingPhrase(NativeView):
    """`PUT /api/v1/me/anti-phishing-phrase`: set, change or remove the phrase that stands in our mails."""

    @operation(
        needs=Needs(),
        input=PhraseInput,
        output=MeOutput,
        rate="20/m",
        summary="Set the anti-phishing phrase (proof: anti_phishing)",
        refusals=PROOF_REFUSALS,
    )
    def put(self, call: Call) -> profile.Profile:
        """Set it; an empty one removes it."""
        changed = anti_phishing.set_phrase(
            user=call.user, phrase=call.input["phrase"], proof=proof_of(call), client=client_of(call)
        )
        return profile.read(changed, language=call.language)
