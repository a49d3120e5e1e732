-- Deadlines by hand: limits, extensions, pauses, warnings, lights.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
SELECT peoplecall.create_ledger() \g /dev/null
RESET client_min_messages;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- Nine to five with a lunch break. 2026-10-01 is a Thursday.
INSERT INTO peoplecall.calendar VALUES ('office', 'Asia/Shanghai', '2026-12-31'),
	('night', 'Asia/Shanghai', NULL), ('Berlin', 'Europe/Berlin', NULL);
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT 'office', d, w.opens, w.closes
  FROM generate_series(1, 5) AS d,
       (VALUES ('09:00'::time, '12:00'::time), ('13:00', '17:00')) AS w (opens, closes);
INSERT INTO peoplecall.calendar_window (calendar, opens, closes) VALUES
	('night', '00:00', '24:00'), ('Berlin', '08:00', '17:00');
INSERT INTO peoplecall.calendar_day VALUES
	('office', '2026-10-01', false, '国庆节'),
	('office', '2026-10-02', false, '国庆节'),
	('office', '2026-10-10', true, '国庆节');

-- Every unit from a Wednesday morning before the days off.
SELECT l AS allowed,
       peoplecall.due_at('2026-09-30 10:15', l::peoplecall.timelimit, 'office') AS office,
       peoplecall.due_at('2026-09-30 10:15', l::peoplecall.timelimit, NULL) AS natural
  FROM unnest('{30min,2h,7d,0wh,1wh,3wh,8wh,0wd,1wd,4wd,5wd,6wd}'::text[]) AS l;

-- Where the starting day ends: at its close it is over.
SELECT s AS start, to_char(s::timestamptz, 'Dy') AS weekday,
       peoplecall.due_at(s::timestamptz, '0wd', 'office') AS "0wd",
       peoplecall.due_at(s::timestamptz, '1wd', 'office') AS "1wd",
       peoplecall.due_at(s::timestamptz, '1wh', 'office') AS "1wh"
  FROM unnest('{2026-09-28 08:00,2026-09-28 12:30,2026-09-28 16:59:59.999999,2026-09-28 17:00,2026-09-28 23:00,2026-09-26 10:00,2026-10-10 10:00}'::text[]) AS s;

-- Open all night: a day closes when the next begins.
SELECT peoplecall.due_at('2026-09-28 00:00', '0wd', 'night') AS "0wd",
       peoplecall.due_at('2026-09-28 00:00', '1wd', 'night') AS "1wd",
       peoplecall.due_at('2026-09-28 00:00', '1wd', '{1wd}', NULL, 'night') AS extended,
       peoplecall.due_at('2026-09-28 00:00', '24wh', '{1wd}', NULL, 'night') AS mixed;

