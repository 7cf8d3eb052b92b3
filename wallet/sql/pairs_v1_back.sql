DROP FUNCTION wallet_pair_guard();
DROP TRIGGER pair_event_append_only ON wallet_pairevent;
