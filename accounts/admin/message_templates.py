"""The officers' page of message templates: what customers read, in every language, and a test to the own mailbox."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from accounts.admin_site import ReadOnlyAdmin, has_role, site
from accounts.models import User
from accounts.services import message_tests
from config.kit.errors import Absent, DomainError
from messaging.models import Channel, MessageTemplate
from messaging.services import previews
from messaging.services.catalogue import LANGUAGES

PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A preview is a mail: no script, no form, nothing fetched, and an origin of its own."""


class ChoiceForm(forms.Form):
    """What the address of a preview may say; anything else is as if it said nothing."""

    language = forms.ChoiceField(choices=[(language, language) for language in LANGUAGES], required=False)
    phrase = forms.ChoiceField(choices=[("1", ""), ("0", "")], required=False)


@admin.register(MessageTemplate, site=site)
class MessageTemplateAdmin(ReadOnlyAdmin):
    """A list of the templates and a page for each; there are no rows behind them."""

    icon = "drafts"
    view_roles = ("compliance", "treasury", "auditor")

    def get_urls(self) -> list[URLPattern]:
        """The preview's own address, before Django's."""
        own = path("<slug:name>/html/", self.admin_site.admin_view(self.html_view), name="messaging_messagetemplate_html")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Template by channel and language, each with the version of its words."""
        self._require_view(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Message templates",
            "opts": self.opts,
            "languages": LANGUAGES,
            "rows": [
                {"row": row, "address": self._address(row.template.name), "cells": self._cells(row)}
                for row in previews.listed()
            ],
        }
        return TemplateResponse(request, "admin/messaging/templates.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One template: the mail as HTML and as text, and the SMS. A POST sends the mail to the officer's own address."""
        self._require_view(request)
        language, with_phrase = self._choice(request)
        if request.method == "POST":
            return self._send(request, object_id, language)
        try:
            row = previews.row_of(previews.find(object_id))
            shown = {
                channel: previews.preview(name=object_id, language=language, channel=channel, with_phrase=with_phrase)
                for channel in row.channels
            }
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        query = urlencode({"language": language, "phrase": str(int(with_phrase))})
        context = {
            **self.admin_site.each_context(request),
            "title": f"Template {object_id}",
            "opts": self.opts,
            "row": row,
            "language": language,
            "languages": LANGUAGES,
            "with_phrase": with_phrase,
            "mail": shown.get(Channel.EMAIL.value),
            "sms": shown.get(Channel.SMS.value),
            "html_address": f"{reverse('admin:messaging_messagetemplate_html', args=[object_id])}?{query}",
            "may_send": has_role(request, *message_tests.ROLES) and Channel.EMAIL.value in shown,
            "own_address": request.user.email if request.user.is_authenticated else "",
            "back": reverse("admin:messaging_messagetemplate_changelist"),
        }
        return TemplateResponse(request, "admin/messaging/template.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history of a template is that of its files."""
        return HttpResponseRedirect(self._address(object_id))

    def html_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The mail itself, for the frame of the page."""
        self._require_view(request)
        language, with_phrase = self._choice(request)
        try:
            mail = previews.preview(name=name, language=language, channel=Channel.EMAIL, with_phrase=with_phrase)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        headers = {"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
        return HttpResponse(mail.html, headers=headers)

    def _send(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        officer = request.user
        assert isinstance(officer, User)
        try:
            message = message_tests.send(officer=officer, name=name, language=language)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        else:
            messages.success(request, f"The test {message.public_id} is on its way to {message.destination_masked}.")
        return HttpResponseRedirect(f"{self._address(name)}?{urlencode({'language': language})}")

    def _choice(self, request: HttpRequest) -> tuple[str, bool]:
        form = ChoiceForm(request.POST if request.method == "POST" else request.GET)
        form.is_valid()
        return form.cleaned_data.get("language") or LANGUAGES[0], form.cleaned_data.get("phrase") != "0"

    def _address(self, name: str) -> str:
        return reverse("admin:messaging_messagetemplate_change", args=[name])

    def _cells(self, row: previews.TemplateRow) -> list[dict[str, str]]:
        address = self._address(row.template.name)
        return [
            {
                "version": row.versions.get(channel, {}).get(language, ""),
                "address": f"{address}?{urlencode({'language': language})}",
            }
            for channel in Channel.values
            for language in LANGUAGES
        ]

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404
