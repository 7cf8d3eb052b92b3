"""What stands before each example of exx: by a sentence, the browser that asks and the facts that the request names."""

from __future__ import annotations

from accounts.models import User
from tests.dialects.exx import people
from tests.dialects.exx.people import PASSWORD, SAFE, Browser, Person
from tests.factories_accounts import bind_totp
from tests.factories_messaging import pass_time_for_resend

Facts = dict[str, str]


def _facts(person: Person) -> Facts:
    browser = person.browser
    named = {"mobile": person.mobile, "email": person.email}
    encrypted = {f"{name}_rsa": browser.rsa(text) for name, text in {**named, "password": PASSWORD, "safe": SAFE}.items()}
    return {**named, **encrypted}


def given(sentence: str) -> tuple[Browser, Facts]:
    """What the sentence stands for."""
    if sentence == "nobody":
        person = people.somebody()
        return person.browser, _facts(person)
    if sentence in {"a code to register a phone", "a code to register an email"}:
        person = people.somebody()
        fields = people.register_fields(person, by="phone" if sentence.endswith("phone") else "email")
        shown = {"picture": str(fields["verificationCode"]), "code_rsa": str(fields["dynamicCode"])}
        return person.browser, {**_facts(person), **shown}
    person = people.signed_up() if "without a safe password" in sentence else people.with_safe_password()
    facts: Facts = {}
    if "authenticator" in sentence:
        facts["code"] = bind_totp(User.objects.latest("pk"), password=PASSWORD).code()
    if "signed out" in sentence or "waits" in sentence:
        people.elsewhere(person)
    if "waits" in sentence:
        person.login()
    pass_time_for_resend()
    return person.browser, {**_facts(person), **facts}
