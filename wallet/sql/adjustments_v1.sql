-- What the database refuses of adjustments, whoever asks. Every refusal has a name, carried as the constraint.

CREATE TRIGGER adjustment_kept BEFORE DELETE OR TRUNCATE ON wallet_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER adjustment_guard BEFORE INSERT OR UPDATE ON wallet_adjustment
    FOR EACH ROW EXECUTE FUNCTION wallet_pair_guard('adjustment', 'adjustment', 'adjustment');
