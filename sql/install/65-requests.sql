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
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
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
BEGIN
	IF kind IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'kind must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	PERFORM peoplecall.gate_state(c.id, c.state);
	task := peoplecall.choose_task(c.district_id, c.id, task,
		CASE kind WHEN 'exclude' THEN '{sent,accepted,done}'::peoplecall.task_state[]
		          ELSE '{sent,accepted}' END, peoplecall.gate_orgs());
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = task;
	post_org := peoplecall.gate_org(t.org);
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
			c.command_level, c.command_org, NULL, NULL, at), at);
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

-- A deadline is a function of what is stored with the clock, so a clock that
-- was stopped meanwhile is judged again by the same arithmetic.
CREATE FUNCTION peoplecall.retime_clock(
	district_id int, complaint_id bigint, clock_seq int,
	extensions peoplecall.timelimit[], pauses tstzmultirange, at timestamptz)
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.clock;
	kept boolean;
	clock_grade peoplecall.grade;
	timed record;
	judged peoplecall.sla_state;
BEGIN
	SELECT o.* INTO STRICT k
	  FROM peoplecall.clock AS o
	 WHERE o.district_id = retime_clock.district_id
	   AND o.complaint_id = retime_clock.complaint_id AND o.seq = clock_seq;
	SELECT c.grade, coalesce(CASE k.kind WHEN 'accept' THEN t.accepted_at
	                                     WHEN 'contact' THEN t.contacted_at
	                                     WHEN 'resolve' THEN t.done_at
	                                     ELSE k.stopped_at END <= k.stopped_at, false)
	  INTO STRICT clock_grade, kept
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.task AS t
	    ON t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = k.task_seq
	 WHERE c.district_id = k.district_id AND c.id = k.complaint_id;
	timed := peoplecall.clock_times(k.kind, clock_grade, k.started_at, k.allowed,
		extensions, pauses, k.calendar, k.fired);
	judged := CASE
		WHEN k.stopped_at IS NULL OR k.verdict = 'overturned' THEN k.verdict
		WHEN peoplecall.stands_at(pauses, k.stopped_at) > timed.due_at THEN 'missed'
		WHEN k.verdict <> 'missed' THEN k.verdict
		WHEN kept THEN 'met'
		ELSE 'void' END;

	UPDATE peoplecall.clock AS u
	   SET extensions = retime_clock.extensions, pauses = retime_clock.pauses,
	       warn_at = timed.warn_at, due_at = timed.due_at, verdict = judged,
	       paused_at = CASE WHEN k.stopped_at IS NOT NULL THEN u.paused_at
		                WHEN retime_clock.pauses @> retime_clock.at
		                THEN peoplecall.stands_at(retime_clock.pauses, retime_clock.at) END,
	       next_alarm_at = CASE WHEN k.stopped_at IS NULL
		                     AND NOT retime_clock.pauses @> retime_clock.at
		                    THEN timed.next_alarm_at END
	 WHERE u.district_id = k.district_id AND u.complaint_id = k.complaint_id
	   AND u.seq = k.seq;
	IF timed.due_at = k.due_at AND judged IS NOT DISTINCT FROM k.verdict THEN
		RETURN NULL;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('clock', k.kind, 'task', k.task_seq,
		'old', k.due_at, 'new', timed.due_at,
		'verdict', CASE WHEN judged <> k.verdict
		                THEN jsonb_build_object('old', k.verdict, 'new', judged) END));
END
$$;
COMMENT ON FUNCTION peoplecall.retime_clock(int, bigint, int, peoplecall.timelimit[], tstzmultirange, timestamptz) IS
	'gives a clock other extensions and pauses: an open one its new times, a stopped one its verdict by them (one overturned stays so); returns both deadlines, and both verdicts where that changed, NULL where neither moved';

-- A task's clocks, with the total one where the lead asks, or all but the
-- answers that supervision waits for.
CREATE FUNCTION peoplecall.move_clocks(
	district_id int, complaint_id bigint, task int, total boolean,
	amount peoplecall.timelimit, pause tstzrange, since timestamptz, at timestamptz)
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k record;
	one jsonb;
	moved jsonb := jsonb_build_array();
