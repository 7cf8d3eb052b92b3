CREATE TRIGGER futures_opening_append_only BEFORE UPDATE OR DELETE ON wallet_futuresopening
    FOR EACH ROW EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER liability_proof_append_only BEFORE UPDATE OR DELETE ON wallet_liabilityproof
    FOR EACH ROW EXECUTE FUNCTION wallet_append_only();
