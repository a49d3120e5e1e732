-- Random rules against the same resolution in plain SQL.
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = peoplecall, public;
SET TimeZone = 'America/New_York';
SET client_min_messages = warning;
SELECT peoplecall.create_ledger();
SELECT setseed(0.42);

-- 3 districts, 4 streets each, 3 communities each, 2 grids each; 4419 has none
INSERT INTO area (code, name) VALUES ('42', 'p'), ('4201', 'c'), ('44', 'p'), ('4419', 'c'), ('441900003', 's');
INSERT INTO area (code, name)
SELECT DISTINCT unnest(ARRAY[d, d || s, d || s || c, d || s || c || g])::areacode, 'x'
  FROM unnest('{420101,420102,420103}'::text[]) AS d, unnest('{001,002,003,004}'::text[]) AS s,
       unnest('{001,002,003}'::text[]) AS c, unnest('{001,002}'::text[]) AS g;
INSERT INTO org_kind (kind, name, level, territorial) VALUES
	('province', 'x', 'province', true), ('city', 'x', 'city', true),
	('district', 'x', 'district', true), ('street', 'x', 'street', true),
	('town', 'x', 'street', true), ('community', 'x', 'community', true),
	('bureau', 'x', NULL, false), ('office', 'x', 'district', false);
-- territorial orgs nearly everywhere, some places with two, some with none
INSERT INTO org (name, kind, area, active)
SELECT 'x', CASE level(code) WHEN 'street' THEN (ARRAY['street', 'town'])[1 + (random() * 1.2)::int % 2]
	ELSE level(code)::text END, code, random() < 0.9
  FROM area, generate_series(1, 2) AS n
 WHERE level(code) <= 'community' AND random() < CASE n WHEN 1 THEN 0.9 ELSE 0.05 END
 ORDER BY code, n;
-- bureaus at all levels, offices of districts, zones and offices without a code
INSERT INTO org (name, kind, area, active)
SELECT 'x', (ARRAY['bureau', 'bureau', 'office'])[1 + (random() * 2.99)::int % 3], code, random() < 0.9
  FROM area WHERE level(code) BETWEEN 'city' AND 'community' AND random() < 0.4 ORDER BY code;
INSERT INTO org (name, kind, area)
SELECT 'x', (ARRAY['district', 'office', 'bureau', 'street'])[n % 4 + 1], '4201'
  FROM generate_series(1, 12) AS n;
UPDATE org SET superior = s.id
  FROM (SELECT id, (SELECT o.id FROM org AS o WHERE o.area @> b.area AND o.area <> b.area AND o.id <> b.id
                     ORDER BY level(o.area) DESC, o.id LIMIT 1) AS up FROM org AS b) AS b
  JOIN org AS s ON s.id = b.up
 WHERE org.id = b.id;
INSERT INTO jurisdiction
SELECT a.code, o.id, daterange('2026-01-01'::date + (random() * 300)::int, CASE WHEN random() < 0.5 THEN '2026-12-31'::date END)
  FROM (SELECT code FROM area WHERE level(code) BETWEEN 'district' AND 'community' ORDER BY code) AS a,
       (SELECT id FROM org ORDER BY area = '4201' DESC, id LIMIT 60) AS o
 WHERE random() < 0.015;
INSERT INTO category (path, name)
SELECT DISTINCT unnest(ARRAY[a, a || '.' || b, a || '.' || b || '.' || c])::ltree, 'x'
  FROM unnest('{a,b,c}'::text[]) AS a, unnest('{d,e,f}'::text[]) AS b, unnest('{g,h,i}'::text[]) AS c;
INSERT INTO category VALUES ('', 'all');

CREATE FUNCTION one_of(anyarray) RETURNS anyelement LANGUAGE sql VOLATILE
	AS 'SELECT $1[1 + floor(random() * cardinality($1))::int]';
DO $$
DECLARE
	areas areacode[] := (SELECT array_agg(code ORDER BY code) FROM area);
	paths ltree[] := (SELECT array_agg(path ORDER BY path) FROM category);
	orgs bigint[] := (SELECT array_agg(id ORDER BY id) FROM org);
	day timestamptz;
	by_org bool;
	made int := 0;
