-- What the database refuses of payments, whoever asks. Every refusal has a name, carried as the constraint.

CREATE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_paymentevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER payment_kept BEFORE DELETE OR TRUNCATE ON wallet_payment
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- What a payment says never changes, its state moves by the Flow's pairs only, and each state has its posting.
-- A test compares the pairs with the Flow.
CREATE FUNCTION wallet_payment_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    due text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'requested' THEN
            RAISE EXCEPTION 'a payment begins requested'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_begins_requested';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.customer_id, OLD.service_id, OLD.coin_id, OLD.amount, OLD.client_reference,
            OLD.fingerprint, OLD.api_key_id, OLD.expires_at, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.customer_id, NEW.service_id, NEW.coin_id, NEW.amount,
            NEW.client_reference, NEW.fingerprint, NEW.api_key_id, NEW.expires_at, NEW.created_at)
        OR (OLD.captured_amount IS NOT NULL AND OLD.captured_amount IS DISTINCT FROM NEW.captured_amount) THEN
        RAISE EXCEPTION 'a payment stays what was asked for'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_facts';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('requested', 'held'), ('requested', 'captured'),
        ('held', 'captured'), ('held', 'voided'), ('held', 'expired'),
        ('captured', 'refunded')
    ) THEN
        RAISE EXCEPTION 'a payment in % can''t become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_flow';
    END IF;
    due := CASE NEW.state WHEN 'held' THEN 'hold' WHEN 'refunded' THEN 'refund' ELSE 'end' END;
    IF NOT EXISTS (
        SELECT FROM wallet_posting WHERE scope = 'payment' AND key = NEW.public_id || ':' || due
        AND kind = CASE NEW.state WHEN 'held' THEN 'payment_hold' WHEN 'captured' THEN 'payment'
                                  WHEN 'refunded' THEN 'refund' ELSE 'payment_release' END
    ) THEN
        RAISE EXCEPTION 'payment % lacks the posting of this move', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_move_is_posted';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payment_guard BEFORE INSERT OR UPDATE ON wallet_payment
    FOR EACH ROW EXECUTE FUNCTION wallet_payment_guard();
