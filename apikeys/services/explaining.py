"""Why a signed request is refused: for an integrator who has captured one and can't see what is wrong.

Looks only: no nonce is burnt, nothing is written. The secret is used to compare and never shown; what is shown of the
signed text is what the sender sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from apikeys.models import ApiKey, Nonce, Scheme, State
from apikeys.services import networks
from apikeys.services.admission import material_of, window_seconds
from apikeys.services.schemes import btse, native, spot
from apikeys.services.schemes.common import Received, SignedRequest, fits
from config.kit.clock import milliseconds, now
from config.kit.errors import DomainError

FAMILIES = {
    "native": (native.read, tuple(native.HEADERS)),
    "btse": (btse.read, btse.HEADERS),
    "spot": (spot.read, tuple(spot.HEADERS)),
}


@dataclass(frozen=True)
class Finding:
    """One check: whether it holds, and what there is to say."""

    check: str
    holds: bool
    words: str


@dataclass
class Explanation:
    """All checks in the order in which a request meets them, and the text that should have been signed."""

    family: str = ""
    findings: list[Finding] = field(default_factory=list)
    signed_text: str = ""

    @property
    def is_in_order(self) -> bool:
        """Whether the request would be let in."""
        return all(finding.holds for finding in self.findings)

    def note(self, check: str, words: str, *, holds: bool) -> bool:
        """Add a finding; whether it holds."""
        self.findings.append(Finding(check, holds, words))
        return holds


def explain(*, method: str, target: str, body: bytes, headers: dict[str, str], ip: str = "") -> Explanation:
    """What each check says of the request. `ip` is the sender's address, where it is known."""
    told = Explanation()
    read = _read(told, method, target, body, headers)
    if read is None:
        return told
    received, request = read
    told.signed_text = request.signed_text().decode("utf-8", "replace")
    api_key = ApiKey.objects.select_related("user__parent").filter(key=request.key).first()
    if (
        not told.note("key", "is known" if api_key else "no key of ours has this name", holds=api_key is not None)
        or api_key is None
    ):
        return told
    moment = now()
    standing = api_key.standing(moment)
    told.note("in force", f"the key is {standing}", holds=standing == State.ACTIVE)
    told.note("owner", f"the account is {api_key.user.get_status_display()}", holds=api_key.user.may_act)
    bound = ", ".join(api_key.networks) or "anywhere"
    if ip:
        told.note("network", f"bound to {bound}, sent from {ip}", holds=networks.allows(api_key.networks, ip))
    away = (request.timestamp - milliseconds(moment)) / 1000
    window = window_seconds()
    told.note("clock", f"{away:+.3f} s from now; {window} s are allowed", holds=abs(away) <= window)
    _compare(told, api_key, received, request)
    used = Nonce.objects.filter(api_key=api_key, nonce=request.nonce).exists()
    told.note("nonce", "was used before" if used else "was not used in the window", holds=not used)
    return told


def _read(
    told: Explanation, method: str, target: str, body: bytes, headers: dict[str, str]
) -> tuple[Received, SignedRequest] | None:
    shown = {name.lower(): value for name, value in headers.items()}
    family = next(
        (name for name, (_, names) in FAMILIES.items() if names[0].lower() in shown or names[-1].lower() in shown), ""
    )
    if not told.note("headers", f"the {family} family" if family else "none of the families is there", holds=bool(family)):
        return None
    told.family = family
    read, names = FAMILIES[family]
    path, _, query = target.partition("?")
    received = Received(method, path, query, body, {name: shown.get(name.lower()) for name in names})
    try:
        request = read(received)
    except DomainError as refusal:
        told.note("form", refusal.detail, holds=False)
        if target.startswith("http"):
            told.note("target", f"give the path alone: {urlsplit(target).path}", holds=False)
        return None
    told.note("form", "every part has its form", holds=True)
    return received, request


def _compare(told: Explanation, api_key: ApiKey, received: Received, request: SignedRequest) -> None:
    scheme = Scheme(api_key.scheme)
    if not told.note("scheme", f"the key was issued for {scheme.label}", holds=scheme in request.schemes):
        return
    material = material_of(api_key)
    is_signed = fits(request, scheme, material)
    if told.note("signature", f"is {'' if is_signed else 'not '}the key's over the text below", holds=is_signed):
        return
    for words, other in _mistakes(told.family, received):
        if fits(replace(request, texts=other), scheme, material):
            told.note("hint", words, holds=False)


def _mistakes(family: str, received: Received) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """What integrators do by mistake, and the texts that they sign then."""
    read = FAMILIES[family][0]
    changed: list[tuple[str, Received]] = [
        ("the body was signed without the line feed at its end", replace(received, body=received.body.rstrip(b"\r\n"))),
        ("the body was signed with a line feed at its end", replace(received, body=received.body + b"\n")),
        ("no body was signed", replace(received, body=b"")),
        ("the body was signed without its spaces", replace(received, body=spot.compact(received.body))),
        ("the query was not signed", replace(received, query="")),
        ("the method was signed as GET", replace(received, method="GET")),
        ("the method was signed as POST", replace(received, method="POST")),
        ("the path was signed with a slash at its end", replace(received, path=received.path + "/")),
        ("the path was signed without the slash at its end", replace(received, path=received.path.rstrip("/") or "/")),
    ]
    changed += [
        (f"the path was signed without {prefix}", replace(received, path=received.path[len(prefix) :]))
        for prefix in ("/api/v1", "/api", "/v1")
        if received.path.startswith(prefix + "/")
    ]
    for words, other in changed:
        try:
            yield words, read(other).texts
        except DomainError:
            continue
    if family == "native":
        text = read(received).signed_text()
        lines = text.split(b"\n")
        yield "the query was signed as it stands, not sorted", (b"\n".join([*lines[:2], received.query.encode(), *lines[3:]]),)
        yield "the parts were joined by nothing", (b"".join(lines),)
        yield "a line feed was signed after the last line", (text + b"\n",)
        yield "the body itself was signed, not its SHA-256", (b"\n".join([*lines[:5], received.body]),)
