-- The ladder: when a clock warns, is due and takes each step. Times were
-- worked out by hand; offices open 08:30-12:00 and 14:00-17:30, 7 hours a day.
-- Sunday 29 September and Saturday 12 October 2024 are make-up workdays, 1 to
-- 7 October are days off.
\set VERBOSITY terse
SET client_min_messages = error;
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
RESET client_min_messages;
SET search_path = public, peoplecall;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SELECT peoplecall.clock_times('resolve', 'A', '2024-09-27 16:30', '8wh', NULL, NULL, NULL, NULL);	-- no ledger
SELECT peoplecall.create_ledger() \g /dev/null

-- the defaults, put in twice, come once
SELECT peoplecall.default_rules();
CREATE TEMP TABLE counts AS
	SELECT (SELECT count(*) FROM sla_policy) AS policies, (SELECT count(*) FROM escalation_step) AS steps,
	       (SELECT count(*) FROM template) AS templates, (SELECT count(*) FROM setting) AS settings,
	       (SELECT count(*) FROM channel) AS channels, (SELECT count(*) FROM org_kind) AS kinds,
	       (SELECT count(*) FROM calendar_window) AS windows;
SELECT * FROM counts;
UPDATE setting SET value = 'false' WHERE name = 'auto_dispatch';
DELETE FROM channel WHERE code = 'letter';
SELECT peoplecall.default_rules();
SELECT (SELECT count(*) FROM sla_policy) = policies AND (SELECT count(*) FROM escalation_step) = steps AND
       (SELECT count(*) FROM template) = templates AND (SELECT count(*) FROM setting) = settings AND
       (SELECT count(*) FROM channel) = channels AND (SELECT count(*) FROM org_kind) = kinds AND
       (SELECT count(*) FROM calendar_window) = windows AS same
  FROM counts;
SELECT value FROM setting WHERE name = 'auto_dispatch';
INSERT INTO calendar_day (calendar, day, is_workday) VALUES
	('office', '2024-09-29', true), ('office', '2024-10-12', true),
	('office', '2024-10-01', false), ('office', '2024-10-02', false), ('office', '2024-10-03', false),
	('office', '2024-10-04', false), ('office', '2024-10-05', false), ('office', '2024-10-06', false),
	('office', '2024-10-07', false);

-- every clock of every grade has a limit; from nine on a Monday
SELECT c AS clock, g AS grade, p.allowed, p.due_at, p.warn_at, p.next_alarm_at
  FROM unnest(enum_range(NULL::clock_kind)) AS c, unnest('{A,B,C,D}'::grade[]) AS g
 CROSS JOIN LATERAL clock_plan(c, NULL, g, 'normal', 'complaint', '2024-11-18 09:00') AS p;
SELECT c AS clock, u AS urgency, p.allowed, p.due_at
  FROM unnest(enum_range(NULL::clock_kind)) AS c, unnest('{urgent,emergency}'::urgency[]) AS u
 CROSS JOIN LATERAL clock_plan(c, NULL, 'B', u, 'complaint', '2024-11-18 09:00') AS p;

-- 8 working hours from Friday 16:30: one on Friday, seven on the make-up
-- Sunday; half is Sunday 11:30; then Monday, then, after the holiday, Tuesday
SELECT * FROM clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', NULL);
SELECT seq, at, tell, act FROM ladder_steps('resolve', 'B', '2024-09-27 16:30', '2024-09-29 17:30', '8wh', NULL, 'office');
SELECT seq, at, tell, act FROM ladder_steps('resolve', 'D', '2024-09-27 16:30', '2024-09-29 17:30', '8wh', NULL, 'office');
SELECT seq, at, tell, act FROM ladder_steps('resolve', NULL, '2024-09-27 16:30', '2024-09-29 17:30', '8wh', NULL, 'office');
SELECT seq, at, tell, act FROM ladder_steps('total', 'D', '2024-09-27 16:30', '2024-09-29 17:30', '8wh', NULL, 'office');

-- 5 working days from Thursday 10:00: Fri, Sun, Mon, Tue 8th, Wed 9th; half of
-- 40.5 hours is gone on Monday at 09:15
SELECT * FROM clock_times('resolve', 'C', '2024-09-26 10:00', '5wd', NULL, NULL, 'office', NULL);
SELECT seq, at FROM ladder_steps('resolve', 'C', '2024-09-26 10:00', '2024-10-09 17:30', '5wd', NULL, 'office');

