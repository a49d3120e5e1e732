-- Plans under row-level security: what a plain role with posts reads is found by
-- the same index with the same bound as for the owner, the policy is a filter that
-- asks nothing of any table, and no plan has a query for each row. Plans, not
-- times: bench/reading.sql measures.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();

-- Enough that an index is worth it: one in twenty is open, as in a city.
SET LOCAL session_replication_role = replica;
INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, area, category, grade, state, command_level, lead_org,
	received_at, closed_at, due_at, warn_at, last_event_at, event_count)
SELECT a.district, a.district * 1000000000000 + 1000000 + n, 'hotline', 'complaint', 'x' || n, a.code, 'police.noise', 'B',
       CASE WHEN n % 20 = 0 THEN 'dispatched' ELSE 'closed' END::peoplecall.complaint_state, 'street', a.lead, t.at,
       CASE WHEN n % 20 > 0 THEN t.at END, CASE WHEN n % 20 = 0 THEN t.at + interval '4 days' END, CASE WHEN n % 20 = 0 THEN t.at + interval '2 days' END, t.at, 1
  FROM generate_series(1, 60000) AS n
  JOIN (VALUES (0, '420102017017'::peoplecall.areacode, 420102, 43), (1, '420102017020', 420102, 43), (2, '420106012001', 420106, 33),
	(3, '420106012009', 420106, 33), (4, '420106015002', 420106, 33), (5, '420106015006', 420106, 33)) AS a (k, code, district, lead)
    ON a.k = (hashint4(n) & 2147483647) % 6
 CROSS JOIN LATERAL (SELECT timestamptz '2019-01-01 09:00+08' + n * interval '5 min' AS at) AS t;
INSERT INTO peoplecall.task (district_id, complaint_id, area, seq, org, role, sent_at)
SELECT district_id, id, area, 1, lead_org, 'lead', received_at FROM peoplecall.complaint WHERE state = 'dispatched';
INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, task_seq, kind, allowed, started_at, due_at)
SELECT district_id, id, area, 1, 1, 'resolve', '4d', received_at, due_at FROM peoplecall.complaint WHERE state = 'dispatched';
INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor)
SELECT district_id, id, area, 1, received_at, 'submit', 'x' FROM peoplecall.complaint;
SET LOCAL session_replication_role = origin;
ANALYZE peoplecall.complaint, peoplecall.task, peoplecall.clock, peoplecall.event;
CREATE ROLE rp_street; CREATE ROLE rp_many; CREATE ROLE rp_app;
SELECT peoplecall.appoint('rp_street', 'read', 12), peoplecall.appoint('rp_street', 'handle', 52),
	peoplecall.appoint('rp_many', 'read', 22), peoplecall.appoint('rp_many', 'read', 11), peoplecall.appoint('rp_many', 'personal', 2), peoplecall.appoint('rp_many', 'handle', 33),
	peoplecall.appoint('rp_app', 'delegate', 1), peoplecall.appoint(121, 'read', 12), peoplecall.appoint(121, 'handle', 33) \g /dev/null

