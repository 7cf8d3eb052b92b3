"""The hints of documents as an officer reads them. They never decide anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from kyc.models import Case, Compared, Document, DocumentHints, DocumentKind, DocumentState, HintState, Likeness

SHARPNESS_MIN = 60.0
"""Variance of the Laplacian at 800 pixels' width below which a picture counts as blurred."""
GLARE_SHARE_MAX = 0.06
"""Share of blown pixels above which print may be hidden."""
SHORT_SIDE_PIXELS_MIN = 600
"""Pixels of the shorter side below which small print is lost."""
FACES_DUE = {DocumentKind.ID_FRONT: 1, DocumentKind.SELFIE: 1, DocumentKind.VIDEO: 1}
"""How many faces a picture of this kind shows at least."""
LIKENESSES_SHOWN_MAX = 20


@dataclass(frozen=True)
class Hint:
    """One line: `name` for programs, `warns` where an officer should look twice, `text` for people.

    Names: `resolution`, `sharpness`, `glare`, `faces`, `number`, `mrz`, `likeness`. No text holds personal data.
    """

    name: str
    warns: bool
    text: str


@dataclass(frozen=True)
class Neighbour:
    """Another customer's document that looks alike."""

    document_id: int
    case_pk: int
    case_id: int
    kind: str
    user_uid: int
    distance: int


@dataclass(frozen=True)
class Hints:
    """What the machine noticed about one document; `ready` tells whether it has looked yet, `failed` that it could not."""

    ready: bool
    failed: bool
    computed_at: datetime | None
    lines: tuple[Hint, ...]
    neighbours: tuple[Neighbour, ...]

    @property
    def warnings(self) -> int:
        """How many lines ask for a second look."""
        return sum(line.warns for line in self.lines)


NOTHING = Hints(ready=False, failed=False, computed_at=None, lines=(), neighbours=())


def of(document: Document) -> Hints:
    """The document's hints as they stand."""
    return of_many([document])[document.pk]


def of_many(documents: Iterable[Document]) -> dict[int, Hints]:
    """By primary key, the hints of each document; two queries for all of them."""
    wanted = {document.pk: document for document in documents}
    rows = {row.document_id: row for row in DocumentHints.objects.filter(document_id__in=wanted)}
    neighbours = _neighbours(list(wanted))
    return {pk: _hints(document, rows[pk], tuple(neighbours[pk])) if pk in rows else NOTHING for pk, document in wanted.items()}


def warnings_of_cases(case_pks: Iterable[int]) -> dict[int, int]:
    """By primary key of the case, how many live documents have something to look at twice; one query for a queue's page."""
    bad = (
        Q(hints__sharpness__lt=SHARPNESS_MIN)
        | Q(hints__glare_share__gt=GLARE_SHARE_MAX)
        | Q(hints__number=Compared.DIFFERS)
        | Q(hints__mrz=Compared.DIFFERS)
        | Q(hints__mrz_checks=False)
        | Q(hints__faces=0, kind__in=FACES_DUE)
        | Q(likenesses__isnull=False)
    )
    live = Document.objects.filter(case_id__in=list(case_pks)).exclude(state=DocumentState.REPLACED).filter(bad)
    counted = live.values("case_id").annotate(warned=Count("pk", distinct=True)).values_list("case_id", "warned")
    return {**dict.fromkeys(case_pks, 0), **dict(counted)}


def _hints(document: Document, row: DocumentHints, neighbours: tuple[Neighbour, ...]) -> Hints:
    done = row.computed_at is not None
    return Hints(
        ready=done,
        failed=row.state == HintState.FAILED,
        computed_at=row.computed_at,
        lines=tuple(_lines(document, row, len(neighbours))) if done else (),
        neighbours=neighbours,
    )


def _lines(document: Document, row: DocumentHints, alike: int) -> Iterable[Hint]:
    if row.width is not None and row.height is not None:
        small = min(row.width, row.height) < SHORT_SIDE_PIXELS_MIN
        yield Hint("resolution", small, f"{row.width} × {row.height} pixels{': small' if small else ''}")
    if row.sharpness is not None:
        blurred = row.sharpness < SHARPNESS_MIN
        yield Hint("sharpness", blurred, f"{'Blurred' if blurred else 'Sharp'} ({row.sharpness:.0f})")
    if row.glare_share is not None:
        glares = row.glare_share > GLARE_SHARE_MAX
        yield Hint("glare", glares, f"{'Glare' if glares else 'No glare'} ({row.glare_share:.0%} blown out)")
    if row.faces is not None:
        missing = row.faces < FACES_DUE.get(DocumentKind(document.kind), 0)
        yield Hint("faces", missing, {0: "No face found", 1: "One face found"}.get(row.faces, f"{row.faces} faces found"))
    if row.number != Compared.ABSENT:
        yield Hint("number", row.number == Compared.DIFFERS, NUMBER_TEXTS[Compared(row.number)])
    if row.mrz != Compared.ABSENT:
        wrong = row.mrz == Compared.DIFFERS or row.mrz_checks is False
        checks = "" if row.mrz_checks is None else f"; check digits {'right' if row.mrz_checks else 'wrong'}"
        yield Hint("mrz", wrong, MRZ_TEXTS[Compared(row.mrz)] + checks)
    if alike:
        whose = "another customer's picture" if alike == 1 else f"{alike} other customers' pictures"
        yield Hint("likeness", warns=True, text=f"Looks like {whose}")


NUMBER_TEXTS = {
    Compared.EQUAL: "The typed number stands on the picture",
    Compared.DIFFERS: "Another number than the typed one stands on the picture",
    Compared.UNREAD: "No number could be read",
}
MRZ_TEXTS = {
    Compared.EQUAL: "The machine-readable zone agrees with what was typed",
    Compared.DIFFERS: "The machine-readable zone says something else than what was typed",
    Compared.UNREAD: "No machine-readable zone could be read",
}


def _neighbours(pks: list[int]) -> dict[int, list[Neighbour]]:
    found: dict[int, list[Neighbour]] = defaultdict(list)
    rows = Likeness.objects.filter(document_id__in=pks).select_related("other__case__user").order_by("distance", "id")
    for row in rows:
        if len(found[row.document_id]) < LIKENESSES_SHOWN_MAX:
            case: Case = row.other.case
            found[row.document_id].append(
                Neighbour(
                    document_id=row.other.public_id,
                    case_pk=case.pk,
                    case_id=case.public_id,
                    kind=row.other.kind,
                    user_uid=int(case.user.uid),
                    distance=row.distance,
                )
            )
    return found
