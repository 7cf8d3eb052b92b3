-- Raising a fee means sending the same payment again: what the database asks of a replacement and of reserved outputs.

-- The same withdrawal, wallet and nonce: the network can run one of the two, never both.
ALTER TABLE wallet_outgoingtransaction ADD CONSTRAINT outgoing_replacement_is_the_same_payment
    FOREIGN KEY (replaces_id, withdrawal_id, network_id, sender, nonce)
    REFERENCES wallet_outgoingtransaction (id, withdrawal_id, network_id, sender, nonce);

CREATE OR REPLACE FUNCTION wallet_guard_outgoing() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an outgoing transaction is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.withdrawal_id, OLD.network_id, OLD.sender, OLD.nonce, OLD.replaces_id, OLD.unsigned_payload, OLD.unsigned_hash,
            OLD.approved_hash, OLD.fee_ceiling)
        IS DISTINCT FROM (NEW.withdrawal_id, NEW.network_id, NEW.sender, NEW.nonce, NEW.replaces_id, NEW.unsigned_payload,
            NEW.unsigned_hash, NEW.approved_hash, NEW.fee_ceiling) THEN
        RAISE EXCEPTION 'what was reserved for an outgoing transaction does not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.signed_bytes IS NOT NULL AND (OLD.signed_bytes, OLD.tx_hash, OLD.signed_at)
        IS DISTINCT FROM (NEW.signed_bytes, NEW.tx_hash, NEW.signed_at) THEN
        RAISE EXCEPTION 'signed bytes are never replaced' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.abandoned_at IS NOT NULL AND NEW.abandoned_at IS DISTINCT FROM OLD.abandoned_at THEN
        RAISE EXCEPTION 'an abandoned transaction stays abandoned' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.settled_at IS NOT NULL AND NEW.settled_at IS DISTINCT FROM OLD.settled_at THEN
        RAISE EXCEPTION 'what has settled stays settled' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- The last line behind the gate: no nonce without as many officers as the withdrawal needs, none of whom refused; and no
-- replacement but of the signed transaction of a withdrawal that is on its way, for a higher fee.
CREATE OR REPLACE FUNCTION wallet_require_officers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked wallet_withdrawal%ROWTYPE;
    former wallet_outgoingtransaction%ROWTYPE;
    officers integer;
BEGIN
    SELECT * INTO STRICT asked FROM wallet_withdrawal WHERE id = NEW.withdrawal_id;
    SELECT count(DISTINCT officer_id) INTO officers FROM wallet_withdrawaldecision
     WHERE withdrawal_id = asked.id AND matter = 'approval' AND verdict = 'approve'
       AND payload_hash = NEW.approved_hash AND officer_id <> asked.customer_id;
    IF asked.payload_hash <> NEW.approved_hash OR officers < asked.officers_required
        OR EXISTS (SELECT FROM wallet_withdrawaldecision WHERE withdrawal_id = asked.id AND verdict = 'reject')
        OR (NEW.replaces_id IS NULL AND asked.state <> 'approved')
        OR (NEW.replaces_id IS NOT NULL AND asked.state NOT IN ('broadcast', 'unknown')) THEN
        RAISE EXCEPTION 'withdrawal % lacks a standing approval', asked.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.replaces_id IS NOT NULL THEN
        SELECT * INTO STRICT former FROM wallet_outgoingtransaction WHERE id = NEW.replaces_id;
        IF former.signed_bytes IS NULL OR former.abandoned_at IS NOT NULL OR NEW.fee_ceiling <= former.fee_ceiling THEN
            RAISE EXCEPTION 'only a signed payment is replaced, and only for a higher fee'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'outgoing_replaced_for_a_higher_fee';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION wallet_guard_reserved_output() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    payment wallet_outgoingtransaction%ROWTYPE;
BEGIN
    IF (OLD.id, OLD.network_id, OLD.outgoing_id, OLD.tx_hash, OLD.output_index, OLD.amount)
        IS DISTINCT FROM (NEW.id, NEW.network_id, NEW.outgoing_id, NEW.tx_hash, NEW.output_index, NEW.amount)
        OR OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'a reserved output stays what it is'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reserved_output_facts';
    END IF;
    SELECT * INTO STRICT payment FROM wallet_outgoingtransaction WHERE id = OLD.outgoing_id;
    IF NEW.released_at IS NOT NULL AND payment.abandoned_at IS NULL
        AND (SELECT state FROM wallet_withdrawal WHERE id = payment.withdrawal_id) <> 'failed' THEN
        RAISE EXCEPTION 'an output is reserved while its payment may be mined'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reserved_output_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reserved_output_guarded BEFORE UPDATE ON wallet_reservedoutput
    FOR EACH ROW EXECUTE FUNCTION wallet_guard_reserved_output();
CREATE TRIGGER reserved_output_kept BEFORE DELETE OR TRUNCATE ON wallet_reservedoutput
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
