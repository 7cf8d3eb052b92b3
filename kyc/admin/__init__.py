"""The review desk."""

from kyc.admin.bank_accounts import BankAccountAdmin as BankAccountAdmin
from kyc.admin.cases import CaseAdmin as CaseAdmin
from kyc.admin.privacy import LegalHoldAdmin as LegalHoldAdmin
from kyc.admin.recovery import RecoveryCaseAdmin as RecoveryCaseAdmin
