-- The functions that write to the books run with their owner's rights: nobody calls them who was not given the right.
REVOKE EXECUTE ON FUNCTION wallet_post_v1, wallet_post_batch_v1, wallet_fold_v1 FROM PUBLIC;
