-- grade_complaint() with 500 rules on 300 categories, against the SQL that one
-- would write instead: 20 times faster. Both forms of it, by ltree's operators
-- and by the ancestors in an array, have the index that helps them.
SET search_path = peoplecall, public;
SELECT FROM setseed(0.31415);

INSERT INTO category (path, name, base_grade)
SELECT ('bench' || a || coalesce('.x' || b || coalesce('.y' || c, ''), ''))::ltree, 'bench',
       CASE WHEN random() < 0.4 THEN (ARRAY['A', 'B'])[1 + random()::int]::grade END
  FROM generate_series(1, 12) AS a
 CROSS JOIN (SELECT NULL::int AS b, NULL::int AS c
             UNION ALL SELECT b, NULL::int FROM generate_series(1, 6) AS b
             UNION ALL SELECT b, c FROM generate_series(1, 6) AS b, generate_series(1, 3) AS c) AS t;
CREATE TABLE bench.known AS
	SELECT row_number() OVER () AS n, path FROM category WHERE path ~ 'bench*.*'::lquery;
INSERT INTO channel (code, name) VALUES ('hotline', 'bench'), ('patrol', 'bench'), ('web', 'bench')
	ON CONFLICT DO NOTHING;
-- nine rules of ten name a category; most ask for more than most matters have
CREATE PROCEDURE bench.set_rules(wanted int) LANGUAGE sql AS $$
TRUNCATE grade_rule;
INSERT INTO grade_rule (category, nature, channel, min_people, min_orgs, reach, min_reopened, grade, reason)
SELECT CASE WHEN i % 10 > 0 THEN (SELECT path FROM bench.known WHERE n = 1 + i * 7 % (SELECT count(*) FROM bench.known)) END,
       CASE WHEN random() < 0.4 THEN (ARRAY['complaint', 'tip_off', 'help'])[1 + (random() * 2)::int] END,
       CASE WHEN random() < 0.3 THEN (ARRAY['hotline', 'patrol', 'web'])[1 + (random() * 2)::int] END,
       CASE WHEN random() < 0.7 THEN 5 + (random() * 200)::int END,
       CASE WHEN random() < 0.4 THEN 2 + (random() * 4)::int END,
       CASE WHEN random() < 0.2 THEN 'street'::area_level END,
       CASE WHEN random() < 0.3 THEN 1 + (random() * 3)::int END,
       (ARRAY['B', 'C', 'D'])[1 + (random() * 2)::int]::grade, 'bench'
  FROM generate_series(1, wanted) AS i;
$$;
CREATE INDEX ON grade_rule (category);
CREATE INDEX ON grade_rule USING gist (category);
ANALYZE grade_rule, category;
CREATE TABLE bench.matter AS
SELECT k.path AS category, (ARRAY['complaint', 'help', 'consult'])[1 + (random() * 2)::int] AS nature,
       (ARRAY['hotline', 'patrol', 'web'])[1 + (random() * 2)::int] AS channel,
       1 + (random() * random() * random() * 100)::int AS people, 1 + (random() * random() * 3)::int AS orgs,
       (random() * random())::int AS reopened
  FROM generate_series(1, 20000) AS i
  JOIN bench.known AS k ON k.n = 1 + i % (SELECT count(*) FROM bench.known);
ANALYZE bench.matter;

-- by ltree's operators on the small table
CREATE VIEW bench.by_operator AS
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
  FROM bench.matter AS m;

-- the ancestors written out as an array, looked up by the btree indexes
CREATE VIEW bench.by_ancestors AS
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
  FROM bench.matter AS m
 CROSS JOIN LATERAL (
	SELECT array_agg(subpath(m.category, 0, l)) AS paths
	  FROM generate_series(1, nlevel(m.category)) AS l) AS a;
CREATE VIEW bench.by_function AS
SELECT count(*), sum(ascii(grade_complaint(m.category, m.nature, m.channel, m.people, m.orgs, NULL, m.reopened)::text)) AS checksum
  FROM bench.matter AS m;

CREATE TEMP TABLE at_size (rules int, ours float8, sql float8);
CREATE PROCEDURE bench.at_size(rules int) LANGUAGE plpgsql AS $$
BEGIN
	CALL bench.set_rules(rules);
	ANALYZE grade_rule, category;
	INSERT INTO at_size
	SELECT rules, bench.median(array_agg(bench.seconds('SELECT * FROM bench.by_function') / 20000)),
	       bench.median(array_agg(bench.seconds('SELECT * FROM bench.by_ancestors') / 20000)) FROM generate_series(1, 3);
END
$$;
CALL bench.at_size(50);
CALL bench.at_size(5000);
CALL bench.at_size(500);
SELECT count(DISTINCT checksum) = 1 AS same_answers
  FROM (SELECT * FROM bench.by_operator UNION ALL TABLE bench.by_ancestors UNION ALL TABLE bench.by_function) AS form \gset
CALL bench.fact('grade_complaint and SQL, 500 rules', CASE WHEN :'same_answers' THEN 'agree' ELSE 'differ' END, 'the same answers', :'same_answers');
CALL bench.compare(what => 'grade_complaint, 500 rules', ours => ARRAY['SELECT * FROM bench.by_function'], against => 'SQL by arrays of ancestors',
	theirs => ARRAY['SELECT * FROM bench.by_ancestors'], at_least => 20, per => 20000);
CALL bench.compare(what => 'grade_complaint, 500 rules', ours => ARRAY['SELECT * FROM bench.by_function'], against => 'SQL by ltree operators',
	theirs => ARRAY['SELECT * FROM bench.by_operator'], at_least => 20, per => 20000, rounds => 3);
SELECT array_agg(rules ORDER BY rules) AS sizes, array_agg(ours ORDER BY rules) AS ours, array_agg(sql ORDER BY rules) AS sqls FROM at_size \gset
CALL bench.grown('grade_complaint', 'rules', :'sizes', :'ours');
CALL bench.grown('the same by arrays of ancestors', 'rules', :'sizes', :'sqls');
