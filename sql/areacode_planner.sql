-- areacode and the planner: index conditions, pruning, estimates
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
CREATE SCHEMA test_planner;
SET search_path = test_planner, peoplecall, public;
SET max_parallel_workers_per_gather = 0;
SET enable_memoize = off;
SET jit = off;

-- A city of 13 districts, numbered as real ones are: streets from 001 and, for
-- development zones, from 400; communities from 001 and villages from 200.
CREATE TABLE area AS
SELECT (420100000000 + d * 1000000 + s * 1000 + c)::areacode AS code
  FROM generate_series(1, 13) AS d,
	LATERAL (SELECT n + CASE WHEN n % 7 = 6 THEN 400 ELSE 0 END
			   FROM generate_series(1, 8 + d * 5 % 13) AS n) AS street (s),
	LATERAL (SELECT n + CASE WHEN n % 3 = 2 THEN 200 ELSE 0 END
			   FROM generate_series(1, 5 + (d * 7 + s * 5) % 25) AS n) AS community (c);
INSERT INTO area SELECT DISTINCT parent(code) FROM area;
INSERT INTO area SELECT DISTINCT parent(code) FROM area WHERE level(code) = 'street';
INSERT INTO area VALUES ('4201'), ('42'), ('0');
ALTER TABLE area ADD PRIMARY KEY (code);

-- Complaints, some places with many more than others; few enough for ANALYZE
-- to read every row, so that each run estimates the same.
CREATE TABLE complaint AS
SELECT row_number() OVER () AS id, code AS area
  FROM (SELECT code, row_number() OVER (ORDER BY code::bigint / 1000 * 7919 % 10007, code) AS n
		  FROM area WHERE level(code) IN ('community', 'street')) AS ranked,
	generate_series(1, 3 + 2000 / (n + 5));
CREATE INDEX complaint_area ON complaint (area);
CREATE INDEX complaint_id ON complaint (id);
SELECT count(*) < 30000 AS few FROM complaint;
VACUUM ANALYZE area, complaint;

--
-- index conditions
--
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_indexonlyscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE area <@ '420105003';
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE '420105003' @> area;
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE areacode_within(area, '420105003');
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE area <@ NULL;
-- what contains an area: at most seven look-ups
EXPLAIN (COSTS OFF) SELECT code FROM area WHERE code @> '420105003001';
SELECT code FROM area WHERE code @> '420105003001' ORDER BY code;
EXPLAIN (COSTS OFF) SELECT code FROM area WHERE '420105003001' <@ code;
-- a parameter
SET plan_cache_mode = force_generic_plan;
PREPARE within (areacode) AS SELECT count(*) FROM complaint WHERE area <@ $1;
EXPLAIN (COSTS OFF) EXECUTE within ('420105');
EXECUTE within ('420105');
EXECUTE within ('0');
EXECUTE within (NULL);
PREPARE containing (areacode) AS SELECT code FROM area WHERE code @> $1 ORDER BY code;
EXPLAIN (COSTS OFF) EXECUTE containing ('420105003');
EXECUTE containing ('420105003');
RESET plan_cache_mode;
-- a stable expression
CREATE FUNCTION here() RETURNS areacode LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN '420105';
END
$$;
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE area <@ here();
-- another table's column, in both orders
EXPLAIN (COSTS OFF)
SELECT count(*) FROM area AS a JOIN complaint AS c ON c.area <@ a.code
 WHERE a.code IN ('420107', '420108');
EXPLAIN (COSTS OFF)
SELECT count(*) FROM complaint AS c JOIN area AS a ON a.code @> c.area
 WHERE c.id = 77;
EXPLAIN (COSTS OFF)
SELECT a.code FROM area AS a
 WHERE a.code IN ('420107', '420108')
   AND EXISTS (SELECT FROM complaint AS c WHERE a.code @> c.area);
