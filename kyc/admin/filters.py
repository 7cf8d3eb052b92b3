"""What the address of the queue may say."""

from __future__ import annotations

from typing import Any

from django import forms

from kyc.models import CaseState, Level
from kyc.services.queue import ALL, MINE, UNCLAIMED, Filters

AGES = ((4, "Over 4 hours"), (24, "Over a day"), (72, "Over 3 days"), (168, "Over a week"))
STATES = (*CaseState.choices, (ALL, "All"))


class QueueForm(forms.Form):
    """The filters; anything else is as if the address said nothing."""

    q = forms.RegexField(r"^[0-9]{1,18}$", required=False)
    queue = forms.ChoiceField(choices=STATES, required=False)
    claim = forms.ChoiceField(choices=[(MINE, ""), (UNCLAIMED, "")], required=False)
    level = forms.TypedChoiceField(choices=Level.choices, coerce=int, empty_value=None, required=False)
    country = forms.RegexField(r"^[A-Za-z]{2}$", required=False)
    age = forms.TypedChoiceField(choices=AGES, coerce=int, empty_value=None, required=False)

    def filters(self) -> Filters:
        """What was said and makes sense."""
        self.is_valid()
        said: dict[str, Any] = self.cleaned_data
        return Filters(
            state=said.get("queue", ""),
            claim=said.get("claim", ""),
            level=said.get("level"),
            country=said.get("country", "").upper(),
            age_hours=said.get("age"),
            search=said.get("q", ""),
        )
