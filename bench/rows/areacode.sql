-- x <@ '420102' on the country's areas and on complaints: index sizes (at most a
-- sixth of ltree's with GiST, smaller than all) and execution (3 times faster
-- than ltree, not slower than the best of text_pattern_ops and prefix), and
-- whether partitions are pruned. Full: 665,000 areas, 10 million complaints.
-- Each type has a table of its own, with nothing else that differs.
\ir ../fixture/areas.sql
SET search_path = public, peoplecall;
SELECT FROM setseed(0.3) \g /dev/null
SELECT bench.has('ltree', 'postgresql-contrib'), bench.has('prefix', 'postgresql-15-prefix') AS has_prefix \gset
SELECT CASE WHEN :full = 1 THEN 10000000 ELSE 1000000 END AS rows \gset

CREATE TABLE area_ours AS SELECT code::peoplecall.areacode AS area FROM bench.area ORDER BY random();
CREATE TABLE area_text AS SELECT area::text FROM area_ours;
CREATE TABLE area_ltree AS SELECT bench.path(area::text)::ltree AS area FROM area_ours;
CREATE INDEX area_ours_index ON area_ours (area);
CREATE INDEX area_text_index ON area_text (area text_pattern_ops);
CREATE INDEX area_ltree_index ON area_ltree USING gist (area);

-- complaints of a city, some communities with many more than others
CREATE TEMP TABLE place (code text, name text);
\copy place FROM 'demo/areas/wuhan.csv' WITH (FORMAT csv, HEADER)
CREATE TEMP TABLE community AS
SELECT row_number() OVER (ORDER BY md5(code)) AS n, code FROM place WHERE length(code) = 12;
ANALYZE community;
CREATE TABLE complaint_ours AS
SELECT x.id, timestamptz '2026-01-01' + x.id * interval '3 seconds' AS received_at, c.code::peoplecall.areacode AS area
  FROM (SELECT id, 1 + floor(power(random(), 2) * (SELECT count(*) FROM community))::int AS n FROM generate_series(1, :rows) AS id) AS x
  JOIN community AS c USING (n) ORDER BY x.id;
CREATE TABLE complaint_text AS SELECT id, received_at, area::text FROM complaint_ours;
CREATE TABLE complaint_ltree AS
SELECT c.id, c.received_at, p.path AS area
  FROM complaint_ours AS c JOIN (SELECT code::peoplecall.areacode AS area, bench.path(code)::ltree AS path FROM community) AS p USING (area) ORDER BY c.id;
CREATE INDEX complaint_ours_index ON complaint_ours (area);
CREATE INDEX complaint_text_index ON complaint_text (area text_pattern_ops);
CREATE INDEX complaint_ltree_index ON complaint_ltree USING gist (area);
\if :has_prefix
CREATE TABLE area_prefix AS SELECT area::text::prefix_range AS area FROM area_ours;
CREATE INDEX area_prefix_index ON area_prefix USING gist (area);
CREATE TABLE complaint_prefix AS SELECT id, received_at, area::prefix_range FROM complaint_text;
CREATE INDEX complaint_prefix_index ON complaint_prefix USING gist (area);
VACUUM ANALYZE area_prefix;
VACUUM ANALYZE complaint_prefix;
\endif
VACUUM ANALYZE area_ours;
VACUUM ANALYZE area_text;
VACUUM ANALYZE area_ltree;
VACUUM ANALYZE complaint_ours;
VACUUM ANALYZE complaint_text;
VACUUM ANALYZE complaint_ltree;

-- sizes
CREATE PROCEDURE pg_temp.sizes(what text, stem text) LANGUAGE plpgsql AS $$
DECLARE
	other record;
BEGIN
	FOR other IN SELECT * FROM (VALUES ('ltree, GiST', 'ltree', 1 / 6.0), ('text_pattern_ops', 'text', 1.0), ('prefix, GiST', 'prefix', 1.0)) AS o (name, type, at_most) LOOP
		IF to_regclass(stem || '_' || other.type || '_index') IS NOT NULL THEN
			CALL bench.size('index on ' || what, pg_relation_size(stem || '_ours_index'), other.name,
			                pg_relation_size(stem || '_' || other.type || '_index'), other.at_most);
		END IF;
	END LOOP;
END
$$;
SELECT count(*) AS areas FROM bench.area \gset
CALL pg_temp.sizes(:'areas' || ' areas', 'area');
CALL pg_temp.sizes(:'rows' || ' complaints', 'complaint');

-- What is in an area, counted (aggregate: count(*)), or read from the table.
CREATE PROCEDURE pg_temp.executions(what text, stem text, aggregate text, areas text[], times int) LANGUAGE plpgsql AS $$
DECLARE
	other record;
	ours text[];
	theirs text[];