-- neither a volatile operand nor the same table's column makes a condition
-- (18 says of a plan that it was to be avoided)
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ 'Disabled' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END
$$;
SELECT pg_temp.plan('SELECT id FROM complaint WHERE area <@ (42 + random()::int * 0)::areacode');
SELECT pg_temp.plan('SELECT id FROM complaint WHERE area <@ parent(area)');
-- below the leading column the server would take the rows for ordered
DROP INDEX complaint_id;
CREATE INDEX complaint_id_area ON complaint (id, area);
EXPLAIN (COSTS OFF)
SELECT id, area FROM complaint WHERE id = 77 AND area @> '420105003' ORDER BY area;
EXPLAIN (COSTS OFF) SELECT id FROM complaint WHERE id = 77 AND area <@ '420105003';
DROP INDEX complaint_id_area;
CREATE INDEX complaint_id ON complaint (id);

-- every way gives the same answer
CREATE TABLE answer AS
SELECT a.code, count(c.id) AS n
  FROM area AS a LEFT JOIN complaint AS c ON c.area <@ a.code GROUP BY a.code;
SET enable_seqscan = on;
SET enable_indexscan = off;
SELECT count(*) AS areas, sum(n) AS complaints FROM answer;
SELECT count(*) AS different
  FROM answer AS a
  JOIN (SELECT l.code, count(*) AS n
		  FROM complaint AS c, unnest(lineage(c.area)) AS l (code)
		 GROUP BY l.code) AS b USING (code)
 WHERE a.n <> b.n;
RESET enable_seqscan;
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET enable_indexonlyscan;

--
-- partitions
--
CREATE TABLE by_area (id bigint, area areacode, body text) PARTITION BY RANGE (area);
CREATE TABLE by_area1 PARTITION OF by_area FOR VALUES FROM ('420101') TO ('420104');
CREATE TABLE by_area2 PARTITION OF by_area FOR VALUES FROM ('420104') TO ('420108')
	PARTITION BY RANGE (area);
CREATE TABLE by_area2a PARTITION OF by_area2 FOR VALUES FROM ('420104') TO ('420106');
CREATE TABLE by_area2b PARTITION OF by_area2 FOR VALUES FROM ('420106') TO ('420108');
CREATE TABLE by_area3 PARTITION OF by_area DEFAULT;
INSERT INTO by_area SELECT id, area FROM complaint;
ANALYZE by_area;
EXPLAIN (COSTS OFF) SELECT id FROM by_area WHERE area <@ '420102003';
-- beside another clause, where the planner simplifies what it has simplified
EXPLAIN (COSTS OFF) SELECT id FROM by_area WHERE '420105' @> area AND id > 5;
EXPLAIN (COSTS OFF) SELECT id FROM by_area WHERE area <@ '420105' OR area <@ '420106003';
EXPLAIN (COSTS OFF) SELECT id FROM by_area WHERE areacode_contains('420103', area);
SET plan_cache_mode = force_generic_plan;
PREPARE pruned (areacode) AS SELECT count(id) FROM by_area WHERE area <@ $1;
EXPLAIN (COSTS OFF) EXECUTE pruned ('420105003');
EXECUTE pruned ('420105003');
RESET plan_cache_mode;
-- a volatile operand is evaluated once for a row, and prunes nothing
CREATE SEQUENCE calls;
CREATE FUNCTION somewhere() RETURNS areacode LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM nextval('test_planner.calls');
	RETURN '420105';
END
$$;
SELECT count(*) FROM by_area WHERE area <@ somewhere();
SELECT last_value = (SELECT count(*) FROM by_area) AS once FROM calls;
EXPLAIN (COSTS OFF) SELECT id FROM by_area WHERE area <@ somewhere();
-- nor does a volatile left side, or a subquery
EXPLAIN (COSTS OFF)
SELECT id FROM by_area WHERE somewhere() <@ '420105' AND id = 1 AND area = '420102';
SELECT count(*) FROM by_area WHERE area <@ (SELECT code FROM area WHERE code = '420105');
-- a partial index of the partitions is proven
CREATE INDEX by_area_partial ON by_area (id) WHERE area <@ '420105';
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT body FROM by_area WHERE area <@ '420105' AND id = 77;
RESET enable_seqscan;
-- partitions below another key
CREATE TABLE by_district (district int, area areacode) PARTITION BY LIST (district);
CREATE TABLE by_district2 PARTITION OF by_district FOR VALUES IN (420102)
	PARTITION BY RANGE (area);
