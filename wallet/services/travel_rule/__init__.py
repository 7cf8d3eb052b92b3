"""The Travel Rule (FATF, Recommendation 16): originator and beneficiary of what leaves are known before it is signed."""
