-- The sweep: what is due fires once and in order, however late it runs.

CREATE FUNCTION peoplecall.due_districts() RETURNS SETOF int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.due_districts() IS
	'districts in which a step of the ladder is due, or the end or the review of a pause, ascending; two or three index probes for each that has an open clock or a pause';

-- From district to district along the index of alarms: a probe for each that has
-- an open clock or a pause, whatever areas the table area knows.
CREATE FUNCTION peoplecall.due_districts_body() RETURNS SETOF int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := peoplecall.act_time(NULL);
	district int := -1;
BEGIN
	-- a matter that ended by hand has no alarm that could be tried again
	DELETE FROM peoplecall.sweep_status AS s
	 WHERE NOT EXISTS (
		SELECT FROM peoplecall.clock AS k
		 WHERE k.district_id = s.district_id AND k.complaint_id = s.complaint_id
		   AND k.next_alarm_at IS NOT NULL)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.listing AS l
		 WHERE l.district_id = s.district_id AND l.id = s.complaint_id
		   AND l.next_alarm_at IS NOT NULL);

	LOOP
		SELECT min(n.id) INTO district
		  FROM ((SELECT k.district_id AS id
		           FROM peoplecall.clock AS k
		          WHERE k.district_id > district AND k.next_alarm_at IS NOT NULL
		          ORDER BY k.district_id
		          LIMIT 1)
		        UNION ALL
		        (SELECT r.district_id
		           FROM peoplecall.request AS r
		          WHERE r.district_id > district AND r.granted AND r.ended_at IS NULL
		          ORDER BY r.district_id
		          LIMIT 1)) AS n;
		EXIT WHEN district IS NULL;
		IF EXISTS (
			SELECT FROM peoplecall.clock AS k
			 WHERE k.district_id = district AND k.next_alarm_at <= now_at)
		   OR EXISTS (
			SELECT FROM peoplecall.request AS r
			 WHERE r.district_id = district AND r.granted AND r.ended_at IS NULL
			   AND least(r.until, r.review_at) <= now_at)
		THEN
			RETURN NEXT district;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.due_districts_body() IS 'body of due_districts()';

