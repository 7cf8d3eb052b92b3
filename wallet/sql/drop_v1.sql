-- The way back from guards_v1, post_v1 and post_batch_v1. The triggers fall with their functions.
DROP FUNCTION wallet_post_batch_v1, wallet_post_v1, wallet_fold_v1, wallet_fold_locked_v1, wallet_open_accounts_v1,
    wallet_accounts_v1, wallet_refuse_v1;
DROP FUNCTION wallet_function_only, wallet_append_only, wallet_account_guard, wallet_entries_whole,
    wallet_posting_balanced, wallet_coin_guard, wallet_coin_network_guard CASCADE;
ALTER TABLE wallet_entry DROP CONSTRAINT entry_account_coin;
