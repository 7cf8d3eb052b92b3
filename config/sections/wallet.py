"""Settings of chains, withdrawals and the address book."""

from __future__ import annotations

from config.rate_source import rate_source
from config.sections.mode import PRODUCTION, env

EVM_RPC_URL = env.text("EVM_RPC_URL", default="http://127.0.0.1:8545", production_needs=True)
EVM_CALL_TIMEOUT_SECONDS = env.integer("EVM_CALL_TIMEOUT_SECONDS", default=5)
DEVELOPMENT_CHAIN_ID = 131277322940537
EVM_CHAIN_ID = env.integer("EVM_CHAIN_ID", default=DEVELOPMENT_CHAIN_ID, production_needs=True)
DEVELOPMENT_DEPOSIT_XPUB = (
    "xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd54JoNXVsXFYSYwHsnJxqP"
)
"""m/44'/60'/0' of the mnemonic "test test test test test test test test test test test junk": everybody can spend from it."""
EVM_DEPOSIT_XPUB = env.text("EVM_DEPOSIT_XPUB", default=DEVELOPMENT_DEPOSIT_XPUB, production_needs=True)
"""Extended public key of an account, m/44'/60'/n': deposit addresses are derived below it."""
EVM_SCAN_FROM_HEIGHT = env.integer("EVM_SCAN_FROM_HEIGHT", default=0, production_needs=True)
"""The first block that the watcher ever looks into: any that is older than the first deposit address."""
EVM_HOT_WALLET_ADDRESS = env.text("EVM_HOT_WALLET_ADDRESS", default="", production_needs=True)
COLD_WALLETS: dict[str, list[str]] = {}
"""Addresses of ours beside the paying wallet and those of deposits, by network: what they hold counts against the books."""
for _wallet in env.list("COLD_WALLETS", default=[]):
    _network, _, _address = _wallet.partition(":")
    if not (_network and _address):
        env.unreadable.append("COLD_WALLETS must be NETWORK:address, parted by commas")
    COLD_WALLETS.setdefault(_network, []).append(_address)
EVM_NETWORK_FEE_MAX = env.text("EVM_NETWORK_FEE_MAX", default="0.05")
"""The most that one payment may pay to its network, in the network's coin; the signer refuses more."""
FEE_RAISE_AFTER_SECONDS = env.integer("FEE_RAISE_AFTER_SECONDS", default=900)
"""How long a payment waits for a block before a worker raises its network fee; 0 leaves that to officers."""
SIGNER_KEY_FILE = env.text("SIGNER_KEY_FILE", default="")
"""Set in the signer's own environment only."""
WITHDRAWAL_ABSENCE_AFTER_SECONDS = env.integer("WITHDRAWAL_ABSENCE_AFTER_SECONDS", default=1800)
"""How long a payment must stand without a clear answer before officers may declare that it never reached the chain."""
TRANSFER_LINK_URL = env.text("TRANSFER_LINK_URL", default="")
"""The page to which the mail about a transfer leads; it finds the token behind the `#`. Empty: our own page."""
TRANSFER_RESULT_URL = env.text("TRANSFER_RESULT_URL", default="")
"""The page to which bitgin's link in a mail leads on, once it was opened. Empty: our own page."""
TRUSTED_ADDRESS_COOLDOWN_SECONDS = env.integer("TRUSTED_ADDRESS_COOLDOWN_SECONDS", default=0 if not PRODUCTION else 24 * 3600)
FUTURES_AGREEMENT = env.text("FUTURES_AGREEMENT", default="2026-11")
"""The version of the futures agreement that is in force: whoever opens futures agrees to it, and it is written down. 1 to 32
characters; a new text needs a new version."""

RATES_SOURCE = rate_source(env.text("RATES_URL", default="" if PRODUCTION else "development:"))
"""Where prices come from; without one no price is ever fresh, and nothing is converted."""
RATES_TIMEOUT_SECONDS = env.integer("RATES_TIMEOUT_SECONDS", default=5)
"""How long the source may take for its whole answer."""
RATES_AGE_SECONDS_MAX = env.integer("RATES_AGE_SECONDS_MAX", default=120)
"""How old a price may be, by the source's own clock, for anything to be converted at it."""
RATES_JUMP_PERCENT_MAX = env.integer("RATES_JUMP_PERCENT_MAX", default=20)
"""A price that is further than this from the one we have is kept out until an operator says `load_rates --accept-jumps`."""
RATES_PIVOTS = env.list("RATES_PIVOTS", default=["USDT", "USD"])
"""Coins over which a price is made where a pair has none of its own, the preferred one first."""
QUOTE_LIFETIME_SECONDS = env.integer("QUOTE_LIFETIME_SECONDS", default=15)
"""How long a customer may take a quote of a conversion: meanwhile the house bears what the price does."""
if not 1 <= QUOTE_LIFETIME_SECONDS <= 300:
    env.unreadable.append("QUOTE_LIFETIME_SECONDS must be between 1 and 300")
if not RATES_PIVOTS:
    env.unreadable.append("RATES_PIVOTS must name a coin")
if RATES_AGE_SECONDS_MAX < 1 or not 1 <= RATES_TIMEOUT_SECONDS <= 30 or not 1 <= RATES_JUMP_PERCENT_MAX <= 100:
    env.unreadable.append(
        "RATES_AGE_SECONDS_MAX must be 1 at least, RATES_TIMEOUT_SECONDS 1 to 30, RATES_JUMP_PERCENT_MAX 1 to 100"
    )
