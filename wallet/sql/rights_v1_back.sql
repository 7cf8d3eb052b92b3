GRANT EXECUTE ON FUNCTION wallet_post_v1, wallet_post_batch_v1, wallet_fold_v1 TO PUBLIC;
