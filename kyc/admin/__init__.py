"""The review desk."""

from kyc.admin.cases import CaseAdmin as CaseAdmin
from kyc.admin.recovery import RecoveryCaseAdmin as RecoveryCaseAdmin