BEGIN
	FOR k IN
		SELECT o.seq, o.extensions, o.pauses
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = move_clocks.district_id
		   AND o.complaint_id = move_clocks.complaint_id
		   AND (o.task_seq = task
		        OR (task IS NULL AND o.task_seq IS NOT NULL)
		        OR (total AND o.kind = 'total'))
		   AND (amount IS NULL OR o.kind IN ('resolve', 'total'))
		   AND (o.stopped_at IS NULL OR o.stopped_at > since)
		 ORDER BY o.seq
	LOOP
		one := peoplecall.retime_clock(district_id, complaint_id, k.seq,
			CASE WHEN amount IS NULL THEN k.extensions ELSE array_append(k.extensions, amount) END,
			CASE WHEN pause IS NULL THEN k.pauses ELSE k.pauses + tstzmultirange(pause) END, at);
		IF one IS NOT NULL THEN
			moved := moved || one;
		END IF;
	END LOOP;
	RETURN nullif(moved, '[]');
END
$$;
COMMENT ON FUNCTION peoplecall.move_clocks(int, bigint, int, boolean, peoplecall.timelimit, tstzrange, timestamptz, timestamptz) IS
	'extends or pauses the clocks of a task (NULL: of every task), and the total one where total says so, that ran at since; returns the deadlines that moved, NULL for none';

-- What a grant does. Each returns what goes into the event beside the
-- decision; where it changes the complaint's state, under the name state.
CREATE FUNCTION peoplecall.grant_suspend(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	t peoplecall.task;
	moved jsonb;
	ended timestamptz;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_suspend.district_id
	   AND x.complaint_id = grant_suspend.complaint_id AND x.seq = request;
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
	   AND x.seq = r.task_seq;
	-- it ended with the share, or with its time
	ended := CASE WHEN t.state NOT IN ('sent', 'accepted')
	              THEN least(r.until, coalesce(t.done_at, peoplecall.task_end(r.district_id,
			r.complaint_id, t.seq), at))
	              WHEN r.until <= at THEN r.until END;
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, r.task_seq,
		t.role = 'lead' AND peoplecall.setting_value('suspend_total', 'true')::boolean,
		NULL, tstzrange(r.asked_at, CASE WHEN ended IS NULL THEN r.until ELSE ended END),
		r.asked_at, at);
	UPDATE peoplecall.request AS x
	   SET ended_at = ended
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	RETURN jsonb_build_object('until', r.until, 'ended_at', ended, 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_suspend(int, bigint, int, timestamptz) IS
	'pauses the clocks of the task, of the lead also the total one (setting suspend_total), from when it was asked; NULL ended_at in force';

CREATE FUNCTION peoplecall.task_end(district_id int, complaint_id bigint, task int) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT max(k.stopped_at)
	          FROM peoplecall.clock AS k
	         WHERE k.district_id = task_end.district_id
	           AND k.complaint_id = task_end.complaint_id
	           AND k.task_seq = task);
END
$$;
COMMENT ON FUNCTION peoplecall.task_end(int, bigint, int) IS 'when the last clock of a task stopped';

