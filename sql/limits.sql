-- Limits: which policy a clock gets, and why.
\set VERBOSITY terse
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = public, peoplecall;
SELECT peoplecall.clock_limit('accept', NULL, 'A', 'normal', 'complaint');	-- no ledger
SELECT peoplecall.create_ledger() \g /dev/null

-- no policy: that clock does not exist
SELECT * FROM peoplecall.clock_limit('accept', NULL, 'A', 'normal', 'complaint');
SELECT * FROM peoplecall.explain_limit('accept', NULL, 'A', 'normal', 'complaint');
SELECT * FROM peoplecall.clock_plan('accept', NULL, 'A', 'normal', 'complaint', '2024-11-22 09:00+08');

INSERT INTO peoplecall.calendar VALUES ('office', 'Asia/Shanghai'), ('night', 'Asia/Shanghai');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT 'office', d, o, c
  FROM generate_series(1, 5) AS d, (VALUES (time '08:30', time '12:00'), ('14:00', '17:30')) AS v (o, c);
INSERT INTO peoplecall.calendar_window (calendar, opens, closes) VALUES ('night', '00:00', '24:00');
INSERT INTO peoplecall.category (path, name) VALUES
	('estate', '物业'), ('estate.noise', '噪声'), ('estate.noise.night', '夜间'), ('trade', '消费');
INSERT INTO peoplecall.sla_policy (id, clock, category, grade, urgency, nature, allowed, calendar) VALUES
	(1, 'resolve', NULL, NULL, NULL, NULL, '10wd', 'office'),
	(2, 'resolve', NULL, 'A', NULL, NULL, '1wd', 'office'),
	(3, 'resolve', NULL, NULL, 'emergency', NULL, '24h', NULL),
	(4, 'resolve', NULL, NULL, NULL, 'help', '2wd', 'office'),
	(5, 'resolve', 'estate', NULL, NULL, NULL, '7wd', 'office'),
	(6, 'resolve', 'estate.noise', NULL, NULL, NULL, '8wh', 'night'),
	(7, 'resolve', 'estate', 'A', NULL, NULL, '4wh', 'office'),
	(8, 'resolve', 'estate.noise', NULL, 'emergency', NULL, '2h', NULL),
	(9, 'resolve', NULL, 'A', 'emergency', 'help', '1h', NULL),
	(10, 'accept', NULL, 'A', NULL, NULL, '30min', 'office');

SELECT v.what, l.*
  FROM (VALUES
	(1, 'nothing but the clock fits', 'resolve', 'trade', 'B', 'normal', 'complaint'),
	(2, 'grade', 'resolve', 'trade', 'A', 'normal', 'complaint'),
	(3, 'urgency', 'resolve', 'trade', 'B', 'emergency', 'complaint'),
	(4, 'grade and urgency alone: the lower id', 'resolve', 'trade', 'A', 'emergency', 'complaint'),
	(5, 'nature', 'resolve', NULL, 'B', 'normal', 'help'),
	(6, 'three columns', 'resolve', 'estate.noise', 'A', 'emergency', 'help'),
	(7, 'category', 'resolve', 'estate', 'B', 'normal', 'complaint'),
	(8, 'deeper category', 'resolve', 'estate.noise', 'B', 'normal', 'complaint'),
	(9, 'inherited by what lies below', 'resolve', 'estate.noise.night', 'B', 'normal', 'complaint'),
	(10, 'two columns beat a deeper category', 'resolve', 'estate.noise', 'A', 'normal', 'complaint'),
	(11, 'of two columns each the deeper category', 'resolve', 'estate.noise.night', 'A', 'emergency', 'complaint'),
	(12, 'a category that no rule names', 'resolve', 'estate.smell.bad', 'B', 'normal', 'complaint'),
	(13, 'one that only begins alike', 'resolve', 'estates', 'B', 'normal', 'complaint'),
	(14, 'no category', 'resolve', NULL, 'C', 'normal', 'complaint'),
	(15, 'nothing known', 'resolve', NULL, NULL, NULL, NULL),
	(16, 'another clock', 'accept', 'estate', 'A', 'normal', 'complaint'),
	(17, 'another clock, no rule', 'accept', 'estate', 'B', 'normal', 'complaint'),
	(18, 'no clock', NULL, 'estate', 'B', 'normal', 'complaint'))
	AS v (i, what, clock, category, grade, urgency, nature)
 CROSS JOIN LATERAL peoplecall.clock_limit(v.clock::clock_kind, v.category::ltree,
                                           v.grade::grade, v.urgency::urgency, v.nature) AS l
 ORDER BY v.i;

SELECT * FROM peoplecall.explain_limit('resolve', 'estate.noise.night', 'A', 'emergency', 'complaint');
SELECT * FROM peoplecall.explain_limit('resolve', NULL, 'A', 'emergency', 'complaint');
SELECT count(*) FROM peoplecall.explain_limit(NULL, NULL, 'A', 'emergency', 'complaint');

