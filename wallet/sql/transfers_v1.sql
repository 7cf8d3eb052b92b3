-- What the database refuses of transfers, whoever asks. Every refusal has a name, carried as the constraint.

CREATE TRIGGER transfer_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_transferevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER transfer_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_transferdecision
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER transfer_risk_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_transferrisk
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER transfer_kept BEFORE DELETE OR TRUNCATE ON wallet_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- A decision names the transfer's own parties, so that "officer is neither" can be checked on its row.
ALTER TABLE wallet_transferdecision ADD CONSTRAINT transfer_decision_of_its_parties
    FOREIGN KEY (transfer_id, sender_id, receiver_id) REFERENCES wallet_transfer (id, sender_id, receiver_id);

-- An end and its posting go together, and money moves only with as many officers as are due, none of whom refused.
CREATE FUNCTION wallet_transfer_end(moved wallet_transfer) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    officers integer;
    due text := CASE moved.state WHEN 'completed' THEN 'transfer' ELSE 'transfer_release' END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_posting WHERE scope = 'transfer' AND key = moved.public_id || ':end' AND kind = due
    ) THEN
        RAISE EXCEPTION 'transfer % lacks the posting of its end', moved.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_end_is_posted';
    END IF;
    IF moved.state <> 'completed' THEN
        RETURN;
    END IF;
    SELECT count(DISTINCT officer_id) INTO officers FROM wallet_transferdecision
     WHERE transfer_id = moved.id AND matter = 'approval' AND verdict = 'approve' AND payload_hash = moved.payload_hash;
    IF officers < moved.officers_required
        OR EXISTS (SELECT FROM wallet_transferdecision WHERE transfer_id = moved.id AND verdict = 'reject') THEN
        RAISE EXCEPTION 'transfer % lacks a standing approval', moved.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_end_is_approved';
    END IF;
END $$;

-- What a transfer says never changes (but for the remark, which an erasure empties), and its state moves by the Flow's
-- pairs only. A test compares the pairs with the Flow.
CREATE FUNCTION wallet_transfer_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'verification' THEN
            RAISE EXCEPTION 'a transfer begins in verification'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_begins_in_verification';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.sender_id, OLD.receiver_id, OLD.coin_id, OLD.amount, OLD.payload_hash,
            OLD.client_reference, OLD.fingerprint, OLD.api_key_id, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.sender_id, NEW.receiver_id, NEW.coin_id, NEW.amount, NEW.payload_hash,
            NEW.client_reference, NEW.fingerprint, NEW.api_key_id, NEW.created_at)
        OR (OLD.remark <> NEW.remark AND NEW.remark <> '') THEN
        RAISE EXCEPTION 'a transfer stays what was asked for'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_facts';
    END IF;
    IF OLD.state <> NEW.state THEN
        IF (OLD.state, NEW.state) NOT IN (
            ('verification', 'opened'), ('verification', 'review'), ('verification', 'cancelled'), ('verification', 'expired'),
            ('opened', 'review'), ('opened', 'cancelled'), ('opened', 'expired'),
            ('review', 'completed'), ('review', 'second_review'), ('review', 'cancelled'), ('review', 'rejected'),
            ('second_review', 'completed'), ('second_review', 'rejected')
        ) THEN
            RAISE EXCEPTION 'a transfer in % can''t become %', OLD.state, NEW.state
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_flow';
        END IF;
        IF NEW.finished_at IS NOT NULL THEN
            PERFORM wallet_transfer_end(NEW);
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER transfer_guard BEFORE INSERT OR UPDATE ON wallet_transfer
    FOR EACH ROW EXECUTE FUNCTION wallet_transfer_guard();
