-- What the database refuses of Travel Rule records, whoever asks.

CREATE TRIGGER travel_rule_record_kept BEFORE DELETE OR TRUNCATE ON wallet_travelrulerecord
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- A record names the withdrawal's own customer, so that "no officer is the customer" can be checked on its row.
ALTER TABLE wallet_travelrulerecord ADD CONSTRAINT travel_rule_of_the_withdrawals_customer
    FOREIGN KEY (withdrawal_id, customer_id) REFERENCES wallet_withdrawal (id, customer_id);

-- What was told stays; an erasure may take the sealed facts, whole, and nothing else.
CREATE FUNCTION wallet_travel_rule_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF length(NEW.sealed) > 0 OR (to_jsonb(OLD) - 'sealed') IS DISTINCT FROM (to_jsonb(NEW) - 'sealed') THEN
        RAISE EXCEPTION 'a Travel Rule record stays what was told'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'travel_rule_facts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER travel_rule_guard BEFORE UPDATE ON wallet_travelrulerecord
    FOR EACH ROW EXECUTE FUNCTION wallet_travel_rule_guard();
