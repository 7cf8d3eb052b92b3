"""What a million cases share for `manage.py bench kyc-queue`: identities, numbers once named, bank accounts, hints.

Written by the database itself. Most share nothing; one in fifty was refused a neighbour's number, ten accounts in a thousand
are named by others too, one picture in ten is blurred.
"""

from __future__ import annotations

from django.db import connection

IDENTITIES = """
INSERT INTO kyc_identity (user_id, nationality, residence, id_type, sealed, number_index, created_at, updated_at)
SELECT id, 'TW', 'TW', 'national_id', '\\x00', sha256(id::text::bytea), now(), now() FROM accounts_user WHERE id <> %(officer)s
"""
NAMED = """
INSERT INTO kyc_named_number (user_id, country, sealed, number_index, named_at, refused_at)
SELECT user_id, 'TW', sealed, number_index, now(), NULL FROM kyc_identity
UNION ALL
SELECT user_id, 'TW', sealed, sha256((user_id - 1)::text::bytea), now(), now() FROM kyc_identity WHERE mod(user_id, 50) = 0
"""
ACCOUNTS = """
INSERT INTO kyc_customer_bank_account
(public_id, user_id, case_id, country, bank_code, branch_code, sealed, number_index, state, reason, usable_from, created_at)
SELECT 6000000000000000 + id, user_id, id, 'TW', '005', '', '\\x00',
    CASE WHEN mod(id, 100) = 0 THEN sha256(('shared' || id / 1000)::bytea) ELSE sha256(('own' || id)::bytea) END,
    'pending', '', now(), now()
FROM kyc_case WHERE level = 3 AND state = 'submitted'
"""
HINTS = """
INSERT INTO kyc_document_hints
(document_id, state, due_at, tries, computed_at, sharpness, glare_share, width, height, faces, number, mrz)
SELECT id, 'done', now(), 1, now(), CASE WHEN mod(id, 10) = 0 THEN 20 ELSE 200 END, 0, 1200, 800, 1, 'equal', 'absent'
FROM kyc_document
"""


def fill(officer_id: int) -> None:
    """Give the customers numbers, their cases accounts, their documents hints."""
    with connection.cursor() as cursor:
        for statement in (IDENTITIES, NAMED, ACCOUNTS, HINTS):
            cursor.execute(statement, {"officer": officer_id})