CREATE FUNCTION peoplecall.tick(
	district_id int, batch int DEFAULT 500,
	OUT due int, OUT complaints int, OUT steps int, OUT failed int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.tick(int, int) IS
	'fires what is due of at most batch complaints of a district: due how many had something due, complaints how many were handled (others were locked), steps how many steps of the ladder were taken and pauses ended or reviewed, failed how many are now in sweep_status; 53100, with nothing done, while the disk is full; 22004, 22023, 42501';

CREATE FUNCTION peoplecall.tick_body(
	district_id int, batch int,
	OUT due int, OUT complaints int, OUT steps int, OUT failed int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	-- rows are found by their keys, whatever the values: planning them again for
	-- each of a batch costs more than all else
	SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	now_at timestamptz := peoplecall.act_time(NULL);
	ids bigint[];
	one bigint;
	fired record;
	error_state text;
	error_text text;
BEGIN
	PERFORM peoplecall.gate_district(district_id);
	PERFORM peoplecall.require_batch(batch);

	-- without locks: what is found here is looked at again once it is locked
	ids := ARRAY(
		SELECT k.complaint_id
		  FROM ((SELECT x.complaint_id, x.next_alarm_at
		           FROM peoplecall.clock AS x
		          WHERE x.district_id = tick_body.district_id
		            AND x.next_alarm_at <= now_at
		            AND NOT EXISTS (
			SELECT FROM peoplecall.sweep_status AS s
			 WHERE s.district_id = x.district_id AND s.complaint_id = x.complaint_id
			   AND s.retry_at > now_at)
		          ORDER BY x.next_alarm_at
		          LIMIT batch)
		        UNION ALL
		        (SELECT r.complaint_id, least(r.until, r.review_at)
		           FROM peoplecall.request AS r
		          WHERE r.district_id = tick_body.district_id
		            AND r.granted AND r.ended_at IS NULL
		            AND least(r.until, r.review_at) <= now_at
		            AND NOT EXISTS (
			SELECT FROM peoplecall.sweep_status AS s
			 WHERE s.district_id = r.district_id AND s.complaint_id = r.complaint_id
			   AND s.retry_at > now_at)
		          ORDER BY least(r.until, r.review_at)
		          LIMIT batch)) AS k
		 GROUP BY k.complaint_id
		 ORDER BY min(k.next_alarm_at)
		 LIMIT batch);
	due := cardinality(ids);
	complaints := 0;
	steps := 0;
	failed := 0;
	IF due = 0 THEN
		RETURN;
	END IF;

	BEGIN
		fired := peoplecall.fire_alarms(district_id, ids, now_at);
		complaints := fired.complaints;
		steps := fired.steps;
		RETURN;
	EXCEPTION
		-- no complaint is to blame, and none is to wait longer than the disk is full
		WHEN disk_full THEN RAISE;
		WHEN OTHERS THEN
			NULL;			-- one of them is to blame: find out which
	END;
	FOREACH one IN ARRAY ids LOOP
		BEGIN
			fired := peoplecall.fire_alarms(district_id, ARRAY[one], now_at);
			complaints := complaints + fired.complaints;
			steps := steps + fired.steps;
		EXCEPTION
			WHEN disk_full THEN RAISE;
			WHEN OTHERS THEN
				GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE,
				                        error_text = MESSAGE_TEXT;
				failed := failed + 1;
				PERFORM peoplecall.note_failure(district_id, one, now_at, error_state, error_text);
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.tick_body(int, int) IS 'body of tick()';

CREATE FUNCTION peoplecall.note_failure(
	district_id int, complaint_id bigint, now_at timestamptz, sqlstate text, message text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tried int := coalesce((SELECT s.attempts FROM peoplecall.sweep_status AS s
	                        WHERE s.district_id = note_failure.district_id
	                          AND s.complaint_id = note_failure.complaint_id), 0);
BEGIN
	INSERT INTO peoplecall.sweep_status (district_id, complaint_id, attempts,
		failed_at, retry_at, sqlstate, message)
	VALUES (note_failure.district_id, note_failure.complaint_id, tried + 1, now_at,
		now_at + interval '1 minute' * (2 ^ least(tried, 10)),
		note_failure.sqlstate, note_failure.message)
	ON CONFLICT ON CONSTRAINT sweep_status_pkey DO UPDATE
	   SET attempts = EXCLUDED.attempts,
	       failed_at = EXCLUDED.failed_at,
	       retry_at = EXCLUDED.retry_at,
	       sqlstate = EXCLUDED.sqlstate,
	       message = EXCLUDED.message;
END
$$;
COMMENT ON FUNCTION peoplecall.note_failure(int, bigint, timestamptz, text, text) IS
	'used by tick() and tick_lists(): what failed is tried again later and later';

-- One statement takes all steps of a batch; only what moves command or opens a
-- supervision goes complaint by complaint, after it.
CREATE FUNCTION peoplecall.fire_alarms(
	district_id int, due bigint[], now_at timestamptz,
	OUT complaints int, OUT steps int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := district_id;
	locked bigint[];
	acts jsonb;
	act record;
	actor name := peoplecall.gate_actor();
	woken int;
	rested timestamptz := peoplecall.quiet_until(now_at);
	zone text := peoplecall.city_zone();
BEGIN
	locked := ARRAY(
		SELECT c.id
		  FROM peoplecall.complaint AS c
		 WHERE c.district_id = district AND c.id = ANY (due)
		 ORDER BY c.id
		   FOR UPDATE SKIP LOCKED);
	complaints := cardinality(locked);
	steps := 0;
	IF complaints = 0 THEN
		RETURN;
	END IF;

	-- first what ends a pause: its clocks may have steps that are due by now
	woken := peoplecall.wake_requests(district, locked, now_at);

	-- a new statement: a clock that was stopped before the lock came is not here
	WITH alarmed AS MATERIALIZED (
		SELECT k.complaint_id, k.seq AS clock_seq, k.task_seq, k.kind, k.due_at,
		       k.started_at, k.allowed, k.pauses, k.calendar, k.fired,
		       c.grade, c.urgency, c.area, c.event_count, c.last_event_at, c.digest,
		       -- an order's clock is the org's that it was given to
		       coalesce(t.org, s.org, CASE WHEN k.kind IN ('dispatch', 'verify') THEN c.command_org
		                                   ELSE coalesce(c.lead_org, c.command_org) END) AS org,
		       t.role, t.officer, s.seq AS supervision
		  FROM peoplecall.clock AS k
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = k.district_id AND c.id = k.complaint_id
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id
		   AND t.seq = k.task_seq
		  LEFT JOIN peoplecall.supervision AS s
		    ON s.district_id = k.district_id AND s.complaint_id = k.complaint_id
		   AND s.clock_seq = k.seq
		 WHERE k.district_id = district
		   AND k.complaint_id = ANY (locked)
		   AND k.next_alarm_at <= now_at
	), remaining AS (
		-- asked for once: the ladder may be edited while this statement runs, and
		-- what is told must be what is written as fired. By the deadline that is
		-- stored: a calendar edited since moves it only by recompute_deadlines()
		SELECT a.*, s.step, s.seq AS step_seq, s.at AS was_due, s.tell,
		       -- only the lead's resolve clock moves command
		       CASE WHEN s.act = 'command_up' AND NOT (a.kind = 'resolve' AND a.role = 'lead')
		            THEN 'none' ELSE s.act END AS act
		  FROM alarmed AS a
		  LEFT JOIN LATERAL peoplecall.ladder_steps(a.kind, a.grade, a.started_at,
			a.due_at, a.allowed, a.pauses, a.calendar) AS s ON s.step <> ALL (a.fired)
	), ladder AS MATERIALIZED (
		SELECT r.*, r.was_due <= now_at
		       -- command that moved stops this clock: nothing after it
		       AND count(*) FILTER (WHERE r.act = 'command_up' AND r.was_due <= now_at) OVER (
			PARTITION BY r.complaint_id, r.clock_seq
			ORDER BY r.was_due, r.step_seq, r.step
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 0 AS fires
		  FROM remaining AS r
	), taken AS MATERIALIZED (
		SELECT l.*, row_number() OVER (PARTITION BY l.complaint_id
			ORDER BY l.was_due, l.clock_seq, l.step_seq, l.step) AS place
		  FROM ladder AS l
		 WHERE l.fires
	), addressed AS MATERIALIZED (
		SELECT t.complaint_id, t.place, t.org, r.role, t.urgency,
		       CASE WHEN r.role = 'handler' THEN t.officer END AS assigned
		  FROM taken AS t
		 CROSS JOIN LATERAL unnest(t.tell) AS r (role)
	), reached AS MATERIALIZED (
		-- asked for once: many steps of a batch tell the same people
		SELECT a.*, peoplecall.officers_for(a.org, a.role, now_at, a.assigned, a.urgency) AS officers
		  FROM (SELECT DISTINCT d.org, d.role, d.urgency, d.assigned FROM addressed AS d) AS a
	), heard AS (
		SELECT d.complaint_id, d.place, array_agg(DISTINCT f.officer ORDER BY f.officer) AS officers
		  FROM addressed AS d
		  JOIN reached AS a ON a.org = d.org AND a.role = d.role AND a.urgency = d.urgency
		   AND coalesce(a.assigned, 0) = coalesce(d.assigned, 0)
		 CROSS JOIN LATERAL unnest(a.officers) AS f (officer)
		 GROUP BY d.complaint_id, d.place
	), told AS MATERIALIZED (
		SELECT t.*, coalesce(h.officers, '{}') AS officers
		  FROM taken AS t
		  LEFT JOIN heard AS h ON h.complaint_id = t.complaint_id AND h.place = t.place
	), message AS MATERIALIZED (
		-- several steps to one person: one notice, of the last of them
		SELECT m.*, row_number() OVER (PARTITION BY m.complaint_id ORDER BY m.officer) AS place_sent
		  FROM (SELECT DISTINCT ON (t.complaint_id, w.officer)
		               t.complaint_id, w.officer, t.place, t.area, t.urgency,
		               t.org, t.due_at, t.was_due, t.act, t.kind,
		               count(*) OVER (PARTITION BY t.complaint_id, w.officer) AS steps,
		               array_agg(t.clock_seq) OVER (PARTITION BY t.complaint_id, w.officer) AS clocks
		          FROM told AS t
		         CROSS JOIN LATERAL unnest(t.officers) AS w (officer)
		         ORDER BY t.complaint_id, w.officer, t.place DESC) AS m
	), held AS (
		-- what the quiet hours hold back of one matter comes as one message too
		UPDATE peoplecall.notice AS n
		   SET state = 'failed', error = 'a later reminder takes its place'
		  FROM message AS m
		 WHERE n.district_id = district AND n.complaint_id = m.complaint_id
		   AND n.to_officer = m.officer AND n.clocks IS NOT NULL
		   AND n.state = 'waiting' AND n.attempts = 0 AND n.not_before > now_at
		   AND m.act = 'none'
		RETURNING n.complaint_id, n.to_officer, n.clocks
	), sent AS (
		INSERT INTO peoplecall.notice (district_id, complaint_id, area, seq, to_officer,
			to_org, phone, template, body, created_at, not_before, key, clocks)
		SELECT district, m.complaint_id, m.area, b.last_seq + m.place_sent, f.id,
		       f.org, f.phone, e.template,
		       peoplecall.fill_template(e.pattern, v.fields || jsonb_build_object(
			'org', o.name, 'officer', f.name,
			'clock', m.kind::text, 'steps', m.steps,
			'promise', coalesce(p.body, m.kind::text),
			'due_at', to_char(m.due_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'))),
		       now_at, CASE WHEN m.urgency = 'normal' THEN rested ELSE now_at END,
		       m.complaint_id || '-' || (b.last_seq + m.place_sent),
		       CASE WHEN m.steps = 1 AND NOT EXISTS (
				SELECT FROM held AS h
				 WHERE h.complaint_id = m.complaint_id AND h.to_officer = m.officer)
		            THEN m.clocks
		            ELSE ARRAY(SELECT c.seq FROM unnest(m.clocks) AS c (seq)
		                        UNION
		                       SELECT c.seq FROM held AS h CROSS JOIN unnest(h.clocks) AS c (seq)
		                        WHERE h.complaint_id = m.complaint_id AND h.to_officer = m.officer
		                        ORDER BY 1) END
		  FROM message AS m
		  JOIN peoplecall.officer AS f ON f.id = m.officer
		  JOIN peoplecall.notice_values(district, locked) AS v ON v.complaint_id = m.complaint_id
		  LEFT JOIN peoplecall.org AS o ON o.id = m.org
		  LEFT JOIN peoplecall.template AS p ON p.code = 'clock.' || m.kind
		  JOIN (SELECT n.template, peoplecall.template_pattern(n.template) AS pattern
		          FROM (VALUES ('half'), ('due'), ('overdue')) AS n (template)
		        OFFSET 0) AS e
		    ON e.template = CASE WHEN m.was_due < m.due_at THEN 'half'
		                         WHEN m.was_due = m.due_at THEN 'due'
		                         ELSE 'overdue' END
		 CROSS JOIN LATERAL (
			SELECT coalesce(max(n.seq), 0) AS last_seq
			  FROM peoplecall.notice AS n
			 WHERE n.district_id = district AND n.complaint_id = m.complaint_id) AS b
		 -- what a step does is told when it is done, with what it led to
		 WHERE m.act = 'none'
	), line AS MATERIALIZED (
		SELECT t.complaint_id, t.area, t.event_count + t.place::int AS seq,
		       greatest(now_at, t.last_event_at) AS at, t.task_seq, t.digest AS previous,
		       jsonb_strip_nulls(jsonb_build_object('clock', t.kind::text,
			'clock_seq', t.clock_seq, 'supervision', t.supervision,
			'step', t.step, 'step_seq', t.step_seq,
			'was_due', t.was_due, 'ran_at', now_at, 'deadline', t.due_at,
			'light', CASE WHEN t.was_due < t.due_at THEN 'yellow' ELSE 'red' END,
			'act', nullif(t.act, 'none'), 'org', t.org,
			'told', CASE WHEN t.officers <> '{}' THEN to_jsonb(t.officers) END)) AS detail
		  FROM told AS t
	), chained AS MATERIALIZED (
		SELECT l.*, peoplecall.chain_digest(l.previous, district, l.complaint_id, l.seq, l.at,
			'alarm', actor, NULL, NULL, l.task_seq, l.detail)
		       OVER (PARTITION BY l.complaint_id ORDER BY l.seq) AS digest
		  FROM line AS l
	), written AS (
		INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb,
			actor, officer, org, task_seq, detail, digest)
		SELECT district, l.complaint_id, l.area, l.seq, l.at, 'alarm',
		       actor, NULL, NULL, l.task_seq, l.detail, l.digest
		  FROM chained AS l
	), rung AS (
		SELECT l.complaint_id, l.clock_seq,
		       l.fired || coalesce(array_agg(l.step ORDER BY l.was_due, l.step_seq, l.step)
				FILTER (WHERE l.fires), '{}') AS fired,
		       min(l.was_due) FILTER (WHERE NOT l.fires) AS next_alarm_at
		  FROM ladder AS l
		 GROUP BY l.complaint_id, l.clock_seq, l.fired
	), advanced AS (
		UPDATE peoplecall.clock AS k
		   SET fired = r.fired, next_alarm_at = r.next_alarm_at
		  FROM rung AS r
		 WHERE k.district_id = district AND k.complaint_id = r.complaint_id
		   AND k.seq = r.clock_seq
	), counted AS (
		UPDATE peoplecall.complaint AS c
		   SET event_count = t.seq, last_event_at = t.at, digest = t.digest
		  FROM (SELECT DISTINCT ON (l.complaint_id) l.complaint_id, l.seq, l.at, l.digest
		          FROM chained AS l
		         ORDER BY l.complaint_id, l.seq DESC) AS t
		 WHERE c.district_id = district AND c.id = t.complaint_id
	), settled AS (
		DELETE FROM peoplecall.sweep_status AS s
		 WHERE s.district_id = district AND s.complaint_id = ANY (locked)
	)
	SELECT count(*)::int,
	       jsonb_agg(jsonb_build_object('complaint', t.complaint_id, 'act', t.act,
			'clock', t.kind, 'step', t.step, 'was_due', t.was_due,
			'org', t.org, 'deadline', t.due_at,
			'tell', (SELECT jsonb_agg(m.officer ORDER BY m.officer)
			           FROM message AS m
			          WHERE m.complaint_id = t.complaint_id AND m.place = t.place))
			ORDER BY t.complaint_id, t.place)
		FILTER (WHERE t.act <> 'none')
	  INTO steps, acts
	  FROM taken AS t;
	IF steps > 0 THEN
		PERFORM peoplecall.announce_notices(district);
	END IF;
	steps := steps + woken;

	FOR act IN
		SELECT (a.value ->> 'complaint')::bigint AS complaint, a.value ->> 'act' AS name,
		       a.value AS detail
		  FROM jsonb_array_elements(coalesce(acts, '[]')) WITH ORDINALITY AS a (value, place)
		 ORDER BY a.place
	LOOP
		PERFORM peoplecall.ladder_act(district, act.complaint, act.name, now_at,
			act.detail - '{complaint,act,org,deadline,tell}'::text[],
			(act.detail ->> 'org')::bigint, (act.detail ->> 'deadline')::timestamptz,
			ARRAY(SELECT o.id::bigint
			        FROM jsonb_array_elements_text(nullif(act.detail -> 'tell', 'null')) AS o (id)));
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.fire_alarms(int, bigint[], timestamptz) IS
	'locks the complaints, skipping those that somebody works on, ends their pauses that are over, and takes every step of their clocks that is due';

CREATE FUNCTION peoplecall.ladder_act(
	district_id int, complaint_id bigint, act text, now_at timestamptz, detail jsonb,
	late_org bigint, deadline timestamptz, tell bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	task int;
	done text := act;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = ladder_act.district_id AND m.id = ladder_act.complaint_id;
	at := greatest(now_at, c.last_event_at);
	IF act = 'command_up' THEN
		-- the org that is late already does not get it again
		IF peoplecall.next_command(c.area, c.command_level, c.command_org, c.subject_org,
			c.lead_org, at) IS NULL
		THEN
			done := 'supervise';		-- nobody is above
		ELSE
			task := peoplecall.command_up(c.district_id, c.id, c.lead_org, at, 'command_up',
				NULL, detail);
		END IF;
	END IF;
	IF done = 'supervise'
	   AND peoplecall.open_supervision(c.district_id, c.id, at, 'the ladder', NULL, detail, tell) IS NULL
	THEN
		done := 'overdue';				-- one is open already
	END IF;
	IF done <> 'overdue' THEN
		PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, task, NULL);
	END IF;
	-- an order told them already, with whom it is about
	IF done = 'supervise' THEN
		RETURN;
	END IF;
	PERFORM peoplecall.tell_act(c.district_id, c.id, c.area, done,
		CASE done WHEN 'overdue' THEN jsonb_build_object(
			'promise', peoplecall.promise(detail ->> 'clock'),
			'org', (SELECT o.name FROM peoplecall.org AS o WHERE o.id = late_org),
			'due_at', peoplecall.local_time(deadline))
		ELSE peoplecall.deadline_field(c.district_id, c.id, done, task) END, tell, at);
END
$$;
COMMENT ON FUNCTION peoplecall.ladder_act(int, bigint, text, timestamptz, jsonb, bigint, timestamptz, bigint[]) IS
	'what a step of the ladder does beside telling: command up, or supervision, also where nobody is above; then tells the officers given what came of it';
