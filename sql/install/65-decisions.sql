-- Deciding a request, and the end of what was granted: by resume, by the sweep,
-- by the citizen's objection to an exclusion.

CREATE FUNCTION peoplecall.decide_body(complaint bigint, request int, granted boolean, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	r peoplecall.request;
	t peoplecall.task;
	at timestamptz;
	post_org bigint;
	done jsonb := jsonb_build_object();
	events int := 1;
	coordination bigint;
	next_state peoplecall.complaint_state;
BEGIN
	IF num_nulls(request, granted) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'request and granted must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	SELECT x.* INTO r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = request;
	-- the org whose exclusion the citizen objects to does not judge that either
	post_org := peoplecall.gate_area(c.area, c.command_level, coalesce(r.asked_by,
		(SELECT x.asked_by FROM peoplecall.request AS x
		  WHERE x.district_id = c.district_id AND x.complaint_id = c.id
		    AND x.seq = r.objects_to)));
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.check_decidable(c.id, c.state, request, r.kind, r.granted, r.ended_at);
	at := peoplecall.act_time(c.last_event_at);
	SELECT x.* INTO t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = r.task_seq;

	UPDATE peoplecall.request AS x
	   SET decided_by = post_org, decided_at = at, granted = decide_body.granted,
	       decision = decide_body.reason,
	       ended_at = CASE WHEN NOT decide_body.granted THEN at END
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = request;
	IF granted THEN
		done := CASE r.kind
			WHEN 'suspend' THEN peoplecall.grant_suspend(c.district_id, c.id, request, at)
			WHEN 'extend' THEN peoplecall.grant_extend(c.district_id, c.id, request, at)
			WHEN 'return' THEN peoplecall.grant_return(c.district_id, c.id, request, at)
			WHEN 'lower' THEN peoplecall.grant_lower(c.district_id, c.id, request, at)
			WHEN 'shelve' THEN peoplecall.grant_shelve(c.district_id, c.id, request, at)
			WHEN 'exclude' THEN peoplecall.grant_exclude(c.district_id, c.id, request, at) END;
	END IF;
	next_state := coalesce((done ->> 'state')::peoplecall.complaint_state, c.state);
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area,
		peoplecall.officer_for(t.org, 'handler', at, t.officer),
		CASE WHEN granted THEN 'granted' ELSE 'refused' END,
		peoplecall.notice_fields(c.district_id, c.id)
		|| peoplecall.deadline_field(c.district_id, c.id, 'decide', r.task_seq)
		|| jsonb_build_object('request', peoplecall.request_name(r.kind), 'reason', reason), at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'decide', post_org, r.task_seq,
		done || jsonb_build_object('request', request, 'kind', r.kind, 'granted', granted,
			'reason', reason, 'asked_by', r.asked_by, 'asked_at', r.asked_at));
	IF granted AND r.kind = 'return' AND t.role = 'lead' THEN
		coordination := peoplecall.convene_returned(c.district_id, c.id, at, c.event_count + 2);
		events := CASE WHEN coordination IS NULL THEN 1 ELSE 2 END;
	END IF;
	RETURN peoplecall.settle(c.district_id, c.id, next_state, at, events, r.task_seq, t.org);
END
$$;
COMMENT ON FUNCTION peoplecall.decide_body(bigint, int, boolean, text) IS 'body of decide()';

