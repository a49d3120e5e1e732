-- Withdrawing. One citizen's withdrawal ends his matter and nobody else's: a
-- principal that others were merged into keeps its work, its clocks and its
-- number until they are done with it; it only has no citizen of its own any
-- more, who would be told or asked. Moving the work to one of the others would
-- give the orgs new time and leave their evidence behind.

CREATE FUNCTION peoplecall.withdraw_body(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	said jsonb;
	carried int;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_with_principal(complaint);
	post_org := peoplecall.gate_area(peoplecall.citizen_area(complaint, c.area), NULL, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.check_open(c.id, c.state, c.principal_id, c.closed_at, c.withdrawn_at, 'withdraw');
	at := peoplecall.act_time(c.last_event_at);
	said := jsonb_build_object('state', c.state::text, 'supplement',
		peoplecall.add_supplement(c.district_id, c.id, 'withdraw', reason, at));
	UPDATE peoplecall.complaint AS m
	   SET withdrawn_at = at
	 WHERE m.district_id = c.district_id AND m.id = c.id;

	IF c.state = 'merged' THEN
		UPDATE peoplecall.complaint AS m
		   SET closed_at = at
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
			'withdraw', post_org, NULL, said || jsonb_build_object('principal', c.principal_id));
		PERFORM peoplecall.settle(c.district_id, c.id, 'withdrawn', at, 1, NULL, NULL);
		PERFORM peoplecall.lose_merged(c.principal_id, c.id, post_org);
		RETURN peoplecall.make_receipt(c.id, 'withdrawn', c.grade, NULL, NULL, NULL, NULL, NULL, at);
	END IF;

	carried := peoplecall.carried(c.id);
	IF carried > 0 THEN
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
			'withdraw', post_org, NULL, said || jsonb_build_object('carries', carried));
		RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
	END IF;
	RETURN peoplecall.end_withdrawn(c.id, post_org, said);
END
$$;
COMMENT ON FUNCTION peoplecall.withdraw_body(bigint, text) IS 'body of withdraw()';

CREATE FUNCTION peoplecall.carried(complaint bigint) RETURNS int
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT count(*)::int FROM peoplecall.complaint AS m
	         WHERE m.principal_id = carried.complaint AND m.state = 'merged'
	           AND m.withdrawn_at IS NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.carried(bigint) IS 'how many complaints are merged into this one whose citizens did not withdraw';

CREATE FUNCTION peoplecall.end_withdrawn(complaint bigint, post_org bigint, detail jsonb) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	t record;
	r record;
	tasks int[] := ARRAY[]::int[];
BEGIN
	c := peoplecall.lock_complaint(complaint);
	at := peoplecall.act_time(c.last_event_at);
	FOR r IN
		SELECT x.seq
		  FROM peoplecall.request AS x
		 WHERE x.district_id = c.district_id AND x.complaint_id = c.id
		   AND x.kind IN ('suspend', 'shelve') AND x.granted AND x.ended_at IS NULL
		 ORDER BY x.seq
	LOOP
		PERFORM peoplecall.end_pause(c.district_id, c.id, r.seq, at, at);
	END LOOP;
	FOR t IN
		SELECT x.seq, x.org, x.officer
		  FROM peoplecall.task AS x
		 WHERE x.district_id = c.district_id AND x.complaint_id = c.id
		   AND x.state IN ('sent', 'accepted')
		 ORDER BY x.seq
	LOOP
		PERFORM peoplecall.end_task(c.district_id, c.id, t.seq, 'withdrawn', at);
		PERFORM peoplecall.send_notice(c.district_id, c.id, c.area,
			peoplecall.officer_for(t.org, 'handler', at, t.officer), 'withdrawn',
			peoplecall.notice_fields(c.district_id, c.id), at);
		tasks := tasks || t.seq;
	END LOOP;
	-- nobody decides what was asked any more
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.ended_at IS NULL;
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL,
		'{dispatch,total,verify}', at, 'void');
	PERFORM peoplecall.void_orders(c.district_id, c.id, at);
	UPDATE peoplecall.complaint AS m
	   SET closed_at = at
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'withdraw', post_org, NULL, detail || jsonb_build_object('tasks', nullif(tasks, '{}')));
	-- one that was carried on itself before it was merged has nobody either
	PERFORM peoplecall.end_merged(c.id, 'withdraw', NULL, post_org);
	RETURN peoplecall.settle(c.district_id, c.id, 'withdrawn', at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.end_withdrawn(bigint, bigint, jsonb) IS
	'ends a matter whose citizen withdrew and that carries no other: shares, requests and clocks; tells those who worked on it';

CREATE FUNCTION peoplecall.lose_merged(principal bigint, complaint bigint, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p peoplecall.complaint;
	at timestamptz;
BEGIN
	p := peoplecall.lock_complaint(principal);
	at := peoplecall.act_time(p.last_event_at);
	PERFORM peoplecall.write_event(p.district_id, p.id, p.area, p.event_count + 1, at,
		'withdraw', post_org, NULL, jsonb_build_object('merged', complaint));
	PERFORM peoplecall.settle(p.district_id, p.id, p.state, at, 1, NULL, p.lead_org);
	PERFORM peoplecall.end_deserted(principal, post_org);
END
$$;
COMMENT ON FUNCTION peoplecall.lose_merged(bigint, bigint, bigint) IS
	'writes to the principal that a complaint merged into it was withdrawn';

CREATE FUNCTION peoplecall.end_deserted(principal bigint, post_org bigint) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p peoplecall.complaint;
BEGIN
	p := peoplecall.lock_complaint(principal);
	IF p.withdrawn_at IS NOT NULL AND p.closed_at IS NULL AND peoplecall.carried(p.id) = 0 THEN
		RETURN peoplecall.end_withdrawn(p.id, post_org,
			jsonb_build_object('state', p.state::text, 'carries', 0));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.end_deserted(bigint, bigint) IS
	'ends a matter whose citizen withdrew, once none is merged into it any more; returns its receipt, NULL where it goes on';
