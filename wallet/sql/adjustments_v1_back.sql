DROP TRIGGER adjustment_guard ON wallet_adjustment;
DROP TRIGGER adjustment_kept ON wallet_adjustment;