CREATE TABLE by_district2a PARTITION OF by_district2
	FOR VALUES FROM ('420102') TO ('420102005');
CREATE TABLE by_district2b PARTITION OF by_district2 DEFAULT;
CREATE TABLE by_district3 PARTITION OF by_district DEFAULT;
EXPLAIN (COSTS OFF) SELECT * FROM by_district WHERE area <@ '420102003';
-- where no partition is at stake, the clause stays as it is written
EXPLAIN (COSTS OFF) SELECT * FROM by_district3 WHERE area <@ '420102003';
CREATE TABLE by_number (n int, area areacode) PARTITION BY HASH (area);
CREATE TABLE by_number0 PARTITION OF by_number FOR VALUES WITH (MODULUS 1, REMAINDER 0);
EXPLAIN (COSTS OFF) SELECT * FROM by_number WHERE area <@ '420102003';

-- a partial index of a plain table
CREATE INDEX complaint_partial ON complaint (id) WHERE area <@ '420102';
DROP INDEX complaint_id;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT area FROM complaint WHERE area <@ '420102' AND id = 77;
SELECT count(*) FROM complaint WHERE area <@ '420102' AND id = 77;
RESET enable_seqscan;
RESET enable_bitmapscan;

--
-- estimates
--
CREATE FUNCTION estimated(query text) RETURNS float8
LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
CREATE FUNCTION counted(query text) RETURNS float8
LANGUAGE plpgsql AS $$
DECLARE
	n float8;
BEGIN
	EXECUTE format('SELECT count(*) FROM (%s) AS q', query) INTO n;
	RETURN n;
END
$$;
-- by how much an estimate is off, either way
CREATE FUNCTION factor(query text) RETURNS float8
BEGIN ATOMIC
	SELECT greatest(e / c, c / e)
	  FROM (SELECT greatest(estimated(query), 1) AS e,
				greatest(counted(query), 1) AS c) AS q;
END;

-- every area, in each of the forms that a clause takes
CREATE FUNCTION accuracy(form text)
	RETURNS TABLE (level area_level, areas bigint, within_3 numeric, within_10 numeric)
BEGIN ATOMIC
	SELECT level(code), count(*),
		round(avg((factor(format(form, code, subtree_last(code))) <= 3)::int), 1),
		round(avg((factor(format(form, code, subtree_last(code))) <= 10)::int), 1)
	  FROM area
	 WHERE level(code) <> 'community' OR code::bigint / 1000 % 7 = 0
	 GROUP BY level(code) ORDER BY level(code);
END;
SELECT * FROM accuracy('SELECT FROM complaint WHERE area <@ %L');
SELECT * FROM accuracy('SELECT FROM complaint WHERE areacode_contains(%L, area)');
SELECT * FROM accuracy('SELECT FROM complaint WHERE area BETWEEN %L AND %L');
SELECT * FROM accuracy('SELECT FROM area WHERE code <@ %L');
SELECT * FROM accuracy('SELECT FROM area WHERE code @> %L');
SELECT * FROM accuracy('SELECT FROM by_area WHERE area <@ %L');
SELECT factor($$SELECT FROM complaint WHERE NOT area <@ '420105'$$) < 1.5 AS negated,
	factor($$SELECT FROM complaint WHERE area <@ '420105' OR area <@ '420106'$$) < 3 AS either,
	factor($$SELECT FROM by_area WHERE area <@ '420105' OR area <@ '420106003'$$) < 3 AS pruned,
	factor($$SELECT FROM complaint WHERE area BETWEEN '420105' AND '420105005'
		OR area BETWEEN '420107' AND '420107006'$$) < 3 AS ranges,
	factor($$SELECT FROM complaint WHERE area >= '420105'$$) < 1.5 AS above,
	factor($$SELECT FROM complaint WHERE area < '420105'$$) < 1.5 AS below,
	factor($$SELECT FROM complaint WHERE area > '420104' AND area < '420107'$$) < 3 AS between_two,
	estimated($$SELECT FROM complaint WHERE area <@ NULL$$) <= 1 AS "null",
	estimated($$SELECT FROM complaint WHERE area <@ '43'$$) < 100 AS elsewhere;
