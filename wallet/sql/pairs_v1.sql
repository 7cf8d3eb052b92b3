-- What the database refuses of proposals that take two officers, whoever asks. Every refusal has a name, carried as the
-- constraint. The trigger of each table names the kind and the scope of the posting that ends it.

CREATE TRIGGER pair_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_pairevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- What was proposed never changes, nothing changes once it has ended, and what is done has the posting of its own.
CREATE FUNCTION wallet_pair_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said text[] := ARRAY['state', 'state_since', 'finished_at', 'decider_id', 'decided_because', 'seen_hash', 'posting_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a proposal begins proposed'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0] || '_begins_proposed';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'a proposal that is % stays so', OLD.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0] || '_has_ended';
    END IF;
    IF TG_NARGS > 3 THEN
        said := said || TG_ARGV[3]::text[];
    END IF;
    IF (to_jsonb(OLD) - said) IS DISTINCT FROM (to_jsonb(NEW) - said) THEN
        RAISE EXCEPTION 'a proposal stays what was proposed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0] || '_facts';
    END IF;
    IF NEW.state = 'done' AND NOT EXISTS (
        SELECT FROM wallet_posting
        WHERE id = NEW.posting_id AND kind = TG_ARGV[1] AND scope = TG_ARGV[2] AND key = NEW.public_id::text
    ) THEN
        RAISE EXCEPTION 'proposal % lacks its posting', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0] || '_is_posted';
    END IF;
    RETURN NEW;
END $$;
