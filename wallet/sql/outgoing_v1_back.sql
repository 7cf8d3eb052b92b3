DROP TRIGGER reserved_output_kept ON wallet_reservedoutput;
DROP TRIGGER reserved_output_guarded ON wallet_reservedoutput;
DROP FUNCTION wallet_guard_reserved_output();
ALTER TABLE wallet_outgoingtransaction DROP CONSTRAINT outgoing_replacement_is_the_same_payment;
CREATE OR REPLACE FUNCTION wallet_guard_outgoing() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an outgoing transaction is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.withdrawal_id, OLD.network_id, OLD.sender, OLD.nonce, OLD.unsigned_payload, OLD.unsigned_hash,
            OLD.approved_hash)
        IS DISTINCT FROM (NEW.withdrawal_id, NEW.network_id, NEW.sender, NEW.nonce, NEW.unsigned_payload,
            NEW.unsigned_hash, NEW.approved_hash) THEN
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
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION wallet_require_officers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked wallet_withdrawal%ROWTYPE;
    officers integer;
BEGIN
    SELECT * INTO STRICT asked FROM wallet_withdrawal WHERE id = NEW.withdrawal_id;
    SELECT count(DISTINCT officer_id) INTO officers FROM wallet_withdrawaldecision
     WHERE withdrawal_id = asked.id AND matter = 'approval' AND verdict = 'approve'
       AND payload_hash = NEW.approved_hash AND officer_id <> asked.customer_id;
    IF asked.state <> 'approved' OR asked.payload_hash <> NEW.approved_hash OR officers < asked.officers_required
        OR EXISTS (SELECT FROM wallet_withdrawaldecision WHERE withdrawal_id = asked.id AND verdict = 'reject') THEN
        RAISE EXCEPTION 'withdrawal % lacks a standing approval', asked.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
