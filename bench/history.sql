-- What the chained digest costs a verb: the same verbs with it, and with the two
-- functions that write it as they would be without.
-- Run with psql, as a superuser, in a database where the extension, a ledger and
-- the small city of test/fixture stand:
--     psql -X -f bench/history.sql
-- Everything is rolled back. Figures are microseconds a verb, medians of 15
-- rounds, with and without by turns.
\set QUIET on
\pset footer off
BEGIN;
SET LOCAL client_min_messages = warning;

CREATE TEMPORARY TABLE variant (name text, write_event text, settle text);
INSERT INTO variant
SELECT 'with', pg_get_functiondef(w.oid), pg_get_functiondef(s.oid)
  FROM pg_proc AS w, pg_proc AS s
 WHERE w.proname = 'write_event' AND w.pronamespace = 'peoplecall'::regnamespace
   AND s.proname = 'settle' AND s.pronamespace = 'peoplecall'::regnamespace;
INSERT INTO variant
SELECT 'without',
       regexp_replace(write_event, 'peoplecall\.event_digest\(.*?detail\)\)', 'NULL)'),
       replace(regexp_replace(settle, 'head := \(SELECT.*?LIMIT 1\);', ''),
               'coalesce(head, c.digest)', 'NULL')
  FROM variant;
-- a measurement of twice the same would be none
SELECT (write_event ~ 'event_digest')::int AS writes, (settle ~ 'head :=')::int AS settles
  FROM variant WHERE name = 'without';

CREATE FUNCTION pg_temp.use(variant text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO STRICT v FROM variant AS x WHERE x.name = use.variant;
	EXECUTE v.write_event;
	EXECUTE v.settle;
END
$$;
CREATE FUNCTION pg_temp.matters(n int) RETURNS bigint[] LANGUAGE sql AS $$
	SELECT array_agg(r.complaint_id)
	  FROM generate_series(1, n) AS i
	 CROSS JOIN LATERAL peoplecall.submit('hotline', '事项' || i, '', '420106012001', 'police.noise') AS r
$$;
CREATE FUNCTION pg_temp.once(what text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	n constant int := 200;
	ids bigint[];
	one bigint;
	began timestamptz;
BEGIN
	IF what = 'accept' THEN
		ids := pg_temp.matters(n);
		began := clock_timestamp();
		FOREACH one IN ARRAY ids LOOP
			PERFORM peoplecall.accept(one);
		END LOOP;
		RETURN extract(epoch FROM clock_timestamp() - began) * 1e6 / n;
	ELSIF what = 'report' THEN
		ids := pg_temp.matters(n);
		began := clock_timestamp();
		FOREACH one IN ARRAY ids LOOP
			PERFORM peoplecall.report(one, '正在处理');
		END LOOP;
		RETURN extract(epoch FROM clock_timestamp() - began) * 1e6 / n;
	END IF;
	began := clock_timestamp();
	FOR i IN 1 .. n LOOP
		SELECT r.complaint_id INTO one
		  FROM peoplecall.submit('hotline', '事项' || i, '', '420106012001', 'police.noise') AS r;
		PERFORM peoplecall.accept(one);
		PERFORM peoplecall.contact(one);
		PERFORM peoplecall.complete(one, '已办结');
		PERFORM peoplecall.close(one);
	END LOOP;
	RETURN extract(epoch FROM clock_timestamp() - began) * 1e6 / n / 5;
END
$$;
CREATE TEMPORARY TABLE measured (what text, variant text, round int, us float8);
CREATE FUNCTION pg_temp.measure() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	w text;
	v text;
	us float8;
BEGIN
	FOR round IN 0 .. 15 LOOP
		FOREACH w IN ARRAY ARRAY['accept', 'report', 'submit to close'] LOOP
			FOREACH v IN ARRAY CASE WHEN round % 2 = 0 THEN ARRAY['with', 'without']
			                        ELSE ARRAY['without', 'with'] END LOOP
				BEGIN
					PERFORM pg_temp.use(v);
					PERFORM pg_temp.once('accept');		-- plans
					us := pg_temp.once(w);
					RAISE EXCEPTION SQLSTATE 'ALLOW';
				EXCEPTION WHEN SQLSTATE 'ALLOW' THEN
					NULL;
				END;
				INSERT INTO measured VALUES (w, v, round, us);
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
SELECT pg_temp.measure() \g /dev/null
\pset null -
SELECT what AS verb,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE variant = 'without'))::numeric, 1) AS "without, us",
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE variant = 'with'))::numeric, 1) AS "with, us",
       round(100 * ((percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE variant = 'with'))
	/ (percentile_cont(0.5) WITHIN GROUP (ORDER BY us) FILTER (WHERE variant = 'without')) - 1)::numeric, 1) AS "more, %"
  FROM measured WHERE round > 0
 GROUP BY what ORDER BY what;

-- The digest by itself, and the check of a whole history.
CREATE TEMPORARY TABLE line AS
SELECT e.* FROM generate_series(1, 100000) AS n
 CROSS JOIN LATERAL (SELECT 420106 AS district_id, 420106000000000000 + n AS complaint_id, 1 AS seq, now() AS at, 'submit' AS verb, 'clerk'::name AS actor,
	NULL::bigint AS officer, 12::bigint AS org, NULL::int AS task_seq,
	jsonb_build_object('channel', 'hotline', 'nature', 'complaint', 'category', 'police.noise', 'grade', 'B', 'urgency', 'normal', 'people', n,
		'reasons', jsonb_build_array(jsonb_build_object('rule', n, 'grade', 'B', 'reason', '类别')), 'command_org', 12, 'proposed_org', 33) AS detail) AS e;
CREATE FUNCTION pg_temp.each(statement text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	best float8;
BEGIN
	FOR i IN 1 .. 5 LOOP
		began := clock_timestamp();
		EXECUTE statement;
		best := least(best, extract(epoch FROM clock_timestamp() - began));
	END LOOP;
	RETURN best * 1e6 / 100000;
END
$$;
SELECT round((pg_temp.each('SELECT max(peoplecall.event_digest(NULL, district_id, complaint_id, seq, at, verb, actor, officer, org, task_seq, detail)) FROM line')
            - pg_temp.each('SELECT max(actor::text || detail) FROM line') * 0
            - pg_temp.each('SELECT max(complaint_id) FROM line'))::numeric, 2) AS "a digest, us";
ROLLBACK;
