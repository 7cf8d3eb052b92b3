"""Other customers' cases that share something with this one. What looks alike in pictures is told by `hints`."""

from __future__ import annotations

from kyc.models import BankAccount, Case

NEIGHBOURS_MAX = 20


def of_bank_account(case: Case) -> list[Case]:
    """Newest first, other customers' cases that name the same bank account; found by the number's blind index."""
    named = BankAccount.objects.filter(case=case).values_list("number_index", flat=True)
    same = BankAccount.objects.filter(number_index__in=[bytes(index) for index in named]).exclude(case__user_id=case.user_id)
    return list(Case.objects.filter(pk__in=same.values("case_id")).select_related("user").order_by("-id")[:NEIGHBOURS_MAX])
