-- responsible_org() against the same question in PL/pgSQL over indexed tables:
-- 10,000 rules, categories 3 deep, areas 6 deep. Run it with psql -X in a
-- database of its own that has nothing of ours yet; it prints medians.
\set QUIET on
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
SELECT FROM peoplecall.create_ledger();
SET search_path = peoplecall, public;
SELECT FROM setseed(0.5);

-- a city: 13 districts, 15 streets each, 10 communities each, 2 grids each
INSERT INTO area (code, name) VALUES ('42', 'province'), ('4201', 'city');
INSERT INTO area (code, name)
SELECT DISTINCT unnest(ARRAY[d, d || s, d || s || c, d || s || c || g])::areacode, 'x'
  FROM (SELECT '4201' || lpad(n::text, 2, '0') FROM generate_series(1, 13) AS n) AS district (d),
       (SELECT lpad(n::text, 3, '0') FROM generate_series(1, 15) AS n) AS street (s),
       (SELECT lpad(n::text, 3, '0') FROM generate_series(1, 10) AS n) AS community (c),
       (SELECT lpad(n::text, 3, '0') FROM generate_series(1, 2) AS n) AS grid (g);
INSERT INTO org_kind (kind, name, level, territorial) VALUES
	('city', 'x', 'city', true), ('district', 'x', 'district', true),
	('street', 'x', 'street', true), ('community', 'x', 'community', true),
	('bureau', 'x', NULL, false);
INSERT INTO org (name, kind, area)
SELECT 'x', level(code)::text, code FROM area
 WHERE level(code) BETWEEN 'city' AND 'community' ORDER BY code;
INSERT INTO org (name, kind, area)
SELECT 'x', 'bureau', code FROM area, generate_series(1, 5) WHERE level(code) = 'district';
INSERT INTO category (path, name)
SELECT DISTINCT unnest(ARRAY['a' || a, 'a' || a || '.b' || b, 'a' || a || '.b' || b || '.c' || c])::ltree, 'x'
  FROM generate_series(1, 15) AS a, generate_series(1, 10) AS b, generate_series(1, 5) AS c;

CREATE FUNCTION pg_temp.one_of(anyarray) RETURNS anyelement LANGUAGE sql VOLATILE
	AS 'SELECT $1[1 + floor(random() * cardinality($1))::int]';
DO $$
DECLARE
	areas areacode[] := (SELECT array_agg(code ORDER BY code) FROM area WHERE level(code) >= 'community');
	paths ltree[] := (SELECT array_agg(path ORDER BY path) FROM category);
	leaves ltree[] := (SELECT array_agg(path ORDER BY path) FROM category WHERE nlevel(path) = 3);
	orgs bigint[] := (SELECT array_agg(id ORDER BY id) FROM org);
	made int := 0;
BEGIN
	WHILE made < 10000 LOOP
		INSERT INTO responsibility (category, area, grade, org)
		VALUES (pg_temp.one_of(paths),
			ancestor(pg_temp.one_of(areas), pg_temp.one_of('{province,city,district,district,street,street,community,grid}'::area_level[])),
			CASE WHEN random() < 0.2 THEN pg_temp.one_of('{A,B,C,D}'::grade[]) END,
			pg_temp.one_of(orgs))
		ON CONFLICT DO NOTHING;
		made := made + FOUND::int;
	END LOOP;
	CREATE TEMP TABLE matter AS
	SELECT pg_temp.one_of(leaves) AS category, pg_temp.one_of(areas) AS area,
	       pg_temp.one_of('{A,B,C,D}'::grade[]) AS grade,
	       timestamptz '2026-06-01' + random() * interval '1 day' AS at
	  FROM generate_series(1, 10000);
END
$$;

