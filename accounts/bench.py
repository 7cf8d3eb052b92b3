"""Benchmarks of signing in: `manage.py bench login` and `manage.py bench names`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client as HttpClient

from accounts.models import PasswordForm, RegisterType, User
from accounts.models.passwords import Form
from accounts.services import clients, login, passwords
from config.kit.bench import Bench, Comparison
from config.kit.clock import now

PEOPLE = 2_000
PASSWORD = "correct horse battery staple"  # noqa: S105  # of customers who live as long as the benchmark
KNOWN, UNKNOWN, MALFORMED = "known", "unknown", "malformed"


def make_people() -> None:
    """Customers with one password, hashed once: the benchmark is not about that."""
    call_command("createcachetable", verbosity=0)
    moment = now()
    people = User.objects.bulk_create(
        User(
            uid=100_000_000 + place,
            email=f"{KNOWN}{place}@bench.example",
            register_type=RegisterType.EMAIL,
            registered_at=moment,
        )
        for place in range(PEOPLE)
    )
    encoded = passwords.encode_forms(passwords.plain(PASSWORD))
    PasswordForm.objects.bulk_create(
        PasswordForm(user=person, form=form, encoded=encoded[form], changed_at=moment) for person in people for form in Form
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class LogIns(Bench):
    """Whole log-ins by password, sessions and all, against nothing but their hash."""

    unit = "log-ins per second"
    reference_name = "Argon2id alone"
    goal = 0.6

    def prepare(self) -> None:
        """Customers."""
        make_people()

    def reference(self) -> float:
        """One comparison after the other, in as many threads as the pool hashes at once."""
        encoded = passwords.encode_forms(passwords.plain(PASSWORD), forms=(Form.PLAIN,))[Form.PLAIN]
        return self._crowd(lambda _: passwords.HASHER.verify(encoded, PASSWORD.encode()))

    def ours(self) -> float:
        """`login.log_in`."""
        return self._crowd(_log_in)

    def _crowd(self, act: Callable[[int], object]) -> float:
        threads = settings.PASSWORD_HASHING_SLOTS
        end = time.perf_counter() + self.setting.seconds

        def client(first: int) -> int:
            done = 0
            while time.perf_counter() < end:
                act(first + threads * done)
                done += 1
            connection.close()
            return done

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(client, range(threads))) / self.setting.seconds


def _log_in(number: int) -> None:
    client = clients.describe(ip="127.0.0.1", user_agent="bench")
    login.log_in(login=f"{KNOWN}{number % PEOPLE}@bench.example", password=PASSWORD, client=client)


class Names(Comparison):
    """Whether the time of an answer tells if a name exists, at each door that takes a name from a stranger.

    Every sample has a name and a network of its own, so that no counter and no limit is met.
    """

    def prepare(self) -> None:
        """Customers whose names are known."""
        make_people()
        self.http = HttpClient(raise_request_exception=False)
        self.networks = _networks()

    def doors(self) -> dict[str, dict[str, Callable[[int], None]]]:
        """What is sent to each door for each sort of name. A malformed one reaches the password door only."""
        found: dict[str, dict[str, Callable[[int], None]]] = {
            "password": {kind: partial(self._try_password, kind) for kind in (KNOWN, UNKNOWN, MALFORMED)},
            "log-in code": {kind: partial(self._ask_code, kind) for kind in (KNOWN, UNKNOWN)},
            "registration code": {kind: partial(self._ask_registration, kind) for kind in (KNOWN, UNKNOWN)},
            "recovery": {kind: partial(self._recover, kind) for kind in (KNOWN, UNKNOWN)},
        }
        return {door: kinds for door, kinds in found.items() if door != "recovery" or self._recovers()}

    def _try_password(self, kind: str, sample: int) -> None:
        name = f"{kind}{sample}@bench.example" if kind != MALFORMED else f"{sample} no name\u0430"
        self._post("sessions", {"login": name, "password": "wrong wrong"}, expected=401)

    def _ask_code(self, kind: str, sample: int) -> None:
        self._post("codes", {"purpose": "login", "email": f"{kind}{sample + 500}@bench.example"}, expected=202)

    def _ask_registration(self, kind: str, sample: int) -> None:
        self._post("codes", {"purpose": "registration", "email": f"{kind}{sample + 1000}@bench.example"}, expected=202)

    def _recover(self, kind: str, sample: int) -> None:
        self._post("password-recoveries", {"email": f"{kind}{sample + 1500}@bench.example"}, expected=202)

    def _recovers(self) -> bool:
        """Whether this version has the door."""
        return self.http.options("/api/v1/password-recoveries").status_code != 404

    def _post(self, path: str, body: dict[str, str], *, expected: int) -> None:
        answer = self.http.post(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", REMOTE_ADDR=next(self.networks)
        )
        if answer.status_code != expected:
            raise AssertionError(f"{path} answered {answer.status_code}: {answer.content[:200]!r}")


def _networks() -> Iterator[str]:
    """A new /24 each time."""
    for number in range(2**16):
        yield f"10.{number // 256}.{number % 256}.1"


BENCHES = {"login": LogIns, "names": Names}
