-- grade_complaint() against the SQL that one would write instead, with 500
-- rules on 300 categories. Run it by psql in a database that has a ledger; it
-- rolls back what it puts in. Both SQL forms have the index that helps them
-- and are prepared; the faster one counts.
\set ON_ERROR_STOP on
\pset footer off
BEGIN;
SET LOCAL search_path = peoplecall, public, pg_catalog;
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SELECT setseed(0.31415) \g /dev/null

TRUNCATE grade_rule;
INSERT INTO category (path, name, base_grade)
SELECT ('bench' || a || coalesce('.x' || b || coalesce('.y' || c, ''), ''))::ltree, 'bench',
       CASE WHEN random() < 0.4 THEN (ARRAY['A', 'B'])[1 + random()::int]::grade END
  FROM generate_series(1, 12) AS a
 CROSS JOIN (SELECT NULL::int AS b, NULL::int AS c
             UNION ALL SELECT b, NULL::int FROM generate_series(1, 6) AS b
             UNION ALL SELECT b, c FROM generate_series(1, 6) AS b, generate_series(1, 3) AS c) AS t;
CREATE TEMP TABLE known ON COMMIT DROP AS
	SELECT row_number() OVER () AS n, path FROM category WHERE path ~ 'bench*.*'::lquery;
INSERT INTO channel (code, name) VALUES ('hotline', 'bench'), ('patrol', 'bench'), ('web', 'bench')
	ON CONFLICT DO NOTHING;
-- nine rules of ten name a category; most ask for more than most matters have
INSERT INTO grade_rule (category, nature, channel, min_people, min_orgs, reach, min_reopened, grade, reason)
SELECT CASE WHEN i % 10 > 0 THEN (SELECT path FROM known WHERE n = 1 + i * 7 % (SELECT count(*) FROM known)) END,
       CASE WHEN random() < 0.4 THEN (ARRAY['complaint', 'tip_off', 'help'])[1 + (random() * 2)::int] END,
       CASE WHEN random() < 0.3 THEN (ARRAY['hotline', 'patrol', 'web'])[1 + (random() * 2)::int] END,
       CASE WHEN random() < 0.7 THEN 5 + (random() * 200)::int END,
       CASE WHEN random() < 0.4 THEN 2 + (random() * 4)::int END,
       CASE WHEN random() < 0.2 THEN 'street'::area_level END,
       CASE WHEN random() < 0.3 THEN 1 + (random() * 3)::int END,
       (ARRAY['B', 'C', 'D'])[1 + (random() * 2)::int]::grade, 'bench'
  FROM generate_series(1, 500) AS i;
CREATE INDEX ON grade_rule (category);
CREATE INDEX ON grade_rule USING gist (category);
ANALYZE grade_rule, category;
CREATE TEMP TABLE matter ON COMMIT DROP AS
SELECT k.path AS category, (ARRAY['complaint', 'help', 'consult'])[1 + (random() * 2)::int] AS nature,
       (ARRAY['hotline', 'patrol', 'web'])[1 + (random() * 2)::int] AS channel,
       1 + (random() * random() * random() * 100)::int AS people, 1 + (random() * random() * 3)::int AS orgs,
       (random() * random())::int AS reopened
  FROM generate_series(1, 20000) AS i
  JOIN known AS k ON k.n = 1 + i % (SELECT count(*) FROM known);
ANALYZE matter;

-- operators of ltree on the small table
PREPARE by_operator AS
SELECT count(*), sum(ascii(greatest(
	coalesce((SELECT c.base_grade FROM category AS c WHERE c.path @> m.category AND c.base_grade IS NOT NULL
	           ORDER BY nlevel(c.path) DESC LIMIT 1), 'B'),
	(SELECT max(r.grade) FROM grade_rule AS r
	  WHERE r.active AND r.words IS NULL
	    AND (r.category IS NULL OR r.category @> m.category)
	    AND (r.nature IS NULL OR r.nature = m.nature)
	    AND (r.channel IS NULL OR r.channel = m.channel)
	    AND (r.min_people IS NULL OR r.min_people <= m.people)
	    AND (r.min_orgs IS NULL OR r.min_orgs <= m.orgs)
	    AND r.reach IS NULL
	    AND (r.min_reopened IS NULL OR r.min_reopened <= m.reopened)))::text)) AS checksum
  FROM matter AS m;

-- the ancestors written out as an array, looked up by the btree indexes
PREPARE by_ancestors AS
SELECT count(*), sum(ascii(greatest(
	coalesce((SELECT c.base_grade FROM category AS c
	           WHERE c.path = ANY (a.paths) AND c.base_grade IS NOT NULL
	           ORDER BY nlevel(c.path) DESC LIMIT 1), 'B'),
	(SELECT max(r.grade) FROM grade_rule AS r
	  WHERE r.active AND r.words IS NULL
	    AND r.category = ANY (a.paths)
	    AND (r.nature IS NULL OR r.nature = m.nature)
	    AND (r.channel IS NULL OR r.channel = m.channel)
	    AND (r.min_people IS NULL OR r.min_people <= m.people)
	    AND (r.min_orgs IS NULL OR r.min_orgs <= m.orgs)
	    AND r.reach IS NULL
	    AND (r.min_reopened IS NULL OR r.min_reopened <= m.reopened)),
	(SELECT max(r.grade) FROM grade_rule AS r
	  WHERE r.active AND r.words IS NULL
	    AND r.category IS NULL
	    AND (r.nature IS NULL OR r.nature = m.nature)
	    AND (r.channel IS NULL OR r.channel = m.channel)
	    AND (r.min_people IS NULL OR r.min_people <= m.people)
	    AND (r.min_orgs IS NULL OR r.min_orgs <= m.orgs)
	    AND r.reach IS NULL
	    AND (r.min_reopened IS NULL OR r.min_reopened <= m.reopened)))::text)) AS checksum
  FROM matter AS m
 CROSS JOIN LATERAL (
	SELECT array_agg(subpath(m.category, 0, l)) AS paths
	  FROM generate_series(1, nlevel(m.category)) AS l) AS a;

PREPARE by_function AS
SELECT count(*), sum(ascii(grade_complaint(m.category, m.nature, m.channel, m.people, m.orgs, NULL, m.reopened)::text)) AS checksum
  FROM matter AS m;

CREATE TEMP TABLE measured (what text, microseconds float8, checksum bigint) ON COMMIT DROP;
DO $$
DECLARE
	name text;
	started timestamptz;
	answer record;
BEGIN
	FOR name IN SELECT unnest('{by_operator,by_ancestors,by_function}'::text[]) AS n, generate_series(1, 3) AS again ORDER BY again
	LOOP
		started := clock_timestamp();
		EXECUTE 'EXECUTE ' || name INTO answer;
		INSERT INTO measured VALUES
			(name, EXTRACT(epoch FROM clock_timestamp() - started) * 1e6 / answer.count, answer.checksum);
	END LOOP;
END
$$;
SELECT what, round(min(microseconds)::numeric, 2) AS "microseconds a matter", min(checksum) AS checksum
  FROM measured
 GROUP BY what
 ORDER BY what;
SELECT round((min(microseconds) FILTER (WHERE what <> 'by_function') /
              min(microseconds) FILTER (WHERE what = 'by_function'))::numeric, 1) AS "times faster than the faster SQL",
       count(DISTINCT checksum) = 1 AS "same answers"
  FROM measured;
DEALLOCATE by_operator;
DEALLOCATE by_ancestors;
DEALLOCATE by_function;
ROLLBACK;
