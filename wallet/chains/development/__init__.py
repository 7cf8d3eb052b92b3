"""The development chain: a real EVM (py-evm) behind JSON-RPC on loopback, for `make run` and the tests.

Not installed in production, and refused there.
"""
