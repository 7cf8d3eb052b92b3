"""A hold on one account of a family holds the whole family: its function asks for parents and sub-accounts as well.

Why: an erasure takes the sub-accounts with it, and asked only for holds on the parent. Lock: none on a table, a function
is replaced. Way back: the former function.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION accounts_hold_or_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    found boolean;
BEGIN
    SELECT coalesce(parent_id, id) FROM accounts_user WHERE id = NEW.customer_id INTO head;
    PERFORM 1 FROM accounts_user WHERE id = head OR parent_id = head ORDER BY id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'accounts_erasure' THEN
        SELECT EXISTS (SELECT 1 FROM accounts_legalhold hold JOIN accounts_user member ON member.id = hold.customer_id
            WHERE (member.id = head OR member.parent_id = head) AND hold.lifted_at IS NULL) INTO found;
    ELSE
        SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id IN (head, NEW.customer_id)) INTO found;
    END IF;
    IF found THEN
        RAISE EXCEPTION 'a customer is either held or erased'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_hold_or_erase';
    END IF;
    RETURN NEW;
END $$;
"""

FORMER = """
CREATE OR REPLACE FUNCTION accounts_hold_or_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    PERFORM 1 FROM accounts_user WHERE id = NEW.customer_id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'accounts_erasure' THEN
        SELECT EXISTS (SELECT 1 FROM accounts_legalhold WHERE customer_id = NEW.customer_id AND lifted_at IS NULL) INTO found;
    ELSE
        SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id = NEW.customer_id) INTO found;
    END IF;
    IF found THEN
        RAISE EXCEPTION 'a customer is either held or erased'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_hold_or_erase';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_sealed_texts"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, FORMER),
    ]