BEGIN
	SELECT array_agg(format('SELECT %s FROM %s_ours WHERE area OPERATOR(peoplecall.<@) %L', aggregate, stem, a)) INTO ours
	  FROM unnest(areas) AS a, generate_series(1, times);
	FOR other IN
		SELECT o.name, o.type, o.at_most, o.at_least,
		       array_agg(format('SELECT %s FROM %s_%s WHERE %s', aggregate, stem, o.type, format(o.clause, CASE o.type WHEN 'ltree' THEN bench.path(a) ELSE a END))) AS queries
		  FROM (VALUES ('ltree, GiST', 'ltree', 'area <@ %L::ltree', NULL::float8, 3::float8), ('LIKE, text_pattern_ops', 'text', 'area LIKE ''%s%%''', 1, NULL),
		               ('prefix, GiST', 'prefix', 'area <@ %L::prefix_range', 1, NULL)) AS o (name, type, clause, at_most, at_least),
		       unnest(areas) AS a, generate_series(1, times)
		 WHERE to_regclass(stem || '_' || o.type) IS NOT NULL
		 GROUP BY 1, 2, 3, 4
		 ORDER BY 4, 1
	LOOP
		CALL bench.compare(what, ours, other.name, other.queries, other.at_most, other.at_least,
		                   per => cardinality(ours), execution => true);
	END LOOP;
END
$$;
SELECT array_agg(code) AS streets FROM (SELECT code FROM bench.area WHERE length(code) = 9 ORDER BY md5(code) LIMIT 100) AS s \gset
SELECT array_agg(code) AS own_streets FROM (SELECT code FROM place WHERE length(code) = 9 ORDER BY md5(code) LIMIT 5) AS s \gset
SELECT array_agg(code) AS communities FROM (SELECT code FROM place WHERE length(code) = 12 ORDER BY md5(code) LIMIT 50) AS s \gset
CALL pg_temp.executions('areas within a district, counted', 'area', 'count(*)', '{420102}', 100);
CALL pg_temp.executions('areas within a street, counted', 'area', 'count(*)', :'streets', 3);
CALL pg_temp.executions('complaints of a district, counted', 'complaint', 'count(*)', '{420102}', 1);
CALL pg_temp.executions('complaints of a street, counted', 'complaint', 'count(*)', :'own_streets', 1);
CALL pg_temp.executions('complaints of a community, counted', 'complaint', 'count(*)', :'communities', 1);
CALL pg_temp.executions('complaints of a street, their rows read', 'complaint', 'max(received_at)', :'own_streets', 1);
CALL pg_temp.executions('complaints of a community, their rows read', 'complaint', 'max(received_at)', :'communities', 1);

-- partitions: a district each
CREATE TABLE parted (area peoplecall.areacode, id bigint) PARTITION BY RANGE (area);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%L) TO (%L)', code, code, lead(code, 1, '4202') OVER (ORDER BY code))
  FROM place WHERE length(code) = 6 ORDER BY code \gexec
INSERT INTO parted SELECT area, id FROM complaint_ours LIMIT 100000;
ANALYZE parted;
CREATE FUNCTION pg_temp.partitions(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	line text;
	n int := 0;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
		n := n + (line ~ ' on parted_')::int;
	END LOOP;
	RETURN n;
END
$$;
SELECT count(*) AS districts FROM place WHERE length(code) = 6 \gset
SELECT pg_temp.partitions('SELECT count(*) FROM parted WHERE area OPERATOR(peoplecall.<@) ''420102''') AS one, pg_temp.partitions('SELECT count(*) FROM parted WHERE area OPERATOR(peoplecall.<@) ''4201''') AS all \gset
CALL bench.fact('partitions read for a district', :'one' || ' of ' || :'districts', '1', :one = 1);
CALL bench.fact('partitions read for the city', :'all' || ' of ' || :'districts', 'all', :all = :districts);

-- How the time grows with the table, where an area holds as many rows each time.
CREATE PROCEDURE pg_temp.grow(rows int) LANGUAGE plpgsql AS $$
DECLARE
	sizes float8[] := ARRAY[rows / 100, rows / 10, rows];
	queries text[] := '{}';
BEGIN
	FOR i IN 1 .. 3 LOOP
		EXECUTE format('CREATE TABLE grown_%s AS SELECT (110101001001 + n / 500 * 1000)::peoplecall.areacode AS area FROM generate_series(0, %s) AS n', i, sizes[i] - 1);
		EXECUTE format('CREATE INDEX ON grown_%s (area)', i);
		EXECUTE format('ANALYZE grown_%s', i);
		queries := queries || format('SELECT sum((SELECT count(*) FROM grown_%s AS g WHERE g.area OPERATOR(peoplecall.<@) ((110101001 + t)::peoplecall.areacode))) FROM generate_series(0, 19) AS t', i);
	END LOOP;
	CALL bench.growth('<@ that finds 500 rows', 'rows of the table', sizes, queries, per => '{20,20,20}');
END
$$;
CALL pg_temp.grow(:rows);
