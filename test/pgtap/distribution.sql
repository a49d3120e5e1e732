-- Past one machine: the plan, what Citus asks of every table and every body by
-- the catalog, and distribute() against a stand-in that refuses what Citus does.
-- distribution_citus.sql runs on a real one.
\set QUIET on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\set one_table on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
\ir ../fixture/filled_ledger.sql
\ir ../fixture/acting.sql
\ir ../fixture/citus.sql
SET LOCAL client_min_messages = warning;

CREATE TEMPORARY VIEW plan AS
SELECT p.*, to_regclass(format('peoplecall.%I', p.tab)) AS rel FROM peoplecall.distribution() AS p;
CREATE TEMPORARY VIEW keyed AS
SELECT p.*, a.attnum FROM plan AS p JOIN pg_attribute AS a ON a.attrelid = p.rel AND a.attname = p.by_column
 WHERE p.how = 'distributed';
CREATE FUNCTION pg_temp.none(query text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rows text;
BEGIN
	EXECUTE format('SELECT string_agg(x::text, E''\n'') FROM (%s) AS x', query) INTO rows;
	RETURN is(rows, NULL, what);
END
$$;

--
-- The plan
--
SELECT bag_eq(
	$$SELECT p.tab FROM plan AS p$$,
	$$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition$$,
	'each table of the ledger is in the plan, once');
SELECT pg_temp.none($$SELECT p.tab FROM plan AS p WHERE (p.how = 'distributed') <> (p.by_column IS NOT NULL) OR p.how NOT IN ('reference', 'distributed', 'local')
	OR coalesce(p.reason, '') = '' OR (p.colocated_with IS NOT NULL AND p.how <> 'distributed')$$, 'each with a way to go, and why');
SELECT pg_temp.none($$SELECT p.tab FROM plan AS p
	 WHERE p.how <> CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = p.rel AND a.attname = 'district_id') THEN 'distributed' ELSE 'reference' END
	   AND p.tab NOT IN ('change_head', 'staging_complaint')$$, 'what has a district is distributed, the rest are rules, but for what the coordinator keeps');
SELECT results_eq($$SELECT p.tab, p.by_column, p.colocated_with FROM plan AS p WHERE p.how = 'distributed' AND (p.by_column <> 'district_id' OR p.colocated_with IS DISTINCT FROM 'complaint') ORDER BY p.place$$,
	$$VALUES ('complaint'::name, 'district_id'::name, NULL::name), ('intake_key', 'external_id', NULL), ('track_key', 'code', NULL)$$,
	'all but the keys by district, where the complaints are');
SELECT pg_temp.none($$SELECT k.conname FROM pg_constraint AS k JOIN plan AS p ON p.rel = k.conrelid JOIN plan AS r ON r.rel = k.confrelid
	 WHERE k.contype = 'f' AND r.place >= p.place$$, 'in an order in which nothing refers to what comes later');

--
-- What Citus asks of the tables
--
SELECT pg_temp.none($$SELECT i.indexrelid::regclass FROM keyed AS p JOIN pg_index AS i ON i.indrelid = p.rel
	 WHERE (i.indisunique OR i.indisexclusion) AND NOT p.attnum = ANY (i.indkey::int2[])$$, 'every key of a distributed table has the distribution column');
SELECT pg_temp.none($$SELECT p.tab FROM keyed AS p WHERE NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = p.rel AND i.indisprimary)$$, 'each has a primary key');
SELECT pg_temp.none($$SELECT p.tab FROM keyed AS p JOIN pg_attribute AS a ON a.attrelid = p.rel AND a.attnum = p.attnum
	 WHERE NOT a.attnotnull OR (p.by_column = 'district_id' AND a.atttypid <> 'int4'::regtype)$$, 'the column is there in every row; a district is an int');
SELECT pg_temp.none($$SELECT k.conname FROM pg_constraint AS k JOIN keyed AS p ON p.rel = k.conrelid JOIN keyed AS r ON r.rel = k.confrelid
	 WHERE k.contype = 'f' AND k.conparentid = 0 AND (coalesce(p.colocated_with, p.tab) <> coalesce(r.colocated_with, r.tab)
	    OR array_position(k.conkey, p.attnum) IS NULL OR array_position(k.conkey, p.attnum) IS DISTINCT FROM array_position(k.confkey, r.attnum))$$,
	'foreign keys between distributed tables have the district on both sides, in the same place');
SELECT pg_temp.none($$SELECT k.conname FROM pg_constraint AS k JOIN plan AS p ON p.rel = k.conrelid LEFT JOIN plan AS r ON r.rel = k.confrelid
	 WHERE k.contype = 'f' AND (r.how IS NULL OR (p.how = 'reference' AND r.how <> 'reference') OR (p.how = 'distributed' AND r.how = 'local') OR (p.how = 'local' AND r.how = 'distributed'))$$,
	'none from the rulebook to case records, none from or to what stays');
