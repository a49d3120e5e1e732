-- Calendars: what is a working day, what is open, how much of it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
SELECT peoplecall.create_ledger() \g /dev/null
RESET client_min_messages;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- Without a ledger's calendar: natural time, by UTC days.
SELECT peoplecall.work_time('2026-03-01 00:00+00', '2026-03-03 12:00+00', NULL),
       peoplecall.workdays('2026-02-27', '2026-03-02', NULL),
       peoplecall.is_workday('2026-10-01', NULL);
SELECT peoplecall.is_workday('2026-10-01', 'nowhere');
SELECT peoplecall.is_workday(NULL, 'nowhere') IS NULL AS null_day,
       peoplecall.workdays(NULL, '2026-01-01', NULL) IS NULL AS null_from,
       peoplecall.work_time('2026-01-01', NULL, NULL) IS NULL AS null_to,
       peoplecall.add_work_time('2026-01-01', NULL, NULL) IS NULL AS null_amount;

-- An office with a lunch break, days off and a make-up Saturday.
INSERT INTO peoplecall.calendar VALUES ('office', 'Asia/Shanghai', '2026-12-31');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT 'office', d, w.opens, w.closes
  FROM generate_series(1, 5) AS d,
       (VALUES ('09:00'::time, '12:00'::time), ('13:00', '17:00')) AS w (opens, closes);
INSERT INTO peoplecall.calendar_day VALUES
	('office', '2026-10-01', false, '国庆节'),
	('office', '2026-10-02', false, '国庆节'),
	('office', '2026-10-10', true, '国庆节');
SELECT d::date AS day, to_char(d, 'Dy') AS weekday, peoplecall.is_workday(d::date, 'office'),
       peoplecall.work_time(d, d + interval '1 day', 'office')
  FROM generate_series(timestamptz '2026-09-30', '2026-10-12', '1 day') AS d;
-- the first day does not count, the last does; reversed is negative
SELECT peoplecall.workdays('2026-09-30', '2026-10-10', 'office'),
       peoplecall.workdays('2026-10-10', '2026-09-30', 'office'),
       peoplecall.workdays('2026-10-10', '2026-10-10', 'office');
SELECT peoplecall.work_time('2026-10-09 11:30', '2026-10-09 13:30', 'office') AS over_lunch,
       peoplecall.work_time('2026-10-09 13:30', '2026-10-09 11:30', 'office') AS reversed,
       peoplecall.work_time('2026-09-30 16:00', '2026-10-05 10:00', 'office') AS over_days_off;

-- Seconds and microseconds of opening time come back as they were.
SELECT peoplecall.add_work_time('2026-09-30 16:59:59.5', '0.5 s', 'office') AS at_the_close,
       peoplecall.add_work_time('2026-09-30 16:59:59.5', '0.500001 s', 'office') AS next_opening,
       peoplecall.add_work_time('2026-10-05 09:00', '-1 hour', 'office') AS back,
       peoplecall.add_work_time('2026-10-03 09:00', '0', 'office') AS nothing,
       peoplecall.add_work_time('2026-10-05 10:00', '-1 hour', 'office') AS back_to_the_opening;
SELECT peoplecall.add_work_time('2026-10-05', '1 day', 'office');
SELECT peoplecall.add_work_time('2026-10-05', '1 month', NULL);

-- Changes are seen at once, and gone with a rollback.
BEGIN;
INSERT INTO peoplecall.calendar_day VALUES ('office', '2026-10-08', false, 'flood');
SELECT peoplecall.is_workday('2026-10-08', 'office');
ROLLBACK;
SELECT peoplecall.is_workday('2026-10-08', 'office');

-- Seasons, windows to 24:00, a window of a single day, overlapping windows.
INSERT INTO peoplecall.calendar VALUES ('market', 'Asia/Shanghai', NULL);
INSERT INTO peoplecall.calendar_window VALUES
	('market', NULL, '18:00', '24:00', daterange('2026-05-01', '2026-10-01')),
	('market', 6, '20:00', '23:00', '(,)'),
	('market', 7, '00:00', '02:00', '(,)'),
	('market', NULL, '10:00', '12:00', daterange('2026-04-20', '2026-04-21'));
SELECT d::date AS day, to_char(d, 'Dy') AS weekday,
       peoplecall.work_time(d, d + interval '1 day', 'market')
  FROM unnest('{2026-04-18,2026-04-19,2026-04-20,2026-04-21,2026-04-30,2026-05-01,2026-05-02,2026-05-03,2026-09-30,2026-10-01}'::timestamptz[]) AS d;
-- a night that reaches over midnight is one stretch
SELECT peoplecall.add_work_time('2026-05-02 23:30', '1 hour', 'market') AS over_midnight,
       peoplecall.add_work_time('2026-05-02 23:30', '2.5 hours', 'market') AS at_the_close,
       peoplecall.add_work_time('2026-05-02 23:30', '2.6 hours', 'market') AS next_evening;

-- Daylight saving: days of 23 and 25 hours, times that clocks skip or repeat.
INSERT INTO peoplecall.calendar VALUES
	('Berlin', 'Europe/Berlin'), ('New York', 'America/New_York'),
	('Lord Howe', 'Australia/Lord_Howe'), ('Havana', 'America/Havana'),
	('Apia', 'Pacific/Apia');
