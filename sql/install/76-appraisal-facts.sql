-- What one share, or one citizen's answer, contributes to the appraisal. This
-- is the one place where the figures are defined; everything else adds up.

-- From rows of the case records, a set of complaints of one district at a time.
-- It reads no clock: what depends on today is cut away when figures are asked
-- for, so stored facts stay true until a verb changes the complaint.
CREATE FUNCTION peoplecall.appraisal_facts(district_id int, complaints bigint[])
	RETURNS TABLE (
		complaint_id bigint, entry int, task_seq int, source_id bigint, org bigint,
		area peoplecall.areacode, grade peoplecall.grade, course text,
		due_at timestamptz, sent_day date, due_day date, done_day date,
		first_due_day date, returned_day date, answer_day date, late boolean,
		matters int, filed int, merged int, reopened int, due int, closed int,
		on_time int, overturned int, excluded int, urged int, lead_closed int,
		lead_solved int, settled int, returned int, contact_asked int,
		contacted int, answered int, solved int, rated int, satisfied int, unreached int)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	-- a plan for any complaints is one for few, and this is asked for thousands
	SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	zone text := peoplecall.city_zone();
	patrols text[] := ARRAY(SELECT jsonb_array_elements_text(
		peoplecall.setting_value('patrol_channels', '["patrol"]')));
	satisfied_from int := peoplecall.setting_number('satisfied_from', 4)::int;
