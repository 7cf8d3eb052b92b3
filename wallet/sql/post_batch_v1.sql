-- Many postings in one call and one transaction: all or none. The same steps as wallet_post_v1, each done for the whole
-- set. Balances are judged by what the batch as a whole leaves behind. Keys must differ within a batch.
-- p_legs_of tells the place (from 1) of the posting that each leg belongs to.

CREATE FUNCTION wallet_post_batch_v1(
    p_kinds text[], p_scopes text[], p_keys text[], p_fingerprints bytea[], p_actors text[], p_reasons text[],
    p_legs_of bigint[], p_accounts bigint[], p_owners bigint[], p_coins text[], p_account_kinds text[], p_amounts numeric[]
)
RETURNS TABLE (place bigint, posting_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    fresh bigint[];
    ids bigint[];
    accounts bigint[];
    locked bigint[];
    deltas numeric[];
    house bigint[];
    account bigint;
    short record;
BEGIN
    PERFORM set_config('wallet.writer', 'posting', true);
    WITH made AS (
        INSERT INTO wallet_posting (kind, scope, key, fingerprint, actor, reason)
        SELECT p.kind, p.scope, p.key, p.fingerprint, p.actor, p.reason
        FROM unnest(p_kinds, p_scopes, p_keys, p_fingerprints, p_actors, p_reasons)
            AS p (kind, scope, key, fingerprint, actor, reason)
        ORDER BY p.scope, p.key
        ON CONFLICT (scope, key) DO NOTHING RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO fresh FROM made;
    SELECT array_agg((
        SELECT o.id FROM wallet_posting o WHERE o.scope = p.scope AND o.key = p.key AND o.fingerprint = p.fingerprint
    ) ORDER BY p.place) INTO ids
    FROM unnest(p_scopes, p_keys, p_fingerprints) WITH ORDINALITY AS p (scope, key, fingerprint, place);
    IF array_position(ids, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'a key was used for another posting' USING ERRCODE = 'QL002';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_amounts) AS amount WHERE amount <> trunc(amount, 18)) THEN
        RAISE EXCEPTION 'an amount has more than 18 decimal places' USING ERRCODE = 'QL004';
    END IF;
    accounts := wallet_accounts_v1(p_accounts, p_owners, p_coins, p_account_kinds);
    IF array_position(accounts, NULL) IS NOT NULL THEN
        accounts := wallet_open_accounts_v1(p_accounts, p_owners, p_coins, p_account_kinds);
    END IF;

    SELECT coalesce(array_agg(x.id), '{}'), coalesce(array_agg(x.delta), '{}'),
           coalesce(array_agg(x.id) FILTER (WHERE x.owner_id IS NULL), '{}')
    INTO locked, deltas, house
    FROM (
        SELECT a.id, a.owner_id, d.delta
        FROM (
            SELECT l.id, sum(l.delta) AS delta FROM unnest(accounts, p_amounts, p_legs_of) AS l (id, delta, place)
            WHERE ids[l.place::int] = ANY (fresh) GROUP BY l.id
        ) d JOIN wallet_ledgeraccount a ON a.id = d.id
        WHERE a.owner_id IS NOT NULL OR (d.delta < 0 AND NOT a.allow_negative)
        ORDER BY a.id FOR NO KEY UPDATE OF a
    ) x;
    FOREACH account IN ARRAY house LOOP
        PERFORM wallet_fold_locked_v1(account, NULL);
    END LOOP;
    SELECT a.id, a.balance, d.delta INTO short
    FROM unnest(locked, deltas) AS d (id, delta) JOIN wallet_ledgeraccount a ON a.id = d.id
    WHERE a.balance + d.delta < 0 ORDER BY a.id LIMIT 1;
    IF FOUND THEN
        PERFORM wallet_refuse_v1(short.id, short.balance, -short.delta);
    END IF;
    UPDATE wallet_ledgeraccount a SET balance = a.balance + d.delta
    FROM unnest(locked, deltas) AS d (id, delta) WHERE a.id = d.id AND d.delta <> 0;

    WITH made AS (
        INSERT INTO wallet_entry (posting_id, seq, account_id, coin_id, amount)
        SELECT l.posting, l.seq, l.account, a.coin_id, l.amount
        FROM (
            SELECT ids[x.place::int] AS posting, x.account, x.amount, x.nth,
                   row_number() OVER (PARTITION BY x.place ORDER BY x.nth) AS seq
            FROM unnest(accounts, p_amounts, p_legs_of) WITH ORDINALITY AS x (account, amount, place, nth)
        ) l LEFT JOIN wallet_ledgeraccount a ON a.id = l.account
        WHERE l.posting = ANY (fresh)
        ORDER BY l.nth
        RETURNING id, account_id, amount
    )
    INSERT INTO wallet_pendingentry (entry_id, account_id, amount)
    SELECT m.id, m.account_id, m.amount FROM made m WHERE NOT m.account_id = ANY (locked);
    PERFORM set_config('wallet.writer', '', true);
    RETURN QUERY SELECT p.place, p.id, NOT p.id = ANY (fresh) FROM unnest(ids) WITH ORDINALITY AS p (id, place);
END $$;
