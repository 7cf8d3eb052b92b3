-- What the database refuses of fiat withdrawals, whoever asks. Every refusal has a name, carried as the constraint.

CREATE TRIGGER bank_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_bankline
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_withdrawal_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_fiatwithdrawalevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_fiatwithdrawaldecision
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_withdrawal_risk_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_fiatwithdrawalrisk
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_withdrawal_kept BEFORE DELETE OR TRUNCATE ON wallet_fiatwithdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER fiat_return_kept BEFORE DELETE OR TRUNCATE ON wallet_fiatreturn
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- A line is in the coin of its bank account; a decision and a return name the withdrawal's own customer, so that "no officer
-- is the customer" can be checked on their rows.
ALTER TABLE wallet_bankline ADD CONSTRAINT bank_line_coin
    FOREIGN KEY (nostro_id, coin_id) REFERENCES wallet_nostroaccount (id, coin_id);
ALTER TABLE wallet_fiatwithdrawaldecision ADD CONSTRAINT fiat_decision_of_the_withdrawals_customer
    FOREIGN KEY (withdrawal_id, customer_id) REFERENCES wallet_fiatwithdrawal (id, customer_id);
ALTER TABLE wallet_fiatreturn ADD CONSTRAINT fiat_return_of_the_withdrawals_customer
    FOREIGN KEY (withdrawal_id, customer_id) REFERENCES wallet_fiatwithdrawal (id, customer_id);

-- Nobody goes to the bank, and nothing is paid, without as many officers as are due, none of whom refused, one of them
-- another than the payer.
CREATE FUNCTION wallet_fiat_withdrawal_approved(moved wallet_fiatwithdrawal) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    officers integer;
    others integer;
BEGIN
    SELECT count(DISTINCT officer_id), count(DISTINCT officer_id) FILTER (WHERE officer_id <> moved.payer_id)
      INTO officers, others FROM wallet_fiatwithdrawaldecision
     WHERE withdrawal_id = moved.id AND matter = 'approval' AND verdict = 'approve' AND payload_hash = moved.payload_hash;
    IF officers < moved.officers_required OR others < 1
        OR EXISTS (SELECT FROM wallet_fiatwithdrawaldecision WHERE withdrawal_id = moved.id AND verdict = 'reject') THEN
        RAISE EXCEPTION 'fiat withdrawal % lacks a standing approval', moved.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_is_approved';
    END IF;
END $$;

-- What left has the bank's line of its amount and the posting that settles it; what did not leave is released; what came
-- back has a return that two officers confirmed, and its posting is undone.
CREATE FUNCTION wallet_fiat_withdrawal_posted(moved wallet_fiatwithdrawal) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE moved.state
        WHEN 'paid' THEN EXISTS (
            SELECT FROM wallet_bankline l JOIN wallet_coinnetwork n ON n.id = moved.coin_network_id
            WHERE l.id = moved.paid_line_id AND l.direction = 'out' AND l.amount = moved.amount AND l.coin_id = n.coin_id
        ) AND EXISTS (
            SELECT FROM wallet_posting p WHERE p.id = moved.posting_id
            AND p.scope = 'fiat_withdrawal' AND p.key = moved.public_id || ':end' AND p.kind = 'withdrawal'
        )
        WHEN 'returned' THEN EXISTS (
            SELECT FROM wallet_fiatreturn r JOIN wallet_posting p ON p.id = r.posting_id
            WHERE r.withdrawal_id = moved.id AND r.state = 'done' AND p.reverses_id = moved.posting_id
        )
        ELSE EXISTS (
            SELECT FROM wallet_posting
            WHERE scope = 'fiat_withdrawal' AND key = moved.public_id || ':end' AND kind = 'withdrawal_release'
        )
    END
$$;

-- What a fiat withdrawal says never changes, and its state moves by the Flow's pairs only. A test compares the pairs with
-- the Flow.
CREATE FUNCTION wallet_fiat_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'verification' THEN
            RAISE EXCEPTION 'a fiat withdrawal begins in verification'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_begins_in_verification';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.customer_id, OLD.coin_network_id, OLD.bank_account, OLD.amount, OLD.fee, OLD.payload_hash,
            OLD.client_reference, OLD.fingerprint, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.customer_id, NEW.coin_network_id, NEW.bank_account, NEW.amount, NEW.fee,
            NEW.payload_hash, NEW.client_reference, NEW.fingerprint, NEW.created_at)
        OR (OLD.paid_line_id IS NOT NULL AND (OLD.paid_line_id, OLD.posting_id, OLD.payer_id)
            IS DISTINCT FROM (NEW.paid_line_id, NEW.posting_id, NEW.payer_id)) THEN
        RAISE EXCEPTION 'a fiat withdrawal stays what was asked for'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_facts';
    END IF;
    IF OLD.state = NEW.state THEN
        IF OLD.payer_id IS DISTINCT FROM NEW.payer_id THEN
            RAISE EXCEPTION 'whoever went to the bank comes back before another goes'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_one_payer';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('verification', 'review'), ('verification', 'cancelled'), ('verification', 'expired'),
        ('review', 'approved'), ('review', 'second_review'), ('review', 'cancelled'), ('review', 'rejected'),
        ('second_review', 'approved'), ('second_review', 'rejected'),
        ('approved', 'paying'), ('approved', 'rejected'),
        ('paying', 'paid'), ('paying', 'approved'),
        ('paid', 'returned')
    ) THEN
        RAISE EXCEPTION 'a fiat withdrawal in % can''t become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_flow';
    END IF;
    IF NEW.state IN ('paying', 'paid') THEN
        PERFORM wallet_fiat_withdrawal_approved(NEW);
    END IF;
    IF (NEW.state = 'paid' OR NEW.finished_at IS NOT NULL) AND NOT wallet_fiat_withdrawal_posted(NEW) THEN
        RAISE EXCEPTION 'fiat withdrawal % lacks the posting of this move', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fiat_withdrawal_move_is_posted';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER fiat_withdrawal_guard BEFORE INSERT OR UPDATE ON wallet_fiatwithdrawal
    FOR EACH ROW EXECUTE FUNCTION wallet_fiat_withdrawal_guard();
CREATE TRIGGER fiat_return_guard BEFORE INSERT OR UPDATE ON wallet_fiatreturn
    FOR EACH ROW EXECUTE FUNCTION wallet_pair_guard('fiat_return', 'reversal', 'reversal', '{line_id}');
