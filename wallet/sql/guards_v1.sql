-- What the database refuses of the books, whoever asks. Every refusal has a name, carried as the constraint.

-- An entry is in the coin of its account, and an account never changes its coin (see account_guard).
ALTER TABLE wallet_entry ADD CONSTRAINT entry_account_coin
    FOREIGN KEY (account_id, coin_id) REFERENCES wallet_ledgeraccount (id, coin_id);

-- Balances change in place: leave room on each page, so that an update moves no index.
ALTER TABLE wallet_ledgeraccount SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE wallet_pendingentry SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The posting functions set wallet.writer for as long as they run; an error undoes it with all they did. (A SET clause of
-- the function would do it alone, but for a name of our own it needs a right that managed servers keep to themselves.)
-- Together with the rights of the application's role (none to write here) no other statement writes to the books.
CREATE FUNCTION wallet_function_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('wallet.writer', true) IS DISTINCT FROM 'posting' THEN
        RAISE EXCEPTION '% is written by the posting functions only', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_function_only';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION wallet_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes no % after the fact', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE FUNCTION wallet_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an account keeps its owner, coin and kind'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_account_identity';
END $$;

CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_posting
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_entry
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER account_kept BEFORE DELETE OR TRUNCATE ON wallet_ledgeraccount
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

CREATE TRIGGER posting_function_only BEFORE INSERT ON wallet_posting
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_function_only();
CREATE TRIGGER entry_function_only BEFORE INSERT ON wallet_entry
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_function_only();
CREATE TRIGGER account_function_only BEFORE INSERT OR UPDATE ON wallet_ledgeraccount
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_function_only();
CREATE TRIGGER pending_function_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON wallet_pendingentry
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_function_only();

CREATE TRIGGER account_identity BEFORE UPDATE ON wallet_ledgeraccount
    FOR EACH ROW WHEN (
        OLD.id <> NEW.id OR OLD.owner_id IS DISTINCT FROM NEW.owner_id OR OLD.coin_id <> NEW.coin_id
        OR OLD.kind <> NEW.kind OR OLD.allow_negative <> NEW.allow_negative
    )
    EXECUTE FUNCTION wallet_account_guard();

-- The entries of a posting come in one statement: they sum to zero in each coin, none is finer than its coin, and a
-- posting that has its entries takes no more.
CREATE FUNCTION wallet_entries_whole() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    odd record;
    due bigint;
    stored bigint;
BEGIN
    SELECT e.posting_id INTO odd
    FROM added e GROUP BY e.posting_id, e.coin_id HAVING sum(e.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % does not sum to zero', odd.posting_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_sums_to_zero';
    END IF;
    SELECT c.code, c.scale INTO odd
    FROM added e JOIN wallet_coin c ON c.id = e.coin_id
    WHERE e.amount <> trunc(e.amount, c.scale) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% has % decimal places', odd.code, odd.scale
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_scale',
                  DETAIL = json_build_object('coin', odd.code, 'scale', odd.scale);
    END IF;
    SELECT sum(p.rows), sum((SELECT count(*) FROM wallet_entry o WHERE o.posting_id = p.posting_id))
    INTO due, stored
    FROM (SELECT e.posting_id, count(*) AS rows FROM added e GROUP BY e.posting_id) p;
    IF due <> stored THEN
        RAISE EXCEPTION 'a posting takes its entries once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_closed';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entries_whole AFTER INSERT ON wallet_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_entries_whole();

-- At commit: at least two legs, zero in each coin, and a reversal is the exact opposite of what it reverses.
CREATE FUNCTION wallet_posting_balanced() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM wallet_entry WHERE posting_id = NEW.id AND seq = 2) OR EXISTS (
        SELECT 1 FROM wallet_entry WHERE posting_id = NEW.id GROUP BY coin_id HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'posting % is not whole', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_sums_to_zero';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM wallet_entry WHERE posting_id IN (NEW.id, NEW.reverses_id)
        GROUP BY account_id HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'posting % is not the opposite of %', NEW.id, NEW.reverses_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_reverses_exactly';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER posting_balanced AFTER INSERT ON wallet_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_posting_balanced();

-- Coins keep their code and scale; a network carries nothing finer than the coin.
CREATE FUNCTION wallet_coin_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a coin keeps its code and scale'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'coin_identity';
END $$;
CREATE TRIGGER coin_identity BEFORE UPDATE ON wallet_coin
    FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.code <> NEW.code OR OLD.scale <> NEW.scale)
    EXECUTE FUNCTION wallet_coin_guard();

CREATE FUNCTION wallet_coin_network_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.scale > (SELECT scale FROM wallet_coin WHERE id = NEW.coin_id) THEN
        RAISE EXCEPTION 'a network carries nothing finer than the coin'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'coin_network_scale';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER coin_network_scale BEFORE INSERT OR UPDATE ON wallet_coinnetwork
    FOR EACH ROW EXECUTE FUNCTION wallet_coin_network_guard();