-- the 8 hours again, paused on Sunday from 09:00 to 10:30: due on Monday at
-- 10:00, half on Sunday at 15:00
SELECT * FROM clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', '{}', '{["2024-09-29 09:00","2024-09-29 10:30")}', 'office', '{}');
SELECT seq, at FROM ladder_steps('resolve', 'B', '2024-09-27 16:30', '2024-09-30 10:00', '8wh', '{["2024-09-29 09:00","2024-09-29 10:30")}', 'office');
-- paused from 17:00 on Friday over the weekend to Sunday at 10:30: Monday 11:00
SELECT * FROM clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', '{}', '{["2024-09-27 17:00","2024-09-29 10:30")}', 'office', '{}');
-- 24 elapsed hours from Friday 16:30, paused from 20:00 to 22:00: due on
-- Saturday at 18:30, half at 06:30; working days after that are the office's
SELECT * FROM clock_times('resolve', 'A', '2024-09-27 16:30', '24h', NULL, '{["2024-09-27 20:00","2024-09-27 22:00")}', 'office', NULL);
SELECT seq, at, act FROM ladder_steps('resolve', 'A', '2024-09-27 16:30', '2024-09-28 18:30', '24h', '{["2024-09-27 20:00","2024-09-27 22:00")}', 'office');
-- granted one more working day: due at the close of Sunday's next, Monday
SELECT * FROM clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', '{1wd}', NULL, 'office', '{}');

-- each step that was taken gives the next; NULL when none is left
SELECT f.fired, t.next_alarm_at
  FROM (SELECT array_agg(step) AS steps FROM ladder_steps('resolve', 'B', '2024-09-27 16:30', '2024-09-29 17:30', '8wh', NULL, 'office')) AS s
 CROSS JOIN LATERAL (SELECT n AS fired, s.steps[:n] AS ids FROM generate_series(0, 4) AS n) AS f
 CROSS JOIN LATERAL clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', f.ids) AS t;
