"""The officers at the staff desk: the real forms, with password, authenticator and CSRF token."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import dataclass

import httpx

from config.demo.authenticator import Authenticator
from config.demo.browser import Browser, Refused, StoryFailed

SIGN_IN_TRIES = 3
CONFLICT = 409
"""With this status a page comes again and says above what was wrong."""
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CASE = re.compile(r"/admin/kyc/case/(\d+)/change/")
_MESSAGES = re.compile(r'<[^>]*(?:role="alert"|class="[^"]*(?:message|alert|error)[^"]*")[^>]*>(.*?)</', re.DOTALL)


@dataclass(frozen=True)
class Credentials:
    """What opens the desk for one officer."""

    email: str
    password: str
    totp_secret: str


class Officer:
    """One officer with one session; does one thing after the other."""

    def __init__(self, browser: Browser, credentials: Credentials) -> None:
        self.browser = browser
        self.credentials = credentials
        self.authenticator = Authenticator(credentials.totp_secret)
        self.lock = threading.Lock()

    def approve_case(self, case_id: str) -> None:
        """Find the case, take it, look at every image and approve. A case that is decided already is left alone."""
        with self.lock:
            found = _CASE.search(self._page(f"/admin/kyc/case/?queue=all&q={case_id}"))
            if found is None:
                raise StoryFailed(f"case {case_id} is not in the queue")
            page = self._page(found.group())
            if 'value="claim"' in page:
                self._post(found.group(), page, {"act": "claim"})
                page = self._page(found.group())
            for picture in sorted(set(re.findall(r'["\'](/admin/kyc/case/documents/[^"\']+)', page))):
                self.browser.send("GET", html.unescape(picture))
            seen = _hidden(page, "seen")
            if seen:
                self._post(found.group(), page, {"seen": seen, "verdict": "approve"})

    def approve_withdrawal(self, withdrawal_id: str) -> None:
        """Approve with a reason and a code, unless this officer has, or nobody has to any more."""
        path = f"/admin/wallet/withdrawal/{withdrawal_id}/change/"
        complaint = ""
        with self.lock:
            for _ in range(SIGN_IN_TRIES):
                page = self._page(path)
                if 'value="approve"' not in page:
                    return
                given = {"seen_hash": _hidden(page, "seen_hash"), "verdict": "approve", "reason": "Agrees with the records."}
                if 'name="code"' in page:
                    given["code"] = self.authenticator.code()
                answer = self._post(path, page, given)
                if answer.status_code < 400:
                    return
                complaint = _complaint(answer.text)
        raise StoryFailed(f"{self.credentials.email} can't approve {withdrawal_id}: {complaint}")

    def _page(self, path: str) -> str:
        response = self.browser.send("GET", path)
        if response.status_code in {301, 302}:
            self._sign_in()
            response = self.browser.send("GET", path)
        if response.status_code != 200:
            raise StoryFailed(f"{path}: {response.status_code}")
        return response.text

    def _post(self, path: str, page: str, given: dict[str, str]) -> httpx.Response:
        token = _hidden(page, "csrfmiddlewaretoken")
        try:
            return self.browser.send("POST", path, data={**given, "csrfmiddlewaretoken": token})
        except Refused as refusal:
            if refusal.status != CONFLICT:
                raise
            return refusal.response

    def _sign_in(self) -> None:
        complaint = ""
        for _ in range(SIGN_IN_TRIES):
            page = self.browser.send("GET", "/admin/login/").text
            given = {
                "username": self.credentials.email,
                "password": self.credentials.password,
                "code": self.authenticator.code(),
                "next": "/admin/",
            }
            answer = self._post("/admin/login/", page, given)
            if answer.status_code == 302:
                return
            complaint = _complaint(answer.text)
        raise StoryFailed(f"{self.credentials.email} can't sign in: {complaint}")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else ""


def _complaint(page: str) -> str:
    found = [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in _MESSAGES.findall(page)]
    return " ".join(text for text in found if text)[:300] or "no reason shown"
