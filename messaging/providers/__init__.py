"""The outside world: who carries email and SMS."""
