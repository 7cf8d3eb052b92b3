-- The one writer of the books. One call is one posting, whole or not at all, in one round trip:
-- idempotency row -> lock accounts in ascending id -> entries -> balances, each checked under its lock.
--
-- A leg names its account by id, or by owner (null: the house), coin code and kind; such an account is opened when it
-- is missing. Refusals of ours carry their own SQLSTATE and their facts as JSON in DETAIL:
--   QL001 insufficient funds {coin, available, required}     QL002 the key was used for another body
--   QL003 a leg names no account                             QL004 an amount is finer than numeric(38,18)
--   QL005 too many or too few legs
--
-- House accounts take entries only: what they gain waits in wallet_pendingentry for wallet_fold, so that nobody
-- queues for their rows. Only a debit of one that may not go below zero is done under its lock, after folding it.

CREATE FUNCTION wallet_accounts_v1(p_accounts bigint[], p_owners bigint[], p_coins text[], p_kinds text[])
RETURNS bigint[] LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(
        coalesce(l.account, (
            SELECT a.id FROM wallet_ledgeraccount a
            WHERE coalesce(a.owner_id, 0) = coalesce(l.owner, 0) AND a.coin_id = c.id AND a.kind = l.kind
        )) ORDER BY l.place
    )
    FROM unnest(p_accounts, p_owners, p_coins, p_kinds) WITH ORDINALITY AS l (account, owner, coin, kind, place)
    LEFT JOIN wallet_coin c ON c.code = l.coin
$$;

