-- Past one machine: the plan, what Citus asks of every table and every body by
-- the catalog, and distribute() against a stand-in that refuses what Citus does.
-- distribution_citus.sql runs on a real one.
\set QUIET on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
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
