-- The planner's estimate of x <@ area against the truth, on complaints over
-- Wuhan's areas: within 3 times for a district and a street, 10 times for a
-- community; and that of a plain range over the same digits as bigint. Full:
-- 10 million complaints. An estimate and a truth below one count as one.
SELECT FROM setseed(0.7) \g /dev/null
SELECT CASE WHEN :full = 1 THEN 10000000 ELSE 1000000 END AS rows \gset
CREATE TEMP TABLE place (code peoplecall.areacode, name text);
\copy place FROM 'demo/areas/wuhan.csv' WITH (FORMAT csv, HEADER)
CREATE TEMP TABLE community AS
SELECT row_number() OVER (ORDER BY md5(code::text)) AS n, code FROM place WHERE peoplecall.level(code) = 'community';
ANALYZE community;
-- the busiest community has about a hundred times the matters of the middle one
CREATE TABLE bench.complaint AS
SELECT c.code AS area, c.code::bigint AS digits
  FROM (SELECT 1 + floor(power(random(), 3) * (SELECT count(*) FROM community))::int AS n FROM generate_series(1, :rows)) AS x
  JOIN community AS c USING (n);
CREATE INDEX ON bench.complaint (area);
CREATE INDEX ON bench.complaint (digits);
VACUUM ANALYZE bench.complaint;

CREATE TABLE bench.truth AS
SELECT a.level, a.area, count(*) AS rows
  FROM (SELECT area, peoplecall.ancestor(area, l) AS within, l AS level
          FROM bench.complaint, unnest('{district,street,community}'::peoplecall.area_level[]) AS l) AS c
 CROSS JOIN LATERAL (SELECT c.level, c.within AS area) AS a
 GROUP BY 1, 2;
CREATE FUNCTION pg_temp.estimate(clause text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM bench.complaint WHERE ' || clause INTO plan;
	RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
END
$$;
CREATE TEMP VIEW estimated AS
SELECT level, area, rows, pg_temp.estimate(format('area OPERATOR(peoplecall.<@) %L', area)) AS ours,
       pg_temp.estimate(format('digits BETWEEN %s AND %s', peoplecall.subtree_first(area)::bigint, peoplecall.subtree_last(area)::bigint)) AS range
  FROM bench.truth;
CREATE TEMP VIEW off AS
SELECT level, area, rows, greatest(ours / rows, rows / greatest(ours, 1)) AS ours, greatest(range / rows, rows / greatest(range, 1)) AS range FROM estimated;

CREATE PROCEDURE pg_temp.judge(level peoplecall.area_level, within float8, statistics text) LANGUAGE plpgsql AS $$
DECLARE
	d record;
BEGIN
	SELECT count(*) AS n, max(o.ours) AS most, round(100 * avg((o.ours <= within)::int), 1) AS share,
	       bench.median(array_agg(o.ours)) AS median, percentile_cont(0.95) WITHIN GROUP (ORDER BY o.ours) AS p95,
	       bench.median(array_agg(o.range)) AS range_median, percentile_cont(0.95) WITHIN GROUP (ORDER BY o.range) AS range_p95, max(o.range) AS range_most
	  INTO d FROM off AS o WHERE o.level = judge.level;
	CALL bench.fact(format('estimate of <@, %s areas: %s, statistics %s', d.n, level, statistics),
	                format('off by %s median, %s at 95 %%, %s most; %s %% within', round(d.median::numeric, 2), round(d.p95::numeric, 2), round(d.most::numeric, 2), d.share),
	                'all within ' || within || ' ×', d.most <= within, 'a range over bigint',
	                format('%s, %s, %s', round(d.range_median::numeric, 2), round(d.range_p95::numeric, 2), round(d.range_most::numeric, 2)));
END
$$;
CALL pg_temp.judge('district', 3, '100');
CALL pg_temp.judge('street', 3, '100');
CALL pg_temp.judge('community', 10, '100');

-- the time to plan, which estimates are part of
SELECT array_agg(format('EXPLAIN SELECT FROM bench.complaint WHERE area OPERATOR(peoplecall.<@) %L', area)) AS ours,
       array_agg(format('EXPLAIN SELECT FROM bench.complaint WHERE digits BETWEEN %s AND %s', peoplecall.subtree_first(area)::bigint, peoplecall.subtree_last(area)::bigint)) AS theirs
  FROM (SELECT area FROM bench.truth ORDER BY md5(area::text) LIMIT 500) AS t \gset
CALL bench.compare('planning x <@ area', :'ours', 'planning a range over bigint', :'theirs', per => 500);

CREATE TABLE bench.planned AS SELECT c.area AS ten, c.area AS hundred, c.area AS thousand FROM bench.complaint AS c LIMIT 1000000;
CREATE INDEX ON bench.planned (ten);
CREATE INDEX ON bench.planned (hundred);
CREATE INDEX ON bench.planned (thousand);
ALTER TABLE bench.planned ALTER ten SET STATISTICS 10, ALTER hundred SET STATISTICS 100, ALTER thousand SET STATISTICS 1000;
VACUUM ANALYZE bench.planned;
SELECT array_agg(format('EXPLAIN SELECT FROM bench.planned WHERE %I OPERATOR(peoplecall.<@) ''420106012001''', c) ORDER BY n) AS plans
  FROM unnest('{ten,hundred,thousand}'::text[]) WITH ORDINALITY AS u (c, n) \gset
CALL bench.growth('planning x <@ a community', 'statistics target', '{10,100,1000}', :'plans', rounds => 101);

-- what more statistics make of it
ALTER TABLE bench.complaint ALTER area SET STATISTICS 1000, ALTER digits SET STATISTICS 1000;
ANALYZE bench.complaint;
CALL pg_temp.judge('district', 3, '1000');
CALL pg_temp.judge('street', 3, '1000');
CALL pg_temp.judge('community', 10, '1000');
