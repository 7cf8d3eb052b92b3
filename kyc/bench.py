"""Benchmarks of identity checks: `manage.py bench kyc` and `manage.py bench kyc-queue`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from io import BytesIO

from django.core.management import call_command
from django.db import connection, models
from PIL import Image

from accounts.models import RegisterType, User
from config.kit.bench import Bench, Comparison
from config.kit.bench_pages import columns, measured, multiply, quoted
from config.kit.clock import now
from kyc import bench_numbers
from kyc.models import Case, CaseClaim, CaseState, Document, DocumentKind, Level
from kyc.services import imaging, queue

CUSTOMERS = 350_000
CASES_OF_EACH = 3
"""One for each level: somewhat more than a million cases, half of which wait."""
MINE = 40
"""Cases that the officer has."""
FAR_PAGE_SHARE = 0.5
"""How far into the queue the second kind of page lies."""
COUNTRIES = ("TW", "JP", "KR", "SG", "DE", "FR", "BR", "KE")


PICTURE_PIXELS = (4_000, 3_000)
"""What a telephone takes: 12 million pixels."""


class Reencoding(Bench):
    """A photograph read by the child process, new JPEG and all, against nothing but its decoding in this process."""

    unit = "pictures per second"
    reference_name = "decoding alone"
    goal = 0.5

    def prepare(self) -> None:
        """A photograph of 12 million pixels, with the noise of a camera."""
        grain = Image.effect_noise(PICTURE_PIXELS, 12)
        shade = Image.linear_gradient("L").resize(PICTURE_PIXELS)
        file = BytesIO()
        Image.merge("RGB", (shade, grain, shade)).save(file, "JPEG", quality=75)
        self._photograph = file.getvalue()

    def reference(self) -> float:
        """Decoded as often as there is time."""
        return self._often(self._decode)

    def ours(self) -> float:
        """Handed in as often as there is time."""
        return self._often(partial(imaging.reencode, self._photograph))

    def _decode(self) -> None:
        with Image.open(BytesIO(self._photograph)) as picture:
            picture.convert("RGB").load()

    def _often(self, act: Callable[[], object]) -> float:
        times, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < self.setting.seconds:
            act()
            times += 1
        return times / (time.perf_counter() - begun)


class KycQueue(Comparison):
    """A page of the queue among a million cases, by filter: the first page, and one in the middle."""

    def prepare(self) -> None:
        """Customers, cases, documents and claims, written by the database itself."""
        call_command("createcachetable", verbosity=0)
        self._officer = self._customers()
        self._cases()
        self._documents()
        bench_numbers.fill(self._officer.pk)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def doors(self) -> dict[str, dict[str, Callable[[int], None]]]:
        """By filter: the first page and one far in. Refuses to measure a page that takes too many queries."""
        filters = {
            "waiting": queue.Filters(),
            "mine": queue.Filters(claim=queue.MINE),
            "unclaimed": queue.Filters(claim=queue.UNCLAIMED),
            "country": queue.Filters(country=COUNTRIES[0]),
            "level": queue.Filters(level=Level.DOCUMENTS),
            "older than a day": queue.Filters(age_hours=24),
            "rejected": queue.Filters(state=CaseState.REJECTED),
            "rejected, country": queue.Filters(state=CaseState.REJECTED, country=COUNTRIES[0]),
            "all, country": queue.Filters(state=queue.ALL, country=COUNTRIES[0]),
            "search": queue.Filters(search="100000007"),
        }
        self._found: dict[str, dict[str, dict[str, float]]] = {}
        return {name: self._pages(name, chosen) for name, chosen in filters.items()}

    def facts(self) -> dict[str, dict[str, dict[str, float]]]:
        """Queries and milliseconds of SQL of each page, its audit record with them."""
        return self._found

    def _pages(self, door: str, filters: queue.Filters) -> dict[str, Callable[[int], None]]:
        pages: dict[str, Callable[[int], None]] = {
            kind: partial(self._page, filters, after) for kind, after in (("first page", ""), ("far page", self._far(filters)))
        }
        self._found[door] = {kind: measured(f"{door}, {kind}", page) for kind, page in pages.items()}
        return pages

    def _page(self, filters: queue.Filters, after: str, _: int) -> None:
        queue.look(filters, officer=self._officer, after=after)

    def _far(self, filters: queue.Filters) -> str:
        """A cursor in the middle of all cases."""
        if filters.state:
            return str(int(Case.objects.latest("id").pk * FAR_PAGE_SHARE))
        moments = Case.objects.filter(submitted_at__isnull=False).aggregate(
            models.Min("submitted_at"), models.Max("submitted_at")
        )
        low, high = moments["submitted_at__min"].timestamp(), moments["submitted_at__max"].timestamp()
        return f"{int((low + (high - low) * FAR_PAGE_SHARE) * 1_000_000)}-1"

    def _customers(self) -> User:
        officer: User = User.objects.create(
            uid=100_000_000, email="officer@bench.example", register_type=RegisterType.EMAIL, registered_at=now()
        )
        changed = {"uid": "100000000 + n", "email": "'c' || n || '@bench.example'"}
        multiply(User, officer.pk, CUSTOMERS, changed)
        return officer

    def _cases(self) -> None:
        first = User.objects.exclude(pk=self._officer.pk).earliest("id").pk
        model = Case.objects.create(user_id=first, level=Level.BASIC, state=CaseState.SUBMITTED, submitted_at=now())
        model_pk, waits = model.pk, "mod(n, 2) = 0"
        moment = "now() - n * interval '3 seconds'"
        changed = {
            "public_id": "4000000000000000 + n",
            "user_id": f"{first} + n / {CASES_OF_EACH}",
            "level": f"1 + mod(n, {CASES_OF_EACH})",
            "state": f"CASE WHEN {waits} THEN 'submitted' ELSE 'rejected' END",
            "decided_at": f"CASE WHEN {waits} THEN NULL ELSE now() END",
            "submitted_at": moment,
            "opened_at": moment,
            "country": f"(ARRAY{list(COUNTRIES)})[1 + mod(n, {len(COUNTRIES)})]",
        }
        multiply(Case, model_pk, (CUSTOMERS - 1) * CASES_OF_EACH, changed, start=CASES_OF_EACH)
        Case.objects.filter(pk=model_pk).delete()
        moment_now = now()
        CaseClaim.objects.bulk_create(
            CaseClaim(case=case, officer=self._officer, claimed_at=moment_now, expires_at=moment_now.replace(year=2999))
            for case in Case.objects.filter(state=CaseState.SUBMITTED).order_by("-submitted_at")[:MINE]
        )

    def _documents(self) -> None:
        case = Case.objects.filter(state=CaseState.SUBMITTED).earliest("id")
        document = Document.objects.create(
            case=case, user_id=case.user_id, kind=DocumentKind.SELFIE, sha256=b"0" * 32, storage_name="0",
            media_type="image/jpeg", size_bytes=1, page_count=1, pages=[],
        )  # fmt: skip
        names = columns(Document)
        changed = {
            "public_id": "5000000000000000 + c.id",
            "case_id": "c.id",
            "user_id": "c.user_id",
            "storage_name": "c.id::text",
        }
        chosen = ", ".join(changed.get(name, f't."{name}"') for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO kyc_document ({quoted(names)}) SELECT {chosen} FROM kyc_document t, kyc_case c "  # noqa: S608  # our own names
                "WHERE t.id = %s AND c.state = 'submitted' AND c.id <> t.case_id",
                [document.pk],
            )


BENCHES: dict[str, type[Bench]] = {"kyc": Reencoding, "kyc-queue": KycQueue}
