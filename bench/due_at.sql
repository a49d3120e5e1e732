-- What a deadline costs, against the built-in addition of an interval.
-- Run with psql in a database where the extension and a ledger stand:
--     psql -X -f bench/due_at.sql
-- Everything is rolled back. Figures are nanoseconds a row, the median of 15
-- rounds, the cost of reading the row and calling max() taken off.
\set QUIET on
\pset footer off
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SET LOCAL timezone = 'Asia/Shanghai';

INSERT INTO peoplecall.calendar VALUES
	('bench', 'Asia/Shanghai', '2026-12-31'),
	('bench Berlin', 'Europe/Berlin', '2026-12-31');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT c.name, d, w.opens, w.closes
  FROM peoplecall.calendar AS c,
       generate_series(1, 5) AS d,
       (VALUES ('09:00'::time, '12:00'::time), ('13:30', '17:30')) AS w (opens, closes)
 WHERE c.name LIKE 'bench%';
CREATE TEMPORARY TABLE special (day date, weekday text, name text, is_off boolean, year int);
\copy special FROM 'demo/calendar/china_special_days.csv' WITH (FORMAT csv, HEADER)
INSERT INTO peoplecall.calendar_day
SELECT c.name, s.day, NOT s.is_off, s.name
  FROM special AS s, peoplecall.calendar AS c
 WHERE c.name LIKE 'bench%';

SELECT setseed(0.42) \g /dev/null
CREATE TEMPORARY TABLE start_at AS
SELECT timestamptz '2016-01-01 00:00+08' + random() * interval '3650 days' AS at
  FROM generate_series(1, 200000);
ANALYZE start_at;

CREATE TEMPORARY TABLE expression (id int, what text, expression text);
INSERT INTO expression VALUES
	(0, 'the row alone', 'at'),
	(1, 'at + interval ''8 hours''', 'at + interval ''8 hours'''),
	(2, 'at + interval ''7 days''', 'at + interval ''7 days'''),
	(3, 'due_at 2h', 'peoplecall.due_at(at, ''2h'', ''bench'')'),
	(4, 'due_at 7d', 'peoplecall.due_at(at, ''7d'', ''bench'')'),
	(5, 'due_at 8wh', 'peoplecall.due_at(at, ''8wh'', ''bench'')'),
	(6, 'due_at 5wd', 'peoplecall.due_at(at, ''5wd'', ''bench'')'),
	(7, 'due_at 60wd', 'peoplecall.due_at(at, ''60wd'', ''bench'')'),
	(8, 'due_at 5wd, Berlin', 'peoplecall.due_at(at, ''5wd'', ''bench Berlin'')'),
	(9, 'due_at 5wd, extended, one pause',
	    'peoplecall.due_at(at, ''5wd'', ''{2wd}'', ''{[2020-03-02, 2020-03-09)}'', ''bench'')'),
	(10, 'sla_state', 'peoplecall.sla_state(now(), at, at, NULL, NULL)'),
	(11, 'work_time', 'peoplecall.work_time(at, ''2026-01-01'', ''bench'')');
CREATE TEMPORARY TABLE round (id int, nanoseconds float8);

DO $$
DECLARE
	e record;
	began timestamptz;
BEGIN
	FOR i IN 0 .. 15 LOOP
		FOR e IN SELECT * FROM expression ORDER BY id LOOP
			began := clock_timestamp();
			EXECUTE format('SELECT max(%s) FROM start_at', e.expression);
			-- the first round warms up
			IF i > 0 THEN
				INSERT INTO round VALUES (e.id,
					EXTRACT(epoch FROM clock_timestamp() - began) * 1e9 / 200000);
			END IF;
		END LOOP;
	END LOOP;
END
$$;

WITH median AS (
	SELECT e.id, e.what,
	       percentile_cont(0.5) WITHIN GROUP (ORDER BY r.nanoseconds) AS cost
	  FROM expression AS e JOIN round AS r USING (id)
	 GROUP BY e.id, e.what
), net AS (
	SELECT m.id, m.what, m.cost - alone.cost AS cost
	  FROM median AS m, median AS alone
	 WHERE alone.id = 0
)
SELECT n.what,
       round(n.cost::numeric, 1) AS "ns a row",
       round((n.cost / days.cost)::numeric, 2) AS "times + 7 days",
       round((n.cost / hours.cost)::numeric, 2) AS "times + 8 hours"
  FROM net AS n, net AS days, net AS hours
 WHERE days.id = 2 AND hours.id = 1 AND n.id > 0
 ORDER BY n.id;
ROLLBACK;
