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
	RETURN QUERY SELECT * FROM peoplecall.check_moves(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_citizens(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_notices(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_feed(district, complaint);
	RETURN QUERY SELECT * FROM peoplecall.check_marks(district, complaint);
	IF complaint IS NULL THEN
		RETURN QUERY SELECT * FROM peoplecall.check_listings(district);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_ledger(int, bigint) IS
	'what contradicts itself in the case records of a district or a complaint (NULL: all); no row where the ledger is whole. After the rulebook changed, deadlines differ until recompute_deadlines() ran. 42501 for whom row policies hide anything from, PC005, PC002';

-- Old events may have been moved away with their partition: then the first ones
-- are not there, and what they say is not asked. A matter that came in since has
-- all of its own.
CREATE FUNCTION peoplecall.check_events(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins timestamptz := coalesce((SELECT min(p.from_at) FROM peoplecall.history_partitions() AS p), '-infinity');
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
		       l.first, l.last, l.lines, c.received_at < begins AS older
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
	    OR (t.last IS NULL AND NOT t.older)
	    OR t.last <> t.event_count
	    OR t.lines <> t.last - t.first + 1
	    OR (t.first > 1 AND NOT t.older)
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
	       format('excluded is %s, by what was granted it is %s', s.excluded, coalesce(x.out[1], false))
	  FROM seen AS s
	  LEFT JOIN (
		-- of what was granted at one time, either may be the last
		SELECT DISTINCT ON (r.district_id, r.complaint_id)
		       r.district_id, r.complaint_id,
		       array_agg(r.objects_to IS NULL) OVER (
				PARTITION BY r.district_id, r.complaint_id, r.decided_at) AS out
		  FROM peoplecall.request AS r
		 WHERE r.kind = 'exclude' AND r.granted
		 ORDER BY r.district_id, r.complaint_id, r.decided_at DESC) AS x
	    ON x.district_id = s.district_id AND x.complaint_id = s.id
	 WHERE s.excluded <> ALL (coalesce(x.out, '{false}'))
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

