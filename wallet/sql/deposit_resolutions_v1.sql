-- What the database refuses of held deposits and what becomes of them, whoever asks. Every refusal has a name, carried as the
-- constraint.

CREATE TRIGGER deposit_resolution_kept BEFORE DELETE OR TRUNCATE ON wallet_depositresolution
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER deposit_resolution_guard BEFORE INSERT OR UPDATE ON wallet_depositresolution
    FOR EACH ROW WHEN (NEW.state <> 'done')
    EXECUTE FUNCTION wallet_pair_guard('deposit_resolution', '', '', '{withdrawal_id}');

-- Done, it has the posting that credited the deposit (whose key is the chain's output, not this row's id), to the customer it
-- names; neither officer is the customer of the address; what is sent back is a withdrawal of that money to that address.
CREATE FUNCTION wallet_deposit_resolution_done() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said text[] := ARRAY['state', 'state_since', 'finished_at', 'decider_id', 'decided_because', 'seen_hash', 'posting_id',
        'withdrawal_id'];
    held wallet_deposit%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'a proposal begins proposed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_begins_proposed';
    END IF;
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'a proposal that is % stays so', OLD.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_has_ended';
    END IF;
    IF (to_jsonb(OLD) - said) IS DISTINCT FROM (to_jsonb(NEW) - said) THEN
        RAISE EXCEPTION 'a proposal stays what was proposed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_facts';
    END IF;
    SELECT * INTO STRICT held FROM wallet_deposit WHERE id = NEW.deposit_id;
    IF held.customer_id IN (NEW.proposer_id, NEW.decider_id) THEN
        RAISE EXCEPTION 'the deposit is an officer''s own'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_not_of_the_addressee';
    END IF;
    IF held.state <> 'credited' OR held.posting_id IS DISTINCT FROM NEW.posting_id
        OR coalesce(held.credited_to_id, held.customer_id) <> NEW.customer_id
        OR (NEW.outcome = 'another') <> (held.credited_to_id IS NOT NULL) THEN
        RAISE EXCEPTION 'resolution % lacks its posting', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_is_posted';
    END IF;
    IF NEW.outcome = 'refund' AND NOT EXISTS (
        SELECT FROM wallet_withdrawal w
        WHERE w.id = NEW.withdrawal_id AND w.amount + w.fee = held.amount
        AND (w.customer_id, w.coin_network_id, w.address, w.memo)
            = (NEW.customer_id, held.coin_network_id, NEW.address, NEW.memo)
    ) THEN
        RAISE EXCEPTION 'resolution % lacks its withdrawal', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_resolution_sends_back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deposit_resolution_done BEFORE INSERT OR UPDATE ON wallet_depositresolution
    FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION wallet_deposit_resolution_done();

-- At commit: what was held is credited only where two officers let it happen, and another customer is credited only so.
CREATE FUNCTION wallet_deposit_resolved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_depositresolution
        WHERE deposit_id = NEW.id AND state = 'done' AND posting_id = NEW.posting_id
    ) THEN
        RAISE EXCEPTION 'held deposit % is credited without two officers', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_held_needs_two_officers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_resolved AFTER UPDATE ON wallet_deposit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.state = 'held' AND NEW.state = 'credited') OR NEW.credited_to_id IS DISTINCT FROM OLD.credited_to_id)
    EXECUTE FUNCTION wallet_deposit_resolved();
