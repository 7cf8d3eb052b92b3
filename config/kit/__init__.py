"""What every app and dialect stands on: errors, flow, money, views, fields, paging, crypto.

It knows no app and has no models.
"""
