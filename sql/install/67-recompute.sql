-- After a calendar, a limit or the ladder changed: deadlines are reckoned again
-- from what is stored with each clock. Only open clocks move, and a clock keeps
-- the steps that were taken.

CREATE FUNCTION peoplecall.recompute(
	district_id int, calendar text DEFAULT NULL, after bigint DEFAULT 0, batch int DEFAULT 1000,
	OUT last bigint, OUT looked_at int, OUT complaints int, OUT moved int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.recompute(int, text, bigint, int) IS
	'reckons anew the open clocks (of a calendar, NULL: all) of at most batch complaints of a district that are open or under an open order and whose ids follow after: last the id to go on from, NULL at the end, before the first that somebody works on unless that one could be waited for, looked_at how many complaints there were, complaints how many changed, moved how many deadlines moved; an event with both deadlines in each complaint where one did; 22004, 22023, PC003 for an unknown calendar, 42501';

CREATE FUNCTION peoplecall.recompute_body(
	district_id int, calendar text, after bigint, batch int,
	OUT last bigint, OUT looked_at int, OUT complaints int, OUT moved int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district peoplecall.areacode;
	ids bigint[];
	stale bigint[];
	locked bigint[];
	now_at timestamptz;
	actor name := peoplecall.gate_actor();
	officer bigint := peoplecall.gate_officer();
BEGIN
	PERFORM peoplecall.gate_district(district_id);
	PERFORM peoplecall.require_batch(batch);
	IF calendar IS NOT NULL AND NOT EXISTS (
		SELECT FROM peoplecall.calendar AS x WHERE x.name = recompute_body.calendar)
	THEN
		RAISE SQLSTATE 'PC003' USING
			MESSAGE = format('calendar "%s" does not exist', peoplecall.shown(calendar));
	END IF;
	district := district_id::bigint::peoplecall.areacode;
	now_at := peoplecall.act_time(NULL);

	ids := ARRAY(
		SELECT o.id
		  FROM (SELECT c.id
		          FROM peoplecall.complaint AS c
		         WHERE c.area OPERATOR(peoplecall.<@) district
		           AND c.district_id = recompute_body.district_id
		           AND c.id > coalesce(after, 0)
		           AND c.state IN ('received', 'dispatched', 'completed')
		         UNION ALL
		        SELECT c.id
		          FROM peoplecall.complaint AS c
		         WHERE c.area OPERATOR(peoplecall.<@) district
		           AND c.district_id = recompute_body.district_id
		           AND c.id > coalesce(after, 0)
		           AND c.state = 'shelved'
		         UNION ALL
		        -- a closing answers no order: that one's clock goes on
		        SELECT DISTINCT s.complaint_id
		          FROM peoplecall.supervision AS s
		          JOIN peoplecall.complaint AS c
		            ON c.district_id = s.district_id AND c.id = s.complaint_id
		         WHERE s.district_id = recompute_body.district_id AND s.closed_at IS NULL
		           AND s.complaint_id > coalesce(after, 0)
		           AND c.state = 'closed') AS o
		 ORDER BY o.id
		 LIMIT batch);
	looked_at := cardinality(ids);
	last := CASE WHEN looked_at = batch THEN ids[batch] END;
	complaints := 0;
	moved := 0;
	-- without locks: most deadlines stay, and whoever works on those is not
	-- kept waiting
	stale := ARRAY(
		SELECT DISTINCT s.complaint_id
		  FROM peoplecall.stale_clocks(district_id, ids, calendar) AS s);
	IF stale = '{}' THEN
		RETURN;
	END IF;
	-- Once locked they are looked at again. Waiting for one while holding others
	-- could meet who waits for these: a merge locks the newer one first where that
	-- is the principal. So only the first is waited for; where another one is not
	-- to be had, the page ends before it, and the next begins with it.
	PERFORM FROM peoplecall.complaint AS c
	  WHERE c.district_id = recompute_body.district_id
	    AND c.id = (SELECT min(s.id) FROM unnest(stale) AS s (id))
	    FOR UPDATE;
	locked := ARRAY(
		SELECT c.id
		  FROM peoplecall.complaint AS c
		 WHERE c.district_id = recompute_body.district_id AND c.id = ANY (stale)
		 ORDER BY c.id
		   FOR UPDATE SKIP LOCKED);
	IF cardinality(locked) < cardinality(stale) THEN
		last := (SELECT min(s.id) FROM unnest(stale) AS s (id) WHERE s.id <> ALL (locked)) - 1;
		looked_at := (SELECT count(*)::int FROM unnest(ids) AS i (id) WHERE i.id <= last);
	END IF;
	stale := ARRAY(SELECT l.id FROM unnest(locked) AS l (id) WHERE last IS NULL OR l.id <= last);

	WITH now_stale AS MATERIALIZED (
		SELECT s.* FROM peoplecall.stale_clocks(district_id, stale, calendar) AS s
	), timed AS (
		UPDATE peoplecall.clock AS k
		   SET policy = s.policy, calendar = s.new_calendar, allowed = s.allowed,
		       due_at = s.due_at, warn_at = s.warn_at, next_alarm_at = s.next_alarm_at
		  FROM now_stale AS s
		 WHERE k.district_id = recompute_body.district_id
		   AND k.complaint_id = s.complaint_id AND k.seq = s.clock_seq
	), shifted AS MATERIALIZED (
		SELECT s.complaint_id, count(*) AS clocks,
		       jsonb_agg(jsonb_strip_nulls(jsonb_build_object('clock', s.kind,
			'task', s.task_seq, 'old', s.old_due_at, 'new', s.due_at)) ORDER BY s.clock_seq) AS deadlines
		  FROM now_stale AS s
		 WHERE s.due_at <> s.old_due_at
		 GROUP BY s.complaint_id
	), line AS MATERIALIZED (
		SELECT c.id AS complaint_id, c.area, c.event_count + 1 AS seq,
		       greatest(now_at, c.last_event_at) AS at, c.digest AS previous,
		       jsonb_strip_nulls(jsonb_build_object('calendar', calendar, 'deadlines', s.deadlines)) AS detail
		  FROM shifted AS s
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = recompute_body.district_id AND c.id = s.complaint_id
	), written AS (
		INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb,
			actor, officer, org, task_seq, detail, digest)
		SELECT recompute_body.district_id, l.complaint_id, l.area, l.seq, l.at, 'recompute',
		       actor, officer, NULL, NULL, l.detail,
		       peoplecall.event_digest(l.previous, recompute_body.district_id, l.complaint_id,
			l.seq, l.at, 'recompute', actor, officer, NULL, NULL, l.detail)
		  FROM line AS l
	)
	SELECT count(DISTINCT n.complaint_id)::int,
	       count(*) FILTER (WHERE n.due_at <> n.old_due_at)::int,
	       coalesce(array_agg(DISTINCT n.complaint_id), '{}')
	  INTO complaints, moved, stale
	  FROM now_stale AS n;

	-- a new statement sees the clocks as they are now; what reads tables comes
	-- first and by itself: no shard may
	WITH tight AS MATERIALIZED (
		SELECT s.id, l.warn_at, l.due_at, l.paused_at
		  FROM unnest(stale) AS s (id)
		 CROSS JOIN LATERAL peoplecall.tightest_clock(recompute_body.district_id, s.id) AS l)
	UPDATE peoplecall.complaint AS c
	   SET warn_at = s.warn_at, due_at = s.due_at, paused_at = s.paused_at,
	       event_count = coalesce(e.seq, c.event_count),
	       last_event_at = coalesce(e.at, c.last_event_at),
	       digest = coalesce(e.digest, c.digest)
	  FROM tight AS s
	  LEFT JOIN LATERAL (
		SELECT v.seq, v.at, v.digest
		  FROM peoplecall.event AS v
		 WHERE v.district_id = recompute_body.district_id AND v.complaint_id = s.id
		 ORDER BY v.seq DESC
		 LIMIT 1) AS e ON true
	 WHERE c.district_id = recompute_body.district_id AND c.id = s.id;
	PERFORM peoplecall.mark_appraisal(district_id, stale);
END
$$;
COMMENT ON FUNCTION peoplecall.recompute_body(int, text, bigint, int) IS 'body of recompute()';

CREATE FUNCTION peoplecall.open_districts() RETURNS SETOF int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.open_districts() IS
	'districts with complaints that the caller''s posts reach, ascending, by one index probe each: those through which recompute_deadlines() goes';

CREATE FUNCTION peoplecall.open_districts_body() RETURNS SETOF int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := -1;
BEGIN
	PERFORM peoplecall.gate_actor();
	LOOP
		SELECT c.district_id INTO district
		  FROM peoplecall.complaint AS c
		 WHERE c.district_id > district
		 ORDER BY c.district_id
		 LIMIT 1;
		EXIT WHEN NOT FOUND;
		IF peoplecall.gate_reaches(district::bigint::peoplecall.areacode) THEN
			RETURN NEXT district;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.open_districts_body() IS 'body of open_districts()';

-- A procedure, so that each batch commits by itself; it may not have a SET
-- clause, so whatever it says is qualified.
CREATE PROCEDURE peoplecall.recompute_deadlines(
	calendar text DEFAULT NULL, batch int DEFAULT 1000, INOUT moved bigint DEFAULT 0)
	LANGUAGE plpgsql
AS $$
DECLARE
	district int;
	place bigint;
	done record;
BEGIN
	moved := 0;
	FOREACH district IN ARRAY ARRAY(SELECT d.id FROM peoplecall.open_districts() AS d (id))
	LOOP
		place := 0;
		LOOP
			SELECT t.* INTO done FROM peoplecall.recompute(district, calendar, place, batch) AS t;
			COMMIT;
			moved := moved OPERATOR(pg_catalog.+) done.moved;
			place := done.last;
			EXIT WHEN place IS NULL;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE peoplecall.recompute_deadlines(text, int, bigint) IS
	'CALL peoplecall.recompute_deadlines(calendar) after a calendar (NULL: anything), a limit or the ladder changed: the open clocks get the deadlines that follow from it, a transaction a batch; moved says how many moved; again changes nothing; not inside a transaction block';