CREATE FUNCTION peoplecall.check_decidable(
	complaint_id bigint, state peoplecall.complaint_state, request int,
	kind peoplecall.request_kind, granted boolean, ended_at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text;
BEGIN
	IF kind IS NULL THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('complaint %s has no request %s', peoplecall.complaint_no(complaint_id), request);
	END IF;
	why := CASE
		WHEN granted THEN 'The request is granted.'
		WHEN NOT granted THEN 'The request is refused.'
		WHEN ended_at IS NOT NULL THEN 'The request lapsed with its task.'
		WHEN kind IN ('return', 'lower', 'shelve') AND state <> 'dispatched'
		THEN format('The complaint is %s.', state) END;
	IF why IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('request %s of complaint %s cannot be decided', request,
				peoplecall.complaint_no(complaint_id)),
			DETAIL = why;
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_decidable(bigint, peoplecall.complaint_state, int, peoplecall.request_kind, boolean, timestamptz) IS
	'PC005 for a request that is not there, PC001 for one that is decided or lapsed, or whose matter is no longer dispatched';

-- The end of what paused: by the sweep, by resume, with the share.
CREATE FUNCTION peoplecall.end_pause(
	district_id int, complaint_id bigint, request int, ends_at timestamptz, at timestamptz)
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	k record;
	one jsonb;
	moved jsonb := jsonb_build_array();
	others tstzmultirange;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = end_pause.district_id
	   AND x.complaint_id = end_pause.complaint_id AND x.seq = request;
	-- what ended before it was asked for never lasted, and its time may be over
	-- before the sweep sees that
	ends_at := greatest(least(ends_at, r.until), r.asked_at);
	UPDATE peoplecall.request AS x
	   SET ended_at = ends_at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	FOR k IN
		SELECT o.seq, o.task_seq, o.extensions, o.pauses, o.stopped_at
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = r.district_id AND o.complaint_id = r.complaint_id
		   -- one that stopped meanwhile was paused until then
		   AND (o.stopped_at IS NULL OR o.stopped_at >= r.asked_at)
		   AND (o.kind = 'total' OR (r.kind = 'shelve' AND o.task_seq IS NOT NULL)
		        OR o.task_seq = r.task_seq)
		 ORDER BY o.seq
	LOOP
		-- what is left of this one is cut off, but not what another one pauses or did
		others := peoplecall.granted_pauses(r.district_id, r.complaint_id, k.task_seq, r.seq);
		one := peoplecall.retime_clock(r.district_id, r.complaint_id, k.seq, k.extensions,
			k.pauses - CASE WHEN k.stopped_at IS NULL THEN '{}'
			                ELSE tstzmultirange(tstzrange(k.stopped_at, NULL)) END
				- (tstzmultirange(tstzrange(ends_at, coalesce(r.ended_at, r.until))) - others), at);
		IF one IS NOT NULL THEN
			moved := moved || one;
		END IF;
	END LOOP;
	RETURN nullif(moved, '[]');
END
$$;
COMMENT ON FUNCTION peoplecall.end_pause(int, bigint, int, timestamptz, timestamptz) IS
	'ends a suspension or a shelving, again where it has ended later: its clocks run from ends_at, or from when it was asked for if that is later; returns the deadlines that moved, NULL where it ended as it was to';

CREATE FUNCTION peoplecall.granted_pauses(
	district_id int, complaint_id bigint, task int, except_request int DEFAULT NULL) RETURNS tstzmultirange
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT range_agg(tstzrange(r.asked_at, coalesce(r.ended_at, r.until)))
		  FROM peoplecall.request AS r
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = r.district_id AND t.complaint_id = r.complaint_id AND t.seq = r.task_seq
		 WHERE r.district_id = granted_pauses.district_id
		   AND r.complaint_id = granted_pauses.complaint_id
		   AND r.kind IN ('suspend', 'shelve') AND r.granted
		   AND r.seq IS DISTINCT FROM except_request
		   AND (r.kind = 'shelve' OR r.task_seq = task OR (task IS NULL AND t.role = 'lead'))), '{}');
END
$$;
COMMENT ON FUNCTION peoplecall.granted_pauses(int, bigint, int, int) IS
	'used by verbs and check_ledger(): the suspensions and shelvings that were granted, but for one request, each from its asking to its end, of which a task''s clocks (NULL: the total one, which waits for leads) know';