-- what ANALYZE counts of the upper levels is exact where it reads every row,
-- for a street of one rare community too
INSERT INTO complaint SELECT 0, areacode('420105498001');
INSERT INTO complaint SELECT 0, areacode('420105499001') FROM generate_series(1, 7);
ANALYZE complaint;
SELECT level(code), count(*) > 0 AS some,
	bool_and(estimated(format('SELECT FROM complaint WHERE area <@ %L', code)) =
			 counted(format('SELECT FROM complaint WHERE area <@ %L', code))) AS exact
  FROM (SELECT code FROM area UNION VALUES (areacode('420105498')), (areacode('420105499'))) AS a
 WHERE level(code) BETWEEN 'province' AND 'street'
 GROUP BY level(code) ORDER BY level(code);
-- an ANALYZE that is rolled back leaves nothing behind, nor do other columns'
BEGIN;
INSERT INTO complaint SELECT 0, areacode('420105499001') FROM generate_series(1, 500);
ANALYZE complaint;
SELECT estimated($$SELECT FROM complaint WHERE area BETWEEN '420105499' AND '420105499999'$$) AS inside;
ROLLBACK;
SELECT estimated($$SELECT FROM complaint WHERE area BETWEEN '420105499' AND '420105499999'$$) AS after;
CREATE TABLE wide (a areacode, b areacode, c areacode, d areacode, e areacode, f areacode);
INSERT INTO wide SELECT areacode(420105000000 + n), areacode(420105001000 + n % 2), areacode(420105001000 + n % 3),
	areacode(420105001000 + n % 4), areacode(420105001000 + n % 5), areacode(420105001000 + n % 6)
  FROM generate_series(1, 600) AS n;
ANALYZE wide;
CREATE VIEW expected AS
SELECT estimated($$SELECT FROM wide WHERE b BETWEEN '420105001001' AND '420105001001'$$) AS b, estimated($$SELECT FROM wide WHERE c BETWEEN '420105001001' AND '420105001001'$$) AS c,
	estimated($$SELECT FROM wide WHERE d BETWEEN '420105001001' AND '420105001001'$$) AS d, estimated($$SELECT FROM wide WHERE e BETWEEN '420105001001' AND '420105001001'$$) AS e,
	estimated($$SELECT FROM wide WHERE f BETWEEN '420105001001' AND '420105001001'$$) AS f,
	estimated($$SELECT FROM wide AS x JOIN wide AS y ON x.b <@ y.f JOIN wide AS z ON y.c <@ z.d$$) > 0 AS joined;
TABLE expected UNION ALL TABLE expected;
-- what is kept of statistics is not lost under an estimate that is being made:
-- a stable function beside it plans queries over other columns
CREATE FUNCTION planning(from_code areacode, n int) RETURNS areacode LANGUAGE plpgsql STABLE AS $$
BEGIN
	FOR i IN 1..n LOOP
		PERFORM test_planner.estimated(format('SELECT FROM wide WHERE %s BETWEEN ''420105001001'' AND ''420105001002''',
			chr(96 + i)));
	END LOOP;
	RETURN from_code;
END
$$;
SELECT estimated($$SELECT FROM complaint WHERE area >= planning('420105', 0) AND area < '420107'$$) =
	estimated($$SELECT FROM complaint WHERE area >= planning('420105', 6) AND area < '420107'$$) AS range,
	estimated($$SELECT FROM by_area WHERE area <@ planning('420105003', 0)$$) =
	estimated($$SELECT FROM by_area WHERE area <@ planning('420105003', 6)$$) AS subtree,
	estimated($$SELECT FROM complaint WHERE area @> planning('420105003001', 0)$$) =
	estimated($$SELECT FROM complaint WHERE area @> planning('420105003001', 6)$$) AS lineage,
	factor($$SELECT FROM complaint WHERE area >= planning('420105', 6) AND area < '420107'$$) < 1.5 AS right;
