-- Keeping facts and sums: refresh after verbs, rebuild after an import, check.
--
-- A verb appends a mark; it waits for nobody here and nobody waits for it. One
-- session at a time works on a district's facts. It reads the marks first and
-- the case records in a later statement, so whatever a mark that it saw stands
-- for is in what it reads; a mark that it did not see stays for the next.

CREATE FUNCTION peoplecall.refresh_appraisal(
	district_id int, batch int DEFAULT 5000, OUT marks int, OUT complaints int, OUT facts int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.refresh_appraisal(int, int) IS
	'stores anew what the complaints behind the first batch marks of a district contribute to the appraisal, and moves its sums by the difference: marks how many were taken, complaints how many there were behind them, facts how many facts went or came; all 0 while another session is at it; 22004, 22023, 42501';

CREATE FUNCTION peoplecall.refresh_appraisal_body(
	district_id int, batch int, OUT marks int, OUT complaints int, OUT facts int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken bigint[];
	marked bigint[];
BEGIN
	PERFORM peoplecall.gate_district(district_id);
	PERFORM peoplecall.require_batch(batch);
	marks := 0;
	complaints := 0;
	facts := 0;
	IF NOT pg_try_advisory_xact_lock(hashtextextended('peoplecall.appraisal ' || district_id, 0)) THEN
		RETURN;
	END IF;

	SELECT array_agg(m.id), array_agg(DISTINCT m.complaint_id)
	  INTO taken, marked
	  FROM (SELECT x.id, x.complaint_id
	          FROM peoplecall.appraisal_mark AS x
	         WHERE x.district_id = refresh_appraisal_body.district_id
	         ORDER BY x.id
	         LIMIT batch) AS m;
	IF taken IS NULL THEN
		RETURN;
	END IF;
	marks := cardinality(taken);
	complaints := cardinality(marked);
	facts := peoplecall.store_facts(district_id, marked);
	DELETE FROM peoplecall.appraisal_mark AS m
	 WHERE m.district_id = refresh_appraisal_body.district_id AND m.id = ANY (taken);
END
$$;
COMMENT ON FUNCTION peoplecall.refresh_appraisal_body(int, int) IS 'body of refresh_appraisal()';

-- Only facts that differ are written, and only sums that they move.
CREATE FUNCTION peoplecall.store_facts(district_id int, complaints bigint[]) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed int;
BEGIN
	WITH fresh AS MATERIALIZED (
		SELECT f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		     f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		     f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		     f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		     f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_facts(store_facts.district_id, complaints) AS f
	), stored AS MATERIALIZED (
		SELECT f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		     f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		     f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		     f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		     f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_fact AS f
		 WHERE f.district_id = store_facts.district_id AND f.complaint_id = ANY (complaints)
	), gone AS MATERIALIZED (
		SELECT s.* FROM stored AS s EXCEPT SELECT f.* FROM fresh AS f
	), come AS MATERIALIZED (
		SELECT f.* FROM fresh AS f EXCEPT SELECT s.* FROM stored AS s
	), dropped AS (
		DELETE FROM peoplecall.appraisal_fact AS f
		 USING gone AS g
		 WHERE f.district_id = store_facts.district_id
		   AND f.complaint_id = g.complaint_id AND f.entry = g.entry
		   AND NOT EXISTS (SELECT FROM come AS c
		                    WHERE c.complaint_id = g.complaint_id AND c.entry = g.entry)
	), written AS (
		INSERT INTO peoplecall.appraisal_fact (district_id,
			complaint_id, entry, task_seq, source_id, org, area, grade, course, due_at, sent_day,
		        due_day, done_day, first_due_day, returned_day, answer_day, late, matters, filed, merged,
		        reopened, due, closed, on_time, overturned, excluded, urged, lead_closed, lead_solved,
		        settled, returned, contact_asked, contacted, answered, solved, rated, satisfied, unreached)
		SELECT store_facts.district_id, c.* FROM come AS c
		ON CONFLICT ON CONSTRAINT appraisal_fact_pkey DO UPDATE
		   SET task_seq = EXCLUDED.task_seq, source_id = EXCLUDED.source_id, org = EXCLUDED.org,
		       area = EXCLUDED.area, grade = EXCLUDED.grade, course = EXCLUDED.course,
		       due_at = EXCLUDED.due_at, sent_day = EXCLUDED.sent_day, due_day = EXCLUDED.due_day,
		       done_day = EXCLUDED.done_day, first_due_day = EXCLUDED.first_due_day,
		       returned_day = EXCLUDED.returned_day, answer_day = EXCLUDED.answer_day,
		       late = EXCLUDED.late, matters = EXCLUDED.matters, filed = EXCLUDED.filed,
		       merged = EXCLUDED.merged, reopened = EXCLUDED.reopened, due = EXCLUDED.due,
		       closed = EXCLUDED.closed, on_time = EXCLUDED.on_time, overturned = EXCLUDED.overturned,
		       excluded = EXCLUDED.excluded, urged = EXCLUDED.urged, lead_closed = EXCLUDED.lead_closed,
		       lead_solved = EXCLUDED.lead_solved, settled = EXCLUDED.settled,
		       returned = EXCLUDED.returned, contact_asked = EXCLUDED.contact_asked,
		       contacted = EXCLUDED.contacted, answered = EXCLUDED.answered, solved = EXCLUDED.solved,
		       rated = EXCLUDED.rated, satisfied = EXCLUDED.satisfied, unreached = EXCLUDED.unreached
	), moved AS (
		SELECT d.day, d.org, d.area, d.grade, d.course, sum(d.matters) AS matters, sum(d.filed) AS filed, sum(d.merged) AS merged,
		       sum(d.reopened) AS reopened, sum(d.due) AS due, sum(d.closed) AS closed,
		       sum(d.on_time) AS on_time, sum(d.overturned) AS overturned, sum(d.excluded) AS excluded,
		       sum(d.urged) AS urged, sum(d.lead_closed) AS lead_closed, sum(d.lead_solved) AS lead_solved,
		       sum(d.settled) AS settled, sum(d.returned) AS returned,
		       sum(d.contact_asked) AS contact_asked, sum(d.contacted) AS contacted,
		       sum(d.answered) AS answered, sum(d.solved) AS solved, sum(d.rated) AS rated,
		       sum(d.satisfied) AS satisfied, sum(d.unreached) AS unreached
		  FROM (SELECT s.day, f.org, peoplecall.street_of(f.area) AS area, f.grade, f.course,
		               f.sign * s.matters AS matters, f.sign * s.filed AS filed, f.sign * s.merged AS merged,
		               f.sign * s.reopened AS reopened, f.sign * s.due AS due, f.sign * s.closed AS closed,
		               f.sign * s.on_time AS on_time, f.sign * s.overturned AS overturned,
		               f.sign * s.excluded AS excluded, f.sign * s.urged AS urged,
		               f.sign * s.lead_closed AS lead_closed, f.sign * s.lead_solved AS lead_solved,
		               f.sign * s.settled AS settled, f.sign * s.returned AS returned,
		               f.sign * s.contact_asked AS contact_asked, f.sign * s.contacted AS contacted,
		               f.sign * s.answered AS answered, f.sign * s.solved AS solved, f.sign * s.rated AS rated,
		               f.sign * s.satisfied AS satisfied, f.sign * s.unreached AS unreached
		          FROM (SELECT -1 AS sign, g.* FROM gone AS g
		                 UNION ALL
		                SELECT 1, c.* FROM come AS c) AS f
		         CROSS JOIN LATERAL peoplecall.appraisal_spread(
			f.sent_day, f.due_day, f.done_day, f.returned_day, f.answer_day, f.matters, f.filed,
		f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned, f.excluded, f.urged,
		f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked, f.contacted,
		f.answered, f.solved, f.rated, f.satisfied, f.unreached) AS s) AS d
		 GROUP BY d.day, d.org, d.area, d.grade, d.course
		HAVING (sum(d.matters), sum(d.filed), sum(d.merged), sum(d.reopened), sum(d.due), sum(d.closed),
		        sum(d.on_time), sum(d.overturned), sum(d.excluded), sum(d.urged), sum(d.lead_closed),
		        sum(d.lead_solved), sum(d.settled), sum(d.returned), sum(d.contact_asked), sum(d.contacted),
		        sum(d.answered), sum(d.solved), sum(d.rated), sum(d.satisfied), sum(d.unreached))
		    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	), added AS (
		INSERT INTO peoplecall.appraisal_sum AS t (district_id, span, day, org, area, grade, course,
			matters, filed, merged, reopened, due, closed, on_time, overturned, excluded, urged,
		lead_closed, lead_solved, settled, returned, contact_asked, contacted, answered, solved,
		rated, satisfied, unreached)
		SELECT store_facts.district_id, p.span, p.day, m.org, m.area, m.grade, m.course,
		       sum(m.matters), sum(m.filed), sum(m.merged), sum(m.reopened), sum(m.due), sum(m.closed),
		       sum(m.on_time), sum(m.overturned), sum(m.excluded), sum(m.urged), sum(m.lead_closed),
		       sum(m.lead_solved), sum(m.settled), sum(m.returned), sum(m.contact_asked), sum(m.contacted),
		       sum(m.answered), sum(m.solved), sum(m.rated), sum(m.satisfied), sum(m.unreached)
		  FROM moved AS m
		 CROSS JOIN LATERAL (VALUES ('day', m.day),
			('month', date_trunc('month', m.day::timestamp)::date)) AS p (span, day)
		 GROUP BY p.span, p.day, m.org, m.area, m.grade, m.course
		 ORDER BY p.span, p.day, m.org, m.area, m.grade, m.course
		ON CONFLICT ON CONSTRAINT appraisal_sum_pkey DO UPDATE
		   SET matters = t.matters + EXCLUDED.matters, filed = t.filed + EXCLUDED.filed,
		       merged = t.merged + EXCLUDED.merged, reopened = t.reopened + EXCLUDED.reopened,
		       due = t.due + EXCLUDED.due, closed = t.closed + EXCLUDED.closed,
		       on_time = t.on_time + EXCLUDED.on_time, overturned = t.overturned + EXCLUDED.overturned,
		       excluded = t.excluded + EXCLUDED.excluded, urged = t.urged + EXCLUDED.urged,
		       lead_closed = t.lead_closed + EXCLUDED.lead_closed,
		       lead_solved = t.lead_solved + EXCLUDED.lead_solved, settled = t.settled + EXCLUDED.settled,
		       returned = t.returned + EXCLUDED.returned,
		       contact_asked = t.contact_asked + EXCLUDED.contact_asked,
		       contacted = t.contacted + EXCLUDED.contacted, answered = t.answered + EXCLUDED.answered,
		       solved = t.solved + EXCLUDED.solved, rated = t.rated + EXCLUDED.rated,
		       satisfied = t.satisfied + EXCLUDED.satisfied, unreached = t.unreached + EXCLUDED.unreached
	)
	SELECT g.rows + c.rows INTO changed
	  FROM (SELECT count(*)::int AS rows FROM gone) AS g
	 CROSS JOIN (SELECT count(*)::int AS rows FROM come) AS c;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION peoplecall.store_facts(int, bigint[]) IS
	'replaces what is stored of these complaints by what they contribute now, and moves the sums by the difference; returns how many facts went and came; used by refresh_appraisal()';

CREATE FUNCTION peoplecall.marked_districts() RETURNS SETOF int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.marked_districts() IS
	'districts with complaints that were changed since the last refresh_appraisal(), ascending, those that the caller''s posts reach; an index probe each';

CREATE FUNCTION peoplecall.marked_districts_body() RETURNS SETOF int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := -1;
BEGIN
	PERFORM peoplecall.gate_actor();
	LOOP
		SELECT m.district_id INTO district
		  FROM peoplecall.appraisal_mark AS m
		 WHERE m.district_id > district
		 ORDER BY m.district_id
		 LIMIT 1;
		EXIT WHEN NOT FOUND;
		IF peoplecall.gate_reaches(district::bigint::peoplecall.areacode) THEN
			RETURN NEXT district;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.marked_districts_body() IS 'body of marked_districts()';

-- Procedures, so that each batch commits by itself; they may not have a SET
-- clause, so whatever they say is qualified.
CREATE PROCEDURE peoplecall.refresh_appraisals(batch int DEFAULT 5000)
	LANGUAGE plpgsql
AS $$
DECLARE
	district int;
	done record;
BEGIN
	FOREACH district IN ARRAY ARRAY(SELECT d.id FROM peoplecall.marked_districts() AS d (id))
	LOOP
		LOOP
			SELECT r.* INTO done FROM peoplecall.refresh_appraisal(district, batch) AS r;
			COMMIT;
			EXIT WHEN done.marks OPERATOR(pg_catalog.<) batch;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE peoplecall.refresh_appraisals(int) IS
	'CALL peoplecall.refresh_appraisals(): refresh_appraisal() in every district with changes, a transaction a batch; not inside a transaction block';

-- What no verb marked (an import, rows mended by hand, another time zone) is
-- found only by looking at every complaint.
CREATE FUNCTION peoplecall.recount_appraisal(district_id int) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.recount_appraisal(int) IS
	'throws a district''s facts and sums away and reckons them anew from the case records; returns the number of facts; waits for a session that refreshes; 22004, 42501';

CREATE FUNCTION peoplecall.recount_appraisal_body(district_id int) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place bigint := 0::bigint;
	ids bigint[];
	facts bigint := 0::bigint;
	added bigint;
BEGIN
	PERFORM peoplecall.gate_district(district_id);
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.appraisal ' || district_id, 0));
	DELETE FROM peoplecall.appraisal_mark AS m WHERE m.district_id = recount_appraisal_body.district_id;
	DELETE FROM peoplecall.appraisal_fact AS f WHERE f.district_id = recount_appraisal_body.district_id;
	DELETE FROM peoplecall.appraisal_sum AS s WHERE s.district_id = recount_appraisal_body.district_id;
	LOOP
		ids := ARRAY(
			SELECT c.id
			  FROM peoplecall.complaint AS c
			 WHERE c.district_id = recount_appraisal_body.district_id AND c.id > place
			 ORDER BY c.id
			 LIMIT 20000);
		EXIT WHEN ids = '{}';
		INSERT INTO peoplecall.appraisal_fact (district_id,
			complaint_id, entry, task_seq, source_id, org, area, grade, course, due_at, sent_day,
		        due_day, done_day, first_due_day, returned_day, answer_day, late, matters, filed, merged,
		        reopened, due, closed, on_time, overturned, excluded, urged, lead_closed, lead_solved,
		        settled, returned, contact_asked, contacted, answered, solved, rated, satisfied, unreached)
		SELECT recount_appraisal_body.district_id,
		       f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_facts(recount_appraisal_body.district_id, ids) AS f;
		GET DIAGNOSTICS added = ROW_COUNT;
		facts := facts + added;
		place := ids[cardinality(ids)];
	END LOOP;
	INSERT INTO peoplecall.appraisal_sum (district_id, span, day, org, area, grade, course,
		matters, filed, merged, reopened, due, closed, on_time, overturned, excluded, urged,
		lead_closed, lead_solved, settled, returned, contact_asked, contacted, answered, solved,
		rated, satisfied, unreached)
	SELECT recount_appraisal_body.district_id, s.span, s.day, s.org, s.area, s.grade, s.course,
	       s.matters, s.filed, s.merged, s.reopened, s.due, s.closed, s.on_time, s.overturned,
		       s.excluded, s.urged, s.lead_closed, s.lead_solved, s.settled, s.returned, s.contact_asked,
		       s.contacted, s.answered, s.solved, s.rated, s.satisfied, s.unreached
	  FROM peoplecall.sums_of_facts(district_id) AS s;
	RETURN facts;
END
$$;
COMMENT ON FUNCTION peoplecall.recount_appraisal_body(int) IS 'body of recount_appraisal()';

CREATE FUNCTION peoplecall.sums_of_facts(district_id int)
	RETURNS TABLE (span text, day date, org bigint, area peoplecall.areacode,
		grade peoplecall.grade, course text,
		matters int, filed int, merged int, reopened int, due int, closed int, on_time int,
		overturned int, excluded int, urged int, lead_closed int, lead_solved int, settled int,
		returned int, contact_asked int, contacted int, answered int, solved int, rated int,
		satisfied int, unreached int)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH by_day AS MATERIALIZED (
		SELECT s.day, f.org, peoplecall.street_of(f.area) AS area, f.grade, f.course,
		       sum(s.matters) AS matters, sum(s.filed) AS filed, sum(s.merged) AS merged,
		       sum(s.reopened) AS reopened, sum(s.due) AS due, sum(s.closed) AS closed,
		       sum(s.on_time) AS on_time, sum(s.overturned) AS overturned, sum(s.excluded) AS excluded,
		       sum(s.urged) AS urged, sum(s.lead_closed) AS lead_closed, sum(s.lead_solved) AS lead_solved,
		       sum(s.settled) AS settled, sum(s.returned) AS returned,
		       sum(s.contact_asked) AS contact_asked, sum(s.contacted) AS contacted,
		       sum(s.answered) AS answered, sum(s.solved) AS solved, sum(s.rated) AS rated,
		       sum(s.satisfied) AS satisfied, sum(s.unreached) AS unreached
		  FROM peoplecall.appraisal_fact AS f
		 CROSS JOIN LATERAL peoplecall.appraisal_spread(
			f.sent_day, f.due_day, f.done_day, f.returned_day, f.answer_day, f.matters, f.filed,
		f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned, f.excluded, f.urged,
		f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked, f.contacted,
		f.answered, f.solved, f.rated, f.satisfied, f.unreached) AS s
		 WHERE f.district_id = sums_of_facts.district_id
		 GROUP BY s.day, f.org, peoplecall.street_of(f.area), f.grade, f.course
	)
	SELECT 'day', d.day, d.org, d.area, d.grade, d.course,
	       d.matters::int, d.filed::int, d.merged::int, d.reopened::int, d.due::int, d.closed::int,
		       d.on_time::int, d.overturned::int, d.excluded::int, d.urged::int, d.lead_closed::int,
		       d.lead_solved::int, d.settled::int, d.returned::int, d.contact_asked::int, d.contacted::int,
		       d.answered::int, d.solved::int, d.rated::int, d.satisfied::int, d.unreached::int
	  FROM by_day AS d
	 UNION ALL
	SELECT 'month', date_trunc('month', d.day::timestamp)::date, d.org, d.area, d.grade, d.course,
	       sum(d.matters)::int, sum(d.filed)::int, sum(d.merged)::int, sum(d.reopened)::int,
		       sum(d.due)::int, sum(d.closed)::int, sum(d.on_time)::int, sum(d.overturned)::int,
		       sum(d.excluded)::int, sum(d.urged)::int, sum(d.lead_closed)::int, sum(d.lead_solved)::int,
		       sum(d.settled)::int, sum(d.returned)::int, sum(d.contact_asked)::int, sum(d.contacted)::int,
		       sum(d.answered)::int, sum(d.solved)::int, sum(d.rated)::int, sum(d.satisfied)::int,
		       sum(d.unreached)::int
	  FROM by_day AS d
	 GROUP BY 2, 3, 4, 5, 6;
END
$$;
COMMENT ON FUNCTION peoplecall.sums_of_facts(int) IS
	'what the sums of a district must be by its stored facts; used by recount_appraisal() and check_appraisal()';

CREATE PROCEDURE peoplecall.rebuild_appraisal()
	LANGUAGE plpgsql
AS $$
DECLARE
	district int;
BEGIN
	FOREACH district IN ARRAY ARRAY(SELECT d.id FROM peoplecall.open_districts() AS d (id))
	LOOP
		PERFORM peoplecall.recount_appraisal(district);
		COMMIT;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE peoplecall.rebuild_appraisal() IS
	'CALL peoplecall.rebuild_appraisal(): recount_appraisal() of every district with complaints, a transaction each; after an import, and after setting timezone, patrol_channels or satisfied_from changed; not inside a transaction block';

CREATE FUNCTION peoplecall.check_appraisal(district_id int DEFAULT NULL)
	RETURNS TABLE (what text, of_district int, complaint_id bigint, day date, org bigint,
		area peoplecall.areacode, stored jsonb, recounted jsonb)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.check_appraisal(int) IS
	'compares the appraisal''s facts with a recount from the case records, and its sums with the facts, in a district or in all that the caller''s posts reach; a row for each fact (what fact) or sum (what day, month) that differs, with both; none when all is right. Complaints that wait for a refresh are left out: appraise() reckons those anew. It reads every complaint. 42501';

CREATE FUNCTION peoplecall.check_appraisal_body(district_id int)
	RETURNS TABLE (what text, of_district int, complaint_id bigint, day date, org bigint,
		area peoplecall.areacode, stored jsonb, recounted jsonb)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	districts int[];
BEGIN
	IF district_id IS NULL THEN
		districts := ARRAY(SELECT d.id FROM peoplecall.open_districts_body() AS d (id));
	ELSE
		PERFORM peoplecall.gate_district(district_id);
		districts := ARRAY[district_id];
	END IF;
	-- one statement, so that verbs go on meanwhile
	RETURN QUERY
	WITH fresh AS MATERIALIZED (
		SELECT d.id AS district_id, f.complaint_id, f.entry, f.org, f.area, to_jsonb(f) AS value
		  FROM unnest(districts) AS d (id)
		 CROSS JOIN LATERAL peoplecall.appraisal_facts(d.id, ARRAY(
			SELECT c.id FROM peoplecall.complaint AS c WHERE c.district_id = d.id)) AS f
	), kept AS MATERIALIZED (
		SELECT f.district_id, f.complaint_id, f.entry, f.org, f.area,
		       to_jsonb(f) - 'district_id' AS value
		  FROM peoplecall.appraisal_fact AS f
		 WHERE f.district_id = ANY (districts)
	), facts AS (
		SELECT 'fact'::text AS what, coalesce(k.district_id, f.district_id) AS of_district,
		       coalesce(k.complaint_id, f.complaint_id) AS complaint_id, NULL::date AS day,
		       coalesce(k.org, f.org) AS org, coalesce(k.area, f.area) AS area,
		       k.value AS stored, f.value AS recounted
		  FROM kept AS k
		  FULL JOIN fresh AS f
		    ON f.district_id = k.district_id AND f.complaint_id = k.complaint_id
		   AND f.entry = k.entry
		 -- columns of the city's own are not ours to compare
		 WHERE NOT coalesce(k.value @> f.value, false)
	), counted AS MATERIALIZED (
		SELECT d.id AS district_id, s.span, s.day, s.org, s.area, s.grade, s.course, to_jsonb(s) AS value
		  FROM unnest(districts) AS d (id)
		 CROSS JOIN LATERAL peoplecall.sums_of_facts(d.id) AS s
	), summed AS MATERIALIZED (
		SELECT s.district_id, s.span, s.day, s.org, s.area, s.grade, s.course,
		       to_jsonb(s) - 'district_id' AS value
		  FROM peoplecall.appraisal_sum AS s
		 WHERE s.district_id = ANY (districts)
		   AND (s.matters, s.filed, s.merged, s.reopened, s.due, s.closed, s.on_time, s.overturned,
		         s.excluded, s.urged, s.lead_closed, s.lead_solved, s.settled, s.returned, s.contact_asked,
		         s.contacted, s.answered, s.solved, s.rated, s.satisfied, s.unreached)
		    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	), sums AS (
		SELECT coalesce(k.span, f.span) AS what, coalesce(k.district_id, f.district_id) AS of_district,
		       NULL::bigint AS complaint_id, coalesce(k.day, f.day) AS day,
		       coalesce(k.org, f.org) AS org, coalesce(k.area, f.area) AS area,
		       k.value AS stored, f.value AS recounted
		  FROM summed AS k
		  FULL JOIN (
			SELECT n.* FROM counted AS n
			 -- a day on which nothing counts needs no sum
			 WHERE EXISTS (SELECT FROM jsonb_each(n.value) AS v
			                WHERE v.key <> 'org' AND jsonb_typeof(v.value) = 'number' AND v.value <> '0')
			) AS f
		    ON f.district_id = k.district_id AND f.span = k.span AND f.day = k.day
		   AND f.org = k.org AND f.area OPERATOR(peoplecall.=) k.area
		   AND f.grade OPERATOR(peoplecall.=) k.grade AND f.course = k.course
		 WHERE NOT coalesce(k.value @> f.value, false)
	)
	SELECT x.* FROM facts AS x
	 WHERE NOT EXISTS (
		SELECT FROM peoplecall.appraisal_mark AS m
		 WHERE m.district_id = x.of_district AND m.complaint_id = x.complaint_id)
	 UNION ALL
	SELECT x.* FROM sums AS x
	 ORDER BY 1, 2, 3, 4, 5;
END
$$;
COMMENT ON FUNCTION peoplecall.check_appraisal_body(int) IS 'body of check_appraisal()';
