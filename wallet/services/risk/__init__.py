"""The risk rules: small classes over stored inputs, in sets with versions, that can be asked again about the past."""