-- nor does one column's stand for another's whose row takes its place
VACUUM FULL pg_statistic;
CREATE TABLE gone (area areacode);
INSERT INTO gone SELECT areacode(420105000000 + n) FROM generate_series(1, 900) AS n;
ANALYZE gone;
CREATE TABLE two (a areacode, b areacode, c areacode);
ALTER TABLE two ALTER a SET STATISTICS 3, ALTER b SET STATISTICS 3, ALTER c SET STATISTICS 3;
INSERT INTO two SELECT areacode(420105000000 + n), areacode(110105000000 + n), areacode(510105000000 + n)
  FROM generate_series(1, 900) AS n;
ANALYZE two;
CREATE VIEW moved AS
SELECT estimated($$SELECT FROM two WHERE a < '42'$$) AS a, estimated($$SELECT FROM two WHERE b < '42'$$) AS b,
	estimated($$SELECT FROM two WHERE c < '42'$$) AS c;
TABLE moved;
DROP TABLE gone;
VACUUM FULL pg_statistic;
TABLE moved;
-- no more areas than the column's target allows: its upper levels alone
ALTER TABLE complaint ALTER area SET STATISTICS 2;
ANALYZE complaint;
SELECT max(level(v.code)) AS deepest, count(*) AS areas
  FROM pg_statistic AS s
 CROSS JOIN LATERAL (VALUES (s.stakind1, s.stavalues1::text), (s.stakind2, s.stavalues2::text),
	(s.stakind3, s.stavalues3::text), (s.stakind4, s.stavalues4::text),
	(s.stakind5, s.stavalues5::text)) AS k (kind, areas)
 CROSS JOIN LATERAL unnest(k.areas::areacode[]) AS v (code)
 WHERE s.starelid = 'complaint'::regclass AND k.kind > 100
   AND s.staattnum = (SELECT attnum FROM pg_attribute WHERE attrelid = s.starelid AND attname = 'area');
ALTER TABLE complaint ALTER area SET STATISTICS -1;
ANALYZE complaint;
-- one subtree in another, such as a query below a policy's area
SELECT factor($$SELECT FROM complaint WHERE area <@ '420105' AND area <@ '420105004'$$) < 3 AS nested,
	factor($$SELECT FROM by_area WHERE area <@ '420105' AND area <@ '420105004'$$) < 3 AS pruned,
	factor($$SELECT FROM by_area WHERE area <@ '420105' AND area <@ '420105'$$) < 3 AS twice,
	factor($$SELECT FROM complaint WHERE area <@ '420105'
		AND area BETWEEN '420105004' AND '420105006'$$) < 3 AS ranged;
-- joins
SELECT factor($$SELECT FROM complaint AS c JOIN area AS a ON c.area <@ a.code$$) < 3 AS "<@",
	factor($$SELECT FROM complaint AS c JOIN area AS a ON a.code @> c.area$$) < 3 AS "@>",
	factor($$SELECT FROM area AS a WHERE EXISTS
		(SELECT FROM complaint AS c WHERE c.area <@ a.code)$$) < 3 AS semi,
	factor($$SELECT FROM area AS a WHERE NOT EXISTS
		(SELECT FROM complaint AS c WHERE a.code @> c.area)$$) < 10 AS anti,
	factor($$SELECT FROM complaint AS c JOIN area AS a ON areacode_within(c.area, a.code)$$) < 3 AS function;
-- no statistics, few values, nulls, one row
CREATE TABLE few (area areacode);
SELECT estimated($$SELECT FROM few WHERE area <@ '420105'$$) > 0 AS unknown;
INSERT INTO few SELECT CASE WHEN n % 2 = 0 THEN '420105003'::areacode END
  FROM generate_series(1, 1000) AS n;
ANALYZE few;
SELECT factor('SELECT FROM few WHERE area <@ ''420105''') < 1.1 AS half,
	factor('SELECT FROM few WHERE area <@ ''0''') < 1.1 AS known,
	estimated('SELECT FROM few WHERE area <@ ''420106''') < 50 AS none;
TRUNCATE few;
INSERT INTO few VALUES ('42');
ANALYZE few;
SELECT estimated('SELECT FROM few WHERE area <@ ''42''') AS one;
TRUNCATE few;
INSERT INTO few SELECT NULL FROM generate_series(1, 100);
ANALYZE few;
SELECT estimated('SELECT FROM few WHERE area <@ ''42''') <= 1 AS all_null;

RESET search_path;
DROP SCHEMA test_planner CASCADE;