INSERT INTO peoplecall.calendar_window (calendar, opens, closes)
SELECT name, '00:00', '24:00' FROM peoplecall.calendar WHERE timezone NOT LIKE 'Asia/%';
SELECT c.name, d.day,
       peoplecall.work_time((d.day AT TIME ZONE c.timezone),
                            (d.day + interval '1 day') AT TIME ZONE c.timezone, c.name),
       peoplecall.is_workday(d.day::date, c.name)
  FROM (VALUES ('Berlin', timestamp '2026-03-29'), ('Berlin', '2026-10-25'),
               ('New York', '2026-03-08'), ('New York', '2026-11-01'),
               ('Lord Howe', '2026-04-05'), ('Lord Howe', '2026-10-04'),
               ('Havana', '2026-03-08'), ('Havana', '2026-11-01'),
               ('Apia', '2011-12-29'), ('Apia', '2011-12-30'), ('Apia', '2011-12-31')) AS d (name, day)
  JOIN peoplecall.calendar AS c USING (name);
-- an opening at a skipped or repeated time is read as standard time
UPDATE peoplecall.calendar_window SET opens = '02:30', closes = '08:00' WHERE calendar = 'Berlin';
SELECT peoplecall.work_time('2026-03-28 12:00 Europe/Berlin', '2026-03-29 12:00 Europe/Berlin', 'Berlin') AS skipped,
       peoplecall.work_time('2026-10-24 12:00 Europe/Berlin', '2026-10-25 12:00 Europe/Berlin', 'Berlin') AS repeated,
       peoplecall.work_time('2026-10-25 12:00 Europe/Berlin', '2026-10-26 12:00 Europe/Berlin', 'Berlin') AS next_day;
-- the session's time zone does not matter
SET timezone = 'America/Los_Angeles';
SELECT peoplecall.work_time('2026-10-24 12:00 Europe/Berlin', '2026-10-25 12:00 Europe/Berlin', 'Berlin') AS repeated,
       peoplecall.is_workday('2026-10-10', 'office');
SET timezone = 'Asia/Shanghai';

-- Far away: the weekly windows go on; the ends of time are refused.
SELECT peoplecall.workdays('2026-12-31', '9999-12-31', 'office') AS eight_thousand_years,
       peoplecall.workdays('0001-01-01', '2026-01-01', 'office') AS two_thousand_years,
       peoplecall.is_workday('9999-12-31', 'office') AS a_friday,
       peoplecall.is_workday('294276-12-31', 'office') AS a_sunday;
SELECT peoplecall.workdays('2026-01-01', 'infinity', 'office');
SELECT peoplecall.is_workday('-infinity', NULL);
SELECT peoplecall.work_time('-infinity', '2026-01-01', 'office');
SELECT peoplecall.add_work_time('294276-12-31', '2000 hours', 'office');
SELECT peoplecall.add_work_time('294276-12-31', '2000 hours', NULL);

-- Calendars that cannot be used, or never open (again).
INSERT INTO peoplecall.calendar VALUES ('empty', 'Asia/Shanghai'), ('past', 'Asia/Shanghai'),
	('old', 'Asia/Shanghai');
-- a zone that only another server knows comes in by replication
SET session_replication_role = replica;
INSERT INTO peoplecall.calendar VALUES ('typo', 'Asia/Wuhan');
RESET session_replication_role;
INSERT INTO peoplecall.calendar_window VALUES ('past', 1, '09:00', '17:00', daterange(NULL, '2020-01-01'));
-- refused by the table, and by what is compiled should the table let it in
INSERT INTO peoplecall.calendar_day VALUES ('old', '1860-01-01', false);
ALTER TABLE peoplecall.calendar_day DROP CONSTRAINT calendar_day_day_check;
INSERT INTO peoplecall.calendar_day VALUES ('old', '1860-01-01', false);
SELECT peoplecall.work_time('2026-01-01', '2027-01-01', 'empty'), peoplecall.is_workday('2026-10-12', 'empty');
SELECT peoplecall.add_work_time('2026-01-01', '1 hour', 'empty');
SELECT peoplecall.add_work_time('2026-01-01', '1 hour', 'past');
SELECT peoplecall.add_work_time('2026-01-01', '-1 hour', 'past');
SELECT peoplecall.is_workday('2026-10-12', 'typo');
SELECT peoplecall.is_workday('2026-10-12', 'old');

-- What is missing.
INSERT INTO peoplecall.calendar_day VALUES ('office', '2023-10-01', false, '国庆节'),
	('market', '2026-01-01', false, '元旦');
SELECT * FROM peoplecall.calendar_gaps('2026-06-01');
SELECT * FROM peoplecall.calendar_gaps('2027-01-01 00:00+08') WHERE calendar = 'office';
SELECT * FROM peoplecall.calendar_gaps('2026-12-31 23:00+08') WHERE calendar = 'office';
SELECT * FROM peoplecall.calendar_gaps(NULL);

DELETE FROM peoplecall.calendar;
