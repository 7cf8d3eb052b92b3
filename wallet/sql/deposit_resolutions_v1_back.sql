DROP TRIGGER deposit_resolved ON wallet_deposit;
DROP FUNCTION wallet_deposit_resolved();
DROP TRIGGER deposit_resolution_done ON wallet_depositresolution;
DROP FUNCTION wallet_deposit_resolution_done();
DROP TRIGGER deposit_resolution_guard ON wallet_depositresolution;
DROP TRIGGER deposit_resolution_kept ON wallet_depositresolution;
