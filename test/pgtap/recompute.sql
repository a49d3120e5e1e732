-- Deadlines reckoned anew: the State Council amended its notices of 2015, 2019 and
-- 2020 when they were in force. Reckoned by hand; 08:30-12:00 and 14:00-17:30.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql

-- The State Council's notices, the days of each year as they stand now, and
-- what was published before the amendment.
CREATE TEMPORARY TABLE notice (day date, weekday text, name text, is_off_day boolean, notice_year int);
\copy notice FROM 'demo/calendar/china_special_days.csv' CSV HEADER
INSERT INTO peoplecall.calendar (name, timezone) VALUES ('state', 'Asia/Shanghai'), ('other', 'Asia/Shanghai');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT c.name, w.weekday, w.opens, w.closes
  FROM peoplecall.calendar_window AS w
 CROSS JOIN (VALUES ('state'), ('other')) AS c (name)
 WHERE w.calendar = 'office';
INSERT INTO peoplecall.calendar_day (calendar, day, is_workday)
SELECT 'state', n.day, NOT n.is_off_day FROM notice AS n WHERE n.notice_year IN (2015, 2019, 2020);
-- 2015: three days for the anniversary came by a notice of 13 May
DELETE FROM peoplecall.calendar_day WHERE calendar = 'state' AND day BETWEEN '2015-09-03' AND '2015-09-06';
-- 2019: 1 May alone was off until the notice of 22 March
DELETE FROM peoplecall.calendar_day WHERE calendar = 'state' AND day IN ('2019-04-28', '2019-05-02', '2019-05-03', '2019-05-04', '2019-05-05');
-- 2020: from 24 to 30 January, and Saturday 1 February worked, until the notice of 27 January
DELETE FROM peoplecall.calendar_day WHERE calendar = 'state' AND day IN ('2020-01-31', '2020-02-02', '2020-02-03');
UPDATE peoplecall.calendar_day SET is_workday = true WHERE calendar = 'state' AND day = '2020-02-01';
CREATE FUNCTION pg_temp.amend(year int) RETURNS void LANGUAGE sql AS $$
	DELETE FROM peoplecall.calendar_day AS d WHERE d.calendar = 'state' AND EXTRACT(year FROM d.day) = year;
	INSERT INTO peoplecall.calendar_day (calendar, day, is_workday)
	SELECT 'state', n.day, NOT n.is_off_day FROM notice AS n WHERE n.notice_year = year AND EXTRACT(year FROM n.day) = year
$$;
UPDATE peoplecall.sla_policy SET calendar = 'state';
-- Noise in 武昌区: the police lead, three working days; five for the whole.
CREATE FUNCTION pg_temp.noise(moment text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	PERFORM pg_temp.at(moment);
	SELECT s.complaint_id INTO c FROM peoplecall.submit('hotline', '噪声', '', '420106012001', 'police.noise') AS s;
	PERFORM peoplecall.accept(c);
	PERFORM peoplecall.contact(c);
	RETURN c;
END
$$;

-- 2015. Wednesday 2 September: Thursday, Friday and Monday; later Sunday,
-- Monday and Tuesday.
SELECT pg_temp.noise('2015-09-02 09:00') AS a \gset
SELECT pg_temp.noise('2015-09-02 09:00') AS done \gset
SELECT FROM peoplecall.complete(:done, '好') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a)), ARRAY['- total: 09-02 09:00 > 09-07 08:45 > 09-09 17:30, alarm 09-09 17:30', '1 resolve: 09-02 09:00 > 09-04 08:45 > 09-07 17:30, alarm 09-04 08:45'], '2015 before the notice');
SELECT is(r::text, '(,2,0,0)', 'nothing changed, nothing moves') FROM peoplecall.recompute(420106) AS r;
SELECT pg_temp.amend(2015) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a, 'resolve')), ARRAY['1 resolve: 09-02 09:00 > 09-04 08:45 > 09-07 17:30, alarm 09-04 08:45'], 'a deadline that was given stands until it is reckoned anew');
SELECT is(r::text, '(,2,0,0)', 'another calendar''s') FROM peoplecall.recompute(420106, 'other') AS r;
SELECT is(r::text, '(,0,0,0)', 'another district''s') FROM peoplecall.recompute(420102, 'state') AS r;
SELECT is(r::text, '(,2,2,4)', 'two of one matter; of the other the whole and the check') FROM peoplecall.recompute(420106, 'state') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a)), ARRAY['- total: 09-02 09:00 > 09-08 08:45 > 09-10 17:30, alarm 09-10 17:30', '1 resolve: 09-02 09:00 > 09-07 08:45 > 09-08 17:30, alarm 09-07 08:45'], '2015 after it');
SELECT is(pg_temp.event(:a), '{"verb": "recompute", "at": "09-02 09:00", "calendar": "state", "deadlines": [
	{"clock": "total", "old": "2015-09-09T09:30:00+00:00", "new": "2015-09-10T09:30:00+00:00"},
	{"clock": "resolve", "task": 1, "old": "2015-09-07T09:30:00+00:00", "new": "2015-09-08T09:30:00+00:00"}]}', 'one event with both deadlines of each');