-- a change counts from the next statement, a rolled back one does not
UPDATE peoplecall.sla_policy SET allowed = '45min' WHERE id = 10;
SELECT allowed FROM peoplecall.clock_limit('accept', NULL, 'A', 'normal', 'complaint');
BEGIN;
DELETE FROM peoplecall.sla_policy WHERE id = 10;
SELECT allowed FROM peoplecall.clock_limit('accept', NULL, 'A', 'normal', 'complaint');
ROLLBACK;
SELECT allowed FROM peoplecall.clock_limit('accept', NULL, 'A', 'normal', 'complaint');

-- up to 300 policies at random, 2000 cases, against plain SQL
SELECT setseed(0.54321);
TRUNCATE peoplecall.sla_policy;
INSERT INTO peoplecall.sla_policy (clock, category, grade, urgency, nature, allowed, calendar)
SELECT (ARRAY['accept', 'resolve', 'total'])[1 + (random() * 2)::int]::clock_kind,
       CASE WHEN random() < 0.6 THEN (ARRAY['estate', 'estate.noise', 'estate.noise.night', 'trade'])[1 + (random() * 3)::int]::ltree END,
       CASE WHEN random() < 0.6 THEN (ARRAY['A', 'B', 'C', 'D'])[1 + (random() * 3)::int]::grade END,
       CASE WHEN random() < 0.5 THEN (ARRAY['normal', 'urgent', 'emergency'])[1 + (random() * 2)::int]::urgency END,
       CASE WHEN random() < 0.5 THEN (ARRAY['complaint', 'help'])[1 + random()::int] END,
       (i || 'min')::timelimit, CASE WHEN random() < 0.5 THEN 'office' END
  FROM generate_series(1, 300) AS i
    ON CONFLICT DO NOTHING;
CREATE TEMP TABLE cases AS
SELECT i AS id, (ARRAY['accept', 'resolve', 'total', 'verify'])[1 + (random() * 3)::int]::clock_kind AS clock,
       CASE WHEN random() < 0.9 THEN (ARRAY['estate', 'estate.noise', 'estate.noise.night', 'estate.noise.night.site', 'trade.prepaid'])[1 + (random() * 4)::int]::ltree END AS category,
       (ARRAY['A', 'B', 'C', 'D'])[1 + (random() * 3)::int]::grade AS grade,
       (ARRAY['normal', 'urgent', 'emergency'])[1 + (random() * 2)::int]::urgency AS urgency,
       (ARRAY['complaint', 'help', 'consult'])[1 + (random() * 2)::int] AS nature
  FROM generate_series(1, 2000) AS i;
CREATE TEMP TABLE expected AS
SELECT c.*, p.*
  FROM cases AS c
  LEFT JOIN LATERAL (
	SELECT p.id AS policy, p.allowed, p.calendar
	  FROM peoplecall.sla_policy AS p
	 WHERE p.clock = c.clock
	   AND (p.category IS NULL OR p.category @> c.category)
	   AND (p.grade IS NULL OR p.grade = c.grade)
	   AND (p.urgency IS NULL OR p.urgency = c.urgency)
	   AND (p.nature IS NULL OR p.nature = c.nature)
	 ORDER BY num_nonnulls(p.category, p.grade, p.urgency, p.nature) DESC,
	          coalesce(nlevel(p.category), -1) DESC, p.id
	 LIMIT 1) AS p ON true;
SELECT count(*) AS cases, count(*) FILTER (WHERE (l.policy, l.allowed, l.calendar) IS NOT DISTINCT FROM (e.policy, e.allowed, e.calendar)) AS right,
       count(l.policy) > 100 AS with_policy, count(*) - count(l.policy) > 100 AS without
  FROM expected AS e
 CROSS JOIN LATERAL peoplecall.clock_limit(e.clock, e.category, e.grade, e.urgency, e.nature) AS l;
SELECT count(*) AS explained_first
  FROM expected AS e
 CROSS JOIN LATERAL peoplecall.explain_limit(e.clock, e.category, e.grade, e.urgency, e.nature) AS l
 WHERE l.rank = 1 AND l.policy IS DISTINCT FROM e.policy;

-- the plan of a fresh clock is its limit and its times
INSERT INTO peoplecall.escalation_step (clock, seq, fraction, after) VALUES
	('accept', 1, 0.25, NULL), ('accept', 2, NULL, '1wd'), ('resolve', 1, 1, NULL);
SELECT count(*) AS different
  FROM cases AS c
 CROSS JOIN LATERAL (SELECT '2024-11-22 16:00+08'::timestamptz + c.id * interval '7 min' AS at) AS s
 CROSS JOIN LATERAL peoplecall.clock_plan(c.clock, c.category, c.grade, c.urgency, c.nature, s.at) AS p
 CROSS JOIN LATERAL peoplecall.clock_limit(c.clock, c.category, c.grade, c.urgency, c.nature) AS l
 CROSS JOIN LATERAL peoplecall.clock_times(c.clock, c.grade, s.at, l.allowed, NULL, NULL, l.calendar, NULL) AS t
 WHERE (p.policy, p.allowed, p.calendar, p.due_at, p.warn_at, p.next_alarm_at)
       IS DISTINCT FROM (l.policy, l.allowed, l.calendar, t.due_at, t.warn_at, t.next_alarm_at);
SELECT policy IS NOT NULL AS policy, due_at FROM peoplecall.clock_plan('accept', NULL, 'A', 'normal', 'complaint', NULL);
