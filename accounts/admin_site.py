"""The staff desk: one admin site behind password and authenticator, whose menu lists what the officer may open."""

from __future__ import annotations

import time
from functools import wraps
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import IntegerField, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.urls import URLPattern
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from accounts import step_up
from accounts.exporting import Exporting
from accounts.forms import StaffSignInForm
from accounts.services import staff
from config.kit.errors import Absent

SIGNED_IN_SECONDS_MAX = 12 * 3_600
"""However busy, a staff session ends after a long day."""
SIGNED_IN_AT = "staff_signed_in_at"
EVERY_ROLE = staff.ROLES
"""For pages that every officer may open."""
NUMBER_DIGITS_MAX = 18
"""A longer number is no bigint."""
SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Identity": ("badge", ("kyc.case", "kyc.bankaccount", "accounts.recoverycase", "accounts.legalhold")),
    "Customers": ("group", ("accounts.user", "apikeys.apikey", "accounts.oauthapplication", "wallet.depositaddress")),
    "Money out": (
        "north_east",
        ("wallet.withdrawal", "wallet.fiatwithdrawal", "wallet.fiatreturn", "wallet.transfer", "wallet.outflowstop"),
    ),
    "Money in": (
        "south_west",
        ("wallet.deposit", "wallet.depositresolution", "wallet.fiatdeposit", "wallet.fiatreversal", "wallet.bankline"),
    ),
    "Money inside": (
        "currency_exchange",
        ("wallet.conversion", "wallet.payment", "wallet.fundstransfer", "wallet.adjustment"),
    ),
    "Books": (
        "menu_book",
        ("wallet.ledgeraccount", "wallet.posting", "wallet.alarm", "accounts.auditrecord"),
    ),
    "Messages": (
        "mail",
        ("messaging.message", "messaging.webhook", "messaging.providerstate", "messaging.budgetalarm"),
    ),
}
"""Sections of the menu by work: title, the icon of pages that name none, and their pages in order."""
SETTINGS = ("Settings", "tune")
"""What stands in no section: what is set and seldom looked at."""


