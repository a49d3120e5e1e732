-- Grading: bases, rules, reach, proposals, and why.
\set VERBOSITY terse
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = public, peoplecall;
SELECT peoplecall.grade_complaint(NULL);	-- no ledger
SELECT peoplecall.create_ledger() \g /dev/null

INSERT INTO peoplecall.channel (code, name) VALUES ('patrol', '网格巡查'), ('hotline', '12345热线');
INSERT INTO peoplecall.category (path, name, base_grade) VALUES
	('estate', '物业', 'B'),
	('estate.noise', '噪声', NULL),
	('estate.noise.night', '夜间施工', 'A'),
	('estate.noise.night.site', '工地', NULL),
	('trade', '消费', NULL),
	('trade.prepaid', '预付卡', NULL);

-- bases: own, from above, none, no category
SELECT c AS category, peoplecall.grade_complaint(c::ltree)
  FROM (VALUES (1, 'estate'), (2, 'estate.noise'), (3, 'estate.noise.night'),
               (4, 'estate.noise.night.site'), (5, 'trade.prepaid'), (6, NULL)) AS v (i, c)
 ORDER BY i;
SELECT * FROM peoplecall.explain_grade('estate.noise');
SELECT * FROM peoplecall.explain_grade('trade.prepaid');
SELECT * FROM peoplecall.explain_grade(NULL);

-- the default grade is a setting, and takes any spelling that the type reads
INSERT INTO peoplecall.setting VALUES ('default_grade', '"丙"');
SELECT peoplecall.grade_complaint('trade.prepaid'), peoplecall.grade_complaint(NULL), peoplecall.grade_complaint('estate');
-- what got past the guard of the table is still refused
ALTER TABLE peoplecall.setting DISABLE TRIGGER setting_guard;
UPDATE peoplecall.setting SET value = '"E"';
ALTER TABLE peoplecall.setting ENABLE TRIGGER setting_guard;
\set VERBOSITY sqlstate
SELECT peoplecall.grade_complaint('trade');
DELETE FROM peoplecall.setting;
SELECT peoplecall.grade_complaint('trade');

-- what is refused
SELECT peoplecall.grade_complaint('estate.smell');
SELECT peoplecall.grade_complaint('estate.noise.night.site.crane');
SELECT peoplecall.grade_complaint('');
SELECT peoplecall.grade_complaint('estate', people => 0);
SELECT peoplecall.grade_complaint('estate', orgs => -1);
SELECT peoplecall.grade_complaint('estate', reopened => -1);
\set VERBOSITY terse
SELECT peoplecall.grade_complaint('estate.smell');
SELECT peoplecall.grade_complaint('estate', people => NULL, orgs => NULL, reopened => NULL, nature => NULL);

