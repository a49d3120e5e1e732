-- check_ledger(): what no verb leaves behind. A statement for each question,
-- set-wise, so that a city can ask them all; it costs what scanning the case
-- records costs, and takes no lock.

CREATE FUNCTION peoplecall.check_ledger(district int DEFAULT NULL, complaint bigint DEFAULT NULL)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_whole_view();
	IF complaint IS NOT NULL THEN
		district := peoplecall.district_of(complaint);
		IF NOT EXISTS (SELECT FROM peoplecall.complaint AS c
		                WHERE c.district_id = district AND c.id = complaint)
		THEN
			RAISE SQLSTATE 'PC005' USING
				MESSAGE = format('there is no complaint %s', peoplecall.complaint_no(complaint));
		END IF;
	END IF;
	RETURN QUERY SELECT * FROM peoplecall.check_events(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_counters(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_states(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_tasks(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_running(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_times(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_alarms(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_lights(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_pauses(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_orders(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_links(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_areas(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_notices(district, complaint);
	IF complaint IS NULL THEN
		RETURN QUERY SELECT * FROM peoplecall.check_listings(district);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_ledger(int, bigint) IS
	'what contradicts itself in the case records of a district or a complaint (NULL: all); no row where the ledger is whole. After the rulebook changed, deadlines differ until recompute_deadlines() ran. 42501 for whom row policies hide anything from, PC005, PC002';

-- Old events may have been moved away with their partition; then the first ones
-- are not there, and what they say is not asked.
CREATE FUNCTION peoplecall.check_events(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	detachable boolean := (SELECT r.relkind = 'p' FROM pg_class AS r
	                        WHERE r.oid = 'peoplecall.event'::regclass);
BEGIN
	RETURN QUERY
	WITH line AS (
		SELECT e.district_id, e.complaint_id, min(e.seq) AS first, max(e.seq) AS last, count(*) AS lines
		  FROM peoplecall.event AS e
		 WHERE (district IS NULL OR e.district_id = district)
		   AND (complaint IS NULL OR e.complaint_id = complaint)
		 GROUP BY e.district_id, e.complaint_id
	), told AS (
		SELECT c.district_id, c.id, c.event_count, c.last_event_at, c.digest AS head,
		       l.first, l.last, l.lines
		  FROM peoplecall.complaint AS c
		  LEFT JOIN line AS l ON l.district_id = c.district_id AND l.complaint_id = c.id
		 WHERE (district IS NULL OR c.district_id = district)
		   AND (complaint IS NULL OR c.id = complaint)
	)
	SELECT 'event', t.district_id, t.id,
	       format('counts %s events, has %s from %s to %s', t.event_count, coalesce(t.lines, 0),
			coalesce(t.first, 0), coalesce(t.last, 0))
	  FROM told AS t
	 WHERE t.event_count = 0
	    OR (t.last IS NULL AND NOT detachable)
	    OR t.last <> t.event_count
	    OR t.lines <> t.last - t.first + 1
	    OR (t.first > 1 AND NOT detachable)
	 UNION ALL
	SELECT 'last_event', t.district_id, t.id,
	       format('says that the last event was at %s; it was at %s', t.last_event_at, e.at)
	  FROM told AS t
	  JOIN peoplecall.event AS e
	    ON e.district_id = t.district_id AND e.complaint_id = t.id AND e.seq = t.last
	 WHERE t.last_event_at <> e.at
	 UNION ALL
	SELECT 'digest', t.district_id, t.id, 'the digest is not that of the last event'
	  FROM told AS t
	  JOIN peoplecall.event AS e
	    ON e.district_id = t.district_id AND e.complaint_id = t.id AND e.seq = t.event_count
	 WHERE t.head IS DISTINCT FROM e.digest OR e.digest IS NULL
	 ORDER BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION peoplecall.check_events(int, bigint) IS
	'used by check_ledger(): events 1 to event_count without a gap, the last one''s time and digest';

CREATE FUNCTION peoplecall.check_counters(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH counted AS (
		SELECT e.district_id, e.complaint_id, min(e.seq) AS first,
		       count(*) FILTER (WHERE e.verb = 'reopen') AS epochs,
		       -- what is merged is open again with its principal
		       count(*) FILTER (WHERE e.verb = 'reopen' AND NOT e.detail ? 'principal') AS reopened,
		       count(*) FILTER (WHERE e.verb = 'decide' AND e.detail ->> 'kind' = 'return'
				AND e.detail -> 'granted' = 'true' AND e.detail ->> 'role' = 'lead') AS returned,
		       count(*) FILTER (WHERE e.verb = 'urge') AS urged
		  FROM peoplecall.event AS e
		 WHERE (district IS NULL OR e.district_id = district)
		   AND (complaint IS NULL OR e.complaint_id = complaint)
		 GROUP BY e.district_id, e.complaint_id
	)
	SELECT 'counter', c.district_id, c.id,
	       format('%s is %s, by the events it is %s', n.name, n.counted, n.told)
	  FROM counted AS k
	  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
	 CROSS JOIN LATERAL (VALUES ('epoch', c.epoch, k.epochs), ('reopened', c.reopened, k.reopened),
			('returned', c.returned, k.returned), ('urged', c.urged, k.urged)) AS n (name, counted, told)
	 -- one that came from another district goes on counting
	 WHERE k.first = 1 AND c.origin_id IS NULL
	   AND n.counted <> n.told
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_counters(int, bigint) IS
	'used by check_ledger(): how often it was reopened, returned and urged';

CREATE FUNCTION peoplecall.check_states(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH share AS (
		SELECT t.district_id, t.complaint_id,
		       count(*) FILTER (WHERE t.state IN ('sent', 'accepted')) AS open,
		       count(*) FILTER (WHERE t.state IN ('sent', 'accepted') AND t.role = 'lead') AS leading
		  FROM peoplecall.task AS t
		 WHERE (district IS NULL OR t.district_id = district)
		   AND (complaint IS NULL OR t.complaint_id = complaint)
		 GROUP BY t.district_id, t.complaint_id
	), leader AS (
		SELECT DISTINCT ON (t.district_id, t.complaint_id)
		       t.district_id, t.complaint_id, t.org, t.state
		  FROM peoplecall.task AS t
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = t.district_id AND c.id = t.complaint_id AND c.epoch = t.epoch
		 WHERE t.role = 'lead'
		   AND (district IS NULL OR t.district_id = district)
		   AND (complaint IS NULL OR t.complaint_id = complaint)
		 ORDER BY t.district_id, t.complaint_id, t.seq DESC
	), seen AS (
		SELECT c.*, coalesce(s.open, 0) AS open, coalesce(s.leading, 0) AS leading,
		       l.org AS leader, l.state AS leader_state
		  FROM peoplecall.complaint AS c
		  LEFT JOIN share AS s ON s.district_id = c.district_id AND s.complaint_id = c.id
		  LEFT JOIN leader AS l ON l.district_id = c.district_id AND l.complaint_id = c.id
		 WHERE (district IS NULL OR c.district_id = district)
		   AND (complaint IS NULL OR c.id = complaint)
	)
	SELECT 'state', s.district_id, s.id, format('is %s with %s open shares', s.state, s.open)
	  FROM seen AS s
	 WHERE (s.state IN ('dispatched', 'shelved')) <> (s.open > 0)
	 UNION ALL
	SELECT 'lead', s.district_id, s.id,
	       format('is %s under org %s; the last lead was %s, its share is %s, %s leads are open',
			s.state, coalesce(s.lead_org::text, 'none'), coalesce(s.leader::text, 'none'),
			coalesce(s.leader_state::text, 'none'), s.leading)
	  FROM seen AS s
	 WHERE s.leading > 1
	    OR (s.lead_org IS NULL AND s.leading > 0)
	    OR (s.state IN ('dispatched', 'shelved', 'completed') AND s.lead_org IS NOT NULL
	        AND (s.lead_org IS DISTINCT FROM s.leader
	             OR s.leader_state NOT IN ('sent', 'accepted', 'done')))
	    OR (s.state = 'completed' AND s.leader_state IS DISTINCT FROM 'done')
	 UNION ALL
	SELECT 'times', s.district_id, s.id,
	       format('is %s, completed at %s, closed at %s', s.state,
			coalesce(s.completed_at::text, 'never'), coalesce(s.closed_at::text, 'never'))
	  FROM seen AS s
	 WHERE (s.state = 'completed' AND s.completed_at IS NULL)
	    OR (s.state IN ('received', 'dispatched', 'shelved') AND s.completed_at IS NOT NULL)
	    OR (s.state IN ('received', 'dispatched', 'shelved', 'completed') AND s.closed_at IS NOT NULL)
	    OR (s.state IN ('closed', 'rejected', 'referred') AND s.closed_at IS NULL)
	 UNION ALL
	SELECT 'excluded', s.district_id, s.id,
	       format('excluded is %s, by what was granted it is %s', s.excluded, coalesce(x.out, false))
	  FROM seen AS s
	  LEFT JOIN (
		SELECT DISTINCT ON (r.district_id, r.complaint_id)
		       r.district_id, r.complaint_id, r.objects_to IS NULL AS out
		  FROM peoplecall.request AS r
		 WHERE r.kind = 'exclude' AND r.granted
		 ORDER BY r.district_id, r.complaint_id, r.decided_at DESC, r.seq DESC) AS x
	    ON x.district_id = s.district_id AND x.complaint_id = s.id
	 WHERE s.excluded <> coalesce(x.out, false)
	 ORDER BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION peoplecall.check_states(int, bigint) IS
	'used by check_ledger(): a complaint''s state, lead and times against its shares, excluded against what was granted';

CREATE FUNCTION peoplecall.check_tasks(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'task', t.district_id, t.complaint_id,
	       format('task %s of epoch %s is %s, accepted at %s, done at %s; the complaint is in epoch %s',
			t.seq, t.epoch, t.state, coalesce(t.accepted_at::text, 'never'),
			coalesce(t.done_at::text, 'never'), c.epoch)
	  FROM peoplecall.task AS t
	  JOIN peoplecall.complaint AS c ON c.district_id = t.district_id AND c.id = t.complaint_id
	 WHERE (district IS NULL OR t.district_id = district)
	   AND (complaint IS NULL OR t.complaint_id = complaint)
	   AND ((t.state = 'done') <> (t.done_at IS NOT NULL)
	        OR (t.state = 'accepted' AND t.accepted_at IS NULL)
	        OR (t.state = 'sent' AND t.accepted_at IS NOT NULL)
	        OR t.epoch > c.epoch
	        OR (t.epoch < c.epoch AND t.state IN ('sent', 'accepted')))
	 UNION ALL
	SELECT 'task', t.district_id, t.complaint_id,
	       format('%s tasks, numbered up to %s', count(*), max(t.seq))
	  FROM peoplecall.task AS t
	 WHERE (district IS NULL OR t.district_id = district)
	   AND (complaint IS NULL OR t.complaint_id = complaint)
	 GROUP BY t.district_id, t.complaint_id
	HAVING count(*) <> max(t.seq)
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_tasks(int, bigint) IS
	'used by check_ledger(): a share''s state against its times and its epoch, and that none is missing';

-- Which clocks run. A promise may have none, where no policy sets a limit; so a
-- clock is missed only where there is a stopped one of its kind and a limit.
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
		       (array_agg(k.epoch ORDER BY k.seq DESC))[1] AS epoch
		  FROM peoplecall.clock AS k
		 WHERE (district IS NULL OR k.district_id = district)
		   AND (complaint IS NULL OR k.complaint_id = complaint)
		   AND k.kind <> 'answer'
		 GROUP BY k.district_id, k.complaint_id, k.task_seq, k.kind
	), judged AS (
		SELECT l.*, c.state, t.state AS task_state, c.category, c.grade, c.urgency, c.nature,
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
	   AND c.state NOT IN ('received', 'dispatched', 'completed', 'shelved')
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
		SELECT r.district_id, r.complaint_id, r.seq, r.kind, r.task_seq, r.asked_at
		  FROM peoplecall.request AS r
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
	 WHERE k.paused_at IS NULL OR NOT k.pauses @> f.asked_at
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
		   AND (f.kind = 'shelve' OR k.kind = 'total' OR f.task_seq = k.task_seq))
	 UNION ALL
	SELECT 'pause', f.district_id, f.complaint_id,
	       format('request %s to suspend is in force, and task %s is %s', f.seq, f.task_seq,
			coalesce(t.state::text, 'none'))
	  FROM force AS f
	  LEFT JOIN peoplecall.task AS t
	    ON t.district_id = f.district_id AND t.complaint_id = f.complaint_id AND t.seq = f.task_seq
	 WHERE f.kind = 'suspend' AND coalesce(t.state NOT IN ('sent', 'accepted'), true)
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
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_orders(int, bigint) IS
	'used by check_ledger(): supervisions and instructions, and the clocks that wait for their answers';

-- From a complaint to another, and to it from outside. The other one may lie in
-- another district.
CREATE FUNCTION peoplecall.check_links(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'principal', c.district_id, c.id,
	       format('is %s, its principal %s is %s', c.state, coalesce(c.principal_id::text, 'NULL'),
			coalesce(p.state::text, 'none'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.complaint AS p
	    ON p.district_id = c.principal_id / 1000000000000 AND p.id = c.principal_id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND ((c.state = 'merged') <> (c.principal_id IS NOT NULL)
	        OR (c.principal_id IS NOT NULL AND (p.id IS NULL OR p.state IN ('merged', 'moved')))
	        OR (c.state = 'merged' AND p.state IN ('received', 'dispatched', 'completed', 'shelved')
	            AND c.closed_at IS NOT NULL)
	        OR (c.state = 'merged' AND p.state IN ('closed', 'rejected', 'referred')
	            AND c.closed_at IS NULL))
	 UNION ALL
	SELECT 'origin', c.district_id, c.id,
	       format('goes on from %s, which is %s', c.origin_id, coalesce(o.state::text, 'none'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.complaint AS o
	    ON o.district_id = c.origin_id / 1000000000000 AND o.id = c.origin_id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND c.origin_id IS NOT NULL
	   AND o.state IS DISTINCT FROM 'moved'
	 UNION ALL
	SELECT 'intake_key', i.district_id, i.complaint_id,
	       format('"%s" of channel "%s" names a complaint that is not there', i.external_id, i.channel)
	  FROM peoplecall.intake_key AS i
	 WHERE (district IS NULL OR i.district_id = district)
	   AND (complaint IS NULL OR i.complaint_id = complaint)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = i.district_id AND c.id = i.complaint_id)
	 ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_links(int, bigint) IS
	'used by check_ledger(): principals, origins, and the channels'' own numbers';

CREATE FUNCTION peoplecall.check_areas(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'area', r.district_id, r.complaint_id,
	       format('%s rows of %s lie in %s, not in %s', count(*), r.name, r.area, c.area)
	  FROM (
		SELECT 'attachment', x.district_id, x.complaint_id, x.area FROM peoplecall.attachment AS x
		 UNION ALL
		SELECT 'clock', x.district_id, x.complaint_id, x.area FROM peoplecall.clock AS x
		 UNION ALL
		SELECT 'complaint_text', x.district_id, x.complaint_id, x.area FROM peoplecall.complaint_text AS x
		 UNION ALL
		SELECT 'event', x.district_id, x.complaint_id, x.area FROM peoplecall.event AS x
		 UNION ALL
		SELECT 'notice', x.district_id, x.complaint_id, x.area FROM peoplecall.notice AS x
		 UNION ALL
		SELECT 'rating', x.district_id, x.complaint_id, x.area FROM peoplecall.rating AS x
		 UNION ALL
		SELECT 'reporter', x.district_id, x.complaint_id, x.area FROM peoplecall.reporter AS x
		 UNION ALL
		SELECT 'request', x.district_id, x.complaint_id, x.area FROM peoplecall.request AS x
		 UNION ALL
		SELECT 'revisit', x.district_id, x.complaint_id, x.area FROM peoplecall.revisit AS x
		 UNION ALL
		SELECT 'supervision', x.district_id, x.complaint_id, x.area FROM peoplecall.supervision AS x
		 UNION ALL
		SELECT 'task', x.district_id, x.complaint_id, x.area FROM peoplecall.task AS x
		) AS r (name, district_id, complaint_id, area)
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = r.district_id AND c.id = r.complaint_id
	 WHERE (district IS NULL OR r.district_id = district)
	   AND (complaint IS NULL OR r.complaint_id = complaint)
	   AND r.area OPERATOR(peoplecall.<>) c.area
	 GROUP BY r.district_id, r.complaint_id, r.name, r.area, c.area
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_areas(int, bigint) IS
	'used by check_ledger(): the area in every record of a complaint is the complaint''s';

CREATE FUNCTION peoplecall.check_notices(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'notice', min(n.district_id), min(n.complaint_id),
	       format('%s notices have the key %s', count(*), n.key)
	  FROM peoplecall.notice AS n
	 WHERE (district IS NULL OR n.district_id = district)
	   AND (complaint IS NULL OR n.complaint_id = complaint)
	 GROUP BY n.key
	HAVING count(*) > 1
	 UNION ALL
	SELECT 'notice', n.district_id, n.complaint_id, format('notice %s has no complaint, meeting or listing', n.seq)
	  FROM peoplecall.notice AS n
	 WHERE (district IS NULL OR n.district_id = district)
	   AND (complaint IS NULL OR n.complaint_id = complaint)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = n.district_id AND c.id = n.complaint_id)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.coordination AS m
		 WHERE m.district_id = n.district_id AND m.id = n.complaint_id)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.listing AS l
		 WHERE l.district_id = n.district_id AND l.id = n.complaint_id)
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_notices(int, bigint) IS
	'used by check_ledger(): each key of the outbox once, each notice of something';

CREATE FUNCTION peoplecall.check_listings(district int)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'listing', l.district_id, NULL::bigint,
	       format('listing %s has %s of %s claimed and %s fulfilled; by its claims %s and %s', l.id,
			l.claimed, l.quantity, l.fulfilled, coalesce(k.claimed, 0), coalesce(k.fulfilled, 0))
	  FROM peoplecall.listing AS l
	  LEFT JOIN (
		SELECT x.district_id, x.listing_id,
		       sum(CASE WHEN x.ended_at IS NULL THEN x.quantity ELSE x.fulfilled END) AS claimed,
		       sum(x.fulfilled) AS fulfilled
		  FROM peoplecall.claim AS x
		 WHERE (district IS NULL OR x.district_id = district)
		 GROUP BY x.district_id, x.listing_id) AS k
	    ON k.district_id = l.district_id AND k.listing_id = l.id
	 WHERE (district IS NULL OR l.district_id = district)
	   AND (l.claimed <> coalesce(k.claimed, 0) OR l.fulfilled <> coalesce(k.fulfilled, 0))
	 ORDER BY 2, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_listings(int) IS
	'used by check_ledger(): what a listing says is taken is what was claimed';
