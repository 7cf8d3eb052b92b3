-- What the database refuses of offers for small balances, whoever asks.

CREATE TRIGGER dust_quote_unchanged BEFORE UPDATE OR TRUNCATE ON wallet_dustquote
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- A part is its offer's customer's, and for its coin.
ALTER TABLE wallet_conversionquote ADD CONSTRAINT conversion_quote_of_its_dust
    FOREIGN KEY (dust_quote_id, customer_id, target_coin_id) REFERENCES wallet_dustquote (id, customer_id, target_coin_id)
    NOT VALID;
ALTER TABLE wallet_conversionquote VALIDATE CONSTRAINT conversion_quote_of_its_dust;

-- At commit: an offer is taken whole or not at all.
CREATE FUNCTION wallet_dust_taken_whole() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM wallet_conversionquote taken
        JOIN wallet_conversionquote part ON part.dust_quote_id = taken.dust_quote_id
        WHERE taken.id = NEW.quote_id
        AND NOT EXISTS (SELECT FROM wallet_conversion c WHERE c.quote_id = part.id)
    ) THEN
        RAISE EXCEPTION 'small balances are exchanged together'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'dust_quote_is_taken_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dust_taken_whole AFTER INSERT ON wallet_conversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_dust_taken_whole();
