-- Requests: an org asks, another decides. Clocks run until a request is
-- granted, and a grant dates from its request: what it moves is judged as if
-- it had been granted when it was asked.

CREATE FUNCTION peoplecall.request(
	complaint bigint, kind peoplecall.request_kind, reason text,
	until timestamptz DEFAULT NULL, by peoplecall.timelimit DEFAULT NULL,
	task int DEFAULT NULL, plan text DEFAULT NULL, evidence text DEFAULT NULL)
	RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.decide(complaint bigint, request int, granted boolean, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.resume(complaint bigint, reason text, request int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.object_exclusion(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.request(bigint, peoplecall.request_kind, text, timestamptz, peoplecall.timelimit, int, text, text) IS
	'the org of a task asks to suspend (until a time), extend (by a limit), return, lower, shelve (with a plan, until a time or without end) or exclude (with evidence); its number is in the event, and the org above is told; task sent or accepted, for exclude done too; PC001, PC005, PC006 where a setting request_KIND_times, _most or _before is reached, 22004 for what the kind needs, 22023 for what it does not take or a time that is not ahead, 23505 while one of that kind is open, 42501';
COMMENT ON FUNCTION peoplecall.decide(bigint, int, boolean, text) IS
	'grants or refuses a request: an org at or above the level that commands, or one that inspects, never the one that asked; what is granted dates from the request; received, dispatched, completed, closed, shelved; PC001 for one that is decided or lapsed, PC005, 22004, 42501';
COMMENT ON FUNCTION peoplecall.resume(bigint, text, int) IS
	'ends a suspension or a shelving before its time (NULL: the caller''s own, else the latest): its clocks go on with the time they had left; dispatched, shelved to dispatched; PC001 where nothing is suspended, PC005, 22004, 42501';
COMMENT ON FUNCTION peoplecall.object_exclusion(bigint, text) IS
	'the citizen objects, once, to the exclusion of his matter: a request that decide() answers; granted, the matter counts again; PC001 where it is not excluded, PC006 a second time, 22004, 42501';

-- What a setting allows, as text; NULL for no limit.
CREATE FUNCTION peoplecall.request_limit(kind peoplecall.request_kind, what text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.setting_value(format('request_%s_%s', kind, what),
		(CASE concat_ws('_', kind::text, what)
		WHEN 'suspend_times' THEN '2'
		WHEN 'suspend_most' THEN '"30d"'
		WHEN 'suspend_before' THEN '"0min"'
		WHEN 'extend_times' THEN '2'
		WHEN 'extend_most' THEN '"10wd"'
		WHEN 'extend_before' THEN '"0min"'
		WHEN 'return_times' THEN '1'
		WHEN 'return_before' THEN '"0min"'
		WHEN 'lower_times' THEN '1'
		WHEN 'shelve_times' THEN '1'
		WHEN 'exclude_times' THEN '1'
		ELSE 'null' END)::jsonb) #>> '{}';
END
$$;
COMMENT ON FUNCTION peoplecall.request_limit(peoplecall.request_kind, text) IS
	'the setting request_KIND_times, _most or _before, or its default; NULL for no limit';

CREATE FUNCTION peoplecall.request_name(kind peoplecall.request_kind) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT t.body FROM peoplecall.template AS t
	                  WHERE t.code = 'request.' || kind), kind::text);
END
$$;
COMMENT ON FUNCTION peoplecall.request_name(peoplecall.request_kind) IS
	'what is asked for, as notices write it: template request.KIND, else the kind';

-- Whoever does not name the kind's own values has not thought about it; what
-- the kind does not take would be lost without a word.
CREATE FUNCTION peoplecall.check_request(
	kind peoplecall.request_kind, at timestamptz, until timestamptz,
	amount peoplecall.timelimit, plan text, evidence text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF kind = 'suspend' AND until IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'until must not be null', HINT = 'Say when a suspension ends.';
	ELSIF kind = 'extend' AND amount IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'by must not be null', HINT = 'Say by how much to extend, such as 2wd.';
	ELSIF kind = 'shelve' THEN
		PERFORM peoplecall.require_text('plan', plan);
	ELSIF kind = 'exclude' THEN
		PERFORM peoplecall.require_text('evidence', evidence);
	END IF;
	IF until IS NOT NULL AND kind NOT IN ('suspend', 'shelve') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a request to %s takes no until', kind);
	END IF;
	IF amount IS NOT NULL AND kind <> 'extend' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a request to %s takes no by', kind);
	END IF;
	IF until <= at OR until = 'infinity' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'until must lie ahead',
			DETAIL = format('It is %s, and now it is %s.', until, at);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_request(peoplecall.request_kind, timestamptz, timestamptz, peoplecall.timelimit, text, text) IS
	'22004 where a kind of request lacks what it needs, 22023 for what it does not take and for a time that is not ahead';

-- How often, how long, how early.
CREATE FUNCTION peoplecall.check_request_limits(
	district_id int, complaint_id bigint, task int, kind peoplecall.request_kind,
	at timestamptz, until timestamptz, amount peoplecall.timelimit) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	times int := peoplecall.request_limit(kind, 'times')::int;
	most peoplecall.timelimit := peoplecall.request_limit(kind, 'most')::peoplecall.timelimit;
	early peoplecall.timelimit := peoplecall.request_limit(kind, 'before')::peoplecall.timelimit;
	asked int;
	k peoplecall.clock;
	moved_to timestamptz;
	too_far boolean;
BEGIN
	SELECT count(*)::int INTO asked
	  FROM peoplecall.request AS r
	 WHERE r.district_id = check_request_limits.district_id
	   AND r.complaint_id = check_request_limits.complaint_id
	   AND r.task_seq = task AND r.kind = check_request_limits.kind
	   AND r.decided_at IS NOT NULL;
	IF asked >= times THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('the task has asked to %s as often as it may', kind),
			DETAIL = format('It asked %s times, and setting request_%s_times allows %s.', asked, kind, times);
	END IF;

	SELECT o.* INTO k
	  FROM peoplecall.clock AS o
	 WHERE o.district_id = check_request_limits.district_id
	   AND o.complaint_id = check_request_limits.complaint_id
	   AND o.task_seq = task AND o.kind = 'resolve' AND o.stopped_at IS NULL
	 ORDER BY o.seq DESC LIMIT 1;
	IF kind = 'extend' THEN
		IF k.seq IS NULL THEN
			RAISE SQLSTATE 'PC001' USING
				MESSAGE = format('task %s of complaint %s has no deadline to extend', task,
					peoplecall.complaint_no(complaint_id)),
				DETAIL = 'Its clock resolve does not run.';
		END IF;
		moved_to := peoplecall.due_at(k.started_at, k.allowed,
			array_append(k.extensions, amount), k.pauses, k.calendar);
		IF moved_to <= k.due_at THEN
			RAISE invalid_parameter_value USING
				MESSAGE = format('an extension by %s moves no deadline', amount);
		END IF;
	END IF;
	IF early IS NOT NULL AND k.seq IS NOT NULL
	   AND peoplecall.due_at(at, early, k.calendar) > k.due_at
	THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('it is too late to ask to %s', kind),
			DETAIL = format('The deadline is %s, and setting request_%s_before asks for %s before it.',
				k.due_at, kind, early);
	END IF;
	-- a limit is compared by where it leads: 5wd and 7d have no order of their own
	too_far := most IS NOT NULL AND (
		moved_to > peoplecall.due_at(k.started_at, k.allowed,
			array_append(k.extensions, most), k.pauses, k.calendar)
		OR (kind IN ('suspend', 'shelve')
		    AND coalesce(until, 'infinity') > peoplecall.due_at(at, most, k.calendar)));
	IF too_far THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('a request to %s goes too far', kind),
			DETAIL = format('Setting request_%s_most allows %s.', kind, most);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_request_limits(int, bigint, int, peoplecall.request_kind, timestamptz, timestamptz, peoplecall.timelimit) IS
	'PC006 where a task asks too often, for too long or too late; PC001, 22023 for an extension that extends nothing';

CREATE FUNCTION peoplecall.request_body(
	complaint bigint, kind peoplecall.request_kind, reason text, until timestamptz,
	amount peoplecall.timelimit, task int, plan text, evidence text)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	t peoplecall.task;
	at timestamptz;
	post_org bigint;
	next_seq int;
	askable peoplecall.task_state[] := CASE kind WHEN 'exclude' THEN '{sent,accepted,done}'::peoplecall.task_state[]
	                                             ELSE '{sent,accepted}' END;
BEGIN
	IF kind IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'kind must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	SELECT g.post_org, g.seq INTO post_org, task
	  FROM peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, askable) AS g;
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = task;
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.check_request(kind, at, until, amount, plan, evidence);
	PERFORM peoplecall.check_request_state(c.district_id, c.id, kind, t.role);
	IF EXISTS (
		SELECT FROM peoplecall.request AS r
		 WHERE r.district_id = c.district_id AND r.complaint_id = c.id
		   AND r.task_seq = task AND r.kind = request_body.kind
		   AND r.decided_at IS NULL AND r.ended_at IS NULL)
	THEN
		RAISE unique_violation USING
			MESSAGE = format('a request to %s is open for task %s of complaint %s', kind, task,
				peoplecall.complaint_no(c.id)),
			HINT = 'It must be decided first.';
	END IF;
	PERFORM peoplecall.check_request_limits(c.district_id, c.id, task, kind, at, until, amount);

	next_seq := peoplecall.next_request(c.district_id, c.id);
	INSERT INTO peoplecall.request (district_id, complaint_id, area, seq, task_seq, kind,
		reason, evidence, asked_by, asked_at, until, amount, plan)
	VALUES (c.district_id, c.id, c.area, next_seq, task, request_body.kind,
		request_body.reason, request_body.evidence, t.org, at, request_body.until,
		request_body.amount, request_body.plan);
	PERFORM peoplecall.tell_decider(c.district_id, c.id, kind, reason, t.org, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'request', post_org, task,
		jsonb_build_object('request', next_seq, 'kind', kind, 'reason', reason,
			'asked_by', t.org, 'until', until, 'by', amount::text, 'plan', plan,
			'evidence', evidence));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, task, t.org);
END
$$;
COMMENT ON FUNCTION peoplecall.request_body(bigint, peoplecall.request_kind, text, timestamptz, peoplecall.timelimit, int, text, text) IS 'body of request()';

CREATE FUNCTION peoplecall.next_request(district_id int, complaint_id bigint) RETURNS int
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT max(r.seq) FROM peoplecall.request AS r
	                  WHERE r.district_id = next_request.district_id
	                    AND r.complaint_id = next_request.complaint_id), 0) + 1;
