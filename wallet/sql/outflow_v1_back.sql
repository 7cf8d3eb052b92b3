DROP TRIGGER outflow_stop_guard ON wallet_outflowstop;
DROP FUNCTION wallet_outflow_stop_guard();
DROP TRIGGER outflow_stop_kept ON wallet_outflowstop;
