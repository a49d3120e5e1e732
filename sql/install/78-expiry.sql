-- Expiry: a claim that is not kept in time lapses and frees what it held, a
-- listing closes when it expires. sweep() calls this beside the ladder.

CREATE FUNCTION peoplecall.lapse_claims(district_id int, listing bigint, now_at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	k record;
	lapsed int := 0;
	freed int;
	at timestamptz;
BEGIN
	SELECT x.* INTO STRICT l
	  FROM peoplecall.listing AS x
	 WHERE x.district_id = lapse_claims.district_id AND x.id = lapse_claims.listing;
	at := greatest(now_at, l.last_event_at);
	FOR k IN
		SELECT x.seq, x.expires_at
		  FROM peoplecall.claim AS x
		 WHERE x.district_id = l.district_id AND x.listing_id = l.id
		   AND x.ended_at IS NULL AND x.expires_at <= now_at
		 ORDER BY x.expires_at, x.seq
	LOOP
		freed := peoplecall.end_claim(l.district_id, l.id, k.seq, 'lapsed', NULL, at);
		PERFORM peoplecall.settle_listing(l.district_id, l.id, at, 'lapse', NULL, k.seq,
			jsonb_build_object('was_due', k.expires_at, 'free', freed));
		PERFORM peoplecall.send_notice(l.district_id, l.id, l.area,
			peoplecall.officer_for(l.org, 'handler', at), 'claim_lapsed',
			peoplecall.claim_fields(l.district_id, l.id, k.seq), at);
		PERFORM peoplecall.tell_claimer(l.district_id, l.id, k.seq, 'claim_lapsed', at);
		lapsed := lapsed + 1;
	END LOOP;
	RETURN lapsed;
END
$$;
COMMENT ON FUNCTION peoplecall.lapse_claims(int, bigint, timestamptz) IS
	'ends the claims of a listing that have expired, and tells both sides; returns how many';

CREATE FUNCTION peoplecall.due_list_districts() RETURNS SETOF int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.tick_lists(
	district_id int, batch int DEFAULT 500,
	OUT due int, OUT listings int, OUT lapsed int, OUT closed int, OUT failed int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.due_list_districts() IS
	'districts in which a listing or a claim has expired, ascending; two index probes for each that has one which expires some day';
COMMENT ON FUNCTION peoplecall.tick_lists(int, int) IS
	'ends what has expired of at most batch listings of a district: due how many had something expired, listings how many were handled (others were locked), lapsed how many claims lapsed, closed how many listings closed, failed how many are now in sweep_status; 22004, 22023, 42501';

CREATE FUNCTION peoplecall.due_list_districts_body() RETURNS SETOF int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := peoplecall.act_time(NULL);
	district int := -1;
BEGIN
	LOOP
		district := (SELECT l.district_id
		               FROM peoplecall.listing AS l
		              WHERE l.district_id > district AND l.next_alarm_at IS NOT NULL
		              ORDER BY l.district_id
		              LIMIT 1);
		EXIT WHEN district IS NULL;
		IF EXISTS (SELECT FROM peoplecall.listing AS l
		            WHERE l.district_id = district AND l.next_alarm_at <= now_at) THEN
			RETURN NEXT district;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.due_list_districts_body() IS 'body of due_list_districts()';

CREATE FUNCTION peoplecall.tick_lists_body(
	district_id int, batch int,
	OUT due int, OUT listings int, OUT lapsed int, OUT closed int, OUT failed int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := peoplecall.act_time(NULL);
	ids bigint[];
	one bigint;
	done record;
BEGIN
	PERFORM peoplecall.gate_district(district_id);
	PERFORM peoplecall.require_batch(batch);

	ids := ARRAY(
		SELECT l.id
		  FROM peoplecall.listing AS l
		 WHERE l.district_id = tick_lists_body.district_id
		   AND l.next_alarm_at <= now_at
		   AND NOT EXISTS (
			SELECT FROM peoplecall.sweep_status AS s
			 WHERE s.district_id = l.district_id AND s.complaint_id = l.id
			   AND s.retry_at > now_at)
		 ORDER BY l.next_alarm_at
		 LIMIT batch);
	due := cardinality(ids);
	listings := 0;
	lapsed := 0;
	closed := 0;
	failed := 0;
	-- as every verb on several listings locks them
	ids := ARRAY(SELECT i.id FROM unnest(ids) AS i (id) ORDER BY i.id);
	BEGIN
		FOREACH one IN ARRAY ids LOOP
			done := peoplecall.expire_listing(district_id, one, now_at);
			listings := listings + done.listings;
			lapsed := lapsed + done.lapsed;
			closed := closed + done.closed;
		END LOOP;
		RETURN;
	EXCEPTION
		WHEN disk_full THEN RAISE;
		WHEN OTHERS THEN
			listings := 0;		-- one of them is to blame: find out which
			lapsed := 0;
			closed := 0;
	END;
	FOREACH one IN ARRAY ids LOOP
		BEGIN
			done := peoplecall.expire_listing(district_id, one, now_at);
			listings := listings + done.listings;
			lapsed := lapsed + done.lapsed;
			closed := closed + done.closed;
		EXCEPTION
			WHEN disk_full THEN RAISE;
			WHEN OTHERS THEN
				failed := failed + 1;
				PERFORM peoplecall.note_failure(district_id, one, now_at, SQLSTATE, SQLERRM);
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.tick_lists_body(int, int) IS 'body of tick_lists()';

CREATE FUNCTION peoplecall.expire_listing(
	district_id int, listing bigint, now_at timestamptz,
	OUT listings int, OUT lapsed int, OUT closed int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	at timestamptz;
BEGIN
	listings := 0;
	lapsed := 0;
	closed := 0;
	SELECT x.* INTO l
	  FROM peoplecall.listing AS x
	 WHERE x.district_id = expire_listing.district_id AND x.id = expire_listing.listing
	   AND x.next_alarm_at <= now_at
	   FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	listings := 1;
	lapsed := peoplecall.lapse_claims(l.district_id, l.id, now_at);
	-- promises that were made before stand until they lapse themselves
	IF l.closed_at IS NULL AND l.expires_at <= now_at THEN
		at := greatest(now_at, l.last_event_at);
		PERFORM peoplecall.mark_closed(l.district_id, l.id, 'expired', NULL, at);
		PERFORM peoplecall.settle_listing(l.district_id, l.id, at, 'expire', NULL, NULL,
			jsonb_build_object('was_due', l.expires_at));
		closed := 1;
	END IF;
	DELETE FROM peoplecall.sweep_status AS s
	 WHERE s.district_id = l.district_id AND s.complaint_id = l.id;
END
$$;
COMMENT ON FUNCTION peoplecall.expire_listing(int, bigint, timestamptz) IS
	'ends what has expired of a listing, unless somebody works on it';
