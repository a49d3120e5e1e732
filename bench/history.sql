-- What the chained digest costs a verb: the same verbs with it, and with the two
-- functions that write it as they would be without.
-- Run with psql, as a superuser, in a database where the extension, a ledger and
-- the small city of test/fixture stand:
--     psql -X -f bench/history.sql
-- Everything is rolled back. Figures are microseconds of processor time a verb
-- (of the clock, where there is no /proc), medians of 15 rounds of 100 verbs, with
-- and without by turns.
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

CREATE FUNCTION pg_temp.spent() RETURNS float8 LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::float8 / 1000,
	                extract(epoch FROM clock_timestamp()) * 1e6)
$$;
CREATE FUNCTION pg_temp.use(variant text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO STRICT v FROM variant AS x WHERE x.name = use.variant;
	EXECUTE v.write_event;
	EXECUTE v.settle;
END
$$;
-- filed once: what a round does with them is undone
CREATE TEMPORARY TABLE matter AS
SELECT r.complaint_id AS id
  FROM generate_series(1, 100) AS i
 CROSS JOIN LATERAL peoplecall.submit('hotline', md5(i::text), '', '420106012001', 'police.noise') AS r;
CREATE TEMPORARY TABLE measured (verb text, variant text, round int, us float8);
CREATE TEMPORARY TABLE call (place int, verb text, call text);
INSERT INTO call VALUES
	(1, 'accept', 'SELECT FROM matter AS m CROSS JOIN LATERAL peoplecall.accept(m.id) AS r'),
	(2, 'report', 'SELECT FROM matter AS m CROSS JOIN LATERAL peoplecall.report(m.id, ''正在处理'') AS r'),
	(3, 'complete', 'SELECT FROM matter AS m CROSS JOIN LATERAL peoplecall.complete(m.id, ''已办结'') AS r'),
	(4, 'close', 'SELECT FROM matter AS m CROSS JOIN LATERAL peoplecall.close(m.id) AS r');
CREATE FUNCTION pg_temp.round(variant text, OUT us float8[]) LANGUAGE plpgsql AS $$
DECLARE
	c record;
	began float8;
BEGIN
	PERFORM pg_temp.use(variant);
	FOR c IN SELECT * FROM call ORDER BY place LOOP
		began := pg_temp.spent();
		EXECUTE c.call;
		us := us || (pg_temp.spent() - began) / 100;
	END LOOP;
	RAISE EXCEPTION SQLSTATE 'ALLOW';
EXCEPTION WHEN SQLSTATE 'ALLOW' THEN
	NULL;
END
$$;
CREATE FUNCTION pg_temp.measure() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v text;
	us float8[];
BEGIN
	FOR round IN 0 .. 15 LOOP
		FOREACH v IN ARRAY CASE WHEN round % 2 = 0 THEN ARRAY['with', 'without']
		                        ELSE ARRAY['without', 'with'] END LOOP
			us := pg_temp.round(v);
			INSERT INTO measured SELECT c.verb, v, round, us[c.place] FROM call AS c;
		END LOOP;
	END LOOP;
END
$$;
SELECT pg_temp.measure() \g /dev/null
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
ROLLBACK;
