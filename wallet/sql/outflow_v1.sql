-- What the database refuses of stops, whoever asks.

CREATE TRIGGER outflow_stop_kept BEFORE DELETE OR TRUNCATE ON wallet_outflowstop
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- What was said never changes: a stop gains who asked to lift it, then who agreed, and nothing after that.
CREATE FUNCTION wallet_outflow_stop_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said text[] := ARRAY['lifted_by_id', 'lifted_at', 'lifted_because'];
BEGIN
    IF OLD.lift_asked_by_id IS NULL THEN
        said := said || ARRAY['lift_asked_by_id', 'lift_asked_at', 'lift_reason'];
    END IF;
    IF OLD.lifted_at IS NOT NULL OR (to_jsonb(OLD) - said) IS DISTINCT FROM (to_jsonb(NEW) - said) THEN
        RAISE EXCEPTION 'what was said of a stop stays so'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'outflow_stop_facts';
    END IF;
    -- Asking and agreeing are two acts: nobody lifts what was not asked for before.
    IF NEW.lifted_at IS NOT NULL AND OLD.lift_asked_by_id IS NULL THEN
        RAISE EXCEPTION 'a stop is lifted by two officers, one after the other'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'outflow_stop_asked_before';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outflow_stop_guard BEFORE UPDATE ON wallet_outflowstop
    FOR EACH ROW EXECUTE FUNCTION wallet_outflow_stop_guard();
