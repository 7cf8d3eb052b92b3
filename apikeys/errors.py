"""The refusals of this app."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class HeadersInvalid(DomainError):
    """The four headers of a signed request are not all there, once each and in their form, or not alone."""

    slug = "apikeys.headers_invalid"
    kind = Kind.UNAUTHENTICATED
    message = "The headers of a signed request are not in order: {header} {reason}."
    header: str
    reason: str


class TargetInvalid(DomainError):
    """The path or the query is written in a way that two readers could understand differently."""

    slug = "apikeys.target_invalid"
    kind = Kind.UNAUTHENTICATED
    message = "The address of a signed request must be plain: {reason}."
    reason: str


class KeyRefused(DomainError):
    """No such key is in force: it never existed, or it is disabled, deleted, expired or lapsed, or its owner is barred."""

    slug = "apikeys.key_refused"
    kind = Kind.UNAUTHENTICATED
    message = "No such API key is in force."


class AddressNotAllowed(DomainError):
    """The key is bound to networks and the request comes from elsewhere."""

    slug = "apikeys.address_not_allowed"
    kind = Kind.FORBIDDEN
    message = "This API key can't be used from {ip}."
    ip: str


class ClockOutsideWindow(DomainError):
    """The request's timestamp is too far from our clock; `server_time` (ms) lets the client set its own."""

    slug = "apikeys.clock_outside_window"
    kind = Kind.UNAUTHENTICATED
    message = "The timestamp is more than {window_seconds} s away from the server's clock, which shows {server_time}."
    window_seconds: int
    server_time: int


class SignatureWrong(DomainError):
    """The signature does not belong to this request and this key."""

    slug = "apikeys.signature_wrong"
    kind = Kind.UNAUTHENTICATED
    message = "The signature does not fit the request."


class NonceUsed(DomainError):
    """The key has used this nonce before."""

    slug = "apikeys.nonce_used"
    kind = Kind.UNAUTHENTICATED
    message = "This nonce was used before. Sign again with a new one."


class PublicKeyInvalid(DomainError):
    """The text is not the public half of an Ed25519 key, or the scheme has none."""

    slug = "apikeys.public_key_invalid"
    kind = Kind.INVALID
    field = "public_key"
    message = "The public key is not valid: {reason}."
    reason: str


class NetworkInvalid(DomainError):
    """One of the networks is not written as an address or network that a key may be bound to."""

    slug = "apikeys.network_invalid"
    kind = Kind.INVALID
    field = "networks"
    message = "{network} can't be used: {reason}."
    network: str
    reason: str


class TooManyNetworks(DomainError):
    """More networks than a key may be bound to."""

    slug = "apikeys.too_many_networks"
    kind = Kind.INVALID
    field = "networks"
    message = "A key is bound to {networks_max} networks at most."
    networks_max: int


class NetworksRequired(DomainError):
    """A key that may withdraw must be bound to networks."""

    slug = "apikeys.networks_required"
    kind = Kind.UNPROCESSABLE
    field = "networks"
    message = "A key with the scope withdraw must be bound to networks."


class ExpiryInvalid(DomainError):
    """The time of expiry is past or too far away."""

    slug = "apikeys.expiry_invalid"
    kind = Kind.INVALID
    field = "expires_at"
    message = "A key's expiry lies in the future, at most {days_max} days away."
    days_max: int


class TooManyKeys(DomainError):
    """The customer has as many keys as one may have."""

    slug = "apikeys.too_many_keys"
    kind = Kind.CONFLICT
    message = "You have {keys_max} API keys already. Delete one first."
    keys_max: int