-- what one would write instead
CREATE INDEX ON responsibility (category, area) WHERE role = 'lead';
CREATE INDEX ON org (area) WHERE active;
ANALYZE;
CREATE FUNCTION by_sql(category ltree, area areacode, grade grade, at timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
	paths ltree[] := ARRAY(SELECT subpath(category, 0, n) FROM generate_series(1, nlevel(category)) AS n);
	areas areacode[] := ARRAY(SELECT ancestor(area, l) FROM unnest('{nation,province,city,district,street,community,grid}'::area_level[]) AS l);
	answer bigint;
BEGIN
	SELECT r.org INTO answer
	  FROM responsibility AS r
	  JOIN org AS o ON o.id = r.org AND o.active
	 WHERE r.role = 'lead'
	   AND r.category = ANY (paths) AND r.area = ANY (areas)
	   AND r.valid @> at AND (r.grade IS NULL OR r.grade = grade)
	 ORDER BY nlevel(r.category) DESC, level(r.area) DESC, r.grade IS NULL,
	          lower(r.valid) DESC NULLS LAST, r.id
	 LIMIT 1;
	IF answer IS NULL THEN
		SELECT o.id INTO answer
		  FROM org AS o
		  JOIN org_kind AS k ON k.kind = o.kind AND k.territorial
		 WHERE o.active AND o.area = ANY (areas) AND k.level <= command_level(grade)
		 ORDER BY k.level DESC, o.id
		 LIMIT 1;
	END IF;
	RETURN answer;
END
$$;

CREATE TEMP TABLE measured (what text, round int, microseconds float8);
DO $$
DECLARE
	start timestamptz;
	calls CONSTANT int := (SELECT count(*) FROM matter);
BEGIN
	SET LOCAL max_parallel_workers_per_gather = 0;
	FOR round IN 1..51 LOOP
		start := clock_timestamp();
		PERFORM count(command_level(grade)) FROM matter;
		INSERT INTO measured VALUES ('nothing', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6 / calls);
		start := clock_timestamp();
		PERFORM count(responsible_org(category, area, grade, at)) FROM matter;
		INSERT INTO measured VALUES ('responsible_org', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6 / calls);
		start := clock_timestamp();
		PERFORM count(commanding_org(area, 'district', at)) FROM matter;
		INSERT INTO measured VALUES ('commanding_org', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6 / calls);
		start := clock_timestamp();
		PERFORM count(responsible_org(category, area, grade, at, 1)) FROM matter;
		INSERT INTO measured VALUES ('responsible_org with a subject', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6 / calls);
		IF round % 10 = 1 THEN
			start := clock_timestamp();
			PERFORM count(by_sql(category, area, grade, at)) FROM matter;
			INSERT INTO measured VALUES ('PL/pgSQL and indexes', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6 / calls);
		END IF;
	END LOOP;
END
$$;

-- building all of it anew, as after a commit that changed a rule
DO $$
DECLARE
	start timestamptz;
BEGIN
	FOR round IN 1..21 LOOP
		UPDATE responsibility SET ruling = NULL WHERE id = (SELECT min(id) FROM responsibility);
		start := clock_timestamp();
		PERFORM responsible_org('a1.b1.c1', '420101001001', 'B');
		INSERT INTO measured VALUES ('a build', round, EXTRACT(epoch FROM clock_timestamp() - start) * 1e6);
	END LOOP;
END
$$;

\set QUIET off
SELECT (SELECT count(*) FROM responsibility) AS rules, (SELECT count(*) FROM org) AS orgs,
       (SELECT count(*) FROM matter) AS matters,
       (SELECT count(*) FROM matter
         WHERE by_sql(category, area, grade, at) IS DISTINCT FROM responsible_org(category, area, grade, at)) AS answers_that_differ;
WITH median AS (
	SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY microseconds) AS us, min(microseconds) AS best
	  FROM measured GROUP BY what)
SELECT m.what, m.us::numeric(12,3) AS "median, us a call", m.best::numeric(12,3) AS "best",
       (m.us - CASE WHEN m.what IN ('nothing', 'a build') THEN 0 ELSE n.us END)::numeric(12,3) AS "without the scan",
       ((SELECT s.us FROM median AS s WHERE s.what = 'PL/pgSQL and indexes') / m.us)::numeric(12,1) AS "times faster than PL/pgSQL"
  FROM median AS m CROSS JOIN (SELECT us FROM median WHERE what = 'nothing') AS n
 ORDER BY m.us;
SELECT ident AS "compiled rules", pg_size_pretty(sum(total_bytes)) AS memory
  FROM pg_backend_memory_contexts
 WHERE name = 'peoplecall compiled rules'
 GROUP BY ident ORDER BY ident;
