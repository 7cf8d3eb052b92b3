-- What the database refuses of fiat deposits and their reversals, whoever asks. Every refusal has a name, carried as the
-- constraint.

CREATE TRIGGER fiat_deposit_kept BEFORE DELETE OR TRUNCATE ON wallet_fiatdeposit
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_reversal_kept BEFORE DELETE OR TRUNCATE ON wallet_fiatreversal
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- A deposit is in the coin of its bank account; a reversal names the deposit's own customer, so that "no officer is the
-- customer" can be checked on its row.
ALTER TABLE wallet_fiatdeposit ADD CONSTRAINT fiat_deposit_coin
    FOREIGN KEY (nostro_id, coin_id) REFERENCES wallet_nostroaccount (id, coin_id);
ALTER TABLE wallet_fiatreversal ADD CONSTRAINT fiat_reversal_of_the_deposits_customer
    FOREIGN KEY (deposit_id, customer_id) REFERENCES wallet_fiatdeposit (id, customer_id);

CREATE TRIGGER fiat_deposit_guard BEFORE INSERT OR UPDATE ON wallet_fiatdeposit
    FOR EACH ROW EXECUTE FUNCTION wallet_pair_guard('fiat_deposit', 'deposit', 'fiat_deposit', '{line_id}');
CREATE TRIGGER fiat_reversal_guard BEFORE INSERT OR UPDATE ON wallet_fiatreversal
    FOR EACH ROW EXECUTE FUNCTION wallet_pair_guard('fiat_reversal', 'reversal', 'reversal', '{line_id}');

-- What is credited is what the bank's line says: account, reference, amount.
CREATE FUNCTION wallet_fiat_deposit_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_bankline
        WHERE id = NEW.line_id AND direction = 'in'
        AND (nostro_id, reference, amount) = (NEW.nostro_id, NEW.reference, NEW.amount)
    ) THEN
        RAISE EXCEPTION 'fiat deposit % lacks the line of the bank', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_deposit_is_on_its_line';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fiat_deposit_line BEFORE UPDATE ON wallet_fiatdeposit
    FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION wallet_fiat_deposit_line();

-- What is undone is the posting that credited it; what the bank took back has the bank's line of that amount.
CREATE FUNCTION wallet_fiat_reversal_undoes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_posting p JOIN wallet_fiatdeposit d ON d.posting_id = p.reverses_id
        WHERE p.id = NEW.posting_id AND d.id = NEW.deposit_id
    ) OR (NEW.line_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM wallet_bankline l JOIN wallet_fiatdeposit d ON d.id = NEW.deposit_id
        WHERE l.id = NEW.line_id AND l.direction = 'out'
        AND (l.nostro_id, l.reference, l.amount) = (d.nostro_id, NEW.reference, d.amount)
    )) THEN
        RAISE EXCEPTION 'reversal % undoes another credit', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_reversal_undoes_its_deposit';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fiat_reversal_undoes BEFORE UPDATE ON wallet_fiatreversal
    FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION wallet_fiat_reversal_undoes();

-- A line is in the books a second time only where its former credit was undone as our own mistake.
CREATE FUNCTION wallet_bank_line_correction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_bankline l
        JOIN wallet_fiatdeposit d ON d.line_id = l.id
        JOIN wallet_fiatreversal r ON r.deposit_id = d.id
        WHERE (l.nostro_id, l.direction, l.reference) = (NEW.nostro_id, NEW.direction, NEW.reference)
        AND l.correction = NEW.correction - 1 AND r.state = 'done' AND r.line_id IS NULL
    ) THEN
        RAISE EXCEPTION 'the line stands in the books'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bank_line_corrects_a_mistake';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_line_correction BEFORE INSERT ON wallet_bankline
    FOR EACH ROW WHEN (NEW.correction <> 0) EXECUTE FUNCTION wallet_bank_line_correction();
