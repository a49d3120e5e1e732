-- Taking in what another system holds: import_complaints(). Rows lie as texts
-- in staging_complaint, so that one that cannot be read is refused like any
-- other. A row leaves it in the transaction in which its matter enters the
-- ledger; what is refused stays, with SQLSTATE and reason. So it can be ended
-- at any moment and called again, by several sessions at once too.

CREATE FUNCTION peoplecall.import_batch(
	after bigint DEFAULT 0, batch int DEFAULT 5000,
	OUT last bigint, OUT imported int, OUT known int, OUT refused int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.import_batch(bigint, int) IS
	'imports at most batch rows of staging_complaint whose lines follow after: last the line to go on from, NULL at the end, imported how many matters are new, known how many were in the ledger already (same channel, external_id, title and receipt), refused how many stay with sqlstate and reason; 22023, 42501';

CREATE FUNCTION peoplecall.import_batch_body(
	after bigint, batch int,
	OUT last bigint, OUT imported int, OUT known int, OUT refused int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lines bigint[];
	done record;
BEGIN
	PERFORM peoplecall.gate_actor();
	PERFORM peoplecall.require_batch(batch);
	lines := ARRAY(
		SELECT s.line
		  FROM peoplecall.staging_complaint AS s
		 WHERE s.line > coalesce(after, 0)
		 ORDER BY s.line
		 LIMIT batch
		   FOR UPDATE SKIP LOCKED);
	imported := 0;
	known := 0;
	refused := 0;
	IF lines = '{}' THEN
		RETURN;
	END IF;
	last := lines[cardinality(lines)];
	done := peoplecall.import_lines(lines, peoplecall.act_time(NULL));
	imported := done.imported;
	known := done.known;
	refused := done.refused;
END
$$;
COMMENT ON FUNCTION peoplecall.import_batch_body(bigint, int) IS 'body of import_batch()';

-- Most refusals are found without an error. One that is not, such as a date
-- that no calendar has, is found by halves, so that a few do not make a million
-- rows be taken in one by one.
CREATE FUNCTION peoplecall.import_lines(
	lines bigint[], at timestamptz, OUT imported int, OUT known int, OUT refused int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	half int := cardinality(lines) / 2;
	done record;
	more record;
	error_state text;
	error_text text;
BEGIN
	-- no line is to blame for a call that goes round the gate
	PERFORM peoplecall.gate_actor();
	BEGIN
		done := peoplecall.import_whole(lines, at);
		imported := done.imported;
		known := done.known;
		refused := done.refused;
		RETURN;
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE,
		                        error_text = MESSAGE_TEXT;
		-- a lock, a full disk: no row is to blame
		IF left(error_state, 2) IN ('40', '53', '55', '57', '58', 'XX') THEN
			RAISE;
		END IF;
	END;
	IF half = 0 THEN
		UPDATE peoplecall.staging_complaint AS s
		   SET sqlstate = error_state, reason = error_text
		 WHERE s.line = lines[1];
		imported := 0;
		known := 0;
		refused := 1;
		RETURN;
	END IF;
	done := peoplecall.import_lines(lines[:half], at);
	more := peoplecall.import_lines(lines[half + 1:], at);
	imported := done.imported + more.imported;
	known := done.known + more.known;
	refused := done.refused + more.refused;
END
$$;
COMMENT ON FUNCTION peoplecall.import_lines(bigint[], timestamptz) IS
	'used by import_batch(): imports the lines; where that fails, the halves, down to the one that is to blame';

-- In SQL, so that it becomes a part of the query: a call for each of seven
-- times of each row would be half of the work.
CREATE FUNCTION peoplecall.read_moment(value text, timezone text) RETURNS timestamptz
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE
		WHEN value ~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$'
		THEN value::timestamptz
		WHEN value ~ '^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$'
		THEN value::timestamp AT TIME ZONE timezone END;
COMMENT ON FUNCTION peoplecall.read_moment(text, text) IS
	'used by import_batch(): a time as ISO 8601 writes it, without an offset in the zone given; NULL for what is not one; 22008';

-- What a row says, as the ledger's types: NULL where a text cannot be read,
-- which judge_line() tells from one that is not there.
CREATE FUNCTION peoplecall.read_lines(lines bigint[])
	RETURNS TABLE (
		line bigint, channel text, external_id text, title text, body text,
		area peoplecall.areacode, category ltree, nature text, grade peoplecall.grade,
		urgency peoplecall.urgency, privacy peoplecall.privacy, people int,
		state peoplecall.complaint_state, lead bigint, lead_active boolean,
		received_at timestamptz, dispatched_at timestamptz, accepted_at timestamptz,
		contacted_at timestamptz, completed_at timestamptz, closed_at timestamptz,
		due_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := peoplecall.city_zone();
BEGIN
	RETURN QUERY
	SELECT s.line, h.code, nullif(btrim(s.external_id), ''), s.title, coalesce(s.body, ''),
	       a.code, g.path, coalesce(nullif(s.nature, ''), 'complaint'),
	       CASE WHEN s.grade ~ '^[A-Da-d甲乙丙丁]$' THEN s.grade::peoplecall.grade END,
	       CASE WHEN s.urgency IN ('normal', 'urgent', 'emergency') THEN s.urgency::peoplecall.urgency END,
	       CASE WHEN coalesce(s.privacy, '') = '' THEN 'open'
	            WHEN s.privacy IN ('open', 'confidential', 'anonymous') THEN s.privacy::peoplecall.privacy END,
	       CASE WHEN coalesce(s.people, '') = '' THEN 1
	            WHEN s.people ~ '^[0-9]{1,9}$' THEN s.people::int END,
	       CASE WHEN s.state IN ('received', 'dispatched', 'completed', 'closed', 'rejected', 'referred', 'withdrawn')
	            THEN s.state::peoplecall.complaint_state
	            WHEN coalesce(s.state, '') <> '' THEN NULL
	            WHEN s.closed_at <> '' THEN 'closed'
	            WHEN s.completed_at <> '' THEN 'completed'
	            WHEN s.lead <> '' THEN 'dispatched'
	            ELSE 'received' END,
	       coalesce(o.id, i.id), coalesce(o.active, i.active),
	       t.received_at, coalesce(t.dispatched_at, t.received_at), t.accepted_at, t.contacted_at,
	       CASE WHEN coalesce(s.completed_at, '') <> '' THEN t.completed_at ELSE t.closed_at END,
	       t.closed_at, t.due_at
	  FROM peoplecall.staging_complaint AS s
	 CROSS JOIN LATERAL (
		SELECT peoplecall.read_moment(s.received_at, zone) AS received_at,
		       peoplecall.read_moment(s.dispatched_at, zone) AS dispatched_at,
		       peoplecall.read_moment(s.accepted_at, zone) AS accepted_at,
		       peoplecall.read_moment(s.contacted_at, zone) AS contacted_at,
		       peoplecall.read_moment(s.completed_at, zone) AS completed_at,
		       peoplecall.read_moment(s.closed_at, zone) AS closed_at,
		       peoplecall.read_moment(s.due_at, zone) AS due_at) AS t
	  LEFT JOIN peoplecall.channel AS h ON h.code = s.channel
	  LEFT JOIN peoplecall.area AS a
	    ON a.code OPERATOR(peoplecall.=)
	       CASE WHEN s.area ~ '^[1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10}|[0-9]{13})?$'
	            THEN s.area::peoplecall.areacode END
	  LEFT JOIN peoplecall.category AS g ON g.path::text = s.category
	  LEFT JOIN peoplecall.org AS o ON o.code = s.lead
	  LEFT JOIN peoplecall.org AS i ON i.id::text = s.lead
	 WHERE s.line = ANY (lines);
END
$$;
COMMENT ON FUNCTION peoplecall.read_lines(bigint[]) IS
	'used by import_batch(): rows of staging_complaint in the types of the ledger, NULL for what cannot be read or is not in the rulebook';

-- Why a row cannot be taken in: what submit() would refuse, and what a history
-- cannot have been.
CREATE FUNCTION peoplecall.judge_lines(lines bigint[], at timestamptz)
	RETURNS TABLE (line bigint, sqlstate text, reason text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT j.line, left(j.refusal, 5), substr(j.refusal, 7)
	  FROM (SELECT s.line, CASE
		WHEN coalesce(s.channel, '') = '' THEN '22004 channel must not be null'
		WHEN coalesce(btrim(s.title), '') = '' THEN '22004 title must not be null or empty'
		WHEN coalesce(s.area, '') = '' THEN '22004 area must not be null'
		WHEN coalesce(s.received_at, '') = '' THEN '22004 received_at must not be null'
		WHEN r.channel IS NULL THEN format('PC005 there is no channel "%s"', peoplecall.shown(s.channel))
		WHEN r.area IS NULL THEN format('PC005 there is no area %s', s.area)
		WHEN NOT peoplecall.gate_reaches(r.area) THEN format('42501 no post of the caller reaches area %s', s.area)
		WHEN s.category <> '' AND r.category IS NULL THEN format('PC004 there is no category %s', s.category)
		WHEN r.nature NOT IN ('consult', 'help', 'complaint', 'tip_off', 'suggestion', 'praise')
			THEN format('22023 there is no nature "%s"', peoplecall.shown(s.nature))
		WHEN s.grade <> '' AND r.grade IS NULL THEN format('22P02 there is no grade "%s"', peoplecall.shown(s.grade))
		WHEN s.urgency <> '' AND r.urgency IS NULL THEN format('22P02 there is no urgency "%s"', peoplecall.shown(s.urgency))
		WHEN r.privacy IS NULL THEN format('22P02 there is no privacy "%s"', peoplecall.shown(s.privacy))
		WHEN r.people IS NULL OR r.people < 1 THEN format('22023 people must be at least 1, not "%s"', peoplecall.shown(s.people))
		WHEN r.state IS NULL THEN format('22023 a matter cannot be imported as "%s"', peoplecall.shown(s.state))
		WHEN s.lead <> '' AND r.lead IS NULL THEN format('PC005 there is no org "%s"', peoplecall.shown(s.lead))
		WHEN w.wrong IS NOT NULL THEN format('22007 %s is not a time: "%s"', w.wrong[1], peoplecall.shown(w.wrong[2]))
		WHEN greatest(r.received_at, r.dispatched_at, r.accepted_at, r.contacted_at, r.completed_at, r.closed_at) > at
			THEN '22008 a time lies in the future'
		WHEN least(r.dispatched_at, r.completed_at, r.closed_at) < r.received_at
		     OR least(r.accepted_at, r.contacted_at, r.completed_at, r.due_at) < r.dispatched_at
		     OR r.closed_at < r.completed_at
			THEN '23514 the times are not in the order of the work'
		WHEN r.state IN ('closed', 'rejected', 'referred', 'withdrawn') AND r.closed_at IS NULL
			THEN format('22004 closed_at must not be null for one that is %s', r.state)
		WHEN r.state IN ('received', 'dispatched', 'completed') AND r.closed_at IS NOT NULL
			THEN format('23514 closed_at must be null for one that is %s', r.state)
		WHEN r.state = 'completed' AND r.completed_at IS NULL THEN '22004 completed_at must not be null for one that is completed'
		WHEN r.state = 'completed' AND r.lead IS NULL THEN '22004 lead must not be null for one that is completed'
		WHEN r.state IN ('dispatched', 'completed') AND r.lead_active IS FALSE THEN format('PC005 org "%s" is not active', peoplecall.shown(s.lead))
		WHEN r.state = 'dispatched' AND r.lead IS NULL
		     AND peoplecall.responsible_org(r.category, r.area, coalesce(r.grade,
			peoplecall.grade_complaint(r.category, r.nature, r.channel, r.people)), r.received_at) IS NULL
			THEN 'PC004 no org is responsible'
		END AS refusal
	          FROM peoplecall.staging_complaint AS s
	          JOIN peoplecall.read_lines(lines) AS r ON r.line = s.line
	          LEFT JOIN LATERAL (
		SELECT ARRAY[x.name, x.said] AS wrong
		  FROM (VALUES ('received_at', s.received_at, r.received_at), ('dispatched_at', s.dispatched_at, r.dispatched_at),
		               ('accepted_at', s.accepted_at, r.accepted_at), ('contacted_at', s.contacted_at, r.contacted_at),
		               ('completed_at', s.completed_at, r.completed_at), ('closed_at', s.closed_at, r.closed_at),
		               ('due_at', s.due_at, r.due_at)) AS x (name, said, read)
		 WHERE x.said <> '' AND x.read IS NULL
		 LIMIT 1) AS w ON true) AS j
	 WHERE j.refusal IS NOT NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.judge_lines(bigint[], timestamptz) IS
	'used by import_batch(): the lines that cannot be taken in, each with the SQLSTATE and the reason';

CREATE FUNCTION peoplecall.import_whole(
	lines bigint[], at timestamptz, OUT imported int, OUT known int, OUT refused int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad bigint[];
	left_over bigint[];
BEGIN
	WITH judged AS MATERIALIZED (
		SELECT j.* FROM peoplecall.judge_lines(lines, at) AS j
	), marked AS (
		UPDATE peoplecall.staging_complaint AS s
		   SET sqlstate = j.sqlstate, reason = j.reason
		  FROM judged AS j
		 WHERE s.line = j.line
	)
	SELECT coalesce(array_agg(j.line), '{}') INTO bad FROM judged AS j;
	lines := ARRAY(SELECT l.line FROM unnest(lines) AS l (line) WHERE l.line <> ALL (bad));
	left_over := peoplecall.take_lines(lines, at);
	imported := cardinality(lines) - cardinality(left_over);
	known := peoplecall.drop_known(left_over);
	refused := cardinality(bad) + cardinality(left_over) - known;
END
$$;
COMMENT ON FUNCTION peoplecall.import_whole(bigint[], timestamptz) IS
	'used by import_batch(): imports the lines or fails';

-- One statement for all of a batch. A matter that is over comes with its task
-- and, where its deadline is known, the verdict; its other promises were made
-- elsewhere. One that is open gets the clocks that would be running.
CREATE FUNCTION peoplecall.take_lines(lines bigint[], at timestamptz) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor name := peoplecall.gate_actor();
	acting bigint := peoplecall.gate_officer();
	oldest timestamptz := at - make_interval(days => peoplecall.setting_number('similar_keep', 400)::int);
	taken bigint[];
	running bigint[];
BEGIN
	WITH read AS MATERIALIZED (
		SELECT r.*, peoplecall.district_of_area(r.area) AS district_id,
		       peoplecall.district_of_area(r.area) * 1000000000000
			+ nextval('peoplecall.complaint_serial') AS id
		  FROM (SELECT l.* FROM peoplecall.read_lines(lines) AS l ORDER BY l.line) AS r
	), keyed AS (
		INSERT INTO peoplecall.intake_key (channel, external_id, district_id, complaint_id)
		SELECT r.channel, r.external_id, r.district_id, r.id
		  FROM read AS r
		 WHERE r.external_id IS NOT NULL
		 ORDER BY r.channel, r.external_id, r.line
		    ON CONFLICT DO NOTHING
		RETURNING complaint_id
	), graded AS MATERIALIZED (
		SELECT r.*, s.address, s.reporter_name, s.reporter_phone, s.result,
		       coalesce(r.grade, g.grade) AS given_grade,
		       coalesce(r.urgency, g.urgency, 'normal') AS given_urgency
		  FROM read AS r
		  JOIN peoplecall.staging_complaint AS s ON s.line = r.line
		 CROSS JOIN LATERAL peoplecall.grade_with_reasons(r.category, r.nature,
			peoplecall.channel_of(r.channel, r.received_at), r.people, 1, NULL, 0,
			r.title || ' ' || r.body) AS g
		 WHERE r.external_id IS NULL
		    OR r.id IN (SELECT k.complaint_id FROM keyed AS k)
	), fresh AS MATERIALIZED (
		SELECT g.*, g.state IN ('received', 'dispatched', 'completed') AS open,
		       g.state IN ('dispatched', 'completed', 'closed') AS worked_on,
		       CASE WHEN g.state = 'dispatched' AND g.lead IS NULL
		            THEN peoplecall.responsible_org(g.category, g.area, g.given_grade, g.received_at)
		            ELSE g.lead END AS lead_org,
		       peoplecall.command_level(g.given_grade) AS level,
		       peoplecall.commanding_org(g.area, peoplecall.command_level(g.given_grade), g.received_at) AS command_org
		  FROM graded AS g
	), stamped AS MATERIALIZED (
		SELECT f.*, w.task_seq AS event_task, w.detail AS event_detail,
		       peoplecall.event_digest(NULL, f.district_id, f.id, 1, at, 'import', actor,
			acting, NULL, w.task_seq, w.detail) AS digest
		  FROM fresh AS f
		 CROSS JOIN LATERAL (
			SELECT CASE WHEN f.worked_on AND f.lead_org IS NOT NULL THEN 1 END AS task_seq,
			       jsonb_strip_nulls(jsonb_build_object('channel', f.channel, 'state', f.state,
				'nature', f.nature, 'category', f.category::text, 'grade', f.given_grade::text,
				'graded', f.grade IS NULL, 'received_at', f.received_at, 'lead', f.lead_org,
				'promised', f.due_at)) AS detail) AS w
	), filed AS (
		INSERT INTO peoplecall.complaint (district_id, id, channel, external_id, nature,
			title, body, area, address, category, grade, urgency, privacy, state,
			command_level, command_org, lead_org, people, received_at, completed_at,
			closed_at, result, event_count, last_event_at, digest)
		SELECT f.district_id, f.id, f.channel, f.external_id, f.nature, f.title, f.body,
		       f.area, f.address, f.category, f.given_grade, f.given_urgency, f.privacy, f.state,
		       f.level, f.command_org, CASE WHEN f.worked_on THEN f.lead_org END, f.people, f.received_at,
		       CASE WHEN f.worked_on AND f.lead_org IS NOT NULL AND f.state <> 'dispatched' THEN f.completed_at END,
		       f.closed_at, f.result, 1, at, f.digest
		  FROM stamped AS f
	), followed AS (
		INSERT INTO peoplecall.track_key (code, district_id, complaint_id)
		SELECT peoplecall.new_track_code(), f.district_id, f.id
		  FROM stamped AS f
	), named AS (
		INSERT INTO peoplecall.reporter (district_id, complaint_id, area, name, phone)
		SELECT f.district_id, f.id, f.area, nullif(f.reporter_name, ''), nullif(f.reporter_phone, '')
		  FROM stamped AS f
		 WHERE f.reporter_name <> '' OR f.reporter_phone <> ''
	), remembered AS (
		INSERT INTO peoplecall.complaint_text (district_id, complaint_id, area, received_at, grams, digest)
		SELECT f.district_id, f.id, f.area, f.received_at,
		       peoplecall.text_grams(left(f.title, 500)), peoplecall.text_digest(f.title || f.body)
		  FROM stamped AS f
		 WHERE f.received_at >= oldest
	), handed_out AS (
		INSERT INTO peoplecall.task (district_id, complaint_id, area, seq, org, role, state,
			sent_by, sent_at, accepted_at, contacted_at, done_at, result)
		SELECT f.district_id, f.id, f.area, 1, f.lead_org, 'lead',
		       CASE WHEN f.state <> 'dispatched' THEN 'done'
		            WHEN f.accepted_at IS NULL THEN 'sent' ELSE 'accepted' END::peoplecall.task_state,
		       f.command_org, f.dispatched_at,
		       CASE WHEN f.state = 'dispatched' THEN f.accepted_at
		            ELSE coalesce(f.accepted_at, f.completed_at) END,
		       f.contacted_at, CASE WHEN f.state <> 'dispatched' THEN f.completed_at END,
		       CASE WHEN f.state <> 'dispatched' THEN f.result END
		  FROM stamped AS f
		 WHERE f.worked_on AND f.lead_org IS NOT NULL
	), timed AS (
		SELECT f.district_id, f.id, f.area, k.seq AS place, k.task_seq, k.kind, p.policy, p.calendar,
		       p.allowed, k.started_at, p.warn_at, p.due_at, p.next_alarm_at,
		       NULL::timestamptz AS stopped_at, NULL::peoplecall.sla_state AS verdict
		  FROM stamped AS f
		 CROSS JOIN LATERAL (VALUES
			(1, NULL::int, 'total'::peoplecall.clock_kind, f.received_at, true),
			(2, NULL, 'dispatch', f.received_at, f.state = 'received'),
			(3, 1, 'accept', f.dispatched_at, f.state = 'dispatched' AND f.accepted_at IS NULL),
			(4, 1, 'contact', f.dispatched_at, f.state = 'dispatched' AND f.contacted_at IS NULL),
			(5, 1, 'resolve', f.dispatched_at, f.state = 'dispatched'),
			(6, NULL, 'verify', f.completed_at, f.state = 'completed'))
			AS k (seq, task_seq, kind, started_at, runs)
		 CROSS JOIN LATERAL peoplecall.clock_plan(k.kind, f.category, f.given_grade,
			f.given_urgency, f.nature, k.started_at) AS p
		 WHERE f.open AND k.runs AND p.allowed IS NOT NULL
		 UNION ALL
		SELECT f.district_id, f.id, f.area, 5, 1, 'resolve', NULL, NULL,
		       (ceil(EXTRACT(epoch FROM f.due_at - f.dispatched_at) / 60)::bigint || 'min')::peoplecall.timelimit,
		       f.dispatched_at, NULL, f.due_at, NULL, f.completed_at,
		       CASE WHEN f.completed_at > f.due_at THEN 'missed' ELSE 'met' END::peoplecall.sla_state
		  FROM stamped AS f
		 WHERE f.state IN ('completed', 'closed') AND f.lead_org IS NOT NULL AND f.due_at IS NOT NULL
	), clocks AS (
		INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, task_seq, kind,
			policy, calendar, allowed, started_at, warn_at, due_at, next_alarm_at, stopped_at, verdict)
		SELECT k.district_id, k.id, k.area, row_number() OVER (PARTITION BY k.district_id, k.id ORDER BY k.place),
		       k.task_seq, k.kind, k.policy, k.calendar, k.allowed, k.started_at, k.warn_at, k.due_at,
		       k.next_alarm_at, k.stopped_at, k.verdict
		  FROM timed AS k
	), written AS (
		INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor,
			officer, org, task_seq, detail, digest)
		SELECT f.district_id, f.id, f.area, 1, at, 'import', actor, acting, NULL,
		       f.event_task, f.event_detail, f.digest
		  FROM stamped AS f
	), marked AS (
		INSERT INTO peoplecall.appraisal_mark (district_id, complaint_id)
		SELECT f.district_id, f.id
		  FROM stamped AS f
	), gone AS (
		DELETE FROM peoplecall.staging_complaint AS s USING stamped AS f WHERE s.line = f.line
	)
	SELECT coalesce(array_agg(f.line), '{}'), coalesce(array_agg(f.id) FILTER (WHERE f.open), '{}')
	  INTO taken, running
	  FROM stamped AS f;

	-- a new statement sees the clocks; what reads tables comes first and by
	-- itself: no shard may
	WITH tight AS MATERIALIZED (
		SELECT peoplecall.district_of(o.id) AS district, o.id, l.warn_at, l.due_at, l.paused_at
		  FROM unnest(running) AS o (id)
		 CROSS JOIN LATERAL peoplecall.tightest_clock(peoplecall.district_of(o.id), o.id) AS l)
	UPDATE peoplecall.complaint AS c
	   SET warn_at = l.warn_at, due_at = l.due_at, paused_at = l.paused_at
	  FROM tight AS l
	 WHERE c.district_id = l.district AND c.id = l.id;
	RETURN ARRAY(SELECT l.line FROM unnest(lines) AS l (line) WHERE l.line <> ALL (taken));
END
$$;
COMMENT ON FUNCTION peoplecall.take_lines(bigint[], timestamptz) IS
	'used by import_batch(): puts what the lines say into the ledger, and takes them out of the staging table; returns those whose key was in the ledger already';

-- The same file read twice is no error; another matter under a number that is
-- taken is.
CREATE FUNCTION peoplecall.drop_known(lines bigint[]) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known int;
BEGIN
	IF lines = '{}' THEN
		RETURN 0;
	END IF;
	WITH found AS MATERIALIZED (
		SELECT r.line, r.external_id, c.id, c.title = r.title AND c.received_at = r.received_at AS same
		  FROM peoplecall.read_lines(lines) AS r
		  JOIN peoplecall.intake_key AS i
		    ON i.channel = r.channel AND i.external_id = r.external_id
		  LEFT JOIN peoplecall.complaint AS c
		    ON c.district_id = i.district_id AND c.id = i.complaint_id
	), gone AS (
		DELETE FROM peoplecall.staging_complaint AS s USING found AS f WHERE s.line = f.line AND f.same
	), marked AS (
		UPDATE peoplecall.staging_complaint AS s
		   SET sqlstate = '23505',
		       reason = format('external_id "%s" is that of complaint %s, which is another matter',
			f.external_id, peoplecall.complaint_no(f.id))
		  FROM found AS f
		 WHERE s.line = f.line AND f.same IS NOT TRUE
	)
	SELECT count(*) FILTER (WHERE f.same)::int INTO known FROM found AS f;
	RETURN known;
END
$$;
COMMENT ON FUNCTION peoplecall.drop_known(bigint[]) IS
	'used by import_batch(): of lines whose channel and external_id are in the ledger, takes out those that say the same and refuses the others; returns how many were taken out';

-- A procedure, so that each batch commits by itself; it may not have a SET
-- clause, so whatever it says is qualified.
CREATE PROCEDURE peoplecall.import_complaints(
	batch int DEFAULT 5000, INOUT imported bigint DEFAULT 0, INOUT known bigint DEFAULT 0,
	INOUT refused bigint DEFAULT 0)
	LANGUAGE plpgsql
AS $$
DECLARE
	place bigint := 0::bigint;
	done record;
BEGIN
	imported := 0;
	known := 0;
	refused := 0;
	LOOP
		SELECT t.* INTO done FROM peoplecall.import_batch(place, batch) AS t;
		COMMIT;
		EXIT WHEN done.last IS NULL;
		place := done.last;
		imported := imported OPERATOR(pg_catalog.+) done.imported;
		known := known OPERATOR(pg_catalog.+) done.known;
		refused := refused OPERATOR(pg_catalog.+) done.refused;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE peoplecall.import_complaints(int, bigint, bigint, bigint) IS
	'CALL peoplecall.import_complaints(): takes in what lies in staging_complaint, a transaction a batch; imported matters and those known already leave it, refused ones stay with sqlstate and reason; may be ended at any moment, called again, and run by several sessions at once; not inside a transaction block';
