-- timelimit: text, order, scaling, binary form, hash
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
CREATE SCHEMA test_timelimit;
SET search_path = test_timelimit, peoplecall, public;

CREATE FUNCTION try(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	result text;
	state text;
	message text;
	detail text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN state || ' ' || message || ' / ' || detail;
END
$$;

-- what was said is what is printed
SELECT quote_literal(input) AS input, input::timelimit
  FROM unnest(ARRAY['30min', '90min', '2h', '7d', '8wh', '5wd', '0wd', '0min',
	'007d', ' 5wd ', '52560000min', '876000h', '36500d', '876000wh',
	'36500wd']) AS input;
-- every rule that a text can break
SELECT quote_literal(input) AS input,
	try(format('SELECT %L::peoplecall.timelimit', input)) AS refused
  FROM unnest(ARRAY['', ' ', '-1d', '- 1d', '+1d', 'd', 'min', '5', '5 ', '1.5h',
	'1,5h', '.5h', '5 wd', '5x', '5wdx', '5WD', '5days', '1d2h', '5个工作日',
	'52560001min', '876001h', '36501d', '876001wh', '36501wd', '2147483648min',
	'99999999999999999999d']) AS input;
SELECT try(format('SELECT %L::peoplecall.timelimit', repeat('9', 500)));
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT pg_input_is_valid('5wd', 'peoplecall.timelimit');
		ASSERT NOT pg_input_is_valid('5', 'peoplecall.timelimit');
	END IF;
END
$$;

-- nominal length, then unit; equal only if the same was said
CREATE TABLE allowed (t timelimit);
INSERT INTO allowed
VALUES ('5wd'), ('2h'), ('8wh'), ('7d'), (NULL), ('1wh'), ('60min'), ('1h'),
	('0wd'), ('0min'), ('5d'), ('120h'), ('7wd'), ('90min');
SELECT string_agg(t::text, ' < ' ORDER BY t) FROM allowed;
SELECT a || ' ' || b AS pair, a < b AS lt, a <= b AS le, a = b AS eq,
	a >= b AS ge, a > b AS gt, a <> b AS ne, timelimit_cmp(a, b) AS cmp
  FROM (VALUES ('60min'::timelimit, '1h'::timelimit), ('5wd', '5wd'),
	('2h', '30min'), ('007d', '7d')) AS v (a, b);
-- a total order: irreflexive, antisymmetric, transitive
SELECT count(*) AS broken
  FROM allowed AS a, allowed AS b, allowed AS c
 WHERE (a.t < b.t AND b.t < c.t AND NOT a.t < c.t)
	OR (a.t < b.t AND b.t < a.t)
	OR ((a.t = b.t) <> (a.t::text = b.t::text));

SELECT scale('10d', 0.8), scale('10d', 1.1), scale('5wd', 0.8),
	scale('3wd', 0.8), scale('1h', 0.01), scale('0wd', 0.5),
	scale('30min', 1), scale('36500d', 1);
SELECT try(format('SELECT peoplecall.scale(''5wd'', %L)', f)) AS refused
  FROM unnest(ARRAY[0, -1, 'NaN', 'Infinity', '-Infinity', 1e300, 7300.5]::float8[]) AS f;
SELECT scale(NULL, 1) IS NULL AS null_limit, scale('1d', NULL) IS NULL AS null_factor;

CREATE TABLE as_text (t text);
INSERT INTO as_text VALUES ('5wd'::timelimit);
SELECT t, t::timelimit FROM as_text;
SELECT try('SELECT 5::peoplecall.timelimit');

-- binary
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/results/timelimit.bin'
\set copy '\\copy allowed TO ' :'file' ' (FORMAT binary)'
:copy
CREATE TABLE copied (t timelimit);
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
SELECT count(*) FROM allowed AS a JOIN copied AS c ON c.t = a.t;
\set VERBOSITY terse
\set copy '\\copy (SELECT (6::bigint << 32) + 1) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT 5::bigint) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT (5::bigint << 32) + 36501) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT (6::bigint << 32) - 1) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set VERBOSITY default

-- index, hash, merge
CREATE INDEX ON allowed (t);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT t FROM allowed WHERE t = '5wd';
SELECT t FROM allowed WHERE t >= '5d' ORDER BY t;
RESET enable_seqscan;
RESET enable_bitmapscan;
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT count(*) FROM allowed AS a JOIN allowed AS b USING (t);
RESET enable_mergejoin;
SET enable_hashjoin = off;
SELECT count(*) FROM allowed AS a JOIN allowed AS b USING (t);
RESET enable_hashjoin;
RESET enable_nestloop;
SELECT bool_and(timelimit_hash(t) =
		timelimit_hash_extended(t, 0)::bit(32)::int) AS consistent
  FROM allowed;
SELECT o.oid::regoperator AS operator, o.oprrest, o.oprjoin, o.oprcom::regoper,
	o.oprnegate::regoper, p.proleakproof
  FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode
 WHERE o.oprleft = 'timelimit'::regtype ORDER BY o.oprname;

RESET search_path;
DROP SCHEMA test_timelimit CASCADE;
