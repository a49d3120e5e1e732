-- responsible_org() with 10,000 rules, categories 3 deep, areas 6 deep, against
-- the same question in PL/pgSQL over well indexed tables: 50 times faster and
-- under a microsecond; the first call after a change under 50 ms; what compiled
-- rules take in memory. What reading the row costs is taken off.
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

CREATE FUNCTION bench.one_of(anyarray) RETURNS anyelement LANGUAGE sql VOLATILE
	AS 'SELECT $1[1 + floor(random() * cardinality($1))::int]';
CREATE PROCEDURE bench.add_rules(wanted int) LANGUAGE plpgsql AS $$
DECLARE
	areas areacode[] := (SELECT array_agg(code ORDER BY code) FROM area WHERE level(code) >= 'community');
	paths ltree[] := (SELECT array_agg(path ORDER BY path) FROM category);
	orgs bigint[] := (SELECT array_agg(id ORDER BY id) FROM org);
	made int := (SELECT count(*) FROM responsibility);
BEGIN
	WHILE made < wanted LOOP
		INSERT INTO responsibility (category, area, grade, org)
		VALUES (bench.one_of(paths),
			ancestor(bench.one_of(areas), bench.one_of('{province,city,district,district,street,street,community,grid}'::area_level[])),
			CASE WHEN random() < 0.2 THEN bench.one_of('{A,B,C,D}'::grade[]) END,
			bench.one_of(orgs))
		ON CONFLICT DO NOTHING;
		made := made + FOUND::int;
	END LOOP;
END
$$;
CREATE TABLE bench.matter AS
SELECT bench.one_of(leaves) AS category, bench.one_of(areas) AS area,
       bench.one_of('{A,B,C,D}'::grade[]) AS grade,
       timestamptz '2026-06-01' + random() * interval '1 day' AS at
  FROM (SELECT (SELECT array_agg(path ORDER BY path) FROM category WHERE nlevel(path) = 3) AS leaves,
               (SELECT array_agg(code ORDER BY code) FROM area WHERE level(code) >= 'community') AS areas) AS a,
       generate_series(1, 10000);

-- What one would write instead. IS TRUE keeps the index on valid out of the
-- plan, which all rules pass: with it a call takes fifty times as long.
CREATE INDEX ON responsibility (category, area) WHERE role = 'lead';
CREATE INDEX ON org (area) WHERE active;
ANALYZE;
CREATE FUNCTION bench.by_sql(category ltree, area areacode, grade grade, at timestamptz)
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
	   AND (r.valid @> at) IS TRUE AND (r.grade IS NULL OR r.grade = grade)
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

\set bare 'SELECT count(area) FROM bench.matter, generate_series(1, 20)'
\set ours 'SELECT count(responsible_org(category, area, grade, at)) FROM bench.matter, generate_series(1, 20)'
\set theirs 'SELECT count(bench.by_sql(category, area, grade, at)) FROM bench.matter'
\set their_bare 'SELECT count(area) FROM bench.matter'
CREATE FUNCTION bench.first_call() RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	spent float8[] := '{}';
BEGIN
	FOR round IN 1 .. 15 LOOP
		UPDATE responsibility SET ruling = NULL WHERE id = (SELECT min(id) FROM responsibility);
		spent := spent || bench.seconds($q$SELECT responsible_org('a1.b1.c1', '420101001001', 'B')$q$);
	END LOOP;
	RETURN bench.median(spent);
END
$$;
CREATE TEMP TABLE at_size (rules int, call float8, sql float8, first float8, bytes bigint);
CREATE PROCEDURE bench.at_size(rules int, ours text, bare text, theirs text) LANGUAGE plpgsql AS $$
BEGIN
	CALL bench.add_rules(rules);
	ANALYZE responsibility, org, category, area, bench.matter;
	INSERT INTO at_size
	SELECT rules, greatest(bench.median(array_agg(bench.seconds(ours) - bench.seconds(bare))), 1e-9) / 200000,
	       bench.median(array_agg(bench.seconds(theirs))) / 10000, bench.first_call(),
	       (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'peoplecall compiled rules')
	  FROM generate_series(1, 3);
END
$$;
CALL bench.at_size(100, :'ours', :'bare', :'theirs');
CALL bench.at_size(1000, :'ours', :'bare', :'theirs');
CALL bench.at_size(10000, :'ours', :'bare', :'theirs');

SELECT count(*) FILTER (WHERE bench.by_sql(category, area, grade, at) IS DISTINCT FROM responsible_org(category, area, grade, at)) = 0 AS same_answers FROM bench.matter \gset
CALL bench.fact('responsible_org and SQL, 10,000 rules', CASE WHEN :'same_answers' THEN 'agree' ELSE 'differ' END, 'the same answers', :'same_answers');
CALL bench.compare(what => 'responsible_org, 10,000 rules', ours => ARRAY[:'ours'], against => 'PL/pgSQL and indexes',
	theirs => ARRAY[:'theirs'], at_least => 50, per => 200000, their_per => 10000, bare => :'bare', their_bare => :'their_bare', rounds => 9);
SELECT bench.duration(call) AS call, call < 1e-6 AS fast, bench.duration(first) AS first, first < 0.05 AS soon,
       pg_size_pretty(bytes) AS bytes, bytes < 8 * 1024 * 1024 AS small, (SELECT count(*) FROM area) AS areas
  FROM at_size WHERE rules = 10000 \gset
CALL bench.fact('a call of responsible_org, 10,000 rules', :'call', '< 1 µs', :'fast');
CALL bench.fact('first call after a change, 10,000 rules', :'first', '< 50 ms', :'soon');
CALL bench.fact('memory of compiled rules, 10,000 responsibilities, ' || :areas || ' areas', :'bytes', '< 8 MB a session', :'small');
SELECT array_agg(rules ORDER BY rules) AS sizes, array_agg(call ORDER BY rules) AS calls, array_agg(sql ORDER BY rules) AS sqls,
       array_agg(first ORDER BY rules) AS firsts FROM at_size \gset
CALL bench.grown('responsible_org', 'responsibilities', :'sizes', :'calls');
CALL bench.grown('the same in PL/pgSQL', 'responsibilities', :'sizes', :'sqls');
CALL bench.grown('first call of responsible_org after a change', 'responsibilities', :'sizes', :'firsts');
