"""The refusals of this app. Wrong codes are refused in messaging's words, whatever made the code."""

from __future__ import annotations

import dataclasses

from accounts.errors.app_tokens import AppTokenRefused as AppTokenRefused
from accounts.errors.app_tokens import TooManyAppTokens as TooManyAppTokens
from accounts.errors.around import CountryUnknown as CountryUnknown
from accounts.errors.around import CountryWithoutPhones as CountryWithoutPhones
from accounts.errors.around import FavouriteInvalid as FavouriteInvalid
from accounts.errors.around import FavouriteTwice as FavouriteTwice
from accounts.errors.around import LabelInUse as LabelInUse
from accounts.errors.around import LabelInvalid as LabelInvalid
from accounts.errors.around import NotACustomer as NotACustomer
from accounts.errors.around import NotAnOfficer as NotAnOfficer
from accounts.errors.around import NotForSubAccounts as NotForSubAccounts
from accounts.errors.around import OwnAccount as OwnAccount
from accounts.errors.around import ReasonDue as ReasonDue
from accounts.errors.around import SubAccountFrozen as SubAccountFrozen
from accounts.errors.around import SubAccountNotEmpty as SubAccountNotEmpty
from accounts.errors.around import SubAccountNotFrozen as SubAccountNotFrozen
from accounts.errors.around import SubAccountStopped as SubAccountStopped
from accounts.errors.around import TooManyFavourites as TooManyFavourites
from accounts.errors.around import TooManySubAccounts as TooManySubAccounts
from accounts.errors.around import VipTierUnknown as VipTierUnknown
from accounts.errors.contacts import ContactInUse as ContactInUse
from accounts.errors.contacts import ContactNotBound as ContactNotBound
from accounts.errors.contacts import ContactTaken as ContactTaken
from accounts.errors.contacts import ContactUnchanged as ContactUnchanged
from accounts.errors.contacts import LastContact as LastContact
from accounts.errors.contacts import OldContactDue as OldContactDue
from accounts.errors.contacts import UsernameAlreadySet as UsernameAlreadySet
from accounts.errors.factors import PasskeyRefused as PasskeyRefused
from accounts.errors.factors import PasskeyTaken as PasskeyTaken
from accounts.errors.factors import SecondFactorExpired as SecondFactorExpired
from accounts.errors.factors import SecondFactorLocked as SecondFactorLocked
from accounts.errors.factors import SecondFactorNotDue as SecondFactorNotDue
from accounts.errors.factors import SecondFactorRequired as SecondFactorRequired
from accounts.errors.factors import SecondFactorWrong as SecondFactorWrong
from accounts.errors.factors import TooManyPasskeys as TooManyPasskeys
from accounts.errors.factors import TotpAlreadyBound as TotpAlreadyBound
from accounts.errors.factors import TotpNotBegun as TotpNotBegun
from accounts.errors.factors import TotpNotBound as TotpNotBound
from accounts.errors.oauth import OAuthApplicationInvalid as OAuthApplicationInvalid
from accounts.errors.oauth import OAuthClientRefused as OAuthClientRefused
from accounts.errors.oauth import OAuthFunctionMissing as OAuthFunctionMissing
from accounts.errors.oauth import OAuthRefused as OAuthRefused
from accounts.errors.oauth import OAuthRequestRefused as OAuthRequestRefused
from accounts.errors.oauth import OAuthTokenRefused as OAuthTokenRefused
from accounts.errors.passwords import OldPasswordWrong as OldPasswordWrong
from accounts.errors.passwords import PasswordAlreadySet as PasswordAlreadySet
from accounts.errors.passwords import PasswordMissing as PasswordMissing
from accounts.errors.passwords import PasswordsDiffer as PasswordsDiffer
from accounts.errors.passwords import PasswordsEqual as PasswordsEqual
from accounts.errors.passwords import PasswordUnchanged as PasswordUnchanged
from accounts.errors.passwords import RecoveryCodeWrong as RecoveryCodeWrong
from accounts.errors.passwords import RecoveryInvalid as RecoveryInvalid
from accounts.errors.passwords import RecoveryLocked as RecoveryLocked
from accounts.errors.passwords import RecoveryOrderDue as RecoveryOrderDue
from accounts.errors.passwords import RecoveryProofWrong as RecoveryProofWrong
from accounts.errors.passwords import RecoverySecondDue as RecoverySecondDue
from accounts.errors.passwords import TradePasswordAlreadySet as TradePasswordAlreadySet
from accounts.errors.passwords import TradePasswordLocked as TradePasswordLocked
from accounts.errors.passwords import TradePasswordMissing as TradePasswordMissing
from accounts.errors.passwords import TradePasswordRefused as TradePasswordRefused
from accounts.errors.passwords import TradePasswordWrong as TradePasswordWrong
from accounts.errors.receivers import NotOneself as NotOneself
from accounts.errors.receivers import ReceiverLocked as ReceiverLocked
from accounts.errors.receivers import ReceiverNotNamed as ReceiverNotNamed
from accounts.errors.receivers import ReceiversDiffer as ReceiversDiffer
from accounts.errors.receivers import ReceiverUnknown as ReceiverUnknown
from accounts.errors.recovery import AlreadyFrozen as AlreadyFrozen
from accounts.errors.recovery import FrozenByOwner as FrozenByOwner
from accounts.errors.recovery import LinkExpired as LinkExpired
from accounts.errors.recovery import LinkInvalid as LinkInvalid
from accounts.errors.recovery import LinkSpent as LinkSpent
from accounts.errors.recovery import NotFrozen as NotFrozen
from accounts.errors.recovery import NothingToRecover as NothingToRecover
from accounts.errors.recovery import RecoveryAlreadyDecided as RecoveryAlreadyDecided
from accounts.errors.recovery import RecoveryNotAnOfficer as RecoveryNotAnOfficer
from accounts.errors.recovery import RecoveryOwnCase as RecoveryOwnCase
from accounts.errors.recovery import RecoveryReasonInvalid as RecoveryReasonInvalid
from accounts.errors.recovery import RecoveryTokenInvalid as RecoveryTokenInvalid
from accounts.errors.recovery import SelfieChanged as SelfieChanged
from accounts.errors.recovery import SelfieNotFresh as SelfieNotFresh
from accounts.errors.requests import CredentialsDisagree as CredentialsDisagree
from accounts.errors.requests import CrossSite as CrossSite
from accounts.errors.signin import AccountUnknown as AccountUnknown
from accounts.errors.signin import AlreadyActivated as AlreadyActivated
from accounts.errors.signin import CredentialsChanged as CredentialsChanged
from accounts.errors.signin import EmailTaken as EmailTaken
from accounts.errors.signin import FactorNotServed as FactorNotServed
from accounts.errors.signin import NameMissing as NameMissing
from accounts.errors.signin import PasswordDue as PasswordDue
from accounts.errors.signin import PasswordNotDue as PasswordNotDue
from accounts.errors.signin import PhoneTaken as PhoneTaken
from accounts.errors.signin import ReferralLocked as ReferralLocked
from accounts.errors.signin import ReferralUnknown as ReferralUnknown
from accounts.errors.signin import SignInCaptchaRequired as SignInCaptchaRequired
from accounts.errors.signin import SignInCaptchaWrong as SignInCaptchaWrong
from accounts.errors.signin import WaitingSessionInvalid as WaitingSessionInvalid
from config.kit.errors import DomainError, Kind


