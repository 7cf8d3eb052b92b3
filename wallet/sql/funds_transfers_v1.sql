-- What the database refuses of transfers between wallets, whoever asks. Every refusal has a name, carried as the constraint.

CREATE TRIGGER funds_transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_fundstransfer
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- Nothing moves for who has not opened futures.
ALTER TABLE wallet_fundstransfer ADD CONSTRAINT funds_transfer_of_opened_futures
    FOREIGN KEY (customer_id) REFERENCES wallet_futuresopening (user_id);

-- A transfer is what its posting says: this customer, this coin, this amount, from the one wallet to the other.
CREATE FUNCTION wallet_funds_transfer_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    giving text := CASE NEW.direction WHEN 'spot_to_futures' THEN 'spot_available' ELSE 'futures_available' END;
    taking text := CASE NEW.direction WHEN 'spot_to_futures' THEN 'futures_available' ELSE 'spot_available' END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_posting p WHERE p.id = NEW.posting_id AND p.kind = 'funds_transfer'
        AND p.scope = 'funds_transfer' AND p.key = NEW.public_id::text
    ) OR (
        SELECT array_agg(a.kind::text || ' ' || trim_scale(e.amount) ORDER BY e.amount)
        FROM wallet_entry e JOIN wallet_ledgeraccount a ON a.id = e.account_id
        WHERE e.posting_id = NEW.posting_id AND a.owner_id = NEW.customer_id AND a.coin_id = NEW.coin_id
    ) IS DISTINCT FROM ARRAY[giving || ' ' || trim_scale(-NEW.amount), taking || ' ' || trim_scale(NEW.amount)] THEN
        RAISE EXCEPTION 'a transfer between wallets is what its posting says'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'funds_transfer_is_posted';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER funds_transfer_guard BEFORE INSERT ON wallet_fundstransfer
    FOR EACH ROW EXECUTE FUNCTION wallet_funds_transfer_guard();
