-- What a period would have looked like under other limits, calendars or
-- another ladder: change the rulebook in a transaction, ask replay(), and roll
-- back. It writes nothing. As it was is what the clocks and the history say; as
-- it would be is reckoned from each clock's stored start, extensions, pauses
-- and end by the rules that this transaction sees. People are taken to have
-- worked as they did.

CREATE FUNCTION peoplecall.replay(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode DEFAULT NULL,
	kinds peoplecall.clock_kind[] DEFAULT '{resolve}',
	OUT org bigint, OUT org_name text, OUT clock peoplecall.clock_kind, OUT clocks bigint, OUT moved bigint,
	OUT due_before bigint, OUT on_time_before bigint, OUT rate_before numeric,
	OUT due_after bigint, OUT on_time_after bigint, OUT rate_after numeric,
	OUT steps_before bigint, OUT steps_after bigint,
	OUT told_before bigint, OUT told_after bigint,
	OUT command_ups_before bigint, OUT command_ups_after bigint,
	OUT supervisions_before bigint, OUT supervisions_after bigint)
	RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.replay_detail(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode DEFAULT NULL,
	kinds peoplecall.clock_kind[] DEFAULT '{resolve}',
	OUT complaint_id bigint, OUT complaint_no text, OUT clock_seq int, OUT clock peoplecall.clock_kind,
	OUT task_seq int, OUT org bigint, OUT place peoplecall.areacode, OUT grade peoplecall.grade,
	OUT started_at timestamptz, OUT stopped_at timestamptz,
	OUT due_before timestamptz, OUT due_after timestamptz,
	OUT verdict_before peoplecall.sla_state, OUT verdict_after peoplecall.sla_state,
	OUT steps_before int, OUT steps_after int, OUT told_before int, OUT told_after int,
	OUT command_ups_before int, OUT command_ups_after int,
	OUT supervisions_before int, OUT supervisions_after int)
	RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.replay(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[]) IS
	'the clocks that started in a period (from included, to not), of an area (NULL: every one that the caller''s posts reach) and of some kinds, for each org and kind: how many there are and how many deadlines would move; due are those met, missed or overturned by now, on_time those met, rate on_time / due in per cent (NULL where none is due); steps of the ladder taken, told to how many officers, those that move command or order supervision; each as it was and as it would be under the rules that this transaction sees; 22004, 22023, 42501';
COMMENT ON FUNCTION peoplecall.replay_detail(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[]) IS
	'the clocks that replay() counts, one by one: place is the matter''s area, grade that of the clock''s end, a verdict NULL for one that is open and not late, due_after NULL where no limit applies any more; a clock that no policy set (an imported deadline, an order''s own limit) stays as it is; 22004, 22023, 42501';

CREATE FUNCTION peoplecall.replay_body(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode,
	kinds peoplecall.clock_kind[],
	OUT org bigint, OUT org_name text, OUT clock peoplecall.clock_kind, OUT clocks bigint, OUT moved bigint,
	OUT due_before bigint, OUT on_time_before bigint, OUT rate_before numeric,
	OUT due_after bigint, OUT on_time_after bigint, OUT rate_after numeric,
	OUT steps_before bigint, OUT steps_after bigint,
	OUT told_before bigint, OUT told_after bigint,
	OUT command_ups_before bigint, OUT command_ups_after bigint,
	OUT supervisions_before bigint, OUT supervisions_after bigint)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT s.org, o.name, s.clock, s.clocks, s.moved,
	       s.due_before, s.on_time_before, round(100.0 * s.on_time_before / nullif(s.due_before, 0), 2),
	       s.due_after, s.on_time_after, round(100.0 * s.on_time_after / nullif(s.due_after, 0), 2),
	       s.steps_before, s.steps_after, s.told_before, s.told_after,
	       s.command_ups_before, s.command_ups_after, s.supervisions_before, s.supervisions_after
	  FROM (SELECT r.org, r.clock, count(*) AS clocks,
	               count(*) FILTER (WHERE r.due_after IS DISTINCT FROM r.due_before) AS moved,
	               count(*) FILTER (WHERE r.verdict_before IN ('met', 'missed', 'overturned')) AS due_before,
	               count(*) FILTER (WHERE r.verdict_before = 'met') AS on_time_before,
	               count(*) FILTER (WHERE r.verdict_after IN ('met', 'missed', 'overturned')) AS due_after,
	               count(*) FILTER (WHERE r.verdict_after = 'met') AS on_time_after,
	               sum(r.steps_before) AS steps_before, sum(r.steps_after) AS steps_after,
	               sum(r.told_before) AS told_before, sum(r.told_after) AS told_after,
	               sum(r.command_ups_before) AS command_ups_before, sum(r.command_ups_after) AS command_ups_after,
	               sum(r.supervisions_before) AS supervisions_before, sum(r.supervisions_after) AS supervisions_after
	          FROM peoplecall.replayed(from_at, to_at, area, kinds) AS r
	         GROUP BY r.org, r.clock) AS s
	  LEFT JOIN peoplecall.org AS o ON o.id = s.org
	 ORDER BY s.org, s.clock;