CREATE FUNCTION peoplecall.end_requests(
	district_id int, complaint_id bigint, task int, at timestamptz,
	now_at timestamptz DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT x.seq, x.kind, x.asked_at, x.until, x.granted, x.share_ended_at
		  FROM peoplecall.request AS x
		 WHERE x.district_id = end_requests.district_id
		   AND x.complaint_id = end_requests.complaint_id
		   AND x.task_seq = task
		   AND (x.ended_at IS NULL OR (x.granted AND x.ended_at > end_requests.at))
		 ORDER BY x.seq
	LOOP
		IF r.granted AND (r.kind = 'suspend' OR (r.kind = 'shelve' AND r.asked_at > end_requests.at)) THEN
			PERFORM peoplecall.end_pause(district_id, complaint_id, r.seq,
				end_requests.at, coalesce(now_at, end_requests.at));
		-- what asks for time is still decided: it judges the clock that stopped,
		-- sent back or not; but not where it was asked after that
		ELSIF r.granted IS NULL AND (r.kind IN ('return', 'lower', 'shelve')
		      OR (r.kind IN ('suspend', 'extend') AND r.asked_at > end_requests.at)) THEN
			UPDATE peoplecall.request AS x
			   SET ended_at = greatest(end_requests.at, r.asked_at)
			 WHERE x.district_id = end_requests.district_id
			   AND x.complaint_id = end_requests.complaint_id AND x.seq = r.seq;
		ELSIF r.granted IS NULL AND r.kind = 'suspend' AND r.share_ended_at IS NULL THEN
			UPDATE peoplecall.request AS x
			   SET share_ended_at = end_requests.at
			 WHERE x.district_id = end_requests.district_id
			   AND x.complaint_id = end_requests.complaint_id AND x.seq = r.seq;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.end_requests(int, bigint, int, timestamptz, timestamptz) IS
	'when a share ends, as of then: its suspensions end with it, and what it asked and makes no sense now, or asked after its end, lapses';

CREATE FUNCTION peoplecall.lapse_requests(district_id int, complaint_id bigint, at timestamptz) RETURNS int[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	requests int[];
BEGIN
	WITH lapsed AS (
		UPDATE peoplecall.request AS r
		   SET ended_at = at
		 WHERE r.district_id = lapse_requests.district_id
		   AND r.complaint_id = lapse_requests.complaint_id
		   AND r.decided_at IS NULL AND r.ended_at IS NULL
		RETURNING r.seq)
	SELECT array_agg(l.seq ORDER BY l.seq) INTO requests FROM lapsed AS l;
	RETURN requests;
END
$$;
COMMENT ON FUNCTION peoplecall.lapse_requests(int, bigint, timestamptz) IS
	'used by verbs by which a matter leaves and nobody decides any more: what was asked of it lapses; returns the numbers, NULL for none';

CREATE FUNCTION peoplecall.resume_body(complaint bigint, reason text, request int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	r peoplecall.request;
	orgs bigint[] := peoplecall.gate_orgs();
	at timestamptz;
	post_org bigint;
	moved jsonb;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	SELECT x.* INTO r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id
	   AND (x.seq = request
	        OR (request IS NULL AND x.kind IN ('suspend', 'shelve')
	            AND x.granted AND x.ended_at IS NULL))
	 ORDER BY x.asked_by = ANY (orgs) DESC, x.seq DESC
	 LIMIT 1;
	IF r.asked_by = ANY (orgs) THEN
		post_org := peoplecall.gate_org(r.asked_by);
	ELSE
		post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	END IF;
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF r.seq IS NULL AND request IS NOT NULL THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('complaint %s has no request %s', peoplecall.complaint_no(c.id), request);
	END IF;
	IF r.seq IS NULL OR r.kind NOT IN ('suspend', 'shelve')
	   OR r.granted IS NOT TRUE OR r.ended_at IS NOT NULL
	THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('nothing of complaint %s is suspended or shelved', peoplecall.complaint_no(c.id)),
			DETAIL = CASE WHEN request IS NULL THEN 'No request that was granted is in force.'
			              ELSE format('Request %s is not in force.', request) END;
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	moved := peoplecall.end_pause(c.district_id, c.id, r.seq, at, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'resume', post_org, r.task_seq,
		jsonb_build_object('request', r.seq, 'kind', r.kind, 'reason', reason,
			'until', r.until, 'deadlines', moved));
	RETURN peoplecall.settle(c.district_id, c.id,
		CASE r.kind WHEN 'shelve' THEN 'dispatched' ELSE c.state END, at, 1, r.task_seq, r.asked_by);
END
$$;
COMMENT ON FUNCTION peoplecall.resume_body(bigint, text, int) IS 'body of resume()';

-- By the sweep, with the complaints locked.
CREATE FUNCTION peoplecall.wake_requests(district_id int, complaints bigint[], now_at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	woken int := 0;
BEGIN
	FOR r IN
		SELECT x.*
		  FROM peoplecall.request AS x
		 WHERE x.district_id = wake_requests.district_id
		   AND x.complaint_id = ANY (complaints)
		   AND x.granted AND x.ended_at IS NULL
		   AND least(x.until, x.review_at) <= now_at
		 ORDER BY x.complaint_id, least(x.until, x.review_at), x.seq
	LOOP
		PERFORM peoplecall.wake_request(r.district_id, r.complaint_id, r.seq, now_at);
		woken := woken + 1;
	END LOOP;
	RETURN woken;
END
$$;
COMMENT ON FUNCTION peoplecall.wake_requests(int, bigint[], timestamptz) IS
	'ends the suspensions and shelvings of these complaints whose time is over, and has those reviewed that are due; returns how many';

CREATE FUNCTION peoplecall.wake_request(district_id int, complaint_id bigint, request int, now_at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	r peoplecall.request;
	t peoplecall.task;
	at timestamptz;
	over boolean;
	told bigint[];
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = wake_request.district_id AND m.id = wake_request.complaint_id;
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = request;
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = r.task_seq;
	at := greatest(now_at, c.last_event_at);
	over := coalesce(r.until <= now_at, false);
	IF over THEN
		PERFORM peoplecall.end_pause(c.district_id, c.id, r.seq, r.until, at);
		told := ARRAY[peoplecall.officer_for(t.org, 'handler', at, t.officer)];
	ELSE
		UPDATE peoplecall.request AS x
		   SET review_at = peoplecall.next_review(r.review_at, now_at)
		 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = r.seq;
		told := ARRAY[peoplecall.officer_for(t.org, 'leader_in_charge', at),
			peoplecall.officer_for(c.command_org, 'leader_in_charge', at)];
	END IF;
	told := ARRAY(SELECT DISTINCT o.id FROM unnest(told) AS o (id) WHERE o.id IS NOT NULL ORDER BY 1);
	PERFORM peoplecall.tell_act(c.district_id, c.id, c.area, CASE WHEN over THEN 'resume' ELSE 'review' END,
		peoplecall.deadline_field(c.district_id, c.id, 'resume', r.task_seq)
		|| jsonb_build_object('plan', r.plan, 'request', peoplecall.request_name(r.kind)), told, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		CASE WHEN over THEN 'resume' ELSE 'review' END, NULL, r.task_seq,
		jsonb_build_object('request', r.seq, 'kind', r.kind, 'told', to_jsonb(told),
			'was_due', CASE WHEN over THEN r.until ELSE r.review_at END, 'ran_at', now_at));
	PERFORM peoplecall.settle(c.district_id, c.id,
		CASE WHEN over AND c.state = 'shelved' AND r.kind = 'shelve' THEN 'dispatched' ELSE c.state END,
		at, 1, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.wake_request(int, bigint, int, timestamptz) IS
	'ends a suspension or shelving whose time is over as of then, however late it is, and tells the handler; else has a shelved matter reviewed: tells the leaders in charge, and sets the next time';

CREATE FUNCTION peoplecall.object_exclusion_body(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	x record;
	at timestamptz;
	post_org bigint;
	next_seq int;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_current(complaint);
	post_org := peoplecall.gate_area(peoplecall.citizen_area(complaint, c.area), NULL, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	SELECT max(r.seq) FILTER (WHERE r.objects_to IS NULL AND r.granted) AS seq,
	       count(r.objects_to) > 0 AS objected
	  INTO x
	  FROM peoplecall.request AS r
	 WHERE r.district_id = c.district_id AND r.complaint_id = c.id AND r.kind = 'exclude';
	IF x.objected THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('the citizen of complaint %s has objected already', peoplecall.complaint_no(c.id)),
			DETAIL = 'An exclusion may be objected to once.';
	END IF;
	IF NOT c.excluded OR x.seq IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('complaint %s is not excluded', peoplecall.complaint_no(c.id)),
			DETAIL = format('The complaint is %s and counts.', c.state);
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	next_seq := peoplecall.next_request(c.district_id, c.id);
	INSERT INTO peoplecall.request (district_id, complaint_id, area, seq, kind, reason,
		asked_at, objects_to)
	VALUES (c.district_id, c.id, c.area, next_seq, 'exclude', object_exclusion_body.reason,
		at, x.seq);
	PERFORM peoplecall.tell_decider(c.district_id, c.id, 'exclude', reason, NULL, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'object_exclusion', post_org, NULL,
		jsonb_build_object('request', next_seq, 'objects_to', x.seq, 'reason', reason));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.object_exclusion_body(bigint, text) IS 'body of object_exclusion()';
