"""The refusals of the identity checks. A part that needs more puts them in a module of its own beside `checks`."""

from __future__ import annotations

from kyc.errors.checks import AlreadyApproved as AlreadyApproved
from kyc.errors.checks import BankAccountInvalid as BankAccountInvalid
from kyc.errors.checks import BankAccountMissing as BankAccountMissing
from kyc.errors.checks import BirthdayInvalid as BirthdayInvalid
from kyc.errors.checks import CaseChanged as CaseChanged
from kyc.errors.checks import DocumentSettled as DocumentSettled
from kyc.errors.checks import DocumentsMissing as DocumentsMissing
from kyc.errors.checks import DocumentTooLarge as DocumentTooLarge
from kyc.errors.checks import DocumentUnreadable as DocumentUnreadable
from kyc.errors.checks import IdentityInvalid as IdentityInvalid
from kyc.errors.checks import IdNumberInvalid as IdNumberInvalid
from kyc.errors.checks import IdNumberTaken as IdNumberTaken
from kyc.errors.checks import ImagingBusy as ImagingBusy
from kyc.errors.checks import LevelOutOfOrder as LevelOutOfOrder
from kyc.errors.checks import LinkInvalid as LinkInvalid
from kyc.errors.checks import NotAnOfficer as NotAnOfficer
from kyc.errors.checks import NotEntitled as NotEntitled
from kyc.errors.checks import NothingSentBack as NothingSentBack
from kyc.errors.checks import OwnCase as OwnCase
from kyc.errors.checks import PhoneDiffers as PhoneDiffers
from kyc.errors.checks import PhoneTaken as PhoneTaken
from kyc.errors.checks import QuestionnaireInvalid as QuestionnaireInvalid
from kyc.errors.checks import QuestionnaireMissing as QuestionnaireMissing
from kyc.errors.checks import ReasonUnknown as ReasonUnknown
from kyc.errors.checks import TooYoung as TooYoung
from kyc.errors.checks import UnderReview as UnderReview
from kyc.errors.checks import UploadQuotaReached as UploadQuotaReached
from kyc.errors.claims import CaseClaimed as CaseClaimed
from kyc.errors.claims import CaseNotWaiting as CaseNotWaiting
from kyc.errors.claims import NotALead as NotALead
from kyc.errors.files import StorageUnavailable as StorageUnavailable
from kyc.errors.files import UploadBytesReached as UploadBytesReached
from kyc.errors.files import UploadUnfit as UploadUnfit
from kyc.errors.files import UploadUsed as UploadUsed
from kyc.errors.files import VideoQuotaReached as VideoQuotaReached