-- one rule for each column
INSERT INTO peoplecall.grade_rule
	(id, category, nature, channel, min_people, min_orgs, reach, min_reopened, words, grade, urgency, reason) VALUES
	(10, 'estate.noise', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'C', NULL, '噪声归区'),
	(20, NULL, 'tip_off', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'urgent', '举报加急'),
	(30, NULL, NULL, 'patrol', NULL, NULL, NULL, NULL, NULL, 'B', NULL, '巡查发现'),
	(40, NULL, NULL, NULL, 30, NULL, NULL, NULL, NULL, 'C', 'urgent', '群体诉求'),
	(50, NULL, NULL, NULL, 300, NULL, NULL, NULL, NULL, 'D', 'emergency', '重大群体诉求'),
	(60, NULL, NULL, NULL, NULL, 3, NULL, NULL, NULL, 'C', NULL, '多部门'),
	(70, 'trade', NULL, NULL, NULL, NULL, 'street', NULL, NULL, 'B', 'urgent', '跨社区'),
	(80, NULL, NULL, NULL, NULL, NULL, NULL, 2, NULL, 'D', NULL, '反复重开'),
	(90, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{爆炸,gas leak}', 'D', 'emergency', '疑似险情'),
	(91, 'estate', NULL, NULL, 5, NULL, NULL, NULL, '{漏水}', 'C', NULL, '多户漏水'),
	(95, 'trade.prepaid', 'complaint', 'hotline', 10, 2, NULL, NULL, NULL, 'D', NULL, '预付卡群访');

CREATE TEMP TABLE matter (id int, category ltree, nature text, channel text, people int, orgs int,
	reach peoplecall.area_level, reopened int, words text, expected peoplecall.grade, rules bigint[]);
INSERT INTO matter VALUES
	(1, 'estate', 'complaint', NULL, 1, 1, NULL, 0, NULL, 'B', '{}'),
	(2, 'estate.noise', 'complaint', NULL, 1, 1, NULL, 0, NULL, 'C', '{10}'),
	(3, 'estate.noise.night', 'complaint', NULL, 1, 1, NULL, 0, NULL, 'C', '{10}'),
	(4, 'estate', 'tip_off', NULL, 1, 1, NULL, 0, NULL, 'B', '{20}'),
	(5, 'estate', 'complaint', 'patrol', 1, 1, NULL, 0, NULL, 'B', '{30}'),
	(6, 'estate', 'complaint', NULL, 29, 1, NULL, 0, NULL, 'B', '{}'),
	(7, 'estate', 'complaint', NULL, 30, 1, NULL, 0, NULL, 'C', '{40}'),
	(8, 'estate', 'complaint', NULL, 300, 1, NULL, 0, NULL, 'D', '{40,50}'),
	(9, 'estate', 'complaint', NULL, 1, 2, NULL, 0, NULL, 'B', '{}'),
	(10, 'estate', 'complaint', NULL, 1, 3, NULL, 0, NULL, 'C', '{60}'),
	(11, 'trade', 'complaint', NULL, 1, 1, 'community', 0, NULL, 'B', '{}'),
	(12, 'trade', 'complaint', NULL, 1, 1, 'street', 0, NULL, 'B', '{70}'),
	(13, 'trade', 'complaint', NULL, 1, 1, 'district', 0, NULL, 'C', '{NULL,70}'),
	(14, 'trade', 'complaint', NULL, 1, 1, 'city', 0, NULL, 'D', '{NULL,70}'),
	(15, 'trade', 'complaint', NULL, 1, 1, 'province', 0, NULL, 'D', '{NULL,70}'),
	(16, 'estate.noise.night', 'complaint', NULL, 1, 1, 'street', 0, NULL, 'C', '{10}'),
	(17, 'estate', 'complaint', NULL, 1, 1, NULL, 1, NULL, 'B', '{}'),
	(18, 'estate', 'complaint', NULL, 1, 1, NULL, 2, NULL, 'D', '{80}'),
	(19, 'estate', 'complaint', NULL, 1, 1, NULL, 0, '楼下有人说要爆炸', 'B', '{90}'),
	(20, 'estate', 'complaint', NULL, 1, 1, NULL, 0, 'a gas leak', 'B', '{90}'),
	(21, 'estate', 'complaint', NULL, 1, 1, NULL, 0, 'a gas lea', 'B', '{}'),
	(22, 'estate', 'complaint', NULL, 4, 1, NULL, 0, '漏水', 'B', '{}'),
	(23, 'estate.noise', 'complaint', NULL, 5, 1, NULL, 0, '漏水', 'C', '{10,91}'),
	(24, 'trade.prepaid', 'complaint', 'hotline', 10, 2, NULL, 0, NULL, 'D', '{95}'),
	(25, 'trade.prepaid', 'complaint', 'hotline', 10, 1, NULL, 0, NULL, 'B', '{}'),
	(26, 'trade.prepaid', 'complaint', 'patrol', 10, 2, NULL, 0, NULL, 'B', '{30}'),
	(27, 'trade.prepaid', 'consult', 'hotline', 10, 2, NULL, 0, NULL, 'B', '{}'),
	(28, 'trade', 'complaint', 'hotline', 10, 2, NULL, 0, NULL, 'B', '{}'),
	(29, NULL, 'complaint', NULL, 30, 1, NULL, 0, NULL, 'C', '{40}'),
	(30, 'estate', 'unheard of', 'no such', 1, 1, NULL, 0, '', 'B', '{}');

-- no row: every matter has the grade and the reasons that it should have
SELECT m.id, g.grade, m.expected, e.rules, m.rules AS expected_rules
  FROM matter AS m
 CROSS JOIN LATERAL peoplecall.grade_complaint(m.category, m.nature, m.channel, m.people, m.orgs,
                                               m.reach, m.reopened, m.words) AS g (grade)
 CROSS JOIN LATERAL (
	SELECT coalesce((array_agg(x.rule ORDER BY x.n))[2:], '{}') AS rules
	  FROM peoplecall.explain_grade(m.category, m.nature, m.channel, m.people, m.orgs,
	                                m.reach, m.reopened, m.words)
	       WITH ORDINALITY AS x (rule, grade, urgency, reason, n)) AS e
 WHERE (g.grade, e.rules) IS DISTINCT FROM (m.expected, m.rules);

SELECT * FROM peoplecall.explain_grade('trade.prepaid', people => 40, orgs => 3, reach => 'district', words => '预付卡，gas leak');
SELECT * FROM peoplecall.explain_grade('estate', reach => 'city');
SELECT grade, urgency, jsonb_pretty(reasons)
  FROM peoplecall.grade_with_reasons('estate', people => 40, words => '爆炸');
SELECT grade, urgency, reasons FROM peoplecall.grade_with_reasons(NULL);

-- one call says what the others say
SELECT count(*)
  FROM matter AS m
 CROSS JOIN LATERAL peoplecall.grade_with_reasons(m.category, m.nature, m.channel, m.people, m.orgs,
                                                  m.reach, m.reopened, m.words) AS w
 WHERE w.grade = m.expected
   AND w.reasons = (
	SELECT jsonb_agg(jsonb_build_object('rule', e.rule, 'grade', e.grade::text, 'urgency', e.urgency::text,
	                                    'reason', e.reason, 'proposes', e.reason LIKE 'only proposed%') ORDER BY e.n)
	  FROM peoplecall.explain_grade(m.category, m.nature, m.channel, m.people, m.orgs,
	                                m.reach, m.reopened, m.words)
	       WITH ORDINALITY AS e (rule, grade, urgency, reason, n));

-- an inactive rule is none; a rolled back one neither
UPDATE peoplecall.grade_rule SET active = false WHERE id = 40;
SELECT peoplecall.grade_complaint('estate', people => 30);
UPDATE peoplecall.grade_rule SET active = true WHERE id = 40;
BEGIN;
SAVEPOINT s;
DELETE FROM peoplecall.grade_rule WHERE id = 40;
SELECT peoplecall.grade_complaint('estate', people => 30);
ROLLBACK TO s;
SELECT peoplecall.grade_complaint('estate', people => 30);
TRUNCATE peoplecall.grade_rule;
SELECT peoplecall.grade_complaint('estate', people => 30);
ROLLBACK;
SELECT peoplecall.grade_complaint('estate', people => 30);

-- the order of rules means nothing: all 120 orders of five that overlap
CREATE TEMP TABLE rule AS
	SELECT row_number() OVER (ORDER BY id) AS n, r.* FROM peoplecall.grade_rule AS r WHERE id IN (30, 40, 50, 60, 80);
CREATE TEMP TABLE question AS
	SELECT row_number() OVER () AS id, c.category, ch.channel, p.people, o.orgs, r.reopened
	  FROM (VALUES ('estate'::ltree), ('estate.noise.night'), ('trade')) AS c (category)
	 CROSS JOIN (VALUES ('patrol'), (NULL)) AS ch (channel)
	 CROSS JOIN (VALUES (1), (30), (300)) AS p (people)
	 CROSS JOIN (VALUES (1), (3)) AS o (orgs)
	 CROSS JOIN (VALUES (0), (2)) AS r (reopened);
CREATE FUNCTION pg_temp.grades() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(g.grade::text || left(g.urgency::text, 2), ' ' ORDER BY q.id)
	  FROM question AS q
	 CROSS JOIN LATERAL peoplecall.grade_with_reasons(q.category, 'complaint', q.channel, q.people,
	                                                  q.orgs, NULL, q.reopened) AS g
$$;
DO $$
DECLARE
	answers text[] := '{}';
	p int[];
BEGIN
	FOR p IN
		SELECT ARRAY[a, b, c, d, e]
		  FROM generate_series(1, 5) AS a, generate_series(1, 5) AS b, generate_series(1, 5) AS c,
		       generate_series(1, 5) AS d, generate_series(1, 5) AS e
		 WHERE cardinality(ARRAY(SELECT DISTINCT unnest(ARRAY[a, b, c, d, e]))) = 5
	LOOP
		TRUNCATE peoplecall.grade_rule;
		INSERT INTO peoplecall.grade_rule (id, category, nature, channel, min_people, min_orgs, reach,
		                                   min_reopened, words, grade, urgency, reason)
		SELECT x.place, r.category, r.nature, r.channel, r.min_people, r.min_orgs, r.reach,
		       r.min_reopened, r.words, r.grade, r.urgency, r.reason
		  FROM rule AS r
		  JOIN unnest(p) WITH ORDINALITY AS x (n, place) ON x.n = r.n
		 ORDER BY x.place;
		answers := answers || pg_temp.grades();
	END LOOP;
	RAISE NOTICE '% orders, % answer', cardinality(answers),
		(SELECT count(DISTINCT a) FROM unnest(answers) AS a);
END
$$;
SELECT pg_temp.grades();

-- 300 rules at random, asked about 2000 matters, against plain SQL
SELECT setseed(0.12345);
TRUNCATE peoplecall.grade_rule;
INSERT INTO peoplecall.grade_rule (category, nature, channel, min_people, min_orgs, reach, min_reopened, grade, urgency, reason)
SELECT CASE WHEN random() < 0.6 THEN (ARRAY['estate', 'estate.noise', 'estate.noise.night', 'trade', 'trade.prepaid'])[1 + (random() * 4)::int]::ltree END,
       CASE WHEN random() < 0.5 THEN (ARRAY['complaint', 'tip_off', 'help'])[1 + (random() * 2)::int] END,
       CASE WHEN random() < 0.5 THEN (ARRAY['patrol', 'hotline'])[1 + (random())::int] END,
       CASE WHEN random() < 0.8 THEN 1 + (random() * 500)::int END,
       CASE WHEN random() < 0.6 THEN 1 + (random() * 6)::int END,
       CASE WHEN random() < 0.4 THEN (enum_range(NULL::peoplecall.area_level))[1 + (random() * 6)::int] END,
       CASE WHEN random() < 0.5 THEN 1 + (random() * 4)::int END,
       (ARRAY['A', 'B', 'C', 'D'])[1 + (random() * 3)::int]::peoplecall.grade, NULL, 'rule ' || i
  FROM generate_series(1, 300) AS i;
CREATE TEMP TABLE asked AS
SELECT i AS id,
       CASE WHEN random() < 0.9 THEN (ARRAY['estate', 'estate.noise', 'estate.noise.night', 'estate.noise.night.site', 'trade', 'trade.prepaid'])[1 + (random() * 5)::int]::ltree END AS category,
       (ARRAY['complaint', 'tip_off', 'consult'])[1 + (random() * 2)::int] AS nature,
       CASE WHEN random() < 0.7 THEN (ARRAY['patrol', 'hotline'])[1 + (random())::int] END AS channel,
       1 + (random() * random() * 400)::int AS people, 1 + (random() * 4)::int AS orgs,
       CASE WHEN random() < 0.4 THEN (enum_range(NULL::peoplecall.area_level))[4 + (random() * 3)::int] END AS reach,
       (random() * 3)::int AS reopened
  FROM generate_series(1, 2000) AS i;
CREATE FUNCTION pg_temp.base_of(c ltree) RETURNS peoplecall.grade LANGUAGE sql AS $$
	SELECT coalesce((SELECT base_grade FROM peoplecall.category
	                  WHERE path @> c AND base_grade IS NOT NULL
	                  ORDER BY nlevel(path) DESC LIMIT 1), 'B')
$$;
SELECT count(*) AS asked, count(*) FILTER (WHERE said = expected) AS right,
       count(DISTINCT said) AS grades
  FROM (
	SELECT peoplecall.grade_complaint(a.category, a.nature, a.channel, a.people, a.orgs, a.reach, a.reopened) AS said,
	       greatest(pg_temp.base_of(a.category),
	                CASE WHEN a.reach <= 'city' THEN 'D' WHEN a.reach = 'district' THEN 'C' END::peoplecall.grade,
	                (SELECT max(r.grade) FROM peoplecall.grade_rule AS r
	                  WHERE (r.category IS NULL OR r.category @> a.category)
	                    AND (r.nature IS NULL OR r.nature = a.nature)
	                    AND (r.channel IS NULL OR r.channel = a.channel)
	                    AND (r.min_people IS NULL OR a.people >= r.min_people)
	                    AND (r.min_orgs IS NULL OR a.orgs >= r.min_orgs)
	                    AND (r.reach IS NULL OR a.reach <= r.reach)
	                    AND (r.min_reopened IS NULL OR a.reopened >= r.min_reopened))) AS expected
	  FROM asked AS a) AS t;
