"""Everything that speaks to a chain: gateways, address derivation, signing, the development chain."""
