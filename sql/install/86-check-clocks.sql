-- check_ledger(), the clocks: which run, what they say, which steps they took, and
-- what stops or orders them.

-- Which clocks run. A promise may have none, where no policy set a limit when it
-- began, and gets none later; so a clock is missed only where there is a stopped
-- one that began with that promise, and a limit.
CREATE FUNCTION peoplecall.check_running(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH last AS (
		SELECT k.district_id, k.complaint_id, k.task_seq, k.kind,
		       count(*) FILTER (WHERE k.stopped_at IS NULL) AS open,
		       (array_agg(k.epoch ORDER BY k.seq DESC))[1] AS epoch,
		       max(k.started_at) AS started_at
		  FROM peoplecall.clock AS k
		 WHERE (district IS NULL OR k.district_id = district)
		   AND (complaint IS NULL OR k.complaint_id = complaint)
		   AND k.kind <> 'answer'
		 GROUP BY k.district_id, k.complaint_id, k.task_seq, k.kind
	), judged AS (
		SELECT l.*, c.state, c.epoch AS epoch_now, c.completed_at, t.state AS task_state, c.category, c.grade, c.urgency, c.nature,
		       -- NULL: either way
		       CASE l.kind
			WHEN 'dispatch' THEN c.state = 'received' OR (c.state = 'dispatched' AND c.lead_org IS NULL)
			WHEN 'verify' THEN c.state = 'completed'
			WHEN 'total' THEN CASE WHEN c.state NOT IN ('received', 'dispatched', 'completed', 'shelved')
			                       THEN false WHEN c.epoch = 0 THEN true END
			WHEN 'accept' THEN t.state = 'sent'
			WHEN 'contact' THEN t.state IN ('sent', 'accepted')
			                    AND CASE WHEN t.contacted_at IS NULL AND t.done_at IS NULL
			                             THEN CASE WHEN t.state = 'sent' THEN true END ELSE false END
			ELSE t.state IN ('sent', 'accepted') END AS runs
		  FROM last AS l
		  JOIN peoplecall.complaint AS c ON c.district_id = l.district_id AND c.id = l.complaint_id
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = l.district_id AND t.complaint_id = l.complaint_id AND t.seq = l.task_seq
	)
	SELECT 'clock', j.district_id, j.complaint_id,
	       format('clock %s%s: %s open, the complaint is %s%s', j.kind, ' of task ' || j.task_seq,
			j.open, j.state, ', the task ' || j.task_state)
	  FROM judged AS j
	 WHERE j.open > 1
	    OR (j.open > 0 AND NOT j.runs)
	    OR (j.open = 0 AND j.runs
	        AND CASE j.kind
			WHEN 'dispatch' THEN j.epoch = j.epoch_now AND NOT EXISTS (
				SELECT FROM peoplecall.task AS x
				 WHERE x.district_id = j.district_id AND x.complaint_id = j.complaint_id
				   AND x.sent_at >= j.started_at)
			WHEN 'verify' THEN j.started_at >= j.completed_at
			ELSE true END
	        AND (SELECT p.allowed IS NOT NULL
	               FROM peoplecall.clock_limit(j.kind, j.category, j.grade, j.urgency, j.nature) AS p))
	    OR (j.task_seq IS NOT NULL AND j.task_state IS NULL)
	 UNION ALL
	SELECT 'clock', k.district_id, k.complaint_id,
	       format('clock answer: open, the complaint is %s', c.state)
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.kind = 'answer' AND k.stopped_at IS NULL
	   -- a closing answers no order
	   AND c.state NOT IN ('received', 'dispatched', 'completed', 'closed', 'shelved')
	 UNION ALL
	SELECT 'clock', k.district_id, k.complaint_id,
	       format('%s clocks, numbered up to %s', count(*), max(k.seq))
	  FROM peoplecall.clock AS k
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	 GROUP BY k.district_id, k.complaint_id
	HAVING count(*) <> max(k.seq)
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_running(int, bigint) IS
	'used by check_ledger(): the clocks that run are those of the state that the complaint and its shares are in';

CREATE FUNCTION peoplecall.check_times(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'deadline', k.district_id, k.complaint_id,
	       format('clock %s (%s) says yellow %s, red %s, next step %s; reckoned again %s, %s, %s',
			k.seq, k.kind, coalesce(k.warn_at::text, 'never'), coalesce(k.due_at::text, 'never'),
			coalesce(k.next_alarm_at::text, 'never'), coalesce(t.warn_at::text, 'never'),
			coalesce(t.due_at::text, 'never'), coalesce(n.next_alarm_at::text, 'never'))
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
	 CROSS JOIN LATERAL peoplecall.clock_times(k.kind, c.grade, k.started_at, k.allowed,
			k.extensions, k.pauses, k.calendar, k.fired) AS t
	 CROSS JOIN LATERAL (
		SELECT CASE WHEN k.paused_at IS NULL THEN t.next_alarm_at END AS next_alarm_at) AS n
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.stopped_at IS NULL
	   AND (k.due_at IS DISTINCT FROM t.due_at OR k.warn_at IS DISTINCT FROM t.warn_at
	        OR k.next_alarm_at IS DISTINCT FROM n.next_alarm_at)
	 UNION ALL
	SELECT 'verdict', k.district_id, k.complaint_id,
	       format('clock %s (%s) was due at %s, stopped at %s, and its verdict is %s',
			k.seq, k.kind, k.due_at, k.stopped_at, k.verdict)
	  FROM peoplecall.clock AS k
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.stopped_at IS NOT NULL AND k.verdict <> 'overturned'
	   -- one that goes on elsewhere is not judged here
	   AND NOT (k.kind = 'total' AND k.verdict = 'void')
	   AND (k.verdict = 'missed')
	       <> (k.stopped_at > k.due_at
	           AND (k.pauses = '{}' OR peoplecall.stands_at(k.pauses, k.stopped_at) > k.due_at))
	 ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_times(int, bigint) IS
	'used by check_ledger(): the times of open clocks are those that follow from what is stored, the verdicts of stopped ones from their times';

CREATE FUNCTION peoplecall.check_alarms(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH rung AS (
		SELECT e.district_id, e.complaint_id, (e.detail ->> 'clock_seq')::int AS clock_seq,
		       array_agg((e.detail ->> 'step')::bigint ORDER BY e.seq) AS steps
		  FROM peoplecall.event AS e
		 WHERE (district IS NULL OR e.district_id = district)
		   AND (complaint IS NULL OR e.complaint_id = complaint)
		   AND e.verb = 'alarm'
		 GROUP BY 1, 2, 3
	)
	SELECT 'alarm', coalesce(k.district_id, r.district_id), coalesce(k.complaint_id, r.complaint_id),
	       format('clock %s took the steps %s; the events have %s', coalesce(k.seq, r.clock_seq),
			coalesce(k.fired, '{}'), coalesce(r.steps, '{}'))
	  FROM (SELECT x.district_id, x.complaint_id, x.seq, x.fired, c.origin_id,
	               (SELECT min(e.seq) FROM peoplecall.event AS e
	                 WHERE e.district_id = x.district_id AND e.complaint_id = x.complaint_id) AS first
	          FROM peoplecall.clock AS x
	          JOIN peoplecall.complaint AS c
	            ON c.district_id = x.district_id AND c.id = x.complaint_id
	         WHERE (district IS NULL OR x.district_id = district)
	           AND (complaint IS NULL OR x.complaint_id = complaint)
	           AND x.fired <> '{}') AS k
	  FULL JOIN rung AS r
	    ON r.district_id = k.district_id AND r.complaint_id = k.complaint_id AND r.clock_seq = k.seq
	 WHERE k.fired IS NULL
	    OR (SELECT count(*) <> count(DISTINCT s.step) FROM unnest(r.steps) AS s (step))
	    OR (SELECT count(*) <> count(DISTINCT s.step) FROM unnest(k.fired) AS s (step))
	    -- steps of a time whose events were moved away, or of the district before
	    OR CASE WHEN k.first = 1 AND k.origin_id IS NULL
	            THEN k.fired IS DISTINCT FROM r.steps
	            ELSE k.fired[cardinality(k.fired) - coalesce(cardinality(r.steps), 0) + 1 :]
	                 IS DISTINCT FROM coalesce(r.steps, '{}') END
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_alarms(int, bigint) IS
	'used by check_ledger(): every step of the ladder that a clock took has its event, once and in order';

CREATE FUNCTION peoplecall.check_lights(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'light', c.district_id, c.id,
	       format('says yellow %s, red %s, paused %s; its clocks say %s, %s, %s',
			coalesce(c.warn_at::text, 'never'), coalesce(c.due_at::text, 'never'),
			coalesce(c.paused_at::text, 'never'), coalesce(k.warn_at::text, 'never'),
			coalesce(k.due_at::text, 'never'), coalesce(k.paused_at::text, 'never'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN (
		-- as tightest_clock() has it
		SELECT x.district_id, x.complaint_id,
		       min(x.warn_at) FILTER (WHERE x.paused_at IS NULL) AS warn_at,
		       min(x.due_at) FILTER (WHERE x.paused_at IS NULL) AS due_at,
		       CASE WHEN bool_and(x.paused_at IS NOT NULL) THEN max(x.paused_at) END AS paused_at
		  FROM peoplecall.clock AS x
		 WHERE (district IS NULL OR x.district_id = district)
		   AND (complaint IS NULL OR x.complaint_id = complaint)
		   AND x.stopped_at IS NULL
		 GROUP BY x.district_id, x.complaint_id) AS k
	    ON k.district_id = c.district_id AND k.complaint_id = c.id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND (c.warn_at IS DISTINCT FROM k.warn_at OR c.due_at IS DISTINCT FROM k.due_at
	        OR c.paused_at IS DISTINCT FROM k.paused_at)
	 ORDER BY 2, 3;
END
$$;
COMMENT ON FUNCTION peoplecall.check_lights(int, bigint) IS
	'used by check_ledger(): a complaint''s light is that of its tightest open clock';

-- A suspension stops the clocks of its share, of a lead where a setting says so
-- the total one; a shelving all but those of orders.
CREATE FUNCTION peoplecall.check_pauses(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH force AS (
		SELECT r.district_id, r.complaint_id, r.seq, r.kind, r.task_seq, r.asked_at, r.until,
		       t.role, t.state
		  FROM peoplecall.request AS r
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = r.district_id AND t.complaint_id = r.complaint_id AND t.seq = r.task_seq
		 WHERE (district IS NULL OR r.district_id = district)
		   AND (complaint IS NULL OR r.complaint_id = complaint)
		   AND r.kind IN ('suspend', 'shelve') AND r.granted AND r.ended_at IS NULL
	)
	SELECT 'pause', k.district_id, k.complaint_id,
	       format('clock %s (%s) runs, although request %s to %s is in force', k.seq, k.kind, f.seq, f.kind)
	  FROM force AS f
	  JOIN peoplecall.clock AS k
	    ON k.district_id = f.district_id AND k.complaint_id = f.complaint_id
	   AND k.stopped_at IS NULL AND k.started_at <= f.asked_at
	   AND CASE f.kind WHEN 'suspend' THEN k.task_seq = f.task_seq
	                   ELSE k.task_seq IS NOT NULL OR k.kind = 'total' END
	  JOIN peoplecall.complaint AS c ON c.district_id = f.district_id AND c.id = f.complaint_id
	 -- what is over may still wait for the sweep
	 WHERE (k.paused_at IS NULL OR NOT k.pauses @> f.asked_at)
	   AND (f.until IS NULL OR f.until > c.last_event_at)
	 UNION ALL
	SELECT 'pause', k.district_id, k.complaint_id,
	       format('clock %s (%s) is paused since %s, and no request in force says so', k.seq, k.kind, k.paused_at)
	  FROM peoplecall.clock AS k
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.stopped_at IS NULL AND k.paused_at IS NOT NULL
	   AND NOT EXISTS (
		SELECT FROM force AS f
		 WHERE f.district_id = k.district_id AND f.complaint_id = k.complaint_id
		   AND (f.kind = 'shelve' OR f.task_seq = k.task_seq
		        OR (k.kind = 'total' AND f.role = 'lead')))
	 UNION ALL
	-- a claim that is sent back pauses its share's clocks too, but not this one;
	-- one that goes on from another district brings along what was granted there
	SELECT 'pause', k.district_id, k.complaint_id,
	       format('clock %s (total) was paused %s, and by what was granted %s', k.seq, k.pauses,
			peoplecall.granted_pauses(k.district_id, k.complaint_id, NULL))
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.kind = 'total' AND k.stopped_at IS NULL AND k.pauses <> '{}'
	   AND c.origin_id IS NULL
	   AND NOT k.pauses <@ peoplecall.granted_pauses(k.district_id, k.complaint_id, NULL)
	 UNION ALL
	SELECT 'pause', f.district_id, f.complaint_id,
	       format('request %s to suspend is in force, and task %s is %s', f.seq, f.task_seq,
			coalesce(f.state::text, 'none'))
	  FROM force AS f
	 WHERE f.kind = 'suspend' AND coalesce(f.state NOT IN ('sent', 'accepted'), true)
	 UNION ALL
	SELECT 'pause', c.district_id, c.id,
	       format('is %s, and %s requests to shelve are in force', c.state, coalesce(s.shelving, 0))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN (SELECT f.district_id, f.complaint_id, count(*) AS shelving
	               FROM force AS f
	              WHERE f.kind = 'shelve'
	              GROUP BY 1, 2) AS s
	    ON s.district_id = c.district_id AND s.complaint_id = c.id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND coalesce(s.shelving, 0) <> CASE c.state WHEN 'shelved' THEN 1 ELSE 0 END
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_pauses(int, bigint) IS
	'used by check_ledger(): what is suspended or shelved is paused, and nothing else';

CREATE FUNCTION peoplecall.check_orders(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'order', k.district_id, k.complaint_id,
	       format('clock %s waits for the answer to an order that is closed or is not there', k.seq)
	  FROM peoplecall.clock AS k
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND k.kind = 'answer' AND k.stopped_at IS NULL
	   AND NOT EXISTS (
		SELECT FROM peoplecall.supervision AS s
		 WHERE s.district_id = k.district_id AND s.complaint_id = k.complaint_id
		   AND s.clock_seq = k.seq AND s.closed_at IS NULL)
	 UNION ALL
	SELECT 'order', s.district_id, s.complaint_id,
	       format('order %s names clock %s, which is no clock for an answer', s.seq, s.clock_seq)
	  FROM peoplecall.supervision AS s
	 WHERE (district IS NULL OR s.district_id = district)
	   AND (complaint IS NULL OR s.complaint_id = complaint)
	   AND s.clock_seq IS NOT NULL
	   AND NOT EXISTS (
		SELECT FROM peoplecall.clock AS k
		 WHERE k.district_id = s.district_id AND k.complaint_id = s.complaint_id
		   AND k.seq = s.clock_seq AND k.kind = 'answer')
	 UNION ALL
	SELECT 'order', s.district_id, s.complaint_id,
	       format('order %s is %s, and its clock %s is %s', s.seq,
			CASE WHEN s.answered_at IS NULL THEN 'not answered' ELSE 'answered' END, k.seq,
			CASE WHEN k.stopped_at IS NULL THEN 'open' ELSE 'stopped' END)
	  FROM peoplecall.supervision AS s
	  JOIN peoplecall.clock AS k
	    ON k.district_id = s.district_id AND k.complaint_id = s.complaint_id AND k.seq = s.clock_seq
	  JOIN peoplecall.complaint AS c ON c.district_id = s.district_id AND c.id = s.complaint_id
	 WHERE (district IS NULL OR s.district_id = district)
	   AND (complaint IS NULL OR s.complaint_id = complaint)
	   AND k.kind = 'answer' AND s.closed_at IS NULL
	   -- with a matter that left there is nothing to answer, until it comes back
	   AND c.state IN ('received', 'dispatched', 'completed', 'closed', 'shelved')
	   AND (k.stopped_at IS NULL) <> (s.answered_at IS NULL)
	 UNION ALL
	SELECT 'order', s.district_id, s.complaint_id, format('order %s is a leader''s, and names none', s.seq)
	  FROM peoplecall.supervision AS s
	 WHERE (district IS NULL OR s.district_id = district)
	   AND (complaint IS NULL OR s.complaint_id = complaint)
	   AND s.kind = 'instruction' AND s.leader IS NULL
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_orders(int, bigint) IS
	'used by check_ledger(): supervisions and instructions, and the clocks that wait for their answers';