CREATE FUNCTION wallet_open_accounts_v1(p_accounts bigint[], p_owners bigint[], p_coins text[], p_kinds text[])
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opened bigint[];
BEGIN
    -- In one order for everybody, so that two openers of the same accounts can't wait for each other.
    INSERT INTO wallet_ledgeraccount (owner_id, coin_id, kind, allow_negative)
    SELECT DISTINCT l.owner, c.id, l.kind,
           l.owner IS NULL AND l.kind IN ('external_in', 'network_cost', 'conversion', 'adjustment')
    FROM unnest(p_accounts, p_owners, p_coins, p_kinds) AS l (account, owner, coin, kind)
    JOIN wallet_coin c ON c.code = l.coin
    WHERE l.account IS NULL
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
    opened := wallet_accounts_v1(p_accounts, p_owners, p_coins, p_kinds);
    IF array_position(opened, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'a leg names no account' USING ERRCODE = 'QL003';
    END IF;
    RETURN opened;
END $$;

-- The caller holds the account's lock.
CREATE FUNCTION wallet_fold_locked_v1(p_account bigint, p_rows_max bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    folded numeric;
    rows bigint;
BEGIN
    WITH gone AS (
        DELETE FROM wallet_pendingentry WHERE entry_id IN (
            SELECT p.entry_id FROM wallet_pendingentry p WHERE p.account_id = p_account
            ORDER BY p.entry_id LIMIT p_rows_max
        ) RETURNING amount
    )
    SELECT coalesce(sum(amount), 0), count(*) INTO folded, rows FROM gone;
    IF rows > 0 THEN
        UPDATE wallet_ledgeraccount SET balance = balance + folded WHERE id = p_account;
    END IF;
    RETURN rows;
END $$;

CREATE FUNCTION wallet_refuse_v1(p_account bigint, p_available numeric, p_required numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'QL001', DETAIL = (
        SELECT json_build_object('coin', c.code, 'available', p_available::text, 'required', p_required::text)
        FROM wallet_ledgeraccount a JOIN wallet_coin c ON c.id = a.coin_id WHERE a.id = p_account
    );
END $$;

CREATE FUNCTION wallet_post_v1(
    p_kind text, p_scope text, p_key text, p_fingerprint bytea, p_actor text, p_reason text, p_reverses bigint,
    p_accounts bigint[], p_owners bigint[], p_coins text[], p_kinds text[], p_amounts numeric[],
    OUT posting_id bigint, OUT replayed boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    accounts bigint[];
    locked bigint[] := '{}';
    account record;
    known bytea;
    amount numeric;
BEGIN
    PERFORM set_config('wallet.writer', 'posting', true);
    INSERT INTO wallet_posting (kind, scope, key, fingerprint, actor, reason, reverses_id)
    VALUES (p_kind, p_scope, p_key, p_fingerprint, p_actor, p_reason, p_reverses)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id INTO posting_id;
    replayed := posting_id IS NULL;
    IF replayed THEN
        SELECT p.id, p.fingerprint INTO posting_id, known FROM wallet_posting p WHERE p.scope = p_scope AND p.key = p_key;
        IF posting_id IS NULL THEN
            RAISE EXCEPTION 'the posting of this key is not visible here' USING ERRCODE = 'serialization_failure';
        ELSIF known <> p_fingerprint THEN
            RAISE EXCEPTION 'the key was used for another posting' USING ERRCODE = 'QL002';
        END IF;
        PERFORM set_config('wallet.writer', '', true);
        RETURN;
    END IF;

    IF cardinality(p_amounts) NOT BETWEEN 2 AND 64 THEN
        RAISE EXCEPTION 'a posting has 2 to 64 legs' USING ERRCODE = 'QL005';
    END IF;
    FOREACH amount IN ARRAY p_amounts LOOP
        IF amount <> trunc(amount, 18) THEN
            RAISE EXCEPTION 'an amount has more than 18 decimal places' USING ERRCODE = 'QL004';
        END IF;
    END LOOP;
    accounts := wallet_accounts_v1(p_accounts, p_owners, p_coins, p_kinds);
    IF array_position(accounts, NULL) IS NOT NULL THEN
        accounts := wallet_open_accounts_v1(p_accounts, p_owners, p_coins, p_kinds);
    END IF;

    FOR account IN
        SELECT a.id, a.owner_id, a.balance, d.delta
        FROM (
            SELECT l.id, sum(l.delta) AS delta FROM unnest(accounts, p_amounts) AS l (id, delta) GROUP BY l.id
        ) d JOIN wallet_ledgeraccount a ON a.id = d.id
        WHERE a.owner_id IS NOT NULL OR (d.delta < 0 AND NOT a.allow_negative)
        ORDER BY a.id FOR NO KEY UPDATE OF a
    LOOP
        locked := locked || account.id;
        IF account.owner_id IS NULL THEN
            PERFORM wallet_fold_locked_v1(account.id, NULL);
            SELECT a.balance INTO account.balance FROM wallet_ledgeraccount a WHERE a.id = account.id;
        END IF;
        IF account.balance + account.delta < 0 THEN
            PERFORM wallet_refuse_v1(account.id, account.balance, -account.delta);
        END IF;
        UPDATE wallet_ledgeraccount a SET balance = a.balance + account.delta WHERE a.id = account.id;
    END LOOP;

    INSERT INTO wallet_entry (posting_id, seq, account_id, coin_id, amount)
    SELECT wallet_post_v1.posting_id, l.seq, a.id, a.coin_id, l.amount
    FROM unnest(accounts, p_amounts) WITH ORDINALITY AS l (account, amount, seq)
    LEFT JOIN wallet_ledgeraccount a ON a.id = l.account
    ORDER BY l.seq;
    IF NOT accounts <@ locked THEN
        INSERT INTO wallet_pendingentry (entry_id, account_id, amount)
        SELECT e.id, e.account_id, e.amount FROM wallet_entry e
        WHERE e.posting_id = wallet_post_v1.posting_id AND e.account_id <> ALL (locked);
    END IF;
    PERFORM set_config('wallet.writer', '', true);
END $$;

CREATE FUNCTION wallet_fold_v1(p_account bigint, p_rows_max bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows bigint;
BEGIN
    PERFORM set_config('wallet.writer', 'posting', true);
    PERFORM FROM wallet_ledgeraccount a WHERE a.id = p_account AND a.owner_id IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only accounts of the house are folded' USING ERRCODE = 'QL003';
    END IF;
    rows := wallet_fold_locked_v1(p_account, p_rows_max);
    PERFORM set_config('wallet.writer', '', true);
    RETURN rows;
END $$;
