-- grade: text, order, levels, binary form, hash
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
CREATE SCHEMA test_grade;
SET search_path = test_grade, peoplecall, public;

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

SELECT input, input::grade AS grade, command_level(input::grade),
	raise(input::grade)
  FROM unnest(ARRAY['A', 'B', 'C', 'D', 'a', 'b', 'c', 'd', '甲', '乙', '丙',
	'丁', ' B ', E'\t丁\n']) AS input;
SELECT quote_literal(input) AS input,
	try(format('SELECT %L::peoplecall.grade', input)) AS refused
  FROM unnest(ARRAY['', ' ', 'E', 'AB', 'A B', '1', '戊', '甲乙', '甲级', 'é',
	'Ａ', '-', '@']) AS input;
SELECT try(format('SELECT %L::peoplecall.grade', repeat('甲', 500)));
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT pg_input_is_valid('甲', 'peoplecall.grade');
		ASSERT NOT pg_input_is_valid('戊', 'peoplecall.grade');
	END IF;
END
$$;

CREATE TABLE graded (id int, grade grade);
INSERT INTO graded
VALUES (1, 'C'), (2, 'A'), (3, NULL), (4, 'D'), (5, 'B'), (6, 'A');
SELECT * FROM graded ORDER BY grade, id;
SELECT min(grade), max(grade) FROM graded;
SELECT min(grade), max(grade) FROM graded WHERE false;
SELECT a::text || b AS pair, a < b AS lt, a <= b AS le, a = b AS eq,
	a >= b AS ge, a > b AS gt, a <> b AS ne, sign(grade_cmp(a, b)) AS cmp
  FROM (VALUES ('A'::grade, 'B'::grade), ('B', 'B'), ('D', 'C')) AS v (a, b);
CREATE TABLE as_text (t text);
INSERT INTO as_text VALUES ('C'::grade);
SELECT t, t::grade FROM as_text;
-- no number is a grade, no grade a number
SELECT try('SELECT 1::peoplecall.grade');
SELECT try('SELECT ''A''::peoplecall.grade::int');

-- binary
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/results/grade.bin'
\set copy '\\copy graded TO ' :'file' ' (FORMAT binary)'
:copy
CREATE TABLE copied (LIKE graded);
\set copy '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy
SELECT count(*) FROM graded AS g JOIN copied AS c
	ON c.id = g.id AND c.grade IS NOT DISTINCT FROM g.grade;
CREATE TABLE bytes (c "char");
INSERT INTO bytes VALUES ('A');
\set copy '\\copy bytes TO ' :'file' ' (FORMAT binary)'
:copy
CREATE TABLE grades (g grade);
\set copy '\\copy grades FROM ' :'file' ' (FORMAT binary)'
:copy

-- index, hash, merge
CREATE INDEX ON graded (grade);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM graded WHERE grade >= 'C';
SELECT id FROM graded WHERE grade >= 'C' ORDER BY id;
RESET enable_seqscan;
RESET enable_bitmapscan;
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM graded AS a JOIN graded AS b USING (grade);
SELECT count(*) FROM graded AS a JOIN graded AS b USING (grade);
RESET enable_mergejoin;
SET enable_hashjoin = off;
SELECT count(*) FROM graded AS a JOIN graded AS b USING (grade);
RESET enable_hashjoin;
RESET enable_nestloop;
SELECT bool_and(grade_hash(grade) =
		grade_hash_extended(grade, 0)::bit(32)::int) AS consistent
  FROM graded;
SELECT o.oid::regoperator AS operator, o.oprrest, o.oprjoin, o.oprcom::regoper,
	o.oprnegate::regoper, p.proleakproof
  FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode
 WHERE o.oprleft = 'grade'::regtype ORDER BY o.oprname;

RESET search_path;
DROP SCHEMA test_grade CASCADE;