END
$$;
COMMENT ON FUNCTION peoplecall.next_request(int, bigint) IS
	'the number of a complaint''s next request; its row is locked';

CREATE FUNCTION peoplecall.check_request_state(
	district_id int, complaint_id bigint, kind peoplecall.request_kind,
	role peoplecall.task_role) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	why text;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = check_request_state.district_id
	   AND m.id = check_request_state.complaint_id;
	why := CASE
		WHEN kind IN ('lower', 'shelve') AND role <> 'lead'
		THEN 'Only the lead may ask for it.'
		WHEN kind = 'lower' AND c.grade OPERATOR(peoplecall.=) 'A'
		     AND c.command_level >= peoplecall.command_level(c.grade)
		THEN 'Its grade is A, and its own level commands.'
		WHEN kind = 'exclude' AND c.excluded THEN 'It is excluded already.' END;
	IF why IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('a request to %s does not apply to complaint %s', kind,
				peoplecall.complaint_no(complaint_id)),
			DETAIL = why;
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_request_state(int, bigint, peoplecall.request_kind, peoplecall.task_role) IS
	'PC001 for a request that makes no sense for the complaint as it is';

-- The org that commands, or the one above where that is who asks.
CREATE FUNCTION peoplecall.tell_decider(
	district_id int, complaint_id bigint, kind peoplecall.request_kind, reason text,
	asked_by bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	deciding bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = tell_decider.district_id AND m.id = tell_decider.complaint_id;
	deciding := c.command_org;
	IF deciding = asked_by THEN
		deciding := peoplecall.commanding_org(c.area, peoplecall.next_command(c.area,
			c.command_level, c.command_org, c.subject_org, NULL, at), at);
	END IF;
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area,
		peoplecall.officer_for(deciding, 'leader_in_charge', at), 'request',
		peoplecall.notice_fields(c.district_id, c.id) || jsonb_build_object(
			'request', peoplecall.request_name(kind), 'reason', reason,
			'asker', (SELECT o.name FROM peoplecall.org AS o WHERE o.id = asked_by)), at);
