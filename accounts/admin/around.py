"""Labels, VIP tiers and countries at the desk. Labels are edited by officers with a reason; the others show."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin_site import EVERY_ROLE, ReadOnlyAdmin, has_role, site
from accounts.errors import NotAnOfficer
from accounts.models import Country, Label, User, VipTier
from accounts.services import labels
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import DomainError


class LabelForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no parameters when it runs
    """A label's words and colour, and why they are so."""

    reason = forms.CharField(
        max_length=REASON_CHARACTERS_MAX, widget=UnfoldAdminTextInputWidget, help_text="Kept in the audit log."
    )

    class Meta:
        model = Label
        fields = ("key", "color", "text_en", "text_zh_cn", "text_zh_tw", "is_shown_to_customer")
        labels = {
            "color": "Colour (#rrggbb)",
            "text_en": "English",
            "text_zh_cn": "简体中文",
            "text_zh_tw": "繁體中文",
            "is_shown_to_customer": "Customers see it",
        }

    def clean(self) -> dict[str, Any]:
        """The service's own rules, before anything is written."""
        cleaned = super().clean() or {}
        if not self.errors:
            draft = Label(**{name: value for name, value in cleaned.items() if name != "reason"})
            try:
                labels.check(draft)
            except DomainError as refusal:
                raise forms.ValidationError(refusal.detail) from refusal
        return cleaned


@admin.register(Label, site=site)
class LabelAdmin(ReadOnlyAdmin):
    """Labels that customers may carry. One that somebody carries is not removed."""

    view_roles = EVERY_ROLE
    icon = "label"
    form = LabelForm
    list_display = ("key", "shown", "text_en", "text_zh_cn", "text_zh_tw", "is_shown_to_customer")
    search_fields = ("=key",)
    ordering = ("key",)
    fields = ("key", "color", "text_en", "text_zh_cn", "text_zh_tw", "is_shown_to_customer", "reason")

    @admin.display(description="colour")
    def shown(self, label: Label) -> SafeString:
        """A patch of it."""
        return format_html(
            '<span style="display:inline-block;width:1em;height:1em;border-radius:3px;background:{}"></span> <code>{}</code>',
            label.color,
            label.color,
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may not edit is asked for no reason."""
        return self.fields if self._may_edit(request) else self.fields[:-1]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers who may edit labels."""
        return self._may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers who may edit labels."""
        return self._may_edit(request)

    def save_model(self, request: HttpRequest, obj: Label, form: Any, change: bool) -> None:
        """Through the service, which asks again and writes the audit record."""
        if not isinstance(request.user, User):
            raise NotAnOfficer(roles=", ".join(labels.ROLES))
        labels.save(label=obj, act=Act(reason=form.cleaned_data["reason"], officer=request.user))

    def _may_edit(self, request: HttpRequest) -> bool:
        return has_role(request, *labels.ROLES)


@admin.register(VipTier, site=site)
class VipTierAdmin(ReadOnlyAdmin):
    """The tiers and their spreads."""

    view_roles = EVERY_ROLE
    icon = "workspace_premium"
    list_display = ("level", "name", "spread")
    ordering = ("level",)
    fields: ClassVar = ("level", "name", "spread")
    readonly_fields = ("level", "name", "spread")

    @admin.display(description="spread")
    def spread(self, tier: VipTier) -> str:
        """In percent."""
        return f"{tier.spread_percent.normalize():f} %"


@admin.register(Country, site=site)
class CountryAdmin(ReadOnlyAdmin):
    """Countries, and which of them open accounts: `manage.py open_country` and `close_country` change that."""

    view_roles = EVERY_ROLE
    icon = "public"
    list_display = ("name_en", "alpha2", "alpha3", "numeric", "phone_area", "can_register")
    list_filter = ("can_register",)
    search_fields = ("=alpha2", "=alpha3", "name_en")
    ordering = ("sort",)