-- Days keep the clock's time where the calendar is, hours do not.
SELECT peoplecall.due_at('2026-03-28 12:00 Europe/Berlin', '1d', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS spring_day,
       peoplecall.due_at('2026-03-28 12:00 Europe/Berlin', '24h', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS spring_hours,
       peoplecall.due_at('2026-03-28 02:30 Europe/Berlin', '1d', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS skipped_time,
       peoplecall.due_at('2026-10-24 02:30 Europe/Berlin', '1d', 'Berlin') AS repeated_time,
       peoplecall.due_at('2026-10-25 02:30 CEST', '1d', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS from_repeated_time;
SELECT peoplecall.due_at('2026-03-28 16:00 Europe/Berlin', '2wh', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS spring,
       peoplecall.due_at('2026-10-24 16:00 Europe/Berlin', '2wh', 'Berlin') AT TIME ZONE 'Europe/Berlin' AS autumn,
       peoplecall.due_at('2026-10-24 16:00 Europe/Berlin', '1wd', 'Berlin') AS winter_close;

-- Extensions count from the deadline so far, in order.
SELECT e AS extensions,
       peoplecall.due_at('2026-09-28 10:00', '2wd', e::peoplecall.timelimit[], '{}', 'office') AS due
  FROM unnest('{"{}","{1wd}","{0wd}","{2h}","{2wh}","{1d}","{1d,1wd}","{1wd,1d}"}'::text[]) AS e;
SELECT peoplecall.due_at('2026-09-26 10:00', '0wd', '{1wd}', NULL, 'office') AS from_a_saturday,
       peoplecall.due_at('2026-09-28 10:00', '3wh', '{4wh}', NULL, 'office') AS more_hours,
       peoplecall.due_at('2026-09-28 10:00', '7wh', NULL, NULL, 'office') AS as_many_at_once;
SELECT peoplecall.due_at('2026-09-28 10:00', '2wd', '{1wd,NULL}', NULL, 'office');

-- Pauses. Natural time moves by them, as long as the clock was not yet due.
SELECT p AS pauses,
       peoplecall.due_at('2026-09-28 10:00', '2h', '{}', p::tstzmultirange, 'office') AS "2h",
       peoplecall.due_at('2026-09-28 10:00', '2wh', '{}', p::tstzmultirange, 'office') AS "2wh",
       peoplecall.due_at('2026-09-28 10:00', '1d', '{}', p::tstzmultirange, 'office') AS "1d"
  FROM unnest(ARRAY['{}',
       '{[2026-09-28 08:00,2026-09-28 09:00]}',
       '{[2026-09-28 09:00,2026-09-28 10:30]}',
       '{[2026-09-28 11:00,2026-09-28 11:30],[2026-09-28 12:00,2026-09-28 14:00]}',
       '{[2026-09-28 12:00,2026-09-28 13:00]}',
       '{[2026-09-28 11:59,2026-09-28 15:00]}',
       '{[2026-09-29 10:00,2026-09-29 11:00]}',
       '{[2026-09-28 11:00,)}',
       '{(,)}', '{[2026-10-28 11:00,)}']) AS p;
-- a working day counts if the clock ran just before its close
SELECT p AS pauses,
       peoplecall.due_at('2026-09-28 10:00', '2wd', '{}', p::tstzmultirange, 'office') AS "2wd",
       peoplecall.due_at('2026-09-28 10:00', '0wd', '{}', p::tstzmultirange, 'office') AS "0wd"
  FROM unnest(ARRAY['{}',
       '{[2026-09-29 09:00,2026-09-29 16:59]}',
       '{[2026-09-29 16:00,2026-09-29 17:00)}',
       '{[2026-09-29 17:00,2026-09-29 18:00)}',
       '{[2026-09-28 16:00,2026-09-28 18:00),[2026-09-29 16:00,2026-09-29 18:00)}',
       '{[2026-09-30 16:00,2026-09-30 18:00)}',
       '{[2026-09-30 17:00,)}',
       '{[2026-09-29 16:00,2026-10-10 12:00)}',
       '{[2026-09-29 16:00,)}']) AS p;

-- More than a few extensions and pauses.
SELECT peoplecall.due_at('2026-09-28 10:00', '1h', array_fill('1h'::peoplecall.timelimit, ARRAY[99]),
	(SELECT range_agg(tstzrange(h, h + interval '30 min'))
	   FROM generate_series(timestamptz '2026-09-28 10:15', '2026-10-28', '1 hour') AS h), NULL);

-- Warnings.
SELECT f AS fraction,
       peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', f, 'office') AS office,
       peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', f, NULL) AS natural,
       peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', f, '31h', NULL, 'office') AS natural_limit,
       peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', f, '1wd',
                          '{[2026-09-28 11:00,2026-09-28 16:00]}', 'office') AS paused
  FROM unnest('{0,0.25,0.5,1}'::float8[]) AS f;
SELECT peoplecall.warn_at('2026-09-26 10:00', '2026-09-27 10:00', 0.5, 'office') AS closed_between,
       peoplecall.warn_at('2026-09-28 10:00', '2026-09-28 10:00', 0.5, 'office') AS no_time,
       peoplecall.warn_at('2026-09-28 10:00', 'infinity', 0.5, 'office') AS paused_for_good,
       peoplecall.warn_at('2026-09-28 10:00', NULL, 0.5, 'office') AS not_due;
SELECT peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', 1.5, 'office');
SELECT peoplecall.warn_at('2026-09-28 10:00', '2026-09-29 17:00', 'NaN', 'office');
SELECT peoplecall.warn_at('-infinity', '2026-09-29 17:00', 0.5, NULL);

-- Day by day.
SELECT day, opens::time, closes, counted, total, why
  FROM peoplecall.explain_deadline('2026-09-29 18:00', '2wd', '{3wh,30min}',
       '{[2026-09-30 16:00,2026-09-30 18:00],[2026-10-06 16:00,2026-10-07 10:00]}', 'office');
SELECT day, opens::time, closes, counted, total, why
  FROM peoplecall.explain_deadline('2026-09-30 16:00', '2wh', '{}', '{[2026-10-05 09:30,)}', 'office');
SELECT day, opens, closes, counted, total, why
  FROM peoplecall.explain_deadline('2026-09-30 16:00', '0wd', '{1h}', '{}', NULL);
SELECT count(*) FROM peoplecall.explain_deadline(NULL, '1wd', '{}', '{}', NULL);
-- the first day of all begins before the first instant, in the east; in the
-- west it has no date
SELECT day, counted, total, why, closes = peoplecall.due_at('4714-11-24 00:00:00+00 BC', '1wd', 'office') AS due
  FROM peoplecall.explain_deadline('4714-11-24 00:00:00+00 BC', '1wd', '{}', '{}', 'office');
SELECT day, counted, total, why, closes = peoplecall.due_at('4714-11-24 00:00:00+00 BC', '1wh', 'office') AS due
  FROM peoplecall.explain_deadline('4714-11-24 00:00:00+00 BC', '1wh', '{}', '{}', 'office');
BEGIN;
INSERT INTO peoplecall.calendar (name, timezone) VALUES ('west', 'America/New_York');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes) SELECT 'west', d, '00:00', '24:00' FROM generate_series(1, 7) AS d;
SELECT * FROM peoplecall.explain_deadline('4714-11-24 00:00:00+00 BC', '1wh', '{}', '{[4714-11-24 00:10:00+00 BC,4714-11-24 00:20:00+00 BC)}', 'west');
ROLLBACK;

-- Lights.
SELECT s.*, peoplecall.sla_state(date '2026-10-01' + at::time, date '2026-10-01' + warn::time,
                                 date '2026-10-01' + due::time, date '2026-10-01' + paused::time,
                                 date '2026-10-01' + stopped::time)
  FROM (VALUES ('10:00', '12:00', '14:00', NULL, NULL), ('12:00', '12:00', '14:00', NULL, NULL),
               ('13:59', '12:00', '14:00', NULL, NULL), ('14:00', '12:00', '14:00', NULL, NULL),
               ('15:00', '12:00', '14:00', '13:00', NULL), ('15:00', '12:00', '14:00', '14:00', NULL),
               ('15:00', '12:00', '14:00', NULL, '14:00'), ('15:00', '12:00', '14:00', NULL, '14:01'),
               ('15:00', '12:00', '14:00', '13:00', '13:30'), ('15:00', NULL, '16:00', NULL, NULL),
               ('15:00', '12:00', NULL, NULL, NULL), ('15:00', NULL, NULL, NULL, NULL),
               ('15:00', NULL, NULL, '12:00', NULL), ('15:00', NULL, NULL, NULL, '12:00'),
               (NULL, '12:00', '14:00', NULL, NULL), (NULL, '12:00', '14:00', NULL, '13:00'))
       AS s (at, warn, due, paused, stopped);

-- Nulls and refusals.
SELECT peoplecall.due_at(NULL, '1wd', 'office') IS NULL AS no_start,
       peoplecall.due_at('2026-09-28', NULL, 'office') IS NULL AS no_limit,
       peoplecall.due_at(NULL, '1wd', '{}', '{}', 'office') IS NULL AS no_start_of_clock;
SELECT peoplecall.due_at('infinity', '1wd', 'office');
SELECT peoplecall.due_at('-infinity', '1h', '{}', '{}', NULL);
SELECT peoplecall.due_at('2026-09-28', '1h', 'nowhere');
SELECT peoplecall.due_at('294276-12-31 12:00', '1wd', 'office');
SELECT peoplecall.due_at('294276-12-31 12:00', '8wh', 'office');
SELECT peoplecall.due_at('294276-12-31 12:00', '2d', 'office');
SELECT peoplecall.due_at('294276-12-31 12:00', '2d', NULL);
SELECT peoplecall.due_at('294276-12-31 12:00', '1wd', NULL);
SELECT peoplecall.due_at('294276-12-31 12:00', '30h', NULL);
SELECT peoplecall.due_at('294276-12-31 12:00', '1h', '{}', '{[294276-12-31 12:30,294276-12-31 20:00],[294276-12-31 20:10,294277-01-01 07:59]}', NULL);
-- their codes
INSERT INTO peoplecall.calendar VALUES ('empty', 'Asia/Shanghai');
SET session_replication_role = replica;
INSERT INTO peoplecall.calendar VALUES ('typo', 'Asia/Wuhan');
RESET session_replication_role;
CREATE FUNCTION pg_temp.code_of(expression text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT peoplecall.' || expression;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT pg_temp.code_of(e) AS code, e AS expression
  FROM unnest(ARRAY[
       $$due_at('infinity', '1wd', NULL)$$,
       $$due_at('294276-12-31', '9wd', 'office')$$,
       $$due_at('2026-01-01', '1wd', 'nowhere')$$,
       $$due_at('2026-01-01', '1wd', 'empty')$$,
       $$due_at('2026-01-01', '0wh', 'empty')$$,
       $$due_at('2026-01-01', '1h', 'typo')$$,
       $$due_at('2026-01-01', '1wd', '{NULL}', '{}', 'office')$$,
       $$warn_at('2026-01-01', '2026-01-02', -0.1, NULL)$$,
       $$add_work_time('2026-01-01', '1 day', NULL)$$,
       $$add_work_time('2026-01-01', '1 hour', 'empty')$$,
       $$work_time('2026-01-01', 'infinity', NULL)$$,
       $$work_time('4713-01-01 BC', '294276-12-31', NULL)$$,
       $$workdays('2026-01-01', '-infinity', NULL)$$,
       $$is_workday('2026-01-01', 'typo')$$,
       $$calendar_gaps('infinity')$$]) AS e;

DELETE FROM peoplecall.calendar;

-- The ends of time are further apart than an int64 counts.
SELECT peoplecall.warn_at('4000-01-01 00:00+00 BC', '294276-12-31 00:00+00', 1e-9, NULL);
SELECT peoplecall.due_at('4000-01-01 00:00+00 BC', '1h', NULL, '{[4000-01-01 00:00+00 BC,294276-12-31 00:00+00)}', NULL);
SELECT peoplecall.due_at('4000-01-01 00:00+00 BC', '1wh', NULL, '{[4000-01-01 00:00+00 BC,294276-12-31 00:00+00)}', NULL);
SELECT peoplecall.warn_at('2000-01-01 00:00+00', '294276-12-31 00:00+00', 1, NULL),
       peoplecall.warn_at('2000-01-01 00:00+00', '294276-12-31 00:00+00', 0.5, NULL);