BEGIN
	RETURN QUERY
	WITH matter AS MATERIALIZED (
		SELECT c.id, c.area, c.grade, c.state, c.excluded, c.urged,
		       CASE WHEN c.channel = ANY (patrols) THEN 'patrol'
		            WHEN c.nature IN ('consult', 'praise') THEN 'consult'
		            ELSE 'handled' END AS course,
		       CASE WHEN c.state = 'merged' THEN ARRAY(
				SELECT x.seq::int
				  FROM peoplecall.event AS e
				 CROSS JOIN LATERAL jsonb_array_elements_text(e.detail -> 'tasks') AS x (seq)
				 WHERE e.district_id = c.district_id AND e.complaint_id = c.id
				   AND e.verb = 'merge') ELSE '{}' END AS given_up
		  FROM unnest(complaints) AS i (id)
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = appraisal_facts.district_id AND c.id = i.id
	), share AS (
		-- a group counts once for handling: the shares that a merge ended count
		-- no more than as merged
		SELECT m.*, t.seq, t.org, t.role, t.state AS task_state, t.epoch, t.sent_at,
		       t.done_at, k.verdict, k.moves, isfinite(k.due_at) AND k.verdict IS DISTINCT FROM 'void'
				AND t.seq <> ALL (m.given_up) AS has_deadline,
		       CASE WHEN isfinite(k.due_at) THEN k.due_at END AS due_at,
		       t.seq <> ALL (m.given_up) AS counts,
		       t.role = 'lead' AS leads,
		       t.seq = min(t.seq) FILTER (WHERE t.role = 'lead') OVER (PARTITION BY m.id, t.epoch) AS first_lead,
		       t.seq = max(t.seq) FILTER (WHERE t.role = 'lead' AND t.state = 'done')
				OVER (PARTITION BY m.id) AS last_done
		  FROM matter AS m
		  JOIN peoplecall.task AS t
		    ON t.district_id = appraisal_facts.district_id AND t.complaint_id = m.id
		  LEFT JOIN LATERAL (
			SELECT x.due_at, x.verdict, x.extensions <> '{}' OR x.pauses <> '{}' AS moves
			  FROM peoplecall.clock AS x
			 WHERE x.district_id = appraisal_facts.district_id AND x.complaint_id = m.id
			   AND x.task_seq = t.seq AND x.kind = 'resolve'
			 ORDER BY x.seq DESC
			 LIMIT 1) AS k ON true
	), dated AS (
		SELECT s.*, s.has_deadline IS TRUE AND NOT s.excluded AS is_due,
		       (s.sent_at AT TIME ZONE zone)::date AS sent_day,
		       CASE WHEN s.has_deadline THEN (s.due_at AT TIME ZONE zone)::date END AS due_day,
		       CASE WHEN s.task_state = 'done' THEN (s.done_at AT TIME ZONE zone)::date END AS done_day,
		       CASE WHEN s.has_deadline AND s.moves THEN (
				SELECT ((d.moved ->> 'old')::timestamptz AT TIME ZONE zone)::date
				  FROM peoplecall.event AS e
				 CROSS JOIN LATERAL jsonb_array_elements(
					CASE jsonb_typeof(e.detail -> 'deadlines') WHEN 'array'
					     THEN e.detail -> 'deadlines' END) AS d (moved)
				 WHERE e.district_id = appraisal_facts.district_id AND e.complaint_id = s.id
				   AND e.verb = 'decide' AND d.moved ->> 'clock' = 'resolve'
				   AND (d.moved ->> 'task')::int = s.seq
				 ORDER BY e.seq
				 LIMIT 1) END AS old_due_day,
		       CASE WHEN s.task_state = 'returned' THEN (
				SELECT (max(r.decided_at) AT TIME ZONE zone)::date
				  FROM peoplecall.request AS r
				 WHERE r.district_id = appraisal_facts.district_id AND r.complaint_id = s.id
				   AND r.task_seq = s.seq AND r.kind = 'return' AND r.granted) END AS returned_day
		  FROM share AS s
	), source AS (
		SELECT m.id, m.id AS source_id, appraisal_facts.district_id AS source_district, false AS follows
		  FROM matter AS m
		 WHERE NOT m.excluded
		 UNION ALL
		SELECT m.id, f.id, f.district_id, true
		  FROM matter AS m
		  JOIN peoplecall.complaint AS f ON f.principal_id = m.id AND f.state = 'merged'
		 WHERE NOT m.excluded AND NOT f.excluded
	), word AS (
		-- of each closing: the citizen's own word, else what he said when he was
		-- called back the last time that he was reached
		SELECT s.*, r.epoch, r.reporter_seq, r.rated_at AS at, v.contacted, r.solved,
		       coalesce(r.satisfaction, v.satisfaction) AS satisfaction, false AS unreached
		  FROM source AS s
		  JOIN peoplecall.rating AS r
		    ON r.district_id = s.source_district AND r.complaint_id = s.source_id
		       -- one who was split off spoke of what his matter was merged into
		   AND (s.follows OR r.closing_of = s.source_id)
		  LEFT JOIN LATERAL (
			SELECT x.contacted, x.satisfaction
			  FROM peoplecall.revisit AS x
			 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
			   AND x.epoch = r.epoch AND x.outcome = 'reached' AND r.reporter_seq = 1
			   AND r.closing_of = r.complaint_id
			 ORDER BY x.seq DESC
			 LIMIT 1) AS v ON true
		 UNION ALL
		SELECT s.*, v.epoch, 1, v.visited_at, v.contacted, v.solved, v.satisfaction,
		       v.outcome <> 'reached'
		  FROM source AS s
		 CROSS JOIN LATERAL (
			SELECT DISTINCT ON (x.epoch) x.*
			  FROM peoplecall.revisit AS x
			 WHERE x.district_id = s.source_district AND x.complaint_id = s.source_id
			 ORDER BY x.epoch, x.outcome = 'reached' DESC, x.seq DESC) AS v
		 WHERE NOT EXISTS (
			SELECT FROM peoplecall.rating AS r
			 WHERE r.district_id = s.source_district AND r.complaint_id = s.source_id
			   AND r.closing_of = s.source_id AND r.closing_epoch = v.epoch
			   AND r.reporter_seq = 1)
	), answer AS (
		SELECT m.*, w.source_id, w.epoch, w.reporter_seq, w.at, w.contacted, w.solved,
		       w.satisfaction, w.unreached, t.seq, t.org
		  FROM word AS w
		  JOIN matter AS m ON m.id = w.id
		 CROSS JOIN LATERAL (
			SELECT x.seq, x.org
			  FROM peoplecall.task AS x
			 WHERE x.district_id = appraisal_facts.district_id AND x.complaint_id = w.id
			   AND x.role = 'lead'
			   AND CASE WHEN w.follows THEN x.state = 'done' AND x.done_at <= w.at
			            ELSE x.epoch = w.epoch AND x.state IN ('sent', 'accepted', 'done') END
			 ORDER BY x.state = 'done' DESC, x.seq DESC
			 LIMIT 1) AS t
		 -- one who answered before his matter was merged spoke of its own handling
		 WHERE NOT (w.follows AND EXISTS (
			SELECT FROM peoplecall.task AS o
			 WHERE o.district_id = w.source_district AND o.complaint_id = w.source_id
			   AND o.role = 'lead' AND o.state = 'done' AND o.epoch = w.epoch))
	)
	SELECT d.id, d.seq, d.seq, NULL::bigint, d.org, d.area, d.grade, d.course,
	       CASE WHEN d.has_deadline THEN d.due_at END,
	       d.sent_day, d.due_day, d.done_day,
	       CASE WHEN d.is_due AND d.old_due_day < d.due_day AND isfinite(d.old_due_day)
	            THEN d.old_due_day END,
	       d.returned_day, NULL::date, n.late,
	       (d.counts AND d.first_lead AND d.epoch = 0)::int,
	       d.counts::int,
	       (NOT d.counts)::int,
	       (d.counts AND d.first_lead AND d.epoch > 0)::int,
	       d.is_due::int,
	       n.closed::int,
	       (n.closed AND d.verdict = 'met')::int,
	       (n.closed AND d.verdict = 'overturned')::int,
	       coalesce(d.has_deadline AND d.excluded, false)::int,
	       (d.is_due AND d.leads AND d.urged > 0)::int,
	       (n.closed AND d.leads)::int,
	       (n.closed AND d.leads AND d.verdict <> 'overturned')::int,
	       CASE WHEN d.counts AND d.leads AND d.task_state = 'done' AND NOT d.excluded
	            THEN 1 + CASE WHEN d.last_done THEN (
				SELECT count(*)
				  FROM peoplecall.complaint AS f
				 WHERE f.principal_id = d.id AND f.state = 'merged' AND NOT f.excluded) ELSE 0 END
	            ELSE 0 END::int,
	       (d.task_state = 'returned')::int,
	       0, 0, 0, 0, 0, 0, 0
	  FROM dated AS d
	 CROSS JOIN LATERAL (
		SELECT d.is_due AND d.task_state = 'done' AND d.done_day IS NOT NULL AS closed,
		       coalesce(d.is_due AND d.task_state = 'done' AND d.verdict = 'missed'
				AND d.done_day > d.due_day, false) AS late) AS n
	 UNION ALL
	SELECT a.id, -(row_number() OVER (PARTITION BY a.id ORDER BY a.source_id, a.epoch, a.reporter_seq, a.at))::int,
	       a.seq, a.source_id, a.org, a.area, a.grade, a.course,
	       NULL, NULL, NULL, NULL, NULL, NULL, (a.at AT TIME ZONE zone)::date, false,
	       0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       (a.contacted IS NOT NULL)::int, coalesce(a.contacted, false)::int,
	       (a.solved IS NOT NULL)::int, coalesce(a.solved, false)::int,
	       (a.satisfaction IS NOT NULL)::int, coalesce(a.satisfaction >= satisfied_from, false)::int,
	       a.unreached::int
	  FROM answer AS a;