SELECT is((SELECT array_agg(DISTINCT pg_temp.minute(k.due_at)) FROM peoplecall.clock AS k WHERE k.complaint_id = :done AND k.kind = 'resolve'), '{"09-07 17:30"}', 'what was stopped does not move');
SELECT is((c.due_at, c.warn_at)::text, '("2015-09-08 17:30:00+08","2015-09-07 08:45:00+08")', 'nor does the light lag') FROM peoplecall.complaint AS c WHERE c.id = :a;
SELECT is(r::text, '(,2,0,0)', 'a second time changes nothing') FROM peoplecall.recompute(420106, 'state') AS r;
SELECT is(r::text, '(,2,0,0)', 'of any calendar') FROM peoplecall.recompute(420106) AS r;
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.verb = 'recompute'), 2::bigint, 'one event each');

-- 2019. Tuesday 30 April: Thursday, Friday, Monday; later Sunday, Monday, Tuesday.
SELECT pg_temp.noise('2019-04-30 09:00') AS b \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b)), ARRAY['- total: 04-30 09:00 > 05-06 08:45 > 05-08 17:30, alarm 05-08 17:30', '1 resolve: 04-30 09:00 > 05-03 08:45 > 05-06 17:30, alarm 05-03 08:45'], '2019 before the notice');
SELECT pg_temp.amend(2019) \g /dev/null
SELECT is((r.complaints, r.moved)::text, '(1,2)', 'two clocks of one matter') FROM peoplecall.recompute(420106, 'state') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b)), ARRAY['- total: 04-30 09:00 > 05-07 08:45 > 05-09 17:30, alarm 05-09 17:30', '1 resolve: 04-30 09:00 > 05-06 08:45 > 05-07 17:30, alarm 05-06 08:45'], '2019 after it');

-- 2020. Thursday 23 January: Friday 31, Saturday 1, Monday 3; later Monday,
-- Tuesday, Wednesday. One is extended by a day, one suspended over the holiday.
SELECT pg_temp.noise('2020-01-23 09:00') AS c \gset
SELECT pg_temp.noise('2020-01-23 09:00') AS d \gset
SELECT FROM peoplecall.request(:d, 'extend', '工地停工', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:d, 1, true, '同意') \g /dev/null
SELECT pg_temp.noise('2020-01-23 09:00') AS e \gset
SELECT * FROM pg_temp.at('2020-01-23 10:00');
SELECT FROM peoplecall.request(:e, 'suspend', '停工', until => '2020-02-03 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:e, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT pg_temp.clocks(x, 'resolve') FROM unnest(ARRAY[:c, :d, :e]) AS x), ARRAY['1 resolve: 01-23 09:00 > 02-01 08:45 > 02-03 17:30, alarm 02-01 08:45',
	'1 resolve: 01-23 09:00 > 02-01 14:15 > 02-04 17:30, alarm 02-01 14:15', '1 resolve: 01-23 09:00 > 02-04 14:15 > 02-05 17:30, paused 01-23 10:00'], '2020 before the notice');
SELECT pg_temp.amend(2020) \g /dev/null
SELECT * FROM pg_temp.at('2020-01-27 09:00');
-- by pages of two
SELECT is((r.last IS NULL, r.looked_at)::text, '(f,2)', 'a page') FROM peoplecall.recompute(420106, 'state', 0, 2) AS r;
SELECT is((r.last = :c, r.looked_at, r.complaints, r.moved)::text, '(t,2,1,2)', 'the next, from where it ended') FROM peoplecall.recompute(420106, 'state', :done, 2) AS r;
SELECT is((r.last, r.looked_at, r.complaints, r.moved)::text, '(,2,1,2)', 'to the end') FROM peoplecall.recompute(420106, 'state', :c, 3) AS r;
SELECT is(ARRAY(SELECT pg_temp.clocks(x, 'resolve') FROM unnest(ARRAY[:c, :d, :e]) AS x), ARRAY['1 resolve: 01-23 09:00 > 02-04 08:45 > 02-05 17:30, alarm 02-04 08:45',
	'1 resolve: 01-23 09:00 > 02-04 14:15 > 02-06 17:30, alarm 02-04 14:15', '1 resolve: 01-23 09:00 > 02-04 14:15 > 02-05 17:30, paused 01-23 10:00'], '2020 after it: with its extension, and not what was suspended anyway');
SELECT is((r.complaints, r.moved)::text, '(0,0)', 'again nothing') FROM peoplecall.recompute(420106) AS r;

