-- areacode: text, order, tree, casts, binary form, hash
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
CREATE SCHEMA test_areacode;
SET search_path = test_areacode, peoplecall, public;

-- state, message and detail of an error, or what came out
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

--
-- text
--
SELECT input, input::areacode AS code, level(input::areacode)
  FROM unnest(ARRAY['0', '00', '000000', '000000000000000', '42', '4201',
	'420100', '420100000', '420100000000', '420100000000000', '420102',
	'420102003', '420102003005', '420102003005007', '50', '5000', '500000',
	'441900003', '441900003000', '441900003001', '350527000001',
	'420000000000001', '999999999999999']) AS input;
SELECT E' \t\n\r 420102 \x0b\f'::areacode AS spaces;
-- printed and read again, every value is the same
SELECT count(*) AS broken
  FROM generate_series(1, 99) AS a, generate_series(0, 20, 5) AS b,
	generate_series(0, 2) AS c, generate_series(0, 999, 111) AS d,
	LATERAL (SELECT lpad(a::text, 2, '1') || lpad(b::text, 2, '0')
		|| lpad(c::text, 2, '0') || lpad(d::text, 3, '0') AS code) AS t
 WHERE (t.code::areacode)::text::areacode <> t.code::areacode
	OR rpad((t.code::areacode)::text, 9, '0') <> t.code;

-- every rule that a text can break
SELECT quote_literal(input) AS input,
	try(format('SELECT %L::peoplecall.areacode', input)) AS refused
  FROM unnest(ARRAY['', '   ', '-42', '+42', '-', '42 01', '4201x', 'x', '42.0',
	'４２', '1', '420', '42010', '4201020', '42010200', '4201020031',
	'42010200300500', '4201020030050071', '0000000000000000', '000',
	'01', '0042', '020100', '4201' || chr(160)]) AS input;
SELECT try(format('SELECT %L::peoplecall.areacode', repeat('9', 1000)));
SELECT try(format('SELECT %L::peoplecall.areacode', repeat('汉', 40)));
\set VERBOSITY default
SELECT '42010'::areacode;

-- soft errors, where the server has them
DO $$
DECLARE
	message text;
	detail text;
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT pg_input_is_valid('4201', 'peoplecall.areacode');
		ASSERT NOT pg_input_is_valid('42010', 'peoplecall.areacode');
		EXECUTE $q$
			SELECT i.message, i.detail
			  FROM pg_input_error_info('x', 'peoplecall.areacode') AS i
		$q$ INTO message, detail;
		ASSERT message = 'invalid input syntax for type areacode: "x"';
		ASSERT detail = 'An area code consists of the digits 0 to 9 only.';
	END IF;
END
$$;

--
-- casts
--
SELECT 420102::areacode AS int4, 420102003005::areacode AS int8,
	420100::areacode AS city, 0::areacode AS root,
	420102003005007::areacode AS grid;
SELECT n, try(format('SELECT (%s)::bigint::peoplecall.areacode', n)) AS refused
  FROM unnest(ARRAY[-42, 4, 420, 42010, 4201020030050071,
	9223372036854775807, -9223372036854775808]) AS n;
SELECT try('SELECT 4::int::peoplecall.areacode');
SELECT c, c::bigint, c::bigint::areacode = c AS back, c::text
  FROM unnest(ARRAY['0', '42', '420102', '420102003005007']::areacode[]) AS c;
-- none is implicit
SELECT try('SELECT peoplecall.level(420102)');
SELECT try('SELECT 1 + ''42''::peoplecall.areacode');
CREATE TABLE as_number (n bigint, t text);
INSERT INTO as_number (t) VALUES ('4201'::areacode);
INSERT INTO as_number (n) VALUES ('4201'::areacode);
SELECT district_of_area(c), c
  FROM unnest(ARRAY['0', '42', '4201', '420102', '420102003005007']::areacode[]) AS c;
SELECT district_of_area('420102003')::areacode;

--
-- order
--
CREATE TABLE area (code areacode);
INSERT INTO area
VALUES ('420102'), ('42'), ('4201'), (NULL), ('420102003'), ('0'),
	('420102003005'), ('43'), ('420103'), ('420102003005007'), ('420199');
SELECT code FROM area ORDER BY code;
SELECT code FROM area ORDER BY code DESC NULLS LAST LIMIT 3;
SELECT min(code), max(code) FROM area;
SELECT min(code), max(code) FROM area WHERE false;
SELECT a.code < b.code AS lt, a.code <= b.code AS le, a.code = b.code AS eq,
	a.code >= b.code AS ge, a.code > b.code AS gt, a.code <> b.code AS ne,
	areacode_cmp(a.code, b.code) AS cmp
  FROM (VALUES ('42'::areacode, '4201'::areacode), ('4201', '420100'),
	('43', '4299')) AS v (a, b),
	LATERAL (SELECT v.a AS code) AS a, LATERAL (SELECT v.b AS code) AS b;