-- a step further up that was taken does not hide one below it
SELECT t.next_alarm_at
  FROM escalation_step AS s
 CROSS JOIN LATERAL clock_times('resolve', 'B', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', ARRAY[s.id]) AS t
 WHERE s.clock = 'resolve' AND s.seq = 2;

-- fraction 1 is the deadline even if nothing counts just before it, fraction 0
-- the start; a pause after the deadline moves what comes after it
TRUNCATE escalation_step;
INSERT INTO escalation_step (id, clock, seq, fraction, after) VALUES
	(1, 'contact', 3, 0, NULL), (2, 'contact', 2, 1, NULL), (3, 'contact', 1, NULL, '2h'), (4, 'contact', 4, NULL, '0min'),
	(5, 'contact', 5, 0.999, NULL), (6, 'contact', 6, NULL, '2wh');
SELECT step, seq, at FROM ladder_steps('contact', 'A', '2024-09-27 16:30', '2024-09-28 16:30', '1d', NULL, 'office');
SELECT step, seq, at FROM ladder_steps('contact', 'A', '2024-09-27 16:30', '2024-09-28 16:30', '7wh', NULL, 'office');
SELECT step, seq, at FROM ladder_steps('contact', 'A', '2024-09-27 16:30', '2024-09-28 16:30', '1d', '{["2024-09-28 17:00","2024-09-28 20:00")}', 'office');
SELECT step, seq, at FROM ladder_steps('contact', 'A', '2024-09-27 16:30', '2024-09-27 16:30', '0min', NULL, NULL);

-- a pause without an end: no deadline, no alarm
SELECT * FROM clock_times('contact', 'A', '2024-09-27 16:30', '7wh', NULL, '{["2024-09-27 17:00",)}', 'office', '{1}');
SELECT step, at FROM ladder_steps('contact', 'A', '2024-09-27 16:30', 'infinity', '7wh', '{["2024-09-27 17:00",)}', 'office');
-- a clock without a ladder
SELECT * FROM clock_times('answer', 'A', '2024-09-27 16:30', '2h', NULL, NULL, NULL, NULL);
SELECT * FROM clock_times(NULL, NULL, '2024-09-27 16:30', '2h', NULL, NULL, NULL, NULL);
-- nulls
SELECT * FROM clock_times('contact', 'A', NULL, '2h', NULL, NULL, NULL, NULL);
SELECT * FROM clock_times('contact', 'A', '2024-09-27 16:30', NULL, NULL, NULL, NULL, NULL);
SELECT * FROM ladder_steps('contact', 'A', NULL, '2024-09-28 16:30', '2h', NULL, NULL);
SELECT * FROM ladder_steps(NULL, 'A', '2024-09-27 16:30', '2024-09-28 16:30', '2h', NULL, NULL);

-- yellow is where the setting says
UPDATE setting SET value = '0.75' WHERE name = 'warn_fraction';
SELECT warn_at FROM clock_times('answer', 'A', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', NULL);
DELETE FROM setting WHERE name = 'warn_fraction';
SELECT warn_at FROM clock_times('answer', 'A', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', NULL);
\set VERBOSITY sqlstate
ALTER TABLE setting DISABLE TRIGGER setting_guard;
INSERT INTO setting VALUES ('warn_fraction', '1.5');
SELECT warn_at FROM clock_times('answer', 'A', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', NULL);
UPDATE setting SET value = '"half"' WHERE name = 'warn_fraction';
SELECT warn_at FROM clock_times('answer', 'A', '2024-09-27 16:30', '8wh', NULL, NULL, 'office', NULL);
DELETE FROM setting WHERE name = 'warn_fraction';
ALTER TABLE setting ENABLE TRIGGER setting_guard;

-- what is refused
SELECT * FROM clock_times('contact', 'A', '2024-09-27 16:30', '2h', NULL, NULL, 'nowhere', NULL);
SELECT * FROM ladder_steps('contact', 'A', '2024-09-27 16:30', '2024-09-28 16:30', '2h', NULL, 'nowhere');
SELECT * FROM clock_times('contact', 'A', 'infinity', '2h', NULL, NULL, NULL, NULL);
SELECT * FROM clock_times('contact', 'A', '2024-09-27 16:30', '2h', '{NULL}', NULL, NULL, NULL);
SELECT * FROM clock_times('contact', 'A', '2024-09-27 16:30', '2h', NULL, NULL, NULL, '{NULL}');
SELECT * FROM clock_times('contact', 'A', '294276-12-31 23:59+00', '2h', NULL, NULL, NULL, NULL);
SELECT * FROM clock_plan('resolve', NULL, 'A', 'normal', 'complaint', '-infinity');
\set VERBOSITY terse

-- at random: steps come in order, next_alarm_at is the first not taken, and
-- warn_at and due_at are what the functions of the calendar say
SELECT setseed(0.777);
TRUNCATE escalation_step;
INSERT INTO escalation_step (clock, grade, seq, fraction, after)
SELECT 'resolve', CASE WHEN i % 3 > 0 THEN (ARRAY['A', 'B'])[i % 3]::grade END, i,
       CASE WHEN i % 2 = 0 THEN round(random()::numeric, 2) END,
       CASE WHEN i % 2 = 1 THEN ((random() * 5)::int || (ARRAY['min', 'h', 'd', 'wh', 'wd'])[1 + (random() * 4)::int])::timelimit END
  FROM generate_series(1, 24) AS i;
CREATE TEMP TABLE asked AS
SELECT g.i AS id, (ARRAY['A', 'B', 'C'])[1 + (random() * 2)::int]::grade AS grade,
       '2024-09-20 00:00'::timestamptz + random() * interval '20 days' AS start,
       (1 + (random() * 9)::int || (ARRAY['min', 'h', 'd', 'wh', 'wd'])[1 + (random() * 4)::int])::timelimit AS allowed,
       CASE WHEN random() < 0.7 THEN 'office' END AS calendar,
       CASE WHEN random() < 0.5 THEN tstzmultirange(tstzrange('2024-09-22', '2024-09-22'::timestamptz + random() * interval '3 days'),
                                                    tstzrange('2024-09-27 15:00', '2024-09-27 15:00'::timestamptz + random() * interval '2 days')) END AS pauses,
       ARRAY(SELECT s.id FROM escalation_step AS s WHERE random() < 0.3 + 0 * g.i) AS fired
  FROM generate_series(1, 1000) AS g (i);
SELECT count(*) AS asked,
       count(*) FILTER (WHERE t.due_at = due_at(a.start, a.allowed, NULL, a.pauses, a.calendar)) AS due,
       count(*) FILTER (WHERE t.warn_at = warn_at(a.start, t.due_at, 0.5, a.allowed, a.pauses, a.calendar)) AS warn,
       count(*) FILTER (WHERE t.next_alarm_at IS NOT DISTINCT FROM n.at) AS next,
       count(*) FILTER (WHERE n.ordered) AS ordered,
       count(*) FILTER (WHERE n.ids = n.expected) AS complete
  FROM asked AS a
 CROSS JOIN LATERAL clock_times('resolve', a.grade, a.start, a.allowed, NULL, a.pauses, a.calendar, a.fired) AS t
 CROSS JOIN LATERAL (
	SELECT min(l.at) FILTER (WHERE l.step <> ALL (a.fired)) AS at,
	       array_agg(l.step ORDER BY l.n) = array_agg(l.step ORDER BY l.at, l.seq, l.step) AS ordered,
	       array_agg(l.step ORDER BY l.step) AS ids,
	       (SELECT array_agg(s.id ORDER BY s.id) FROM escalation_step AS s WHERE s.grade IS NULL OR s.grade = a.grade) AS expected
	  FROM ladder_steps('resolve', a.grade, a.start, t.due_at, a.allowed, a.pauses, a.calendar)
	       WITH ORDINALITY AS l (step, seq, at, tell, act, n)) AS n;
