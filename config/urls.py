"""The roof: mounts every dialect, the staff desk, health, and the answers to what nobody claims."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.admin_site import site
from accounts.api.security_links import SecurityLinkLook, SecurityLinks
from config import shared_paths
from config.kit.context import current_request_id
from config.kit.dialect import answer_refusal, owner
from config.kit.errors import MalformedBody, NotSignedIn, Unexpected, UnknownPath
from wallet.api.bitgin.result_page import TransferResult
from wallet.api.transfer_links import TransferLinkLook, TransferLinks

DESCRIBED = {
    "native": "config.dialects.native.urls_mounted",
    "spot": "config.dialects.spot.urls",
    "bitgin": "config.dialects.bitgin.urls_described",
    "bhex": "config.dialects.bhex.urls_described",
    "bitflex": "config.dialects.bitflex.urls",
    "exx": "config.dialects.exx.urls_described",
}
"""The index behind each dialect's OpenAPI document. One for all would mix up serializers of one name."""


def root(request: HttpRequest) -> HttpResponse:
    """The documentation is the front door."""
    return HttpResponseRedirect("/api/v1/docs/")


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it unasked."""
    return HttpResponsePermanentRedirect(static("quaestor/favicon.svg"))


admin.autodiscover()

urlpatterns = [
    path("", root),
    path("favicon.ico", favicon),
    path("api/v1/", include("config.dialects.native.urls")),
    path("v1/login", shared_paths.login),
    path("", include("config.dialects.spot.urls")),
    path("", include("config.dialects.bitgin.urls")),
    path("", include("config.dialects.bhex.urls")),
    path("", include("config.dialects.bitflex.urls")),
    path("", include("config.dialects.exx.urls")),
    *(path(f"schema/{name}/", SpectacularAPIView.as_view(urlconf=urlconf)) for name, urlconf in DESCRIBED.items()),
    path("security/links", SecurityLinks.as_view()),
    path("security/links/look", SecurityLinkLook.as_view()),
    path("transfers/link", TransferLinks.as_view()),
    path("transfers/link/look", TransferLinkLook.as_view()),
    path("transfers/opened", TransferResult.as_view()),
    path("admin/", site.urls),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("outbox/", include("messaging.outbox.urls")))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 in the words of the dialect that owns the path."""
    return answer_refusal(owner(request.path), MalformedBody(reason="the request is not well-formed"), request)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 in the words of the dialect that owns the path; a dialect knows it as not signed in."""
    return answer_refusal(owner(request.path), NotSignedIn(), request, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the words of the dialect that owns the path."""
    return answer_refusal(owner(request.path), UnknownPath(), request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 in the words of the dialect that owns the path."""
    return answer_refusal(owner(request.path), Unexpected(request_id=current_request_id()), request, status=500)


handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error
