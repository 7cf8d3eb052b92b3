DROP TRIGGER withdrawal_kept ON wallet_withdrawal;
DROP TRIGGER withdrawal_guard ON wallet_withdrawal;
DROP FUNCTION wallet_withdrawal_guard();