--
-- tree
--
SELECT code, level(code), parent(code), lineage(code), subtree_first(code),
	subtree_last(code)
  FROM unnest(ARRAY['0', '42', '4201', '420102', '420102003', '420102003005',
	'420102003005007', '441900003', '441900003001', '4419']::areacode[]) AS code;
SELECT l AS level, ancestor('420102003005007', l), ancestor('441900003', l),
	ancestor('42', l)
  FROM unnest(enum_range(NULL::area_level)) AS l;
SELECT a, b, common_ancestor(a, b), common_ancestor(b, a) AS commuted
  FROM (VALUES ('420102003'::areacode, '420102004'::areacode),
	('420102003', '420103'), ('420102003', '420102'), ('42', '43'),
	('441900003', '441900004'), ('0', '42'),
	('420102003005', '420102003005')) AS v (a, b);
SELECT a, b, a <@ b AS "<@", a @> b AS "@>"
  FROM (VALUES ('420102003'::areacode, '420102'::areacode), ('42', '42'),
	('420102', '420102003'), ('420103', '420102'), ('43', '0'), ('0', '43'),
	('441900003', '4419'), (NULL, '42')) AS v (a, b);
-- the three ways of saying it agree
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE (a.code <@ b.code)
		IS DISTINCT FROM (b.code @> a.code)) AS commuted,
	count(*) FILTER (WHERE (a.code <@ b.code) IS DISTINCT FROM
		(a.code BETWEEN subtree_first(b.code) AND subtree_last(b.code))) AS ranged,
	count(*) FILTER (WHERE (a.code <@ b.code)
		IS DISTINCT FROM (b.code = ANY (lineage(a.code)))) AS lineage
  FROM area AS a, area AS b
 WHERE a.code IS NOT NULL AND b.code IS NOT NULL;
SELECT subtree_last(subtree_last(code)) = subtree_last(code) AS fixed,
	subtree_last(code)::text::areacode = subtree_last(code) AS printed,
	level(subtree_last(code))
  FROM area WHERE code IN ('0', '4201');

--
-- binary
--
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/results/areacode.bin'
\set copy '\\copy area TO ' :'file' ' (FORMAT binary)'
:copy
CREATE TABLE copied (code areacode);
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
SELECT count(*) AS rows, count(*) FILTER (WHERE a IS NULL) AS nulls
  FROM copied AS c LEFT JOIN area AS a ON a.code = c.code;
\set copy '\\copy (SELECT 420102::bigint) TO ' :'file' ' (FORMAT binary)'
:copy
\set VERBOSITY terse
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT -420102000000000) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT 1000000000000000) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT 42::int) TO ' :'file' ' (FORMAT binary)'
:copy
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
\set VERBOSITY default

--
-- hash
--
SELECT count(DISTINCT areacode_hash(code)) AS different,
	bool_and(areacode_hash(code) = areacode_hash_extended(code, 0)::bit(32)::int)
		AS consistent,
	bool_or(areacode_hash_extended(code, 0) = areacode_hash_extended(code, 1))
		AS seed_ignored
  FROM area WHERE code IS NOT NULL;
CREATE TABLE doubled AS SELECT a.code FROM area AS a, generate_series(1, 2);
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT code, count(*) FROM doubled GROUP BY code;
SELECT count(*) AS groups FROM (SELECT code FROM doubled GROUP BY code) AS g;
RESET enable_sort;
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM doubled JOIN area USING (code);
SELECT count(*) FROM doubled JOIN area USING (code);
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM doubled JOIN area USING (code);
SELECT count(*) FROM doubled JOIN area USING (code);
RESET enable_hashjoin;
RESET enable_nestloop;
CREATE TABLE hashed (code areacode) PARTITION BY HASH (code);
CREATE TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT code FROM area;
SELECT count(*) FROM hashed WHERE code = '420102';

-- equal values share an index entry
CREATE INDEX repeated ON doubled (code);
SELECT amproc::regproc
  FROM pg_amproc AS p JOIN pg_opfamily AS f ON f.oid = p.amprocfamily
 WHERE f.opfname IN ('areacode_ops', 'areacode_hash_ops')
 ORDER BY f.opfname, p.amprocnum;
-- every operator has its estimators, and what is leakproof is declared so
SELECT o.oid::regoperator AS operator, o.oprrest, o.oprjoin, o.oprcom::regoper,
	o.oprnegate::regoper, p.proleakproof, p.provolatile, p.proisstrict,
	p.proparallel
  FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode
 WHERE o.oprleft = 'areacode'::regtype ORDER BY o.oprname;

RESET search_path;
DROP SCHEMA test_areacode CASCADE;
