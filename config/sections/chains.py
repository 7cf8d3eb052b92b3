"""Settings of the networks beside Ethereum. One whose node is not named is not connected."""

from __future__ import annotations

from config.sections.mode import env

BITCOIN_CHAINS = ("main", "test", "signet", "regtest")

BITCOIN_RPC_URL = env.text("BITCOIN_RPC_URL", default="")
"""`http://user:password@host:8332/wallet/NAME`: Bitcoin Core with `txindex=1` and a wallet that only watches."""
BITCOIN_CHAIN = env.choice("BITCOIN_CHAIN", BITCOIN_CHAINS, default="main")
BITCOIN_CALL_TIMEOUT_SECONDS = env.integer("BITCOIN_CALL_TIMEOUT_SECONDS", default=20)
"""A block described in words takes a node seconds."""
BITCOIN_DEPOSIT_XPUB = env.text("BITCOIN_DEPOSIT_XPUB", default="", production_needs=bool(BITCOIN_RPC_URL))
"""Extended public key of an account: zpub (BIP-84), ypub (BIP-49) or xpub (BIP-44); its version decides what is derived."""
BITCOIN_HOT_WALLET_ADDRESS = env.text("BITCOIN_HOT_WALLET_ADDRESS", default="", production_needs=bool(BITCOIN_RPC_URL))
BITCOIN_SCAN_FROM_HEIGHT = env.integer("BITCOIN_SCAN_FROM_HEIGHT", default=0, production_needs=bool(BITCOIN_RPC_URL))
BITCOIN_NETWORK_FEE_MAX = env.text("BITCOIN_NETWORK_FEE_MAX", default="0.002")
BITCOIN_FEE_RATE_MAX = env.integer("BITCOIN_FEE_RATE_MAX", default=300)
"""Satoshi for each virtual byte, whatever the node estimates."""
BITCOIN_FEE_RATE_FALLBACK = env.integer("BITCOIN_FEE_RATE_FALLBACK", default=0)
"""The same where the node has no estimate; 0: nothing is paid until it has one."""
SIGNER_BITCOIN_KEY_FILE = env.text("SIGNER_BITCOIN_KEY_FILE", default="")
"""Set in the signer's own environment only, as all key files."""
