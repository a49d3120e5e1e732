-- What the chained digest costs a verb: the same verbs with it, and with the two
-- functions that write it as they would be without.
-- Run with psql, as a superuser, in a database of its own where the extension, a
-- ledger and the small city of test/fixture stand; it leaves its rows there:
--     psql -X -f bench/history.sql
-- Figures are microseconds a verb, each a transaction whose commit does not wait
-- for the disk: medians of 20 rounds of 300 verbs, with and without by turns.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET synchronous_commit = off;

CREATE TEMPORARY TABLE variant (name text, write_event text, settle text);
INSERT INTO variant
SELECT 'with', pg_get_functiondef(w.oid), pg_get_functiondef(s.oid)
  FROM pg_proc AS w, pg_proc AS s
 WHERE w.proname = 'write_event' AND w.pronamespace = 'peoplecall'::regnamespace
   AND s.proname = 'settle' AND s.pronamespace = 'peoplecall'::regnamespace;
INSERT INTO variant
SELECT 'without',
       regexp_replace(write_event, 'IF seq > 1 AND previous IS NULL.*?task_seq, detail\);', ''),
       regexp_replace(regexp_replace(settle, 'IF events > 0 AND digest IS NULL.*?END IF;', ''),
                      'coalesce\(settle\.digest, c\.digest\)', 'c.digest')
  FROM variant;
-- a measurement of twice the same would be none
SELECT (write_event ~ 'event_digest|event_head')::int AS writes, (settle ~ 'event_head|settle\.digest')::int AS settles
  FROM variant WHERE name = 'without';

CREATE FUNCTION pg_temp.spent() RETURNS float8 LANGUAGE sql VOLATILE
	AS $$SELECT extract(epoch FROM clock_timestamp())::float8 * 1e6$$;
CREATE FUNCTION pg_temp.use(variant text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO STRICT v FROM variant AS x WHERE x.name = use.variant;
	EXECUTE v.write_event;
	EXECUTE v.settle;
	-- what anchors are found by
	DROP INDEX IF EXISTS peoplecall.event_at;
	IF variant = 'with' THEN
		CREATE INDEX event_at ON peoplecall.event USING brin (at);
	END IF;
END
$$;
CREATE TEMPORARY TABLE measured (verb text, variant text, round int, us float8);
CREATE TEMPORARY TABLE call (place int, verb text, call text);
INSERT INTO call VALUES
	(1, 'accept', 'SELECT FROM peoplecall.accept($1)'),
	(2, 'report', 'SELECT FROM peoplecall.report($1, ''正在处理'')'),
	(3, 'complete', 'SELECT FROM peoplecall.complete($1, ''已办结'')'),
	(4, 'close', 'SELECT FROM peoplecall.close($1)');
CREATE PROCEDURE pg_temp.measure() LANGUAGE plpgsql AS $$
DECLARE
	n constant int := 300;
	matters bigint[];
	matter bigint;
	variants text[];
	v text;
	c record;
	began float8;
BEGIN
	FOR round IN 0 .. 20 LOOP
		variants := CASE WHEN round % 2 = 0 THEN ARRAY['with', 'without'] ELSE ARRAY['without', 'with'] END;
		FOREACH v IN ARRAY variants LOOP
			PERFORM pg_temp.use(v);
			-- or the search for likely duplicates would take all the time
			TRUNCATE peoplecall.complaint_text;
			matters := ARRAY(
				SELECT r.complaint_id
				  FROM generate_series(1, n) AS i
				 CROSS JOIN LATERAL peoplecall.submit('hotline', md5(i || random()::text), '', '420106012001', 'police.noise') AS r);
			COMMIT;
			FOR step IN 1 .. 4 LOOP
				SELECT x.* INTO c FROM call AS x WHERE x.place = step;
				began := pg_temp.spent();
				FOREACH matter IN ARRAY matters LOOP
					EXECUTE c.call USING matter;
					COMMIT;
				END LOOP;
				INSERT INTO measured VALUES (c.verb, v, round, (pg_temp.spent() - began) / n);
			END LOOP;
		END LOOP;
	END LOOP;
	PERFORM pg_temp.use('with');
END
$$;
CALL pg_temp.measure();
SELECT c.verb, round(m.without::numeric, 1) AS "without, us", round(m.with::numeric, 1) AS "with, us",
       round((100 * (m.with / m.without - 1))::numeric, 1) AS "more, %"
  FROM (SELECT x.verb,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY x.us) FILTER (WHERE x.variant = 'without') AS without,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY x.us) FILTER (WHERE x.variant = 'with') AS with
          FROM measured AS x
         WHERE x.round > 0
         GROUP BY x.verb) AS m
  JOIN call AS c ON c.verb = m.verb
 ORDER BY c.place;

-- The digest by itself, and the check of a whole history.
CREATE TEMPORARY TABLE line AS
SELECT e.* FROM generate_series(1, 100000) AS n
 CROSS JOIN LATERAL (SELECT 420106 AS district_id, 420106000000000000 + n AS complaint_id, 1 AS seq, now() AS at, 'submit' AS verb, 'clerk'::name AS actor,
	NULL::bigint AS officer, 12::bigint AS org, NULL::int AS task_seq,
	jsonb_build_object('channel', 'hotline', 'nature', 'complaint', 'category', 'police.noise', 'grade', 'B', 'urgency', 'normal', 'people', n,
		'reasons', jsonb_build_array(jsonb_build_object('rule', n, 'grade', 'B', 'reason', '类别')), 'command_org', 12, 'proposed_org', 33) AS detail) AS e;
CREATE FUNCTION pg_temp.each(statement text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	began float8;
	best float8;
BEGIN
	FOR i IN 1 .. 5 LOOP
		began := pg_temp.spent();
		EXECUTE statement;
		best := least(best, pg_temp.spent() - began);
	END LOOP;
	RETURN best / 100000;
END
$$;
SELECT round((pg_temp.each('SELECT count(peoplecall.event_digest(NULL, district_id, complaint_id, seq, at, verb, actor, officer, org, task_seq, detail)) FROM line')
            - pg_temp.each('SELECT count(detail) FROM line'))::numeric, 2) AS "a digest, us";