CREATE FUNCTION pg_temp.plan(who name, query text, officer bigint DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	PERFORM peoplecall.act_for(officer);
	EXECUTE 'EXPLAIN (FORMAT JSON, COSTS off) ' || query INTO plan;
	PERFORM peoplecall.act_for(NULL);
	RESET ROLE;
	RETURN plan;
END
$$;
-- The nodes of a plan that read a table: which, by what index and bound, and what
-- is asked of each row.
CREATE FUNCTION pg_temp.scans(plan jsonb) RETURNS TABLE (relation text, node text, index text, bound text, filter text) LANGUAGE sql AS $$
	SELECT n ->> 'Relation Name', n ->> 'Node Type', n ->> 'Index Name', n ->> 'Index Cond', n ->> 'Filter'
	  FROM jsonb_path_query(plan, 'strict $.**') AS n
	 WHERE jsonb_typeof(n) = 'object' AND (n ? 'Relation Name' OR n ->> 'Node Type' = 'Bitmap Index Scan')
$$;
-- Bitmap and plain scans of an index are the same to this test.
CREATE FUNCTION pg_temp.found_by(plan jsonb, index_name text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT regexp_replace(coalesce(s.bound, ''), '::\w+(\.\w+)?|\w+\.(?=area)', '', 'g'), ' / ') FROM pg_temp.scans(plan) AS s
	 -- of a history by months, each month's
	 WHERE s.index = index_name OR (index_name = 'event_pkey' AND s.index ~ '^event_\w+_pkey$')
$$;

CREATE TEMPORARY TABLE look (what text, index text, query text);
INSERT INTO look VALUES
	('an area''s open complaints', 'complaint_open', 'SELECT id, title FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012001'' AND state IN (''received'', ''dispatched'', ''completed'')'),
	('the same by state alone', 'complaint_open', 'SELECT id FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012'' AND state = ''dispatched'''),
	('an area''s board', 'complaint_open', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012001'''),
	('the tightest of an area''s board', 'complaint_open', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'' ORDER BY due_at LIMIT 50'),
	('a community''s board', 'complaint_open', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.=) ''420106012001'' ORDER BY due_at LIMIT 50'),
	('an area''s lights', 'complaint_open', 'SELECT count(*), min(due_at) FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012001'' AND state IN (''received'', ''dispatched'', ''completed'')'),
	('a matter''s history', 'event_pkey', 'SELECT * FROM peoplecall.history WHERE district_id = 420106 AND complaint_id = 420106000001000020'),
	('a matter''s tasks', 'task_pkey', 'SELECT * FROM peoplecall.task WHERE district_id = 420106 AND complaint_id = 420106000001000020'),
	('a matter by its number', 'complaint_id', 'SELECT * FROM peoplecall.complaint WHERE id = 420106000001000020');
SELECT isnt(pg_temp.found_by(pg_temp.plan('city_owner', l.query), l.index), NULL, format('the owner: %s by %s', l.what, l.index)) FROM look AS l;
SELECT is(pg_temp.found_by(pg_temp.plan(r.who, l.query, r.officer), l.index), pg_temp.found_by(pg_temp.plan('city_owner', l.query), l.index), format('%s: %s, by the same index with the same bound', r.who, l.what))
  FROM look AS l CROSS JOIN (VALUES ('rp_street'::name, NULL::bigint), ('rp_many', NULL), ('rp_app', 121)) AS r (who, officer);
SELECT ok(pg_temp.found_by(pg_temp.plan(r.who, l.query, r.officer), l.index) <> '', format('%s: %s, and there is a bound', r.who, l.what))
  FROM look AS l CROSS JOIN (VALUES ('rp_street'::name, NULL::bigint), ('rp_app', 121)) AS r (who, officer);
-- the policy: its function once in the filter, and nothing else that the owner's plan has not
SELECT is((SELECT count(*) FROM pg_temp.scans(p.plan) AS s WHERE s.relation IN ('complaint', 'event', 'task') AND s.filter ~ 'may_read\(area\)'),
          (SELECT count(*) FROM pg_temp.scans(p.plan) AS s WHERE s.relation IN ('complaint', 'event', 'task')), l.what || ': each scan of a case record asks may_read() alone')
  FROM look AS l CROSS JOIN LATERAL (SELECT pg_temp.plan('rp_street', l.query) AS plan) AS p;
SELECT is(p.plan::text ~ 'SubPlan|CTE|Subquery Scan.*may_read', false, l.what || ': no query for each row')
  FROM look AS l CROSS JOIN LATERAL (SELECT pg_temp.plan('rp_street', l.query) AS plan) AS p;
SELECT is((SELECT count(*) FROM pg_temp.scans(pg_temp.plan('rp_street', l.query))), (SELECT count(*) FROM pg_temp.scans(pg_temp.plan('city_owner', l.query))), l.what || ': no table more than the owner reads') FROM look AS l;

-- Nor with my_tasks, whose orgs are asked once; prepared, with a parameter for the
-- area; and joined.
SELECT is(pg_temp.plan('rp_many', 'SELECT * FROM peoplecall.my_tasks')::text ~ 'SubPlan', false, 'my_tasks: no query for each row');
SELECT is(string_agg(DISTINCT s.index, ' '), 'task_open', 'by the index of open tasks') FROM pg_temp.scans(pg_temp.plan('rp_street', 'SELECT * FROM peoplecall.my_tasks')) AS s WHERE s.relation = 'task' OR s.index ~ '^task';
PREPARE of_area(peoplecall.areacode) AS SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) $1;
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT matches(pg_temp.found_by(pg_temp.plan('rp_street', 'EXECUTE of_area(''420106012001'')'), 'complaint_open'), 'subtree|\$1', 'with a parameter: the index, with its bound');
RESET plan_cache_mode;
SELECT is(pg_temp.found_by(pg_temp.plan('rp_street', 'SELECT c.id FROM peoplecall.area AS a JOIN peoplecall.complaint AS c ON c.area OPERATOR(peoplecall.<@) a.code AND c.state IN (''received'', ''dispatched'', ''completed'') WHERE a.code OPERATOR(peoplecall.=) ''420106012001'''), 'complaint_open') <> '', true, 'an area''s, by a join');

-- What makes it so: the comparisons and the policy's question are leakproof, and
-- cost no more than an operator; every policy of a case record asks them alone.
SELECT set_eq($$SELECT DISTINCT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.proname ~ '^may_read' AND p.proleakproof AND p.procost <= 1$$,
	ARRAY['peoplecall.may_read(peoplecall.areacode)', 'peoplecall.may_read_personal(peoplecall.areacode)', 'peoplecall.may_read_reporter(peoplecall.areacode,bigint[])'], 'leakproof, and cheap');
SELECT is_empty($$SELECT p.polrelid::regclass, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND pg_get_expr(p.polqual, p.polrelid) ~* 'select|exists'
	  -- once for the statement, of the few rows that were frozen
	  AND NOT (c.relname = 'appraisal' AND p.polname = 'by_own_post')$$, 'no policy has a query in it');
-- with a function of the reader's own the policy goes first, and the index is kept
CREATE FUNCTION public.rp_slow(title text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RETURN true; END $$;
SELECT is(pg_temp.found_by(pg_temp.plan('rp_street', 'SELECT id FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012001'' AND state = ''dispatched'' AND public.rp_slow(title)'), 'complaint_open') <> '', true, 'an index beside a function that is not leakproof');
SELECT matches((SELECT s.filter FROM pg_temp.scans(pg_temp.plan('rp_street', 'SELECT id FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012001'' AND state = ''dispatched'' AND public.rp_slow(title)')) AS s WHERE s.relation = 'complaint'),
	'may_read.*rp_slow', 'which is asked after the policy');

SELECT * FROM finish();
ROLLBACK;