class WrongCredentials(DomainError):
    """The name or the password is wrong: which of both is not told, and unknown names are counted like known ones."""

    slug = "accounts.wrong_credentials"
    kind = Kind.UNAUTHENTICATED
    message = "The name or the password is wrong."
    failures: int
    """Failed attempts on this name in the last 24 hours."""
    captcha_required: bool = False
    """Whether the next attempt needs a captcha."""


class SignInLocked(DomainError):
    """Too many failures on this name, existing or not; the right password doesn't help until the lock ends."""

    slug = "accounts.sign_in_locked"
    kind = Kind.LIMITED
    message = "Too many failed attempts. Try again in {retry_after} s."
    failures: int
    retry_after: int


class AddressLocked(DomainError):
    """Too many failures from this network address."""

    slug = "accounts.address_locked"
    kind = Kind.LIMITED
    message = "Too many failed attempts from this network. Try again in {retry_after} s."
    retry_after: int


class AccountStopped(DomainError):
    """The password was right, but this account may not sign in."""

    slug = "accounts.account_stopped"
    kind = Kind.FORBIDDEN
    message = "This account is {account_status}. Write to support."
    account_status: str


class PasswordRefused(DomainError):
    """The new password breaks the rules named by `reasons`: too_short, too_long, malformed, common, same_as_name."""

    slug = "accounts.password_refused"
    kind = Kind.INVALID
    field = "password"
    message = "The password is not good enough: {reasons}."
    reasons: list[str] = dataclasses.field(default_factory=list)


class UsernameInvalid(DomainError):
    """The user name is not made of the allowed characters."""

    slug = "accounts.username_invalid"
    kind = Kind.INVALID
    field = "username"
    message = "A user name begins with a Latin letter and has 3 to 32 letters, digits, dots, dashes and underscores."


class UsernameTaken(DomainError):
    """Another account has this user name, or one that differs in case only."""

    slug = "accounts.username_taken"
    kind = Kind.CONFLICT
    field = "username"
    message = "This user name is taken."


class AlreadyRegistered(DomainError):
    """The email or phone got an account meanwhile. Only its owner, who just proved it, is told."""

    slug = "accounts.already_registered"
    kind = Kind.CONFLICT
    message = "There is an account with this address already. Log in."
    channel: str = "email"
    """Which of the two it is: email or phone."""


class PhoneCountryClosed(DomainError):
    """Accounts can't be opened with phones of this country."""

    slug = "accounts.phone_country_closed"
    kind = Kind.FORBIDDEN
    field = "phone"
    message = "Phones of this country can't open an account."
    country: str


class DestinationMissing(DomainError):
    """The account has nothing bound to which the code could go."""

    slug = "accounts.destination_missing"
    kind = Kind.CONFLICT
    message = "No {channel} is bound to this account."
    channel: str


class PurposeElsewhere(DomainError):
    """Codes for this purpose are sent by another endpoint, because they are bound to what they confirm."""

    slug = "accounts.purpose_elsewhere"
    kind = Kind.INVALID
    field = "purpose"
    message = "A code for {purpose} is not sent here."
    purpose: str


class AuthenticatorDue(DomainError):
    """An authenticator or passkey is bound: it is the proof, and nothing is sent."""

    slug = "accounts.authenticator_due"
    kind = Kind.CONFLICT
    message = "Use your authenticator app or passkey: no code is sent."


class SecurityHoldActive(DomainError):
    """No money leaves while a security hold runs."""

    slug = "accounts.security_hold_active"
    kind = Kind.FORBIDDEN
    message = "Outgoing money is on hold until {until} ({cause})."
    cause: str
    until: str


class StaffInvalid(DomainError):
    """An officer can't be created like this."""

    slug = "accounts.staff_invalid"
    kind = Kind.INVALID
    message = "{reason}"
    reason: str