BEGIN
	WHILE made < 3000 LOOP
		day := timestamptz '2026-01-01 00:00+08' + random() * interval '300 days';
		by_org := random() < 0.5;
		INSERT INTO responsibility (category, area, grade, org, kind, at_level, role, valid)
		VALUES (one_of(paths), ancestor(one_of(areas), one_of('{city,district,street,community,grid}'::area_level[])),
			CASE WHEN random() < 0.4 THEN one_of('{A,B,C,D}'::grade[]) END,
			CASE WHEN by_org THEN one_of(orgs) END,
			CASE WHEN NOT by_org THEN one_of('{street,district,bureau,bureau,office,office,community}'::text[]) END,
			CASE WHEN NOT by_org AND random() < 0.4 THEN one_of('{city,district,street}'::area_level[]) END,
			CASE WHEN random() < 0.3 THEN 'assist' ELSE 'lead' END::task_role,
			CASE WHEN random() < 0.3 THEN '(,)' ELSE
				tstzrange(day, CASE WHEN random() < 0.7 THEN day + random() * interval '200 days' END,
					one_of('{[),(],[],()}'::text[])) END)
		ON CONFLICT DO NOTHING;
		made := made + FOUND::int;
	END LOOP;
	CREATE TEMP TABLE matter AS
	SELECT n AS id, CASE WHEN random() < 0.97 THEN one_of(paths) END AS category, one_of(areas) AS area,
	       one_of('{A,B,C,D}'::grade[]) AS grade,
	       timestamptz '2026-01-01 00:00+08' + random() * interval '400 days' AS at,
	       CASE WHEN random() < 0.4 THEN one_of(orgs) END AS subject
	  FROM generate_series(1, 3000) AS n;
	-- some exactly on a bound
	UPDATE matter SET at = r.bound
	  FROM (SELECT id, coalesce(lower(valid), upper(valid)) AS bound FROM responsibility) AS r
	 WHERE r.id = matter.id AND r.id % 5 = 0 AND r.bound IS NOT NULL;
END
$$;

-- the oracle
CREATE TEMP TABLE below AS
WITH RECURSIVE line AS (
	SELECT id, id AS above FROM org
	UNION
	SELECT l.id, o.superior FROM line AS l JOIN org AS o ON o.id = l.above WHERE o.superior IS NOT NULL)
SELECT * FROM line;
CREATE INDEX ON below (id, above);

CREATE VIEW holding AS
SELECT o.id, o.kind, k.territorial, coalesce(k.level, level(o.area)) AS level, o.area,
       '(,)'::daterange AS valid, false AS given
  FROM org AS o JOIN org_kind AS k USING (kind)
 WHERE o.active AND (k.level IS NULL OR level(o.area) >= k.level)
UNION ALL
SELECT o.id, o.kind, k.territorial, coalesce(k.level, level(o.area)), j.area, j.valid, true
  FROM jurisdiction AS j JOIN org AS o ON o.id = j.org JOIN org_kind AS k USING (kind)
 WHERE o.active;

-- every matching rule with the org it gives, and its place in the order
CREATE TEMP TABLE candidate AS
SELECT m.id AS matter, m.subject, r.id AS rule, r.role, o.id AS org,
       row_number() OVER (PARTITION BY m.id, r.role
		ORDER BY nlevel(r.category) DESC, level(r.area) DESC, r.grade IS NULL,
		         coalesce(lower(r.valid), '-infinity') DESC, r.id) AS place
  FROM matter AS m
  JOIN responsibility AS r ON r.category @> m.category AND r.area @> m.area
   AND m.at <@ r.valid AND (r.grade IS NULL OR r.grade = m.grade)
 CROSS JOIN LATERAL (
	SELECT coalesce(r.org, (
		SELECT h.id FROM holding AS h
		 WHERE h.kind = r.kind AND h.area @> m.area
		   AND (m.at AT TIME ZONE 'Asia/Shanghai')::date <@ h.valid
		   AND (r.at_level IS NULL OR h.level = r.at_level)
		 ORDER BY h.given DESC, level(h.area) DESC, h.id
		 LIMIT 1))) AS found (id)
  JOIN org AS o ON o.id = found.id AND o.active
 WHERE NOT EXISTS (SELECT FROM below AS b WHERE b.id = o.id AND b.above = m.subject);

CREATE INDEX ON candidate (matter, role, place);
ANALYZE candidate, below, matter;

CREATE TEMP TABLE oracle AS
SELECT m.*, coalesce(lead.org, fallback.id, up.above) AS org, lead.rule,
       ARRAY(SELECT c.org FROM candidate AS c
              WHERE c.matter = m.id AND c.role = 'assist'
                AND c.org IS DISTINCT FROM coalesce(lead.org, fallback.id, up.above)
              GROUP BY c.org ORDER BY min(c.place)) AS assisting
  FROM matter AS m
  LEFT JOIN LATERAL (
	SELECT c.org, c.rule FROM candidate AS c
	 WHERE c.matter = m.id AND c.role = 'lead' ORDER BY c.place LIMIT 1) AS lead ON true
  LEFT JOIN LATERAL (
	SELECT t.id FROM (
		SELECT DISTINCT ON (h.level) h.id, h.level FROM holding AS h
		 WHERE h.territorial AND h.area @> m.area
		   AND h.level <= command_level(m.grade)
		   AND (m.at AT TIME ZONE 'Asia/Shanghai')::date <@ h.valid
		 ORDER BY h.level, h.given DESC, level(h.area) DESC, h.id) AS t
	 WHERE NOT EXISTS (SELECT FROM below AS b WHERE b.id = t.id AND b.above = m.subject)
	 ORDER BY t.level DESC LIMIT 1) AS fallback ON true
  LEFT JOIN LATERAL (
	SELECT b.above
	  FROM below AS b JOIN org AS o ON o.id = b.above AND o.active JOIN org_kind AS k ON k.kind = o.kind AND k.territorial
	 WHERE b.id = m.subject AND b.above <> m.subject
	 ORDER BY (SELECT count(*) FROM below AS x WHERE x.id = b.above) DESC LIMIT 1) AS up ON true;

