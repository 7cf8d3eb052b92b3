"""The statement as a file on the native dialect."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import StreamingHttpResponse
from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from wallet import errors
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services import statement_files, statement_lines

RATE = "30/h"
CHUNK_BYTES = 64 * 1024
DAY = ["%Y-%m-%d"]


class StatementFileQuery(serializers.Serializer[dict[str, Any]]):
    """Which days, in UTC, both with the day itself; one coin, or all. Without days: those of the last month, today too."""

    first = serializers.DateField(input_formats=DAY, required=False, help_text="YYYY-MM-DD")
    last = serializers.DateField(input_formats=DAY, required=False, help_text="YYYY-MM-DD")
    coin = Text(max_length=CODE_CHARACTERS_MAX, required=False)


class StatementCsv(NativeView):
    """`/api/v1/statement.csv`: the statement of some days, for spreadsheets."""

    @operation(
        needs=Needs(scope="read"),
        query=StatementFileQuery,
        media_types=("text/csv",),
        refusals=(errors.UnknownCoin, errors.PeriodInvalid),
        rate=RATE,
        summary="Download the statement as CSV",
    )
    def get(self, call: Call) -> StreamingHttpResponse:
        """Oldest first, one entry a line, however many there are."""
        period = statement_lines.of(call.user, **call.query)
        return _file(statement_files.csv_of(period), period, "csv", "text/csv; charset=utf-8")


class StatementPdf(NativeView):
    """`/api/v1/statement.pdf`: the statement of some days, to print."""

    @operation(
        needs=Needs(scope="read"),
        query=StatementFileQuery,
        media_types=("application/pdf",),
        refusals=(errors.UnknownCoin, errors.PeriodInvalid, errors.StatementTooLong),
        rate=RATE,
        summary="Download the statement as PDF",
    )
    def get(self, call: Call) -> StreamingHttpResponse:
        """Balances at both ends, then the lines."""
        period = statement_lines.of(call.user, **call.query)
        target = TemporaryFile()  # noqa: SIM115  # `_chunks` closes it
        statement_files.pdf_of(period, target)
        return _file(_chunks(target), period, "pdf", "application/pdf")


def _chunks(target: IO[bytes]) -> Iterator[bytes]:
    with target:
        target.seek(0)
        while chunk := target.read(CHUNK_BYTES):
            yield chunk


def _file(content: Iterator[bytes], period: statement_lines.Period, ending: str, content_type: str) -> StreamingHttpResponse:
    name = f"statement-{period.first}-{period.last}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=content_type, headers=headers)
