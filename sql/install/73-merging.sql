-- Duplicates: merge, split. A merged complaint keeps its number, its notices,
-- its evidence and its citizen's word on the closing; what it loses is the
-- work, which is its principal's. Rows are locked from the principal down.

CREATE FUNCTION peoplecall.merge(complaint bigint, principal bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.split(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.merge(bigint, bigint, text) IS
	'a complaint that is about the same matter as another goes with that one, its principal: received, dispatched to merged; the principal must be received or dispatched; open shares are superseded, clocks void (late ones stay missed), those merged into the complaint go along; it ends when its principal does, and its citizen may rate it then; PC001, PC005, 22004, 22023 for a complaint with itself';
COMMENT ON FUNCTION peoplecall.split(bigint, text) IS
	'a merged complaint was another matter after all: merged to received; its clocks go on from receipt as if it had never been merged; a matter that had been dispatched gets a new clock to be dispatched again; one whose citizen has withdrawn ends as withdrawn; PC001, 22004';

CREATE FUNCTION peoplecall.merge_body(complaint bigint, principal bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p peoplecall.complaint;
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	follower bigint;
	receipt peoplecall.receipt;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	IF num_nulls(complaint, principal) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'complaint and principal must not be null';
	END IF;
	IF complaint = principal THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('complaint %s cannot be merged into itself', peoplecall.complaint_no(complaint));
	END IF;
	PERFORM peoplecall.lock_merging(complaint, principal);
	p := peoplecall.lock_complaint(principal);
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_area(p.area, p.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.gate_state(p.id, p.state);
	at := peoplecall.act_time(greatest(c.last_event_at, p.last_event_at));

	receipt := peoplecall.merge_into(c.district_id, c.id, p.id, at, post_org,
		jsonb_build_object('reason', reason));
	-- whoever went with it goes with it on
	FOR follower IN
		SELECT m.id FROM peoplecall.complaint AS m
		 WHERE m.principal_id = c.id AND m.state = 'merged'
		 ORDER BY m.id
	LOOP
		PERFORM peoplecall.follow_on(follower, c.id, p.id, post_org);
	END LOOP;
	PERFORM peoplecall.write_event(p.district_id, p.id, p.area, p.event_count + 1, at,
		'merge', post_org, NULL, jsonb_build_object('merged', c.id, 'reason', reason));
	PERFORM peoplecall.settle(p.district_id, p.id, p.state, at, 1, NULL, p.lead_org);
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION peoplecall.merge_body(bigint, bigint, text) IS 'body of merge()';

-- Two merges in opposite directions must not wait for one another.
CREATE FUNCTION peoplecall.lock_merging(a bigint, b bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.merge ' || least(n.a, n.b), 0)),
	        pg_advisory_xact_lock(hashtextextended('peoplecall.merge ' || greatest(n.a, n.b), 0))
	   FROM (SELECT peoplecall.district_of(lock_merging.a) / 100 AS a,
	                peoplecall.district_of(lock_merging.b) / 100 AS b) AS n;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_merging(bigint, bigint) IS
	'used by merge(): merges within a city follow one another';

-- Nor must who locks many complaints, one after the other, meet a merge whose
-- principal is the newer one.
CREATE FUNCTION peoplecall.lock_cities(districts int[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	city int;
BEGIN
	FOR city IN
		SELECT DISTINCT d.id / 100 FROM unnest(districts) AS d (id) ORDER BY 1
	LOOP
		PERFORM peoplecall.lock_merging(city * 100000000000000, city * 100000000000000);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_cities(int[]) IS
	'used by verbs that lock many complaints: they and the merges within the cities of these districts follow one another';

CREATE FUNCTION peoplecall.merge_into(
	district_id int, complaint_id bigint, principal bigint, at timestamptz,
	post_org bigint, detail jsonb) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	running int[];
	tasks int[];
	task int;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = merge_into.district_id AND m.id = merge_into.complaint_id;
	running := ARRAY(
		SELECT k.seq FROM peoplecall.clock AS k
		 WHERE k.district_id = c.district_id AND k.complaint_id = c.id
		   AND k.task_seq IS NULL AND k.stopped_at IS NULL
		 ORDER BY k.seq);
	tasks := ARRAY(
		SELECT t.seq FROM peoplecall.task AS t
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		   AND t.state IN ('sent', 'accepted')
		 ORDER BY t.seq);
	FOREACH task IN ARRAY tasks LOOP
		PERFORM peoplecall.end_task(c.district_id, c.id, task, 'superseded', at);
	END LOOP;
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL,
		enum_range(NULL::peoplecall.clock_kind), at, 'void');
	PERFORM peoplecall.void_orders(c.district_id, c.id, at);
	UPDATE peoplecall.complaint AS m
	   SET lead_org = NULL, merged_clocks = running
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.join_principal(c.district_id, c.id, principal);
	PERFORM peoplecall.bar_from_reporter(c.district_id, c.id, peoplecall.orgs_of(principal));
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'merge', post_org, NULL,
		detail || jsonb_build_object('principal', principal, 'state', c.state::text,
			'lead', c.lead_org, 'tasks', nullif(tasks, '{}'), 'clocks', running));
	RETURN peoplecall.settle(c.district_id, c.id, 'merged', at, 1, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.merge_into(int, bigint, bigint, timestamptz, bigint, jsonb) IS
	'used by merge(): ends the work on a complaint and hands it to its principal';

CREATE FUNCTION peoplecall.join_principal(district_id int, complaint_id bigint, principal bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE peoplecall.complaint AS m
	   SET principal_id = principal,
	       principals = CASE WHEN principal = ANY (m.principals) THEN m.principals
	                         ELSE m.principals || principal END
	 WHERE m.district_id = join_principal.district_id AND m.id = join_principal.complaint_id;
	UPDATE peoplecall.complaint AS p
	   SET principals = p.principals || p.id
	 WHERE p.district_id = peoplecall.district_of(principal) AND p.id = principal
	   AND p.id <> ALL (coalesce(p.principals, '{}'));
END
$$;
COMMENT ON FUNCTION peoplecall.join_principal(int, bigint, bigint) IS
	'used by merge() and transfer(): the complaint goes with this principal now; both keep that it did';

CREATE FUNCTION peoplecall.orgs_of(complaint bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(SELECT DISTINCT t.org
	               FROM peoplecall.task AS t
	              WHERE t.district_id = peoplecall.district_of(orgs_of.complaint)
	                AND t.complaint_id = orgs_of.complaint
	              ORDER BY 1);
END
$$;
COMMENT ON FUNCTION peoplecall.orgs_of(bigint) IS 'every org that has or had a share of a complaint';

CREATE FUNCTION peoplecall.ending_template(verb text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE verb WHEN 'reject' THEN 'rejected' WHEN 'refer' THEN 'referred' ELSE 'rating' END;
END
$$;
COMMENT ON FUNCTION peoplecall.ending_template(text) IS
	'the message by which a citizen learns that his matter has ended';

CREATE FUNCTION peoplecall.follow_on(
	complaint bigint, old_principal bigint, new_principal bigint, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	-- split since
	IF c.principal_id IS DISTINCT FROM old_principal OR c.state <> 'merged' THEN
		RETURN;
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.join_principal(c.district_id, c.id, new_principal);
	PERFORM peoplecall.bar_from_reporter(c.district_id, c.id, peoplecall.orgs_of(new_principal));
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'merge', post_org, NULL,
		jsonb_build_object('principal', new_principal, 'old_principal', old_principal));
	PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.follow_on(bigint, bigint, bigint, bigint) IS
	'used by merge(): a merged complaint whose principal was merged itself gets that one''s principal';

CREATE FUNCTION peoplecall.split_body(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	receipt peoplecall.receipt;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_with_principal(complaint);
	post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);

	UPDATE peoplecall.clock AS k
	   SET stopped_at = NULL, verdict = NULL
	 WHERE k.district_id = c.district_id AND k.complaint_id = c.id
	   AND ((k.kind IN ('dispatch', 'total') AND k.seq = ANY (c.merged_clocks))
	        -- an order may have been closed or answered meanwhile, or its answer
	        -- refused
	        OR (k.kind = 'answer' AND EXISTS (
		SELECT FROM peoplecall.supervision AS s
		 WHERE s.district_id = k.district_id AND s.complaint_id = k.complaint_id
		   AND s.clock_seq = k.seq AND s.closed_at IS NULL AND s.answered_at IS NULL)));
	IF NOT EXISTS (
		SELECT FROM peoplecall.clock AS k
		 WHERE k.district_id = c.district_id AND k.complaint_id = c.id
		   AND k.kind = 'dispatch' AND k.stopped_at IS NULL)
	THEN
		PERFORM peoplecall.start_clocks(c.district_id, c.id, c.area, NULL, '{dispatch}',
			c.category, c.grade, c.urgency, c.nature, at, c.epoch);
	END IF;
	PERFORM peoplecall.replay_clocks(c.district_id, c.id);
	UPDATE peoplecall.complaint AS m
	   SET principal_id = NULL, closed_at = NULL, result = NULL, merged_clocks = NULL
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'split', post_org, NULL,
		jsonb_build_object('old_principal', c.principal_id, 'reason', reason));
	-- its citizen's answers count for the principal no longer
	PERFORM peoplecall.mark_appraisal(peoplecall.district_of(c.principal_id), ARRAY[c.principal_id]);
	PERFORM peoplecall.end_deserted(c.principal_id, post_org);
	receipt := peoplecall.settle(c.district_id, c.id, 'received', at, 1, NULL, NULL);
	-- those for whom it was carried on stay where they went with it
	RETURN coalesce(peoplecall.end_deserted(c.id, post_org), receipt);
END
$$;
COMMENT ON FUNCTION peoplecall.split_body(bigint, text) IS 'body of split()';

-- A group counts once for handling, each citizen for satisfaction: so the
-- merged ones stay merged, and have the day and the result of the closing.
CREATE FUNCTION peoplecall.end_merged(principal bigint, verb text, result text, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	merged_id bigint;
	c peoplecall.complaint;
	at timestamptz;
BEGIN
	FOR merged_id IN
		SELECT m.id FROM peoplecall.complaint AS m
		 WHERE m.principal_id = principal AND m.state = 'merged' AND m.closed_at IS NULL
		 ORDER BY m.id
	LOOP
		c := peoplecall.lock_complaint(merged_id);
		CONTINUE WHEN c.state <> 'merged' OR c.principal_id IS DISTINCT FROM principal;
		at := peoplecall.act_time(c.last_event_at);
		UPDATE peoplecall.complaint AS m
		   SET closed_at = at, result = end_merged.result
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
			verb, post_org, NULL, jsonb_build_object('principal', principal, 'result', result));
		PERFORM peoplecall.send_reporter_notice(c.district_id, c.id, c.area,
			peoplecall.ending_template(verb), peoplecall.reporter_fields(
				peoplecall.district_of(principal), principal)
			|| jsonb_build_object('no', peoplecall.complaint_no(c.id), 'title', c.title), at);
		PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, NULL);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.end_merged(bigint, text, text, bigint) IS
	'used by verbs that end a complaint: what ends one ends those merged into it: their citizens may rate from then on';

CREATE FUNCTION peoplecall.reopen_merged(principal bigint, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	merged_id bigint;
	c peoplecall.complaint;
	at timestamptz;
BEGIN
	FOR merged_id IN
		SELECT m.id FROM peoplecall.complaint AS m
		 WHERE m.principal_id = principal AND m.state = 'merged' AND m.closed_at IS NOT NULL
		 ORDER BY m.id
	LOOP
		c := peoplecall.lock_complaint(merged_id);
		CONTINUE WHEN c.state <> 'merged' OR c.principal_id IS DISTINCT FROM principal;
		at := peoplecall.act_time(c.last_event_at);
		-- a new closing is a new question to the citizen
		UPDATE peoplecall.complaint AS m
		   SET closed_at = NULL, result = NULL, epoch = m.epoch + 1
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
			'reopen', post_org, NULL,
			jsonb_build_object('principal', principal, 'epoch', c.epoch + 1));
		PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, NULL);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.reopen_merged(bigint, bigint) IS
	'used by reopen(): complaints merged into one that is opened again are open with it';