END
$$;
COMMENT ON FUNCTION peoplecall.replay_body(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[]) IS 'body of replay()';

CREATE FUNCTION peoplecall.replay_detail_body(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode,
	kinds peoplecall.clock_kind[],
	OUT complaint_id bigint, OUT complaint_no text, OUT clock_seq int, OUT clock peoplecall.clock_kind,
	OUT task_seq int, OUT org bigint, OUT place peoplecall.areacode, OUT grade peoplecall.grade,
	OUT started_at timestamptz, OUT stopped_at timestamptz,
	OUT due_before timestamptz, OUT due_after timestamptz,
	OUT verdict_before peoplecall.sla_state, OUT verdict_after peoplecall.sla_state,
	OUT steps_before int, OUT steps_after int, OUT told_before int, OUT told_after int,
	OUT command_ups_before int, OUT command_ups_after int,
	OUT supervisions_before int, OUT supervisions_after int)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.complaint_id, peoplecall.complaint_no(r.complaint_id), r.clock_seq, r.clock, r.task_seq,
	       r.org, r.place, r.grade, r.started_at, r.stopped_at, r.due_before, r.due_after,
	       r.verdict_before, r.verdict_after, r.steps_before, r.steps_after, r.told_before,
	       r.told_after, r.command_ups_before, r.command_ups_after, r.supervisions_before,
	       r.supervisions_after
	  FROM peoplecall.replayed(from_at, to_at, area, kinds) AS r
	 ORDER BY r.complaint_id, r.clock_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.replay_detail_body(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[]) IS 'body of replay_detail()';

