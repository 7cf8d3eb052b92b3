-- What a withdrawal says never changes, and its state moves by the Flow's pairs only, whoever asks.
-- Every refusal has a name, carried as the constraint. A test compares the pairs with the Flow.

CREATE FUNCTION wallet_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'verification' THEN
            RAISE EXCEPTION 'a withdrawal begins in verification'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal_begins_in_verification';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.customer_id, OLD.coin_network_id, OLD.address, OLD.memo, OLD.amount, OLD.fee,
            OLD.payload_hash, OLD.client_reference, OLD.fingerprint, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.customer_id, NEW.coin_network_id, NEW.address, NEW.memo, NEW.amount,
            NEW.fee, NEW.payload_hash, NEW.client_reference, NEW.fingerprint, NEW.created_at) THEN
        RAISE EXCEPTION 'a withdrawal stays what was asked for'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal_facts';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('verification', 'review'), ('verification', 'cancelled'), ('verification', 'expired'),
        ('review', 'approved'), ('review', 'second_review'), ('review', 'cancelled'), ('review', 'rejected'),
        ('second_review', 'approved'), ('second_review', 'rejected'),
        ('approved', 'signing'), ('approved', 'rejected'),
        ('signing', 'broadcast'), ('signing', 'unknown'), ('signing', 'approved'),
        ('broadcast', 'confirming'), ('broadcast', 'unknown'),
        ('unknown', 'broadcast'), ('unknown', 'confirming'), ('unknown', 'failed'),
        ('confirming', 'success'), ('confirming', 'failed'), ('confirming', 'broadcast')
    ) THEN
        RAISE EXCEPTION 'a withdrawal in % can''t become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal_flow';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER withdrawal_guard BEFORE INSERT OR UPDATE ON wallet_withdrawal
    FOR EACH ROW EXECUTE FUNCTION wallet_withdrawal_guard();
CREATE TRIGGER withdrawal_kept BEFORE DELETE OR TRUNCATE ON wallet_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
