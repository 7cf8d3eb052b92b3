"""The lines of our bank statements: written in one form, booked once."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import User
from wallet.models.banks import REFERENCE_SHAPE, BankLine, LineDirection, NostroAccount
from wallet.models.fiat_deposits import FiatReversal
from wallet.models.pairs import PairState
from wallet.services.banks.errors import BankReferenceInvalid, BankReferenceTaken

_SHAPE = re.compile(REFERENCE_SHAPE, re.ASCII)


def reference_of(text: str) -> str:
    """The reference in its one written form: capitals, of plain width, without spaces. Raises BankReferenceInvalid.

    `ab 12` and `AB12` are one line of the statement, so that it can't be booked again by being spelled otherwise.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if not _SHAPE.fullmatch(plain):
        raise BankReferenceInvalid
    return plain


def require_new(nostro: NostroAccount, direction: LineDirection, reference: str) -> None:
    """Promise that no line of this reference stands in the books now; `book` decides. Raises BankReferenceTaken."""
    _next_correction(nostro, direction, reference)


def book(nostro: NostroAccount, direction: LineDirection, *, reference: str, amount: Decimal, officer: User) -> BankLine:
    """Write the line down, in the caller's transaction. Raises BankReferenceTaken, which the database decides."""
    facts = {"nostro": nostro, "coin_id": nostro.coin_id, "direction": direction, "reference": reference, "amount": amount}
    correction = _next_correction(nostro, direction, reference)
    try:
        with transaction.atomic():
            return BankLine.objects.create(**facts, correction=correction, officer=officer)
    except IntegrityError as refusal:
        if "bank_line_once" in str(refusal):
            raise BankReferenceTaken(reference=reference, nostro=nostro.code) from refusal
        raise


def _next_correction(nostro: NostroAccount, direction: LineDirection, reference: str) -> int:
    """0 for a line that is new; the next number where its last entry credited somebody by mistake and that is undone."""
    last = BankLine.objects.filter(nostro=nostro, direction=direction, reference=reference).order_by("-correction").first()
    if last is None:
        return 0
    mistaken = FiatReversal.objects.filter(deposit__line=last, state=PairState.DONE, line__isnull=True)
    if not mistaken.exists():
        raise BankReferenceTaken(reference=reference, nostro=nostro.code)
    return last.correction + 1
