-- What row-level security costs who reads: an area's board, its open complaints,
-- a matter's history and an org's tasks, as a plain role with one post and as the
-- ledger's owner, over a million complaints of which one in twenty is open.
-- Run with psql, as a superuser, in a database of its own where the extension, a
-- ledger of city_owner and the small city of test/fixture stand; it leaves its
-- rows there:
--     psql -X -f bench/reading.sql
-- Figures are milliseconds, the least of 15 runs by turns, since what else the
-- machine does only adds; then the index that each of the two uses, and whether a
-- plan asks a query for each row.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
\if :{?complaints}
\else
\set complaints 1000000
\endif

SET session_replication_role = replica;
INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, area, category, grade, state, command_level,
	command_org, lead_org, received_at, closed_at, warn_at, due_at, last_event_at, event_count)
SELECT a.district, a.district * 1000000000000 + 1000000 + n, 'hotline', 'complaint', md5(n::text), a.code, 'police.noise', 'B',
       CASE WHEN n % 20 = 0 THEN 'dispatched' ELSE 'closed' END::peoplecall.complaint_state, 'street', a.street, a.lead, t.at,
       CASE WHEN n % 20 > 0 THEN t.at + interval '2 days' END, CASE WHEN n % 20 = 0 THEN t.at + interval '2 days' END,
       CASE WHEN n % 20 = 0 THEN t.at + interval '4 days' END, t.at, 1
  FROM generate_series(1, :complaints) AS n
  JOIN (VALUES (0, '420102017017'::peoplecall.areacode, 420102, 11, 43), (1, '420102017020', 420102, 11, 43), (2, '420106012001', 420106, 12, 33),
	(3, '420106012009', 420106, 12, 33), (4, '420106015002', 420106, 13, 33), (5, '420106015006', 420106, 13, 33)) AS a (k, code, district, street, lead)
    ON a.k = (hashint4(n::int) & 2147483647) % 6
 CROSS JOIN LATERAL (SELECT timestamptz '2019-01-01 09:00+08' + n * interval '25 s' AS at) AS t;
INSERT INTO peoplecall.task (district_id, complaint_id, area, seq, org, role, sent_at)
SELECT district_id, id, area, 1, lead_org, 'lead', received_at FROM peoplecall.complaint WHERE state = 'dispatched';
INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, task_seq, kind, allowed, started_at, warn_at, due_at)
SELECT district_id, id, area, 1, 1, 'resolve', '4d', received_at, warn_at, due_at FROM peoplecall.complaint WHERE state = 'dispatched';
INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor)
SELECT district_id, id, area, 1, received_at, 'submit', 'x' FROM peoplecall.complaint;
RESET session_replication_role;
VACUUM (ANALYZE) peoplecall.complaint, peoplecall.task, peoplecall.clock, peoplecall.event;
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_street') THEN
		CREATE ROLE bench_street;
	END IF;
	PERFORM peoplecall.appoint('bench_street', 'read', 12), peoplecall.appoint('bench_street', 'handle', 33);
END
$$;

CREATE TEMPORARY TABLE look (place int, what text, query text);
INSERT INTO look VALUES
	(1, 'an area''s board, 50 tightest', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'' ORDER BY due_at LIMIT 50'),
	(2, 'an area''s board, all of it', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'''),
	(3, 'a community''s open complaints', 'SELECT id, title, due_at FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012001'' AND state IN (''received'', ''dispatched'', ''completed'')'),
	(4, 'how many are open in an area', 'SELECT count(*) FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012'' AND state IN (''received'', ''dispatched'', ''completed'')'),
	(5, 'lights of all areas he reads', 'SELECT * FROM peoplecall.lights WHERE area OPERATOR(peoplecall.<@) ''420106012'''),
	(6, 'a matter''s history', format('SELECT * FROM peoplecall.history WHERE district_id = 420106 AND complaint_id = %s', (SELECT min(id) FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.=) '420106012001')));
CREATE TEMPORARY TABLE measured (what text, who name, ms float8, rows bigint);
CREATE TEMPORARY TABLE planned (what text, who name, plan text);
CREATE PROCEDURE pg_temp.measure() LANGUAGE plpgsql AS $$
DECLARE
	l look;
	who name;
	began timestamptz;
	n bigint;
	line text;
	plan text;
BEGIN
	FOR l IN SELECT * FROM look ORDER BY place LOOP
		FOR round IN 0 .. 15 LOOP
			FOREACH who IN ARRAY CASE round % 2 WHEN 0 THEN '{city_owner,bench_street}' ELSE '{bench_street,city_owner}' END::name[] LOOP
				EXECUTE format('SET ROLE %I', who);
				began := clock_timestamp();
				EXECUTE l.query;
				GET DIAGNOSTICS n = ROW_COUNT;
				began := timestamptz 'epoch' + (clock_timestamp() - began);
				plan := '';
				IF round = 0 THEN
					FOR line IN EXECUTE 'EXPLAIN ' || l.query LOOP
						plan := plan || line || E'\n';
					END LOOP;
				END IF;
				RESET ROLE;
				IF round > 0 THEN
					INSERT INTO measured VALUES (l.what, who, extract(epoch FROM began) * 1000, n);
				ELSE
					INSERT INTO planned VALUES (l.what, who, plan);
				END IF;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
CALL pg_temp.measure();

\echo Milliseconds, as the owner and as a plain role with a post.
SELECT l.what, max(m.rows) AS rows, round(max(m.ms) FILTER (WHERE m.who = 'city_owner')::numeric, 3) AS owner,
       round(max(m.ms) FILTER (WHERE m.who <> 'city_owner')::numeric, 3) AS post,
       round((max(m.ms) FILTER (WHERE m.who <> 'city_owner') / max(m.ms) FILTER (WHERE m.who = 'city_owner'))::numeric, 2) AS times
  FROM look AS l
  JOIN (SELECT what, who, max(rows) AS rows, min(ms) AS ms FROM measured GROUP BY what, who) AS m ON m.what = l.what
 GROUP BY l.place, l.what
 ORDER BY l.place;
\echo The index by which each finds the complaints or events.
SELECT l.what, substring(o.plan FROM '(complaint_open|complaint_received|complaint_pkey|event_pkey)') AS owner,
       substring(p.plan FROM '(complaint_open|complaint_received|complaint_pkey|event_pkey)') AS post, p.plan ~ 'SubPlan' AS by_row
  FROM look AS l
  JOIN planned AS o ON o.what = l.what AND o.who = 'city_owner'
  JOIN planned AS p ON p.what = l.what AND p.who <> 'city_owner'
 ORDER BY l.place;