-- A clock was limited by what its matter was when it stopped: the first change
-- of grade, category, urgency or nature after that says what it had been.
CREATE FUNCTION peoplecall.replayed_clocks(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode,
	kinds peoplecall.clock_kind[], now_at timestamptz)
	RETURNS TABLE (
		district_id int, complaint_id bigint, place peoplecall.areacode, clock_seq int,
		task_seq int, clock peoplecall.clock_kind, policy bigint, role peoplecall.task_role,
		org bigint, officer bigint, started_at timestamptz, allowed peoplecall.timelimit,
		extensions peoplecall.timelimit[], pauses tstzmultirange, calendar text,
		due_at timestamptz, stopped_at timestamptz, end_at timestamptz, swept_to timestamptz, fired bigint[],
		verdict peoplecall.sla_state, kept boolean,
		category ltree, grade peoplecall.grade, urgency peoplecall.urgency, nature text,
		told int, command_ups int, supervisions int, early jsonb)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT k.district_id, k.complaint_id, c.area, k.seq, k.task_seq, k.kind, k.policy, t.role,
	       coalesce(t.org, CASE WHEN k.kind IN ('dispatch', 'verify') THEN c.command_org
	                            ELSE coalesce(c.lead_org, c.command_org) END), t.officer,
	       k.started_at, k.allowed, k.extensions, k.pauses, k.calendar, k.due_at, k.stopped_at,
	       coalesce(k.stopped_at, greatest(now_at, k.started_at)),
	       -- what is due and not swept yet has not happened
	       coalesce(k.stopped_at, least(now_at, k.next_alarm_at - interval '1 microsecond')), k.fired,
	       CASE WHEN k.stopped_at IS NOT NULL THEN k.verdict
	            WHEN peoplecall.stands_at(k.pauses, now_at) > k.due_at THEN 'missed' END,
	       k.stopped_at IS NOT NULL
	       AND coalesce(CASE k.kind WHEN 'accept' THEN t.accepted_at
	                                WHEN 'contact' THEN t.contacted_at
	                                WHEN 'resolve' THEN t.done_at
	                                ELSE k.stopped_at END <= k.stopped_at, false),
	       CASE WHEN h.category_moved
	            THEN (SELECT g.path FROM peoplecall.category AS g WHERE g.path::text = h.category[1])
	            ELSE c.category END,
	       coalesce(h.grade[1]::peoplecall.grade, c.grade),
	       coalesce(h.urgency[1]::peoplecall.urgency, c.urgency),
	       coalesce(h.nature[1], c.nature),
	       coalesce(h.told, 0)::int, h.command_ups::int, h.supervisions::int, h.early
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = k.district_id AND c.id = k.complaint_id
	  LEFT JOIN peoplecall.task AS t
	    ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id
	   AND t.seq = k.task_seq
	 CROSS JOIN LATERAL (
		SELECT sum(jsonb_array_length(e.detail -> 'told')) FILTER (WHERE e.rang) AS told,
		       count(*) FILTER (WHERE e.rang AND e.detail ->> 'act' = 'command_up') AS command_ups,
		       count(*) FILTER (WHERE e.rang AND e.detail ->> 'act' = 'supervise') AS supervisions,
		       -- taken before the deadline became what it is
		       jsonb_agg(e.detail) FILTER (WHERE e.rang AND (e.detail ->> 'deadline')::timestamptz <> k.due_at) AS early,
		       bool_or(e.later AND jsonb_typeof(e.detail -> 'category') = 'object') AS category_moved,
		       array_agg(e.detail #>> '{category,old}' ORDER BY e.seq)
				FILTER (WHERE e.later AND jsonb_typeof(e.detail -> 'category') = 'object') AS category,
		       array_agg(e.detail #>> '{grade,old}' ORDER BY e.seq)
				FILTER (WHERE e.later AND e.detail #> '{grade,old}' IS NOT NULL) AS grade,
		       array_agg(e.detail #>> '{urgency,old}' ORDER BY e.seq)
				FILTER (WHERE e.later AND e.detail #> '{urgency,old}' IS NOT NULL) AS urgency,
		       array_agg(e.detail #>> '{nature,old}' ORDER BY e.seq)
				FILTER (WHERE e.later AND e.detail #> '{nature,old}' IS NOT NULL) AS nature
		  FROM (SELECT v.seq, v.detail, v.at > k.stopped_at AS later,
		               v.verb = 'alarm' AND (v.detail ->> 'clock_seq')::int = k.seq AS rang
		          FROM peoplecall.event AS v
		         WHERE v.district_id = k.district_id AND v.complaint_id = k.complaint_id) AS e) AS h
	 WHERE k.started_at >= from_at AND k.started_at < to_at
	   AND k.kind = ANY (kinds)
	   AND (replayed_clocks.area IS NULL OR c.area OPERATOR(peoplecall.<@) replayed_clocks.area)
	   AND peoplecall.gate_reaches(c.area);
END
$$;
COMMENT ON FUNCTION peoplecall.replayed_clocks(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[], timestamptz) IS
	'inside a verb: the clocks that started in the period, with what their matters were when they stopped and what the history says of their ladder';

-- A step is taken by the next run of the sweep, a minute later at most: one that
-- fell due in the last minute of a clock counts only if it was taken.
CREATE FUNCTION peoplecall.steps_of(
	clock peoplecall.clock_kind, grade peoplecall.grade, role peoplecall.task_role,
	started_at timestamptz, due_at timestamptz, end_at timestamptz,
	allowed peoplecall.timelimit, pauses tstzmultirange, calendar text, fired bigint[],
	early jsonb, org bigint, officer bigint,
	OUT steps int, OUT told int, OUT command_ups int, OUT supervisions int)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s record;
	counted bigint[] := ARRAY[]::bigint[];
BEGIN
	steps := 0;
	told := 0;
	command_ups := 0;
	supervisions := 0;
	FOR s IN
		SELECT l.step, l.at, l.tell,
		       CASE WHEN l.act = 'command_up' AND NOT (clock = 'resolve' AND role IS NOT DISTINCT FROM 'lead')
		            THEN 'none' ELSE l.act END AS act
		  FROM peoplecall.ladder_steps(clock, grade, started_at, due_at, allowed, pauses, calendar)
		       WITH ORDINALITY AS l (step, seq, at, tell, act, place)
		 WHERE l.at <= end_at
		 ORDER BY l.place
	LOOP
		-- command that moved stops a clock: nothing after it
		CONTINUE WHEN s.step <> ALL (fired)
			AND (command_ups > 0 OR s.at > end_at - interval '1 minute');
		counted := array_append(counted, s.step);
		steps := steps + 1;
		told := told + (SELECT count(DISTINCT w.officer)::int
		                  FROM unnest(s.tell) AS r (role)
		                 CROSS JOIN LATERAL peoplecall.officer_for(org, r.role, s.at,
			CASE WHEN r.role = 'handler' THEN officer END) AS w (officer));
		command_ups := command_ups + (s.act = 'command_up')::int;
		supervisions := supervisions + (s.act = 'supervise')::int;
	END LOOP;
	IF early IS NULL THEN
		RETURN;
	END IF;

	-- a grant or another grade moved the deadline after these: they were taken
	-- then, if their rule still says so
	FOR s IN
		SELECT DISTINCT ON (t.step) t.step, t.told, l.act
		  FROM jsonb_to_recordset(early) AS t (step bigint, was_due timestamptz, ran_at timestamptz,
			deadline timestamptz, told jsonb)
		 CROSS JOIN unnest('{A,B,C,D}'::peoplecall.grade[]) AS g (grade)
		 CROSS JOIN LATERAL peoplecall.ladder_steps(clock, g.grade, started_at, t.deadline, allowed,
			pauses * tstzmultirange(tstzrange(NULL, t.ran_at)), calendar) AS l
		 WHERE l.step = t.step AND l.at = t.was_due AND t.step <> ALL (counted)
	LOOP
		steps := steps + 1;
		told := told + coalesce(jsonb_array_length(s.told), 0);
		supervisions := supervisions + (s.act = 'supervise')::int;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.steps_of(peoplecall.clock_kind, peoplecall.grade, peoplecall.task_role, timestamptz, timestamptz, timestamptz, peoplecall.timelimit, tstzmultirange, text, bigint[], jsonb, bigint, bigint) IS
	'used by replay(): the steps of the ladder that a clock would have had until its end, the officers whom they would have told, and what they would have done';

CREATE FUNCTION peoplecall.replayed(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode,
	kinds peoplecall.clock_kind[])
	RETURNS TABLE (
		complaint_id bigint, clock_seq int, clock peoplecall.clock_kind, task_seq int,
		org bigint, place peoplecall.areacode, grade peoplecall.grade,
		started_at timestamptz, stopped_at timestamptz,
		due_before timestamptz, due_after timestamptz,
		verdict_before peoplecall.sla_state, verdict_after peoplecall.sla_state,
		steps_before int, steps_after int, told_before int, told_after int,
		command_ups_before int, command_ups_after int,
		supervisions_before int, supervisions_after int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := peoplecall.act_time(NULL);
	share float8 := peoplecall.setting_value('assist_share', '0.8')::float8;
BEGIN
	IF num_nulls(from_at, to_at, kinds) > 0 THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'from_at, to_at and kinds must not be null';
	END IF;
	IF from_at >= to_at THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'from_at must be before to_at',
			DETAIL = format('They are %s and %s.', from_at, to_at);
	END IF;
	RETURN QUERY
	SELECT k.complaint_id, k.clock_seq, k.clock, k.task_seq, k.org, k.place, k.grade,
	       k.started_at, k.stopped_at, k.due_at, t.due_at, k.verdict,
	       CASE WHEN k.policy IS NULL OR k.verdict = 'overturned' THEN k.verdict
	            WHEN t.due_at IS NULL THEN NULL
	            WHEN peoplecall.stands_at(k.pauses, k.end_at) > t.due_at THEN 'missed'
	            WHEN k.stopped_at IS NULL THEN NULL
	            WHEN k.verdict <> 'missed' THEN k.verdict
	            WHEN k.kept THEN 'met'
	            ELSE 'void' END,
	       cardinality(k.fired),
	       CASE WHEN k.policy IS NULL THEN cardinality(k.fired) ELSE coalesce(s.steps, 0) END,
	       k.told, CASE WHEN k.policy IS NULL THEN k.told ELSE coalesce(s.told, 0) END,
	       k.command_ups, CASE WHEN k.policy IS NULL THEN k.command_ups ELSE coalesce(s.command_ups, 0) END,
	       k.supervisions, CASE WHEN k.policy IS NULL THEN k.supervisions ELSE coalesce(s.supervisions, 0) END
	  FROM peoplecall.replayed_clocks(from_at, to_at, area, kinds, now_at) AS k
	 CROSS JOIN LATERAL peoplecall.clock_limit(k.clock, k.category, k.grade, k.urgency, k.nature) AS l
	 CROSS JOIN LATERAL (
		SELECT CASE WHEN k.role = 'assist' THEN peoplecall.scale(l.allowed, share)
		            ELSE l.allowed END AS allowed) AS p
	 CROSS JOIN LATERAL (
		SELECT CASE WHEN k.policy IS NULL THEN k.due_at
		            ELSE (peoplecall.clock_times(k.clock, k.grade, k.started_at, p.allowed,
			k.extensions, k.pauses, l.calendar, '{}')).due_at END AS due_at) AS t
	  LEFT JOIN LATERAL peoplecall.steps_of(k.clock, k.grade, k.role, k.started_at, t.due_at,
		k.swept_to, p.allowed, k.pauses, l.calendar, k.fired,
		-- under another deadline they would have come at other times
		CASE WHEN t.due_at = k.due_at THEN k.early END, k.org, k.officer) AS s
	    ON k.policy IS NOT NULL AND t.due_at IS NOT NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.replayed(timestamptz, timestamptz, peoplecall.areacode, peoplecall.clock_kind[]) IS
	'used by replay() and replay_detail(): the clocks that started in the period, as they were and as they would be';
