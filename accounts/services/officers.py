"""Who acts upon a customer from our side, and why: checked once, the same for every such act."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.errors import NotACustomer, NotAnOfficer, OwnAccount, ReasonDue
from accounts.models import AuditRecord, User
from accounts.models.audit import ActorKind
from accounts.services import audit, staff

REASON_CHARACTERS_MAX = 500


@dataclass(frozen=True)
class Act:
    """An officer at the desk, or an operator at the console (`by`), with the reason."""

    reason: str
    officer: User | None = None
    by: str = ""

    def require(self, *roles: str) -> None:
        """Promise that a reason is given and that the officer has one of the roles. Raises ReasonDue, NotAnOfficer."""
        if not any(map(str.isalnum, self.said)) or "\0" in self.said or len(self.said) > REASON_CHARACTERS_MAX:
            raise ReasonDue(characters_max=REASON_CHARACTERS_MAX)
        if self.officer is None and not self.by.strip():
            raise ValueError("somebody acts: an officer, or whoever runs the command")
        if self.officer is not None and not staff.has_role(self.officer, *roles):
            raise NotAnOfficer(roles=", ".join(roles))

    def require_about(self, customer: User) -> None:
        """Promise that this is a customer's account and not the officer's own. Raises NotACustomer, OwnAccount."""
        if self.officer is not None and self.officer.pk == customer.pk:
            raise OwnAccount
        if customer.is_staff:
            raise NotACustomer

    def record(self, *, act: str, subject: str, facts: dict[str, str]) -> AuditRecord:
        """Write the audit record, in the caller's transaction."""
        kind = ActorKind.STAFF if self.officer is not None else ActorKind.OPERATOR
        told = facts if self.officer is not None else {**facts, "by": self.by.strip()[:200]}
        return audit.record(actor=self.officer, actor_kind=kind, act=act, subject=subject, reason=self.said, facts=told)

    @property
    def said(self) -> str:
        """The reason on one line."""
        return " ".join(self.reason.split())