-- A limit that changes, and the ladder: alarms move without a line in the
-- history, steps that were taken are not taken again.
SELECT * FROM pg_temp.at('2020-02-04 08:45');
SELECT pg_temp.sweep() \g /dev/null
UPDATE peoplecall.sla_policy SET allowed = '4wd' WHERE clock = 'resolve' AND grade::text = 'B' AND urgency IS NULL;
SELECT peoplecall.recompute(420106) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c, 'resolve')), ARRAY['1 resolve: 01-23 09:00 > 02-04 14:15 > 02-06 17:30, alarm 02-06 17:30'], 'four days; half was told already');
INSERT INTO peoplecall.escalation_step (clock, seq, fraction, tell) VALUES ('resolve', 9, 0.9, '{chief}');
SELECT is(r.moved, 0, 'a step more moves no deadline') FROM peoplecall.recompute(420106) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c, 'resolve')), ARRAY['1 resolve: 01-23 09:00 > 02-04 14:15 > 02-06 17:30, alarm 02-06 14:03'], 'but the next alarm');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :c AND e.verb = 'recompute'), 2::bigint, 'and writes nothing');
SELECT is((r.complaints, r.moved)::text, '(0,0)', 'again nothing') FROM peoplecall.recompute(420106) AS r;
-- a clock whose policy was deleted keeps what it has
DELETE FROM peoplecall.sla_policy WHERE clock = 'total';
SELECT is((r.complaints, r.moved)::text, '(0,0)', 'without a policy a clock keeps its limit') FROM peoplecall.recompute(420106) AS r;

SELECT is(pg_temp.refusal('SELECT peoplecall.recompute(420106, ''no_such'')'), 'PC003', 'no such calendar');
SELECT is(pg_temp.refusal('SELECT peoplecall.recompute(NULL)'), '22004', 'no district');
SELECT is(pg_temp.refusal('SELECT peoplecall.recompute(420106, NULL, 0, 0)'), '22023', 'an empty batch');
SELECT is(ARRAY(SELECT d FROM peoplecall.open_districts() AS d), '{420106}', 'the districts that it goes through');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.stopped_at IS NULL AND k.due_at <> peoplecall.due_at(k.started_at, k.allowed, k.extensions, k.pauses, k.calendar)), 0::bigint, 'every deadline follows from what is stored with it');
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c WHERE c.event_count <> (SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)), 0::bigint, 'every event is counted');

-- An order outlives the closing of its matter, and its clock goes by the calendar
-- in force all the same.
SELECT * FROM pg_temp.at('2020-02-06 10:00');
INSERT INTO peoplecall.category (path, name, base_grade) VALUES ('closed', '已办结', 'A');
SELECT complaint_id AS f FROM peoplecall.submit('hotline', '噪声', '', '420106012001', 'closed') \gset
SELECT FROM peoplecall.complete(:f, '好') \g /dev/null
SELECT FROM peoplecall.close(:f) \g /dev/null
SELECT FROM peoplecall.supervise(:f, '回头看') \g /dev/null
SELECT FROM peoplecall.supervise(:f, '再看', allowed => '1wd', org => 12) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:f, 'answer')), ARRAY['- answer: 02-06 10:00 > 02-10 09:15 > 02-11 17:30, alarm 02-10 09:15', '- answer: 02-06 10:00 > 02-07 09:15 > 02-07 17:30, alarm 02-07 09:15'], 'an order for a closed matter');
INSERT INTO peoplecall.calendar_day (calendar, day, is_workday) VALUES ('state', '2020-02-10', false);
SELECT is(ARRAY(SELECT DISTINCT problem FROM peoplecall.check_ledger()), '{deadline}', 'a day off more');
SELECT is((r.last, r.complaints, r.moved)::text, '(,3,5)', 'moves its clock, and two of each of the open ones') FROM peoplecall.recompute(420106) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:f, 'answer')), ARRAY['- answer: 02-06 10:00 > 02-11 09:15 > 02-12 17:30, alarm 02-11 09:15', '- answer: 02-06 10:00 > 02-07 09:15 > 02-07 17:30, alarm 02-07 09:15'], 'by a day');

-- A limit that is set later starts no clock that should have begun before.
INSERT INTO peoplecall.sla_policy (category, clock, allowed, calendar) VALUES ('police', 'dispatch', '1wh', 'office');
CREATE TEMPORARY TABLE general AS SELECT p.* FROM peoplecall.sla_policy AS p WHERE p.clock = 'dispatch' AND p.category IS NULL;
DELETE FROM peoplecall.sla_policy WHERE clock = 'dispatch' AND category IS NULL;
SELECT complaint_id AS l FROM peoplecall.submit('hotline', '夜间施工', '', '420106012001', 'police.noise') \gset
SELECT FROM peoplecall.reclassify(:l, category => 'property.garage') \g /dev/null
SELECT FROM peoplecall.withdraw_task(:l, reason => '错') \g /dev/null
INSERT INTO peoplecall.sla_policy OVERRIDING SYSTEM VALUE SELECT * FROM general;
SELECT FROM peoplecall.recompute(420106) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.kind = 'dispatch' AND k.stopped_at IS NULL), 0::bigint, 'withdrawn while there was no limit: no clock');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
