"""The review desk."""

from kyc.admin.cases import CaseAdmin as CaseAdmin
