DROP TRIGGER transfer_guard ON wallet_transfer;
DROP FUNCTION wallet_transfer_guard();
DROP FUNCTION wallet_transfer_end(wallet_transfer);
ALTER TABLE wallet_transferdecision DROP CONSTRAINT transfer_decision_of_its_parties;
DROP TRIGGER transfer_kept ON wallet_transfer;
DROP TRIGGER transfer_risk_append_only ON wallet_transferrisk;
DROP TRIGGER transfer_decision_append_only ON wallet_transferdecision;
DROP TRIGGER transfer_event_append_only ON wallet_transferevent;