SELECT pg_temp.none($$SELECT k.conname FROM pg_constraint AS k JOIN keyed AS p ON p.rel = k.conrelid
	 WHERE k.contype = 'f' AND p.attnum = ANY (k.conkey) AND (k.confdeltype IN ('n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))$$, 'none changes a district');
SELECT pg_temp.none($$SELECT g.tgname, g.tgrelid::regclass FROM keyed AS p JOIN pg_trigger AS g ON g.tgrelid = p.rel
	 WHERE NOT g.tgisinternal AND g.tgfoid NOT IN ('peoplecall.event_guard'::regproc, 'peoplecall.appraisal_guard'::regproc)$$, 'no trigger on case records but guards');
SELECT pg_temp.none($$SELECT f.oid::regproc FROM pg_proc AS f WHERE f.oid IN ('peoplecall.event_guard'::regproc, 'peoplecall.appraisal_guard'::regproc)
	   AND f.prosrc ~* '\m(insert|update|delete|select|perform|execute)\M.*peoplecall\.'$$, 'and the guards only refuse');
SELECT pg_temp.none($$SELECT a.attrelid::regclass, a.attname FROM plan AS p JOIN pg_attribute AS a ON a.attrelid = p.rel WHERE a.attidentity <> '' AND a.atttypid <> 'int8'::regtype$$, 'numbers given by sequences are bigint');
SELECT pg_temp.none($$SELECT s.seqrelid::regclass FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid WHERE c.relnamespace = 'peoplecall'::regnamespace AND s.seqtypid <> 'int8'::regtype$$, 'and sequences too');

--
-- What Citus asks of the bodies, by their text: statements, without comments.
--
CREATE TEMPORARY TABLE statement AS
SELECT p.oid::regproc AS body, s.n, regexp_replace(s.text, '\s+', ' ', 'g') AS text
  FROM pg_proc AS p
  JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname IN ('plpgsql', 'sql')
 CROSS JOIN LATERAL regexp_split_to_table(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), ';') WITH ORDINALITY AS s (text, n)
 WHERE p.pronamespace = 'peoplecall'::regnamespace
   -- statements that define tables, and those of this part, are not sent to shards as queries
   AND p.proname !~ '^(ledger_|partition_|replace_history|add_partition|take_waiting|table_rules|table_ties)';
SELECT cmp_ok(count(*)::int, '>', 15, 'the bodies lock rows, and are found') FROM statement AS s WHERE s.text ~ '\mFOR (NO KEY )?(UPDATE|(KEY )?SHARE)\M';
SELECT pg_temp.none($$
	SELECT s.body, s.text FROM statement AS s
	 WHERE s.text ~ '\mFOR (NO KEY )?(UPDATE|(KEY )?SHARE)\M' AND s.text !~ '\mdistrict_id = '
	   AND EXISTS (SELECT FROM keyed AS k WHERE s.text ~ format('\mpeoplecall\.%s\M', k.tab))$$,
	'whoever locks a case record names its district');

-- What an UPDATE sets: from SET to the end of it.
CREATE TEMPORARY TABLE modified AS
SELECT s.body, u.text, split_part(u.text, ' ', 1) AS tab,
       regexp_replace(substring(u.text FROM ' SET (.*)$'), '( FROM | WHERE | RETURNING ).*$', '') AS sets,
       substring(u.text FROM ' SET .*?( FROM .*)$') AS others,
       ARRAY(SELECT a[1] FROM regexp_matches(u.text, '\mAS (\w+)', 'g') AS a) AS aliases
  FROM statement AS s
 CROSS JOIN LATERAL (SELECT regexp_split_to_table(s.text, 'UPDATE peoplecall\.')
                     OFFSET 1) AS u (text)
 WHERE EXISTS (SELECT FROM keyed AS k WHERE k.tab = split_part(u.text, ' ', 1));
SELECT cmp_ok(count(*)::int, '>', 80, 'updates of case records are found') FROM modified;
CREATE TEMPORARY VIEW changing AS
SELECT DISTINCT p.proname FROM pg_proc AS p
 WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'peoplecall'::regnamespace) AND p.provolatile <> 'i';
SELECT pg_temp.none($$
	SELECT m.body, m.tab, f[1] FROM modified AS m CROSS JOIN LATERAL regexp_matches(m.sets, '\m(\w+)(\([^()]*)', 'g') AS f
	 WHERE f[1] IN (SELECT c.proname FROM changing AS c)
	   AND EXISTS (SELECT FROM unnest(m.aliases) AS a WHERE f[2] ~ format('\m%s\.', a))$$,
	'no update calls a function that is not immutable of columns');
SELECT pg_temp.none($$SELECT m.body, m.sets FROM modified AS m
	 WHERE EXISTS (SELECT FROM unnest(m.aliases) AS a WHERE m.sets ~ format('\m%s\.\w*(_at|until) [-+] ', a) OR m.sets ~ format('[-+] %s\.\w*(_at|until)\M', a))$$,
	'nor reckons a time from one of a column');
-- a function in what is joined with the table that is changed goes with it to the shard
SELECT pg_temp.none($$
	SELECT m.body, f[1] FROM modified AS m CROSS JOIN LATERAL regexp_matches(regexp_replace(m.others, '( RETURNING |\) SELECT ).*$', ''), 'peoplecall\.(\w+)\(', 'g') AS f
	 WHERE f[1] IN (SELECT c.proname FROM changing AS c)$$,
	'nor joins what a function reads');
SELECT pg_temp.none($$
	SELECT s.body, f[1] FROM statement AS s
	 CROSS JOIN LATERAL regexp_matches(regexp_replace(s.text, '^.*DO UPDATE SET|( WHERE | RETURNING ).*$', '', 'g'), '\m(\w+)\(', 'g') AS f
	 WHERE s.text ~ 'DO UPDATE SET' AND s.body::text <> 'peoplecall.store_facts' AND f[1] IN (SELECT c.proname FROM changing AS c)$$,
	'what is put in the place of a row comes from EXCLUDED');
SELECT pg_temp.none($$SELECT s.body FROM statement AS s WHERE s.text ~ '\mGROUPING SETS\M|\mROLLUP ?\(|\mCUBE ?\('
	 AND EXISTS (SELECT FROM keyed AS k WHERE s.text ~ format('\mpeoplecall\.%s\M', k.tab))$$, 'no grouping sets over case records');
SELECT pg_temp.none($$SELECT s.body FROM statement AS s WHERE s.text ~ 'WITH RECURSIVE'
	 AND EXISTS (SELECT FROM keyed AS k WHERE s.text ~ format('\mpeoplecall\.%s\M', k.tab))$$, 'no recursion over them');
-- the checks of the text find what they are for
INSERT INTO modified (body, tab, sets, others, aliases) VALUES
	('peoplecall.as_of', 'clock', 'due_at = peoplecall.next_review(k.due_at, at), warn_at = k.warn_at + pause', '', '{k}');
SELECT is(count(*), 1::bigint, 'a call of columns would be found') FROM modified AS m, regexp_matches(m.sets, '\m(\w+)(\([^()]*)', 'g') AS f
 WHERE f[1] IN (SELECT c.proname FROM changing AS c) AND EXISTS (SELECT FROM unnest(m.aliases) AS a WHERE f[2] ~ format('\m%s\.', a));
SELECT is(count(*), 1::bigint, 'and reckoning with a column') FROM modified AS m
 WHERE EXISTS (SELECT FROM unnest(m.aliases) AS a WHERE m.sets ~ format('\m%s\.\w*(_at|until) [-+] ', a));
INSERT INTO modified (body, tab, sets, others, aliases) VALUES
	('peoplecall.as_of', 'complaint', '', ' FROM unnest(stale) AS s (id) CROSS JOIN LATERAL peoplecall.tightest_clock(c.district_id, s.id) AS l WHERE c.id = s.id', '{s}');
SELECT is(count(*), 1::bigint, 'and what a function would read on a shard') FROM modified AS m
 CROSS JOIN LATERAL regexp_matches(regexp_replace(m.others, '( RETURNING |\) SELECT ).*$', ''), 'peoplecall\.(\w+)\(', 'g') AS f WHERE f[1] IN (SELECT c.proname FROM changing AS c);

--
-- Without Citus: it says so, and nothing is changed.
--
CREATE FUNCTION pg_temp.shape() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(x, E'\n' ORDER BY x)) FROM (
		SELECT format('%s %s %s', p.polrelid::regclass, p.polname, pg_get_expr(p.polqual, p.polrelid)) FROM pg_policy AS p
		UNION ALL SELECT format('%s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint AS k WHERE k.connamespace = 'peoplecall'::regnamespace
		UNION ALL SELECT pg_get_triggerdef(g.oid) || g.tgenabled::text FROM pg_trigger AS g WHERE NOT g.tgisinternal) AS t (x)
$$;
CREATE TEMPORARY TABLE before AS SELECT pg_temp.shape() AS shape;
SELECT throws_ok('SELECT peoplecall.distribute()', 'PC007', 'Citus is not in this database', 'without Citus it says so');
SELECT is(pg_temp.says('city_owner', 'SELECT peoplecall.distribute()'), 'PC007', 'to the owner too');
SELECT is(pg_temp.shape(), b.shape, 'and nothing is changed') FROM before AS b;
SELECT ok(NOT peoplecall.is_distributed('peoplecall.complaint') AND NOT peoplecall.reads_by_role(), 'nor distributed');
SELECT is(peoplecall.refresh_reading(), 0, 'there are no policies of roles to refresh');

--
-- Who reads what: roles with posts of every kind, some through one another.
--
CREATE ROLE dist_reader;
CREATE ROLE dist_city;
CREATE ROLE dist_market;
CREATE ROLE dist_street;
CREATE ROLE dist_personal;
CREATE ROLE dist_handler;
CREATE ROLE dist_both IN ROLE dist_personal, dist_handler;
CREATE ROLE dist_member IN ROLE dist_reader;
CREATE ROLE dist_stranger NOINHERIT IN ROLE dist_reader;
CREATE ROLE dist_gateway;
CREATE ROLE dist_closed;
CREATE ROLE dist_lent;
CREATE ROLE dist_taken;
CREATE ROLE dist_nobody;
CREATE ROLE "dist-""quoted"" 区";
CREATE ROLE dist_owner_too IN ROLE city_owner;
CREATE ROLE dist_a_name_that_is_as_long_as_the_name_of_a_role_may_be_in_all;
CREATE TEMPORARY VIEW reader AS SELECT r.rolname FROM pg_roles AS r WHERE r.rolname ~ '^dist';
INSERT INTO peoplecall.org (id, name, kind, area, active) VALUES (90, '撤并街道', 'street', '420106015', false), (91, '飞地管委会', 'street', '420102017', true);
INSERT INTO peoplecall.jurisdiction (area, org, valid) VALUES
	('420106012009', 91, '[2019-01-01,)'), ('420106015006', 91, '[2019-01-01,2019-06-01)'), ('420106015002', 91, '(,)');
SELECT peoplecall.appoint(p.who::name, p.duty::peoplecall.duty, p.org) FROM (VALUES
	('dist_reader', 'read', 12), ('dist_reader', 'verify', 21), ('dist_reader', 'read', 22),
	('dist_city', 'supervise', 61), ('dist_city', 'personal', 1),
	('dist_market', 'handle', 31), ('dist_market', 'handle', 41), ('dist_market', 'personal', 31),
	('dist_street', 'handle', 12), ('dist_street', 'handle', 52), ('dist_street', 'personal', 12),
	('dist_personal', 'personal', 3), ('dist_personal', 'read', 2),
	('dist_handler', 'handle', 22), ('dist_handler', 'handle', 52),
	('dist_gateway', 'delegate', 1), ('dist_gateway', 'personal', 1),
	('dist_lent', 'dispatch', 91), ('dist_lent', 'personal', 91),
	('dist_taken', 'read', 1), ('dist_taken', 'personal', 1),
	('dist-"quoted" 区', 'configure', 3),
	('dist_a_name_that_is_as_long_as_the_name_of_a_role_may_be_in_all', 'intake', 1)) AS p (who, duty, org) \g /dev/null
INSERT INTO peoplecall.post (role, duty, org) VALUES ('dist_closed', 'read', 90), ('dist_closed', 'personal', 90), ('dist_closed', 'handle', 90);
-- another role than the one that was appointed
UPDATE peoplecall.post SET role_id = split_part(peoplecall.role_identity('dist_taken'), '/', 1) || '/1' WHERE role = 'dist_taken';
UPDATE peoplecall.reporter SET barred = (ARRAY['{}', '{31}', '{12}', '{34,52}', '{3}', '{22,71}', '{1}'])[complaint_id % 7 + 1]::bigint[];
UPDATE peoplecall.listing SET closed_at = last_event_at, closed = 'withdrawn' WHERE kind = 'post';
-- a claim from another place than its listing's
INSERT INTO peoplecall.claim (district_id, listing_id, area, seq, org, claimer_area, claimed_at)
SELECT l.district_id, l.id, l.area, 9, 12, '420106012', l.published_at FROM peoplecall.listing AS l WHERE l.district_id = 420102 LIMIT 1;
INSERT INTO peoplecall.appraisal (district_id, period, org, course, area, figures, rules, frozen_by, frozen_at)
SELECT o.district, '[2019-10-01,2019-11-01)', o.org, 'handled', o.district::text::peoplecall.areacode, '{}', '{}', 'city_owner', '2019-12-01 00:00+08'
  FROM (VALUES (420102, 41), (420102, 52), (420106, 22), (420106, 31)) AS o (district, org);
-- rights are not what is tested here: all have them, whatever appoint() and dismiss() gave and took
CREATE FUNCTION pg_temp.rights() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('GRANT SELECT ON peoplecall.my_tasks, peoplecall.lists, peoplecall.org, peoplecall.area, %s TO %s',
		(SELECT string_agg(format('peoplecall.%I', y.recorded), ', ') FROM peoplecall.reading_rules() AS y),
		(SELECT string_agg(quote_ident(x.rolname), ', ') FROM reader AS x));
END
$$;

-- The rows that each role sees of each table, by their keys.
CREATE FUNCTION pg_temp.rows_read() RETURNS TABLE (who name, tab name, n bigint, these text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.rights();
	FOR who, tab IN SELECT r.rolname, t.name FROM reader AS r
		CROSS JOIN (SELECT x.recorded FROM peoplecall.reading_rules() AS x UNION ALL VALUES ('my_tasks'), ('lists')) AS t (name) ORDER BY 1, 2
	LOOP
		EXECUTE format('SET LOCAL ROLE %I', who);
		BEGIN
			EXECUTE format('SELECT count(*), md5(string_agg(x::text, E''\n'' ORDER BY x::text)) FROM peoplecall.%I AS x', tab) INTO n, these;
		EXCEPTION WHEN insufficient_privilege THEN
			n := NULL;
			these := SQLSTATE;
		END;
		RESET ROLE;
		RETURN NEXT;
	END LOOP;
END
$$;
CREATE TEMPORARY TABLE compiled AS SELECT * FROM pg_temp.rows_read();
CREATE FUNCTION pg_temp.same_reading(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE now_read AS SELECT * FROM pg_temp.rows_read();
	RETURN NEXT pg_temp.none('(TABLE compiled EXCEPT TABLE now_read) UNION ALL (TABLE now_read EXCEPT TABLE compiled)', what);
	DROP TABLE now_read;
END
$$;
-- it says something: no table is read by all or by none, and most by several in several ways
SELECT pg_temp.none($$SELECT c.tab FROM compiled AS c GROUP BY c.tab HAVING min(c.n) = max(c.n)$$, 'roles read each table differently');
SELECT cmp_ok(count(DISTINCT c.these)::int, '>', 4, 'names of citizens in many ways: ' || string_agg(c.n::text, ' ' ORDER BY c.who)) FROM compiled AS c WHERE c.tab = 'reporter';
SELECT cmp_ok(count(DISTINCT c.these)::int, '>', 5, 'matters too: ' || string_agg(c.n::text, ' ' ORDER BY c.who)) FROM compiled AS c WHERE c.tab = 'complaint';
SELECT is(string_agg(c.who || ' ' || c.n, ', ' ORDER BY c.who), 'dist_closed 0, dist_nobody 0, dist_stranger 0, dist_taken 0', 'these have no post that counts')
  FROM compiled AS c WHERE c.tab = 'complaint' AND c.who IN ('dist_closed', 'dist_nobody', 'dist_stranger', 'dist_taken');

--
-- The stand-in refuses what Citus does
--
SAVEPOINT one_machine;
SELECT pg_temp.pretend_citus() \g /dev/null
SELECT throws_like(t.call, t.refused, format('the stand-in: %s', t.what)) FROM (VALUES
	('not in one go', 'SELECT create_reference_table(''peoplecall.area'')', '%sequential mode%')) AS t (what, call, refused);
SELECT set_config('citus.multi_shard_modify_mode', 'sequential', true) \g /dev/null
SELECT throws_like(t.call, t.refused, format('the stand-in: %s', t.what)) FROM (VALUES
	('triggers', 'SELECT create_reference_table(''peoplecall.org_kind'')', '%has triggers%'),
	('policies', 'SELECT create_distributed_table(''peoplecall.sweep_status'', ''district_id'', colocate_with => ''none'')', '%not immutable%'),
	('a wrong column', 'SELECT create_distributed_table(''peoplecall.change_queue'', ''org'', colocate_with => ''none'')', '%without the distribution column%'),
	('nothing to lie with', 'SELECT create_distributed_table(''peoplecall.change_queue'', ''district_id'', colocate_with => ''peoplecall.complaint'')', '%is not distributed%'),
	('what it refers to', 'SELECT create_distributed_table(''peoplecall.listing_resident'', ''district_id'', colocate_with => ''none'')', '%stays behind%')) AS t (what, call, refused);
SET LOCAL ROLE dist_nobody;
SELECT throws_ok('SELECT create_reference_table(''peoplecall.area'')', '42501', NULL, 'the stand-in: of another''s table');
RESET ROLE;

--
-- What stands against it is said first
--
CREATE TABLE public.own_note (district_id int, complaint_id bigint, note text, FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint);
SELECT throws_ok('SELECT peoplecall.distribute()', '0A000', 'foreign keys of other tables refer to tables that are to be distributed', 'a foreign key of the city''s own');
DROP TABLE public.own_note;
CREATE POLICY own ON peoplecall.task FOR SELECT USING (peoplecall.may_read(area));
SELECT throws_ok('SELECT peoplecall.distribute()', '0A000', 'row policies that read the rulebook cannot be distributed', 'a policy of the city''s own');
DROP POLICY own ON peoplecall.task;
ALTER TABLE peoplecall.supplement RENAME TO supplement_gone;
SELECT throws_ok('SELECT peoplecall.distribute()', 'PC002', 'the ledger is not up to date', 'a table that is missing');
ALTER TABLE peoplecall.supplement_gone RENAME TO supplement;
SELECT is((SELECT count(*) FROM pg_dist_partition), 0::bigint, 'and nothing was sent');

--
-- distribute()
--
CREATE POLICY own ON peoplecall.task FOR SELECT TO dist_nobody USING (org = 71);
CREATE TRIGGER own AFTER INSERT ON peoplecall.template FOR EACH ROW EXECUTE FUNCTION peoplecall.template_guard();
ALTER TABLE peoplecall.template DISABLE TRIGGER own;
CREATE TEMPORARY TABLE ties AS SELECT x.on_again FROM peoplecall.table_ties(ARRAY(SELECT p.rel FROM plan AS p)) AS x;
TRUNCATE pg_catalog.pretend_log;
SELECT is(pg_temp.says('city_owner', 'SELECT peoplecall.distribute()'), (SELECT count(*) FROM plan AS p WHERE p.how <> 'local')::text, 'the owner distributes all but what stays');
SELECT results_eq($$SELECT l.what COLLATE "C" FROM pg_catalog.pretend_log AS l WHERE l.what ~ '^(reference|distribute) ' ORDER BY l.n$$,
	$$SELECT concat_ws(' ', CASE p.how WHEN 'reference' THEN 'reference' ELSE 'distribute' END, p.rel::text, p.by_column::text,
	         CASE WHEN p.colocated_with IS NULL THEN 'none' ELSE 'peoplecall.' || p.colocated_with::text END) COLLATE "C"
	    FROM plan AS p WHERE p.how <> 'local' ORDER BY p.place$$, 'as the plan says, in its order');
SELECT ok(peoplecall.is_distributed('peoplecall.complaint') AND NOT peoplecall.is_distributed('peoplecall.change_head') AND peoplecall.reads_by_role(), 'and the ledger knows');
SELECT bag_eq($$SELECT x.on_again FROM peoplecall.table_ties(ARRAY(SELECT p.rel FROM plan AS p)) AS x$$, 'TABLE ties', 'foreign keys and triggers are as they were, the city''s own too');
SELECT ok(bool_and(k.convalidated), 'and hold for what is there') FROM pg_constraint AS k WHERE k.contype = 'f' AND k.connamespace = 'peoplecall'::regnamespace;
SELECT pg_temp.none($$SELECT p.tab FROM plan AS p JOIN pg_class AS c ON c.oid = p.rel JOIN peoplecall.reading_rules() AS r ON r.recorded = p.tab WHERE NOT c.relrowsecurity$$, 'rows are kept from whoever may not read them');
SELECT pg_temp.none($$SELECT p.polname, p.polrelid::regclass FROM pg_policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
	 JOIN pg_proc AS f ON f.oid = d.refobjid WHERE f.provolatile <> 'i'$$, 'by policies of constants and immutable functions');
SELECT is((SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy AS p WHERE p.polrelid = 'peoplecall.task'::regclass AND p.polname = 'own'), '(org = 71)', 'the city''s own policy is there');
DROP POLICY own ON peoplecall.task;
SELECT pg_temp.same_reading('every role reads the rows that it read before');
SELECT is(pg_temp.says('city_owner', 'SELECT peoplecall.distribute()'), '0', 'again nothing is sent');
TRUNCATE pg_catalog.pretend_log;
SELECT is(peoplecall.refresh_reading(), 0, 'and no policy is to be refreshed');
SELECT is(count(*), 0::bigint, 'so that none is touched') FROM pg_catalog.pretend_log;

--
-- appoint(), dismiss(), and what else changes who reads. The compiled posts say
-- on the same machine what is right; officers acted for are not among them.
--
CREATE FUNCTION pg_temp.right_reading(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	-- the compiled posts, asked row by row
	CREATE TEMPORARY TABLE held (who name, tab name, n bigint);
	GRANT ALL ON held TO PUBLIC;
	PERFORM pg_temp.rights();
	FOR r IN SELECT x.rolname AS who, y.recorded AS tab,
			format('SELECT count(*) FROM peoplecall.%I AS x WHERE %s', y.recorded, concat_ws(' OR ', y.anybody,
				CASE WHEN y.own_org THEN 'org = ANY (peoplecall.my_orgs())' END,
				(SELECT string_agg(format(CASE y.reach WHEN 'read' THEN 'peoplecall.may_read(%s)' WHEN 'personal' THEN 'peoplecall.may_read_personal(%s)'
					ELSE 'peoplecall.may_read_reporter(%s, barred)' END, a), ' OR ') FROM unnest(y.areas) AS a))) AS asks
		  FROM reader AS x CROSS JOIN peoplecall.reading_rules() AS y LOOP
		-- for a moment a role that no row policy binds
		EXECUTE format('ALTER ROLE %I BYPASSRLS', r.who);
		EXECUTE format('SET LOCAL ROLE %I', r.who);
		EXECUTE format('INSERT INTO held SELECT %L, %L, x.n FROM (%s) AS x (n)', r.who, r.tab, r.asks);
		RESET ROLE;
		EXECUTE format('ALTER ROLE %I NOBYPASSRLS', r.who);
	END LOOP;
	CREATE TEMPORARY TABLE now_read AS SELECT w.who, w.tab, w.n FROM pg_temp.rows_read() AS w WHERE w.tab IN (SELECT x.recorded FROM peoplecall.reading_rules() AS x);
	RETURN NEXT pg_temp.none('(TABLE held EXCEPT TABLE now_read) UNION ALL (TABLE now_read EXCEPT TABLE held)', what);
	DROP TABLE now_read, held;
END
$$;
CREATE FUNCTION pg_temp.matters(who name, tab name DEFAULT 'complaint') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.says(who, format('SELECT count(*) FROM peoplecall.%I', tab))
$$;
SELECT pg_temp.right_reading('policies of roles let read what compiled posts would');
SELECT is(pg_temp.says('dist_nobody', 'SELECT peoplecall.appoint(''dist_nobody''::name, ''read'', 1)'), '42501', 'who may not appoint, may not here');
SELECT peoplecall.appoint('dist_nobody'::name, 'read', 3) \g /dev/null
SELECT is(pg_temp.matters('dist_nobody'), (SELECT count(*)::text FROM peoplecall.complaint AS c WHERE c.district_id = 420106), 'whoever is appointed reads his district');
SELECT is(pg_temp.matters('dist_nobody', 'reporter'), '42501', 'and no names');
SELECT peoplecall.appoint('dist_nobody'::name, 'handle', 22) \g /dev/null
SELECT peoplecall.appoint('dist_nobody'::name, 'personal', 2) \g /dev/null
SELECT pg_temp.right_reading('after three appointments');
SELECT cmp_ok(pg_temp.matters('dist_nobody', 'reporter')::int, '>', 0, 'with the duty personal he reads names');
TRUNCATE pg_catalog.pretend_log;
SELECT peoplecall.appoint('dist_nobody'::name, 'verify', 12) \g /dev/null
SELECT is(count(*), 0::bigint, 'a post that reaches no further touches no policy') FROM pg_catalog.pretend_log AS l WHERE l.what ~ 'policy';
SELECT peoplecall.dismiss('dist_nobody'::name, 'read', 3) \g /dev/null
SELECT pg_temp.right_reading('after he is dismissed of one');
SELECT peoplecall.dismiss('dist_nobody'::name, d.duty, d.org) FROM (VALUES ('handle'::peoplecall.duty, 22), ('personal', 2), ('verify', 12)) AS d (duty, org) \g /dev/null
SELECT is(count(*), 0::bigint, 'whoever has no post has no policy') FROM pg_policy AS p WHERE (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = 'dist_nobody') = ANY (p.polroles);
SELECT pg_temp.same_reading('all is as it was');
-- what is not a post: the city changes the rulebook, and a job brings it
INSERT INTO peoplecall.jurisdiction (area, org, valid) VALUES ('420102', 12, '[2019-01-01,)');
UPDATE peoplecall.org SET active = false WHERE id = 31;
UPDATE peoplecall.org SET superior = 3 WHERE id = 71;
UPDATE peoplecall.org SET superior = 31 WHERE id = 22;
UPDATE peoplecall.jurisdiction SET valid = '[2019-01-01,2019-02-01)' WHERE org = 91 AND area OPERATOR(peoplecall.=) '420106015002';
DELETE FROM peoplecall.post WHERE role = 'dist_gateway';
SELECT cmp_ok(peoplecall.refresh_reading(), '>', 0, 'the job brings jurisdictions, orgs, and posts that were deleted by hand');
SELECT pg_temp.right_reading('so that roles read by them');
SELECT is(pg_temp.matters('dist_gateway'), '0', 'also he who lost his post');
SELECT isnt(pg_temp.matters('dist_street'), (SELECT c.n::text FROM compiled AS c WHERE c.who = 'dist_street' AND c.tab = 'complaint'), 'a jurisdiction lets read');
ALTER ROLE dist_city RENAME TO dist_city_renamed;
SELECT cmp_ok(peoplecall.refresh_reading(), '>', 0, 'a name that nobody has any more');
SELECT is(pg_temp.matters('dist_city_renamed'), '0', 'holds no post');
SELECT pg_temp.right_reading('as at the gate');
-- acting for an officer
SELECT peoplecall.appoint(331, 'handle', 33), peoplecall.appoint('dist_lent'::name, 'delegate', 33) \g /dev/null
CREATE TEMPORARY TABLE counted AS SELECT pg_temp.matters('dist_lent') AS n;
SELECT is(pg_temp.says('dist_lent', 'SELECT count(*) FROM (SELECT peoplecall.act_for(331)) AS a, peoplecall.complaint'), c.n, 'act_for() neither widens nor narrows what may be read') FROM counted AS c;
SELECT is(pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.complaint'), (SELECT count(*)::text FROM peoplecall.complaint), 'the owner reads all');
SELECT pg_temp.says('dist_lent', 'SELECT peoplecall.act_for(NULL)') \g /dev/null
-- a policy that reads posts would be refused here
SELECT throws_like('CREATE POLICY own ON peoplecall.task USING (peoplecall.may_read(area))', '%not immutable%', 'the stand-in: a policy that reads posts');
SELECT throws_like('CREATE POLICY own ON peoplecall.task USING (org IN (SELECT o.id FROM peoplecall.org AS o))', '%a subquery%', 'the stand-in: one that reads a table');
SELECT throws_like('CREATE UNIQUE INDEX ON peoplecall.task (complaint_id, seq)', '%without the distribution column%', 'the stand-in: a key without the district');
SELECT throws_like('ALTER TABLE peoplecall.ruling ADD FOREIGN KEY (complaint_id, id) REFERENCES peoplecall.complaint (district_id, id)', '%of a reference table%', 'the stand-in: from the rulebook to a case record');
-- verbs work on, and so does create_ledger()
SELECT is((SELECT state FROM peoplecall.submit('hotline', '分布之后', '', '420106012001', 'property.garage'::ltree)), 'dispatched', 'a verb goes on');
SELECT is(peoplecall.create_ledger('city_owner', ''), 1, 'the ledger is brought up to date');
SELECT ok(peoplecall.reads_by_role() AND NOT peoplecall.has_policy('task', 'by_post'), 'and is read as before');
SELECT throws_ok('SELECT peoplecall.partition_ledger()', '0A000', 'the history of a distributed ledger cannot be partitioned any more', 'too late for months');

--
-- A dump of it restored on one machine: first as it is, then brought up to date.
--
DELETE FROM pg_catalog.pg_dist_partition;
SELECT pg_temp.right_reading('roles read the same');
SELECT peoplecall.dismiss('dist_reader'::name, 'read', 12), peoplecall.appoint('dist_nobody'::name, 'read', 2) \g /dev/null
SELECT pg_temp.right_reading('and posts go on to matter');
SELECT is(peoplecall.create_ledger(), 1, 'create_ledger()');
SELECT is(count(*), 0::bigint, 'leaves no policy of a role') FROM peoplecall.role_policies();
SELECT ok(NOT peoplecall.reads_by_role() AND peoplecall.has_policy('task', 'by_post') AND peoplecall.has_policy('appraisal', 'by_own_post'), 'brings those by compiled posts');
SELECT pg_temp.right_reading('by which the same is read');
ROLLBACK TO one_machine;
SELECT is(pg_temp.shape(), b.shape, 'undone, all is as it was') FROM before AS b;

--
-- A history by months
--
SELECT cmp_ok(peoplecall.partition_ledger(since => now() - interval '40 days'), '>', 2, 'the history by months');
SELECT pg_temp.pretend_citus() \g /dev/null
CREATE TEMPORARY TABLE parts AS SELECT x.on_again FROM peoplecall.table_ties(ARRAY(SELECT p.rel FROM plan AS p)) AS x;
SELECT is(peoplecall.distribute(), (SELECT count(*)::int FROM plan AS p WHERE p.how <> 'local'), 'is distributed as a whole');
SELECT bag_eq($$SELECT x.on_again FROM peoplecall.table_ties(ARRAY(SELECT p.rel FROM plan AS p)) AS x$$, 'TABLE parts', 'its partitions are guarded as before');
SELECT ok(bool_and(c.relrowsecurity), 'and read by nobody by themselves') FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'peoplecall.event'::regclass;
SELECT pg_temp.same_reading('every role reads the rows that it read before');
SELECT set_config('citus.enable_unsafe_triggers', 'off', true) \g /dev/null
SELECT is(peoplecall.keep_partitions(5), 2, 'months are added to it');
SELECT throws_ok('UPDATE peoplecall.event SET verb = ''x''', '42501', NULL, 'and it is still guarded');
SELECT is((SELECT state FROM peoplecall.submit('hotline', '分布之后', '', '420106012001', 'property.garage'::ltree)), 'dispatched', 'verbs write it');
SELECT * FROM finish();
ROLLBACK;