CREATE FUNCTION peoplecall.grant_extend(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	leads boolean;
	moved jsonb;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_extend.district_id
	   AND x.complaint_id = grant_extend.complaint_id AND x.seq = request;
	leads := (SELECT t.role = 'lead' FROM peoplecall.task AS t
	           WHERE t.district_id = r.district_id AND t.complaint_id = r.complaint_id
	             AND t.seq = r.task_seq);
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, r.task_seq,
		leads AND peoplecall.setting_value('extend_total', 'false')::boolean,
		r.amount, NULL, r.asked_at, at);
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	IF leads THEN
		PERFORM peoplecall.send_reporter_notice(r.district_id, r.complaint_id, r.area, 'extension',
			peoplecall.notice_fields(r.district_id, r.complaint_id)
			|| peoplecall.deadline_field(r.district_id, r.complaint_id, 'extend', r.task_seq), at);
	END IF;
	RETURN jsonb_build_object('by', r.amount::text, 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_extend(int, bigint, int, timestamptz) IS
	'appends the limit to the extensions of the task''s clock resolve, for the lead where setting extend_total says so also to the total one''s, and tells the citizen';

CREATE FUNCTION peoplecall.grant_return(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	c peoplecall.complaint;
	role_returned peoplecall.task_role;
	next_state peoplecall.complaint_state;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_return.district_id
	   AND x.complaint_id = grant_return.complaint_id AND x.seq = request;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	PERFORM peoplecall.end_task(r.district_id, r.complaint_id, r.task_seq, 'returned', r.asked_at);
	SELECT t.role INTO STRICT role_returned
	  FROM peoplecall.task AS t
	 WHERE t.district_id = r.district_id AND t.complaint_id = r.complaint_id
	   AND t.seq = r.task_seq;
	UPDATE peoplecall.complaint AS m
	   SET lead_org = CASE role_returned WHEN 'lead' THEN NULL ELSE m.lead_org END,
	       returned = m.returned + CASE role_returned WHEN 'lead' THEN 1 ELSE 0 END
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id
	RETURNING m.* INTO STRICT c;
	IF role_returned = 'lead' THEN
		PERFORM peoplecall.start_clocks(c.district_id, c.id, c.area, NULL, '{dispatch}',
			c.category, c.grade, c.urgency, c.nature, r.asked_at, c.epoch);
	END IF;
	next_state := peoplecall.complete_if_done(c.district_id, c.id, c.area, c.category,
		c.grade, c.urgency, c.nature, c.epoch, at);
	RETURN jsonb_build_object('returned', c.returned, 'role', role_returned, 'state', next_state);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_return(int, bigint, int, timestamptz) IS
	'takes the task back as of the request: its clocks stop then, void unless late; without its lead the matter waits in received for the next, whose dispatch clock runs from the request';

CREATE FUNCTION peoplecall.grant_lower(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	n peoplecall.complaint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = grant_lower.district_id AND m.id = grant_lower.complaint_id;
	n := c;
	-- command that was lifted above the grade's level comes down first
	IF c.command_level < peoplecall.command_level(c.grade) THEN
		n.command_level := (enum_range(c.command_level, NULL))[2];
	ELSE
		n.grade := (CASE c.grade::text WHEN 'D' THEN 'C' WHEN 'C' THEN 'B' ELSE 'A' END)::peoplecall.grade;
		n.command_level := peoplecall.command_level(n.grade);
	END IF;
	n.command_org := peoplecall.commanding_org(c.area, n.command_level, at);
	UPDATE peoplecall.complaint AS m
	   SET grade = n.grade, command_level = n.command_level, command_org = n.command_org
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = request;
	RETURN peoplecall.changed_fields(to_jsonb(c), to_jsonb(n)) || jsonb_build_object('deadlines',
		nullif(peoplecall.replay_clocks(c.district_id, c.id), '[]'));
END
$$;
COMMENT ON FUNCTION peoplecall.grant_lower(int, bigint, int, timestamptz) IS
	'moves command one level down where it stands above the grade''s level, else lowers the grade by one, with its level and limits; the lead stays';

CREATE FUNCTION peoplecall.grant_shelve(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	suspended int;
	moved jsonb;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_shelve.district_id
	   AND x.complaint_id = grant_shelve.complaint_id AND x.seq = request;
	-- its time may be over before it is granted
	IF r.until <= at THEN
		moved := peoplecall.move_clocks(r.district_id, r.complaint_id, NULL, true, NULL,
			tstzrange(r.asked_at, r.until), r.asked_at, at);
		UPDATE peoplecall.request AS x
		   SET ended_at = r.until
		 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
		RETURN jsonb_build_object('until', r.until, 'ended_at', r.until, 'deadlines', moved);
	END IF;

	FOR suspended IN
		SELECT s.seq
		  FROM peoplecall.request AS s
		 WHERE s.district_id = r.district_id AND s.complaint_id = r.complaint_id
		   AND s.kind = 'suspend' AND s.granted AND s.ended_at IS NULL
	LOOP
		PERFORM peoplecall.end_pause(r.district_id, r.complaint_id, suspended, r.asked_at, at);
	END LOOP;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
	   AND x.decided_at IS NULL AND x.ended_at IS NULL AND x.kind IN ('return', 'lower');
	UPDATE peoplecall.request AS x
	   SET review_at = peoplecall.next_review(r.asked_at, at)
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq
	RETURNING x.review_at INTO r.review_at;
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, NULL, true, NULL,
		tstzrange(r.asked_at, r.until), r.asked_at, at);
	PERFORM peoplecall.send_reporter_notice(r.district_id, r.complaint_id, r.area, 'shelve',
		peoplecall.notice_fields(r.district_id, r.complaint_id), at);
	RETURN jsonb_build_object('until', r.until, 'plan', r.plan, 'review_at', r.review_at,
		'state', 'shelved', 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_shelve(int, bigint, int, timestamptz) IS
	'pauses every clock of the matter but those of supervision, sets the first review, tells the citizen; what else was asked to return or lower it lapses';

CREATE FUNCTION peoplecall.next_review(last_at timestamptz, at timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	every peoplecall.timelimit := (peoplecall.setting_value('shelve_review', '"30d"') #>> '{}')::peoplecall.timelimit;
	review timestamptz := last_at;
	further timestamptz := peoplecall.due_at(last_at, every, NULL);
BEGIN
	-- a limit that leads nowhere ends it
	WHILE further > review AND further <= at LOOP
		review := further;
		further := peoplecall.due_at(review, every, NULL);
	END LOOP;
	RETURN CASE WHEN further > review THEN further END;
END
$$;
COMMENT ON FUNCTION peoplecall.next_review(timestamptz, timestamptz) IS
	'when a shelved matter is looked at next: as many times setting shelve_review (30d) after the last as lead past now; NULL for never';

CREATE FUNCTION peoplecall.grant_exclude(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	was_excluded boolean;
BEGIN
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = grant_exclude.district_id
	   AND x.complaint_id = grant_exclude.complaint_id AND x.seq = request
	RETURNING x.* INTO STRICT r;
	SELECT m.excluded INTO STRICT was_excluded
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id;
	UPDATE peoplecall.complaint AS m
	   SET excluded = r.objects_to IS NULL
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id;
	IF r.objects_to IS NULL THEN
		PERFORM peoplecall.send_reporter_notice(r.district_id, r.complaint_id, r.area, 'excluded',
			peoplecall.notice_fields(r.district_id, r.complaint_id), at);
	END IF;
	RETURN jsonb_build_object('excluded', jsonb_build_object('old', was_excluded,
		'new', r.objects_to IS NULL), 'objects_to', r.objects_to);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_exclude(int, bigint, int, timestamptz) IS
	'takes the matter out of the rates, or back into them where the citizen objected; tells the citizen, who may object';

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
	UPDATE peoplecall.request AS x
	   SET ended_at = ends_at
	 WHERE x.district_id = end_pause.district_id
	   AND x.complaint_id = end_pause.complaint_id AND x.seq = request
	RETURNING x.* INTO STRICT r;
	FOR k IN
		SELECT o.seq, o.task_seq, o.extensions, o.pauses
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = r.district_id AND o.complaint_id = r.complaint_id
		   AND o.stopped_at IS NULL
		   AND (o.kind = 'total' OR (r.kind = 'shelve' AND o.task_seq IS NOT NULL)
		        OR o.task_seq = r.task_seq)
		 ORDER BY o.seq
	LOOP
		-- what is left of this one is cut off, but not what another one pauses
		SELECT range_agg(tstzrange(x.asked_at, x.until)) INTO others
		  FROM peoplecall.request AS x
		 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
		   AND x.kind IN ('suspend', 'shelve') AND x.granted AND x.ended_at IS NULL
		   AND (x.kind = 'shelve' OR k.task_seq IS NULL OR x.task_seq = k.task_seq);
		one := peoplecall.retime_clock(r.district_id, r.complaint_id, k.seq, k.extensions,
			k.pauses - tstzmultirange(tstzrange(ends_at, NULL))
				+ k.pauses * coalesce(others, '{}'), at);
		IF one IS NOT NULL THEN
			moved := moved || one;
		END IF;
	END LOOP;
	RETURN nullif(moved, '[]');
END
$$;
COMMENT ON FUNCTION peoplecall.end_pause(int, bigint, int, timestamptz, timestamptz) IS
	'ends a suspension or a shelving: its clocks run from ends_at; returns the deadlines that moved, NULL where it ended as it was to';

CREATE FUNCTION peoplecall.end_requests(
	district_id int, complaint_id bigint, task int, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT x.seq, x.kind, x.until, x.decided_at
		  FROM peoplecall.request AS x
		 WHERE x.district_id = end_requests.district_id
		   AND x.complaint_id = end_requests.complaint_id
		   AND x.task_seq = task AND x.ended_at IS NULL
	LOOP
		IF r.kind = 'suspend' AND r.decided_at IS NOT NULL THEN
			PERFORM peoplecall.end_pause(district_id, complaint_id, r.seq,
				least(r.until, end_requests.at), end_requests.at);
		-- what asks for time is still decided: it judges the clock that stopped
		ELSIF r.kind IN ('return', 'lower', 'shelve') AND r.decided_at IS NULL THEN
			UPDATE peoplecall.request AS x
			   SET ended_at = end_requests.at
			 WHERE x.district_id = end_requests.district_id
			   AND x.complaint_id = end_requests.complaint_id AND x.seq = r.seq;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.end_requests(int, bigint, int, timestamptz) IS
	'when a share ends: its suspension ends with it, and what it asked and makes no sense now lapses';

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
	moved := peoplecall.end_pause(c.district_id, c.id, r.seq, least(r.until, at), at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'resume', post_org, r.task_seq,
		jsonb_build_object('request', r.seq, 'kind', r.kind, 'reason', reason,
			'until', r.until, 'deadlines', moved));
	RETURN peoplecall.settle(c.district_id, c.id, 'dispatched', at, 1, r.task_seq, r.asked_by);
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
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(c.area, NULL, NULL);
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
