DROP TRIGGER payment_guard ON wallet_payment;
DROP FUNCTION wallet_payment_guard();
DROP TRIGGER payment_kept ON wallet_payment;
DROP TRIGGER payment_event_append_only ON wallet_paymentevent;