END
$$;
COMMENT ON FUNCTION peoplecall.tell_decider(int, bigint, peoplecall.request_kind, text, bigint, timestamptz) IS
	'tells the leader in charge of the org that decides that something is asked';

CREATE FUNCTION peoplecall.request_counts(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode DEFAULT '0')
	RETURNS TABLE (
		org bigint,
		name text,
		kind peoplecall.request_kind,
		asked bigint,
		granted bigint,
		refused bigint,
		lapsed bigint,
		open bigint)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.request') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	RETURN QUERY
	SELECT r.asked_by, o.name, r.kind, count(*),
	       count(*) FILTER (WHERE r.granted),
	       count(*) FILTER (WHERE NOT r.granted),
	       count(*) FILTER (WHERE r.granted IS NULL AND r.ended_at IS NOT NULL),
	       count(*) FILTER (WHERE r.granted IS NULL AND r.ended_at IS NULL)
	  FROM peoplecall.request AS r
	  JOIN peoplecall.org AS o ON o.id = r.asked_by
	 WHERE r.area OPERATOR(peoplecall.<@) request_counts.area
	   AND r.asked_at >= from_at AND r.asked_at < to_at
	 GROUP BY r.asked_by, o.name, r.kind
	 ORDER BY r.asked_by, r.kind;
END
$$;
COMMENT ON FUNCTION peoplecall.request_counts(timestamptz, timestamptz, peoplecall.areacode) IS
	'what each org asked in the area from from_at until before to_at, by kind: how many were granted, refused, lapsed with the task, or wait; reads what the caller may read; no row for NULL; PC002 without a ledger';