END
$$;
COMMENT ON FUNCTION peoplecall.appraisal_facts(int, bigint[]) IS
	'what these complaints of a district contribute, reckoned from the case records: a row for each share, and for each answer of a citizen, charged to the lead''s share that closed the matter; used by appraise() and refresh_appraisal()';

-- The next three are one expression each and inlined by the planner.
CREATE FUNCTION peoplecall.street_of(area peoplecall.areacode) RETURNS peoplecall.areacode
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN peoplecall.level(area) > 'street'::peoplecall.area_level
	            THEN peoplecall.ancestor(area, 'street'::peoplecall.area_level)
	            ELSE area END;
END;
COMMENT ON FUNCTION peoplecall.street_of(peoplecall.areacode) IS
	'the street that an area lies in, or the area where it is no smaller than one: what the appraisal''s sums are kept by; used by refresh_appraisal()';

CREATE FUNCTION peoplecall.appraisal_spread(
	sent_day date, due_day date, done_day date, returned_day date, answer_day date,
	matters int, filed int, merged int, reopened int, due int, closed int, on_time int,
	overturned int, excluded int, urged int, lead_closed int, lead_solved int,
	settled int, returned int, contact_asked int, contacted int, answered int,
	solved int, rated int, satisfied int, unreached int)
	RETURNS TABLE (day date,
	matters int, filed int, merged int, reopened int, due int, closed int, on_time int,
	overturned int, excluded int, urged int, lead_closed int, lead_solved int,
	settled int, returned int, contact_asked int, contacted int, answered int,
	solved int, rated int, satisfied int, unreached int)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
	SELECT v.*
	  FROM (VALUES
		(sent_day, matters, filed, merged, reopened, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		(due_day, 0, 0, 0, 0, due, closed, on_time, overturned, excluded, urged, lead_closed, lead_solved,
		 0, 0, 0, 0, 0, 0, 0, 0, 0),
		(done_day, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, settled, 0, 0, 0, 0, 0, 0, 0, 0),
		(returned_day, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, returned, 0, 0, 0, 0, 0, 0, 0),
		(answer_day, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, contact_asked, contacted, answered,
		 solved, rated, satisfied, unreached)) AS v (day, matters, filed, merged, reopened, due,
		closed, on_time, overturned, excluded, urged, lead_closed, lead_solved, settled, returned,
		contact_asked, contacted, answered, solved, rated, satisfied, unreached)
	 WHERE v.day IS NOT NULL;
END;
COMMENT ON FUNCTION peoplecall.appraisal_spread(date, date, date, date, date, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int) IS
	'a fact''s counts, each on the day that it belongs to; used by refresh_appraisal() and appraise()';

CREATE FUNCTION peoplecall.appraisal_cut(
	from_day date, to_day date, last_day date, at timestamptz,
	due_at timestamptz, due_day date, done_day date, first_due_day date, late boolean,
	due int, closed int, on_time int, overturned int, excluded int, urged int,
	lead_closed int, lead_solved int)
	RETURNS TABLE (due int, closed int, on_time int, overturned int, excluded int,
	urged int, lead_closed int, lead_solved int, extended int)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT c.ahead * due, (c.ahead + c.after) * closed, c.ahead * on_time,
	       c.ahead * overturned, c.ahead * excluded, c.ahead * urged,
	       (c.ahead + c.after) * lead_closed, (c.ahead + c.after) * lead_solved, c.moved
	  FROM (SELECT CASE WHEN due_day BETWEEN from_day AND last_day AND due_at > at
	                    THEN -1 ELSE 0 END AS ahead,
	               CASE WHEN due_day BETWEEN from_day AND last_day AND late
	                     AND done_day > last_day AND due_at <= at
	                    THEN -1 ELSE 0 END AS after,
	               CASE WHEN first_due_day BETWEEN from_day AND to_day AND due_day > to_day
	                    THEN 1 ELSE 0 END AS moved) AS c;
END;
COMMENT ON FUNCTION peoplecall.appraisal_cut(date, date, date, timestamptz, timestamptz, date, date, date, boolean, int, int, int, int, int, int, int, int) IS
	'what to add to a fact''s counts in a period: less what is not due yet at that time or was done after last_day (to_day or today, whichever comes first), and whether a grant moved it out; used by appraise()';