class StaffSite(UnfoldAdminSite):
    """The admin of officers. Each app registers its pages with `@admin.register(Model, site=site)`."""

    site_title = "Quaestor"
    site_header = "Quaestor"
    index_title = "Desk"
    login_form = StaffSignInForm
    login_template = "admin/staff_sign_in.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Mount a page that says for whom it opens. Raises ImproperlyConfigured: closed unless opened."""
        if not getattr(admin_class, "view_roles", ()):
            raise ImproperlyConfigured(f"{getattr(admin_class, '__name__', 'it')} names no view_roles: nobody could open it")
        super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an officer who may act is signed in, since less than SIGNED_IN_SECONDS_MAX."""
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        since = request.session.get(SIGNED_IN_AT)
        return isinstance(since, int) and 0 <= time.time() - since < SIGNED_IN_SECONDS_MAX

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # Django's signature
        """The view behind the door. What holds a NUL fits into no text of the database, wherever a page looks for it."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            said = (request.GET, request.POST if request.method == "POST" else {})
            if any("\0" in text for form in said for values in dict(form).values() for text in values):
                return HttpResponseBadRequest("A NUL is no text.", content_type="text/plain")
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        return door

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The sign-in page; notes when the session began."""
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            request.session[SIGNED_IN_AT] = int(time.time())
            step_up.note(request)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is none: an operator renews an officer's secrets at the console."""
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """See password_change."""
        raise Http404

    def has_changeable_password(self) -> bool:
        """Whether the menu offers a change of password."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Django's pages without those that change a password."""
        return [url for url in super().get_urls() if not str(getattr(url, "name", "")).startswith("password_change")]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The menu: each section of work with the pages that this officer may open; what belongs to none comes last."""
        offered = {self._label(page): page for app in self.get_app_list(request) for page in app["models"]}
        placed = {label for _, labels in SECTIONS.values() for label in labels}
        rest = tuple(label for label in offered if label not in placed)
        sections = []
        for title, (icon, labels) in {**SECTIONS, SETTINGS[0]: (SETTINGS[1], rest)}.items():
            pages = [self._menu_item(request, offered[label], icon) for label in labels if label in offered]
            if pages:
                sections.append({"title": title, "separator": True, "collapsible": False, "items": pages})
        return sections

    def _label(self, page: dict[str, Any]) -> str:
        return str(page["model"]._meta.label_lower)  # noqa: SLF001  # Django's documented way to a model's name

    def _menu_item(self, request: HttpRequest, page: dict[str, Any], icon: str) -> dict[str, Any]:
        url = page["admin_url"]
        return {
            "title": page["name"],
            "icon": getattr(self._registry[page["model"]], "icon", icon),
            "link": url,
            "active": bool(url) and request.path.startswith(url),
            "has_permission": True,
        }


site = StaffSite()


def environment(request: HttpRequest) -> list[str] | None:
    """The badge at the top of each page, so that nobody takes a development desk for the real one."""
    return None if settings.PRODUCTION else [settings.MODE.capitalize(), "warning"]


def has_role(request: HttpRequest, *roles: str) -> bool:
    """Whether the signed-in officer has one of the roles. Read once per request."""
    user = request.user
    if not (user.is_authenticated and user.is_staff and user.is_active):
        return False
    held: frozenset[str] | None = getattr(request, "staff_roles", None)
    if held is None:
        held = frozenset(user.groups.values_list("name", flat=True))
        request.staff_roles = held  # type: ignore[attr-defined]  # a memo for this request alone
    return bool(held & set(roles))


class RoleDoor:
    """A page that opens for the roles which it names, and for nobody else."""

    view_roles: ClassVar[tuple[str, ...]] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers of the roles."""
        return has_role(request, *self.view_roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The menu lists the page where it may be opened."""
        return self.has_view_permission(request)


class ReadOnlyAdmin(RoleDoor, Exporting, ModelAdmin):
    """A page that shows and never writes. Acts stand on pages of their own and go through services."""

    icon: ClassVar[str] = "description"
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Numbers are compared as numbers, so that an index finds them: Django would turn every row's into text."""
        numbers = [name for name in self.get_search_fields(request) if self._is_number(name)]
        if not numbers or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        wanted = Q(pk__in=())
        for name in self.get_search_fields(request):
            if name not in numbers:
                wanted |= Q(**{f"{name[1:]}__iexact" if name.startswith("=") else name: term})
            elif term.isascii() and term.isdigit() and len(term) <= NUMBER_DIGITS_MAX:
                wanted |= Q(**{name.removeprefix("=").removesuffix("__exact"): int(term)})
        return queryset.filter(wanted), False

    def _is_number(self, search_field: str) -> bool:
        model, found = self.model, None
        for part in search_field.removeprefix("=").removesuffix("__exact").split("__"):
            try:
                found = model._meta.get_field(part)  # noqa: SLF001  # Django's documented way to a field
            except FieldDoesNotExist:
                return False
            model = found.related_model or model
        return isinstance(found, IntegerField)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class PageAdmin(ReadOnlyAdmin):
    """Rows that have a page of ours in place of Django's form."""

    refusal: ClassVar[str] = ""
    """What an officer without the roles reads."""

    def page_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """The page of the row with this primary key; a POST acts. May raise Absent: there is no such row."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # Django's signature
        extra_context: dict[str, Any] | None = None,  # Django's signature
    ) -> HttpResponse:
        """The page, for officers of the roles."""
        if not has_role(request, *self.view_roles):
            return HttpResponseForbidden(self.refusal, content_type="text/plain")
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) <= NUMBER_DIGITS_MAX):
            raise Http404
        try:
            return self.page_view(request, int(object_id))
        except Absent:
            raise Http404 from None