SELECT count(*) AS rules FROM responsibility;
SELECT count(*) AS matters,
       count(*) FILTER (WHERE o.org IS DISTINCT FROM r.org) AS other_org,
       count(*) FILTER (WHERE o.rule IS DISTINCT FROM r.responsibility) AS other_rule,
       count(*) FILTER (WHERE o.assisting <> assisting_orgs(category, area, grade, at, subject)) AS other_assisting,
       count(*) FILTER (WHERE r.org IS DISTINCT FROM responsible_org(category, area, grade, at, subject)) AS rule_and_org,
       count(*) FILTER (WHERE o.org IS DISTINCT FROM
		(SELECT e.org FROM explain_responsibility(category, area, grade, at, subject) AS e WHERE e.rank = 1)) AS proof,
       count(*) FILTER (WHERE o.rule IS NOT NULL) > 1000 AS many_by_rule,
       count(*) FILTER (WHERE o.rule IS NULL) > 100 AS many_by_fallback,
       count(*) FILTER (WHERE cardinality(o.assisting) > 1) > 500 AS many_assisted
  FROM oracle AS o, responsible_rule(category, area, grade, at, subject) AS r;

-- the proof: one line for each matching rule and the fallback, the winner first
-- (of the first 300, since counting is what takes long)
SELECT count(*) FILTER (WHERE e.lines <> e.matching + 1) AS lines,
       count(*) FILTER (WHERE e.leads <> (o.org IS NOT NULL)::int) AS leads,
       count(*) FILTER (WHERE coalesce(e.assisting, '{}') <> o.assisting) AS assisting,
       count(*) FILTER (WHERE e.last_rank <> e.lines) AS ranks,
       count(*) FILTER (WHERE e.better > 0) AS a_loser_that_is_better
  FROM oracle AS o
 CROSS JOIN LATERAL (
	SELECT count(*) AS lines, max(e.rank) AS last_rank,
	       (SELECT count(*) FROM responsibility AS r WHERE r.category @> o.category AND r.area @> o.area) AS matching,
	       count(*) FILTER (WHERE e.why LIKE 'leads:%') AS leads,
	       array_agg(e.org ORDER BY e.rank) FILTER (WHERE e.why LIKE 'assists:%') AS assisting,
	       count(*) FILTER (WHERE e.role = 'lead' AND e.why ~ '^does not lead: rule \d+ (is|began|has)'
			AND EXISTS (SELECT FROM candidate AS c JOIN candidate AS w
				ON w.matter = c.matter AND w.role = 'lead' AND w.rule = o.rule
				WHERE c.matter = o.id AND c.role = 'lead' AND c.rule = e.responsibility AND c.place < w.place)) AS better
	  FROM explain_responsibility(o.category, o.area, o.grade, o.at, o.subject) AS e) AS e
 WHERE o.id <= 300;

SELECT count(*) AS commanding_differs
  FROM matter AS m, unnest(enum_range(NULL::area_level)) AS l
 WHERE commanding_org(m.area, l, m.at) IS DISTINCT FROM (
	SELECT h.id FROM holding AS h
	 WHERE h.territorial AND h.area @> m.area AND h.level <= l
	   AND (m.at AT TIME ZONE 'Asia/Shanghai')::date <@ h.valid
	 ORDER BY h.level DESC, h.given DESC, level(h.area) DESC, h.id LIMIT 1);
SELECT count(*) AS covering_differs
  FROM (SELECT * FROM matter ORDER BY id LIMIT 100) AS m, org AS o
 WHERE o.active AND org_covers(o.id, m.area, m.at) <> EXISTS (
	SELECT FROM holding AS h WHERE h.id = o.id AND h.area @> m.area
	   AND (m.at AT TIME ZONE 'Asia/Shanghai')::date <@ h.valid);

SET client_min_messages = error;
DROP SCHEMA peoplecall CASCADE;
