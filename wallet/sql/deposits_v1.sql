-- What the database refuses of deposits, whoever asks. Every refusal has a name, carried as the constraint.

-- A deposit's coin travels on its network, and its address is its customer's on that network.
CREATE UNIQUE INDEX coin_network_on_its_network ON wallet_coinnetwork (id, network_id);
ALTER TABLE wallet_deposit ADD CONSTRAINT deposit_coin_on_its_network
    FOREIGN KEY (coin_network_id, network_id) REFERENCES wallet_coinnetwork (id, network_id);
CREATE UNIQUE INDEX deposit_address_whose ON wallet_depositaddress (id, network_id, customer_id);
ALTER TABLE wallet_deposit ADD CONSTRAINT deposit_address_of_its_customer
    FOREIGN KEY (deposit_address_id, network_id, customer_id)
    REFERENCES wallet_depositaddress (id, network_id, customer_id);

-- Derivation indexes: given out once, gaps do not matter.
CREATE SEQUENCE wallet_derivation_index AS bigint MINVALUE 0 MAXVALUE 2147483647 START WITH 0 NO CYCLE;

CREATE FUNCTION wallet_deposit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.public_id, OLD.network_id, OLD.tx_hash, OLD.output_index)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.network_id, NEW.tx_hash, NEW.output_index) THEN
        RAISE EXCEPTION 'a deposit stays the output that it is'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_identity';
    END IF;
    IF OLD.state <> 'orphaned'
        AND (OLD.coin_network_id, OLD.deposit_address_id, OLD.customer_id, OLD.sender, OLD.amount)
        IS DISTINCT FROM (NEW.coin_network_id, NEW.deposit_address_id, NEW.customer_id, NEW.sender, NEW.amount) THEN
        RAISE EXCEPTION 'what a deposit says of the chain changes only while it is orphaned'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_facts';
    END IF;
    IF OLD.state = 'credited'
        AND (OLD.state, OLD.posting_id, OLD.credited_at) IS DISTINCT FROM (NEW.state, NEW.posting_id, NEW.credited_at) THEN
        RAISE EXCEPTION 'a deposit is credited once and for good'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_credited_for_good';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER deposit_guard BEFORE UPDATE ON wallet_deposit
    FOR EACH ROW EXECUTE FUNCTION wallet_deposit_guard();
CREATE TRIGGER deposit_kept BEFORE DELETE OR TRUNCATE ON wallet_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER deposit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_depositevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER deposit_address_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_depositaddress
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
