"""Lists of the desk as CSV: what the page shows, as masked as there, harmless in a spreadsheet, and on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import strip_tags

from accounts.models import User
from accounts.services import desk_exports
from config.kit.clock import now
from config.kit.money import to_text
from config.kit.spreadsheets import BYTE_ORDER_MARK, row

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

ROWS_AT_ONCE = 500
WORD = re.compile(r"[A-Za-z0-9_,-]{1,64}")
"""What of an address goes into the log: numbers and words of ours, nothing that somebody may have typed about a person."""


@dataclass(frozen=True)
class Table:
    """What a list has to give: its rows in the page's order, and what each column says of one."""

    rows: QuerySet[Any]
    columns: Sequence[tuple[str, Callable[[Any], Any]]]
    """The heading, and what it reads of a row."""


class Exporting:
    """For the desk's lists: `export.csv` beside each, with the filters of its address, for whoever may open the list."""

    model: type[Model]
    opts: Any
    admin_site: Any
    list_before_template = "admin/parts/export.html"

    def get_urls(self) -> list[URLPattern]:
        """The file's address ahead of Django's own, which would take it for a row's."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.csv", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]  # type: ignore[misc]  # of the class behind

    def table(self, request: HttpRequest) -> Table:
        """The list as Django's page shows it. Raises IncorrectLookupParameters for filters that make no sense."""
        listed: Any = self.get_changelist_instance(request)  # type: ignore[attr-defined]  # of the class behind
        names = [name for name in listed.list_display if name != "action_checkbox"]
        return Table(listed.get_queryset(request), [(self._heading(name), self._reader(name)) for name in names])

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The file; written down before its first line leaves."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # of the class behind
            raise Http404
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        try:
            table = self.table(request)
            found = list(table.rows.values_list("pk", flat=True)[: desk_exports.ROWS_MAX + 1])
        except IncorrectLookupParameters:
            return HttpResponseBadRequest("The list has no such filter.", content_type="text/plain")
        taken = found[: desk_exports.ROWS_MAX]
        officer = request.user
        assert isinstance(officer, User)
        said = [(name, str(text)) for name, text in request.GET.items()]
        chosen = {name: text if WORD.fullmatch(text) else "…" for name, text in said if WORD.fullmatch(name)}
        desk_exports.note(officer=officer, page=self.opts.label_lower, rows=len(taken), chosen=chosen)
        name = f"{self.opts.model_name}-{now():%Y%m%d-%H%M%S}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
        }
        lines = _lines(table, taken, is_cut=len(found) > len(taken))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    def _heading(self, name: str) -> str:
        return str(label_for_field(name, self.model, cast("BaseModelAdmin[Any]", self)))

    def _reader(self, name: str) -> Callable[[Any], Any]:
        def read(one: Any) -> Any:
            field, _, value = lookup_field(name, one, cast("BaseModelAdmin[Any]", self))
            choices = dict(getattr(field, "flatchoices", ()) or ())
            return choices.get(value, value)

        return read


def _lines(table: Table, pks: Sequence[Any], *, is_cut: bool) -> Iterator[bytes]:
    """The lines; rows are read a few hundred at a time, and one that went away meanwhile is not there."""
    yield BYTE_ORDER_MARK + row(heading for heading, _ in table.columns)
    for start in range(0, len(pks), ROWS_AT_ONCE):
        some = pks[start : start + ROWS_AT_ONCE]
        found = {one.pk: one for one in table.rows.filter(pk__in=some)}
        for pk in some:
            if pk in found:
                yield row(text_of(read(found[pk])) for _, read in table.columns)
    if is_cut:
        yield row([f"The first {desk_exports.ROWS_MAX} rows; the list's filters choose others."])


def text_of(value: Any) -> str:
    """A cell's text: what the page shows, without its markup; moments in UTC."""
    if isinstance(value, tuple | list):  # a label (its colour, its text), or a heading with what stands beneath
        return text_of(value[1] if isinstance(value, tuple) and len(value) > 1 else next(iter(value), ""))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        return to_text(value)
    return strip_tags(str(value)) if hasattr(value, "__html__") else str(value)
