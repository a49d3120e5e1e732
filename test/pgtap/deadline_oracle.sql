-- Deadlines against an oracle: the same questions answered in the most naive
-- way, by walking day by day through sets of opening times that SQL makes with
-- AT TIME ZONE and range_agg. It shares no code and no idea (sums, searches)
-- with the C code. The random cases are the same in every run.
\set QUIET on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
SELECT peoplecall.create_ledger() \g /dev/null
SET LOCAL timezone = 'UTC';
SET LOCAL jit = off;
SELECT plan(14);

-- The oracle's days: start, end, what is open, when it closes.
CREATE TEMPORARY TABLE oracle_day (
	calendar text, day date, starts timestamptz, ends timestamptz,
	open tstzmultirange, close timestamptz, PRIMARY KEY (calendar, day));

CREATE FUNCTION pg_temp.fill_oracle(cal text, first date, last date)
RETURNS void LANGUAGE sql
AS $$
	INSERT INTO oracle_day
	SELECT cal, d.day, d.starts, d.ends, o.open, upper(o.open)
	  FROM peoplecall.calendar AS c,
	       LATERAL (SELECT g::date AS day,
	                       g::date::timestamp AT TIME ZONE c.timezone AS starts,
	                       (g::date + 1)::timestamp AT TIME ZONE c.timezone AS ends
	                  FROM generate_series(first::timestamp, last, '1 day') AS g) AS d
	  LEFT JOIN peoplecall.calendar_day AS s ON s.calendar = cal AND s.day = d.day,
	       LATERAL (SELECT range_agg(tstzrange(p.a, p.b)) AS open
	                  FROM (SELECT greatest(d.starts, (d.day + w.opens) AT TIME ZONE c.timezone),
	                               least(d.ends, (d.day + w.closes::interval) AT TIME ZONE c.timezone)
	                          FROM peoplecall.calendar_window AS w
	                         WHERE w.calendar = cal
	                           AND (w.valid IS NULL OR w.valid @> d.day)
	                           AND coalesce(s.is_workday, true)
	                           AND coalesce(w.weekday = CASE WHEN s.is_workday THEN 1
	                                                    ELSE EXTRACT(isodow FROM d.day) END, true)
	                       ) AS p (a, b)
	                 WHERE p.a < p.b) AS o
	 WHERE c.name = cal
$$;

-- Natural time: walk through the stretches that are not paused.
CREATE FUNCTION pg_temp.oracle_elapsed(from_at timestamptz, amount interval, pauses tstzmultirange)
RETURNS timestamptz LANGUAGE plpgsql
AS $$
DECLARE
	r tstzrange;
	rest interval := make_interval(secs => EXTRACT(epoch FROM amount));
	stretch interval;
BEGIN
	IF rest <= '0' THEN
		RETURN from_at;
	END IF;
	FOR r IN SELECT unnest(tstzmultirange(tstzrange(from_at, NULL)) - pauses) LOOP
		stretch := CASE WHEN upper_inf(r) THEN '1000 years'
		           ELSE make_interval(secs => EXTRACT(epoch FROM upper(r) - lower(r))) END;
		IF rest <= stretch THEN
			RETURN lower(r) + rest;
		END IF;
		rest := rest - stretch;
	END LOOP;
	RETURN 'infinity';
END
$$;

-- Opening time: walk through the windows that are not paused. Null if the
-- oracle's days do not reach that far.
CREATE FUNCTION pg_temp.oracle_open(
	cal text, from_at timestamptz, amount interval, pauses tstzmultirange)
RETURNS timestamptz LANGUAGE plpgsql
AS $$
DECLARE
	d oracle_day;
	r tstzrange;
	rest interval := amount;
BEGIN
	IF rest <= '0' THEN
		RETURN from_at;
	END IF;
	FOR d IN SELECT * FROM oracle_day
	          WHERE calendar = cal AND day >= from_at::date - 2 AND ends > from_at
	            AND open IS NOT NULL
	          ORDER BY day LOOP
		FOR r IN SELECT unnest((d.open * tstzmultirange(tstzrange(from_at, NULL))) - pauses) LOOP
			IF upper(r) - lower(r) >= rest THEN
				RETURN lower(r) + rest;
			END IF;
			rest := rest - (upper(r) - lower(r));
		END LOOP;
	END LOOP;
	RETURN CASE WHEN upper_inf(pauses) THEN 'infinity'::timestamptz END;
END
$$;

-- Working days: walk through the closes.
CREATE FUNCTION pg_temp.oracle_workday(
	cal text, from_at timestamptz, amount int, is_extension boolean, pauses tstzmultirange)
RETURNS timestamptz LANGUAGE plpgsql
AS $$
DECLARE
	d oracle_day;
	start_day date;
	n int := 0;
BEGIN
	SELECT day INTO start_day FROM oracle_day
	 WHERE calendar = cal AND starts <= from_at AND from_at < ends;
	IF is_extension THEN
		-- a deadline at midnight may be the close of the day before
		SELECT day INTO start_day FROM oracle_day
		 WHERE calendar = cal AND close = from_at AND ends = from_at
		UNION ALL SELECT start_day
		 ORDER BY 1 LIMIT 1;
	END IF;
	FOR d IN SELECT * FROM oracle_day
	          WHERE calendar = cal AND day >= start_day AND close IS NOT NULL
	          ORDER BY day LOOP
		IF d.day = start_day AND
		   (amount > 0 OR from_at > d.close OR (from_at = d.close AND NOT is_extension)) THEN
			CONTINUE;
		END IF;
		-- stands just before the close
		CONTINUE WHEN EXISTS (
			SELECT FROM unnest(pauses) AS p
			 WHERE greatest(lower(p), from_at) < d.close
			   AND (upper_inf(p) OR d.close <= upper(p)));
		n := n + 1;
		IF n >= amount THEN
			RETURN d.close;
		END IF;
	END LOOP;
	RETURN CASE WHEN upper_inf(pauses) THEN 'infinity'::timestamptz END;
END
$$;

CREATE FUNCTION pg_temp.oracle_due(
	from_at timestamptz, limits text[], pauses tstzmultirange, cal text)
RETURNS timestamptz LANGUAGE plpgsql
AS $$
DECLARE
	due timestamptz := from_at;
	zone text := (SELECT timezone FROM peoplecall.calendar WHERE name = cal);
	amount int;
	unit text;
BEGIN
	FOR i IN 1 .. cardinality(limits) LOOP
		amount := substring(limits[i] FROM '^\d+');
		unit := substring(limits[i] FROM '[a-z]+$');
		due := CASE unit
			WHEN 'min' THEN pg_temp.oracle_elapsed(due, make_interval(mins => amount), pauses)
			WHEN 'h' THEN pg_temp.oracle_elapsed(due, make_interval(hours => amount), pauses)
			WHEN 'd' THEN pg_temp.oracle_elapsed(due,
				((due AT TIME ZONE zone) + make_interval(days => amount)) AT TIME ZONE zone - due,
				pauses)
			WHEN 'wh' THEN pg_temp.oracle_open(cal, due, make_interval(hours => amount), pauses)
			WHEN 'wd' THEN pg_temp.oracle_workday(cal, due, amount, i > 1, pauses)
			END;
		EXIT WHEN due IS NULL OR due = 'infinity';
	END LOOP;
	RETURN due;
END
$$;

CREATE FUNCTION pg_temp.oracle_work_time(cal text, a timestamptz, b timestamptz, pauses tstzmultirange)
RETURNS interval LANGUAGE sql
AS $$
	SELECT coalesce(sum(make_interval(secs => EXTRACT(epoch FROM upper(r) - lower(r)))), '0')
	  FROM oracle_day AS d,
	       unnest((d.open * tstzmultirange(tstzrange(a, b))) - pauses) AS r
	 WHERE d.calendar = cal AND d.ends > a AND d.starts < b
$$;

-- Random calendars.
SELECT setseed(0.2026) \g /dev/null
CREATE FUNCTION pg_temp.between(low int, high int) RETURNS int LANGUAGE sql VOLATILE
AS $$ SELECT low + floor(random() * (high - low + 1))::int $$;
CREATE FUNCTION pg_temp.pick(choices text[]) RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT choices[pg_temp.between(1, cardinality(choices))] $$;

CREATE TEMPORARY TABLE subject (calendar text, base date);
DO $$
DECLARE
	cal text;
	base date;
	opens int;
	closes int;
	from_day date;
	valid daterange;
BEGIN
	FOR i IN 1 .. 72 LOOP
		cal := 'oracle ' || i;
		-- years in which some zone did something odd, and far ones
		base := make_date(pg_temp.pick('{1947,2006,2011,2011,2018,2020,2025,2026,2037,2095,1430,2640,4711}')::int,
			pg_temp.between(1, 12), pg_temp.between(1, 28));
		INSERT INTO subject VALUES (cal, base);
		INSERT INTO peoplecall.calendar VALUES (cal,
			pg_temp.pick('{Asia/Shanghai,Asia/Shanghai,Europe/Berlin,America/New_York,Australia/Lord_Howe,America/Havana,America/Sao_Paulo,Asia/Beirut,Pacific/Apia,America/St_Johns,Africa/Casablanca,Asia/Kathmandu,UTC}'));
		FOR j IN 1 .. pg_temp.between(2, 14) LOOP
			opens := pg_temp.pick('{0,0,120,150}')::int;
			IF random() < 0.8 THEN
				opens := 15 * pg_temp.between(0, 90);
			END IF;
			closes := least(opens + 15 * pg_temp.between(1, 40), 1440);
			IF random() < 0.2 THEN
				closes := 1440;
			END IF;
			valid := '(,)';
			IF base BETWEEN '1900-01-01' AND '2090-01-01' AND j > 2 THEN
				from_day := base + pg_temp.between(-20, 300);
				valid := CASE pg_temp.between(1, 4)
					WHEN 1 THEN daterange(from_day, from_day + 1)
					WHEN 2 THEN daterange(from_day, from_day + pg_temp.between(2, 90))
					WHEN 3 THEN daterange(from_day, NULL)
					ELSE '(,)' END;
			END IF;
			INSERT INTO peoplecall.calendar_window VALUES (cal,
				CASE WHEN random() < 0.75 THEN pg_temp.between(1, 7) END,
				make_time(opens / 60, opens % 60, 0),
				CASE WHEN closes = 1440 THEN '24:00' ELSE make_time(closes / 60, closes % 60, 0) END,
				valid)
			ON CONFLICT DO NOTHING;
		END LOOP;
		IF base BETWEEN '1900-01-01' AND '2090-01-01' THEN
			INSERT INTO peoplecall.calendar_day
			SELECT cal, base + pg_temp.between(0, 250), random() < 0.3
			  FROM generate_series(1, pg_temp.between(0, 40))
			ON CONFLICT DO NOTHING;
		END IF;
		PERFORM pg_temp.fill_oracle(cal, base - 30, base + 700);
	END LOOP;
END
$$;
ANALYZE oracle_day;

-- Random clocks. Half of the bounds lie on the quarter hours that windows
-- have, so that edges meet.
CREATE FUNCTION pg_temp.some_time(base date, days int) RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$
	SELECT base::timestamptz + CASE WHEN random() < 0.5
		THEN make_interval(mins => 15 * pg_temp.between(0, 96 * days))
		ELSE random() * days * interval '24 hours' END
$$;
CREATE FUNCTION pg_temp.some_limit() RETURNS text LANGUAGE sql VOLATILE
AS $$
	SELECT CASE pg_temp.between(1, 8)
		WHEN 1 THEN pg_temp.between(0, 600) || 'min'
		WHEN 2 THEN pg_temp.between(0, 90) || 'h'
		WHEN 3 THEN pg_temp.between(0, 40) || 'd'
		WHEN 4 THEN pg_temp.between(0, 40) || 'wh'
		WHEN 5 THEN pg_temp.between(0, 12) || 'wh'
		WHEN 6 THEN pg_temp.between(0, 1) || 'wd'
		ELSE pg_temp.between(0, 15) || 'wd' END
$$;
CREATE FUNCTION pg_temp.some_pauses(base date) RETURNS tstzmultirange LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	result tstzmultirange := '{}';
	a timestamptz;
BEGIN
	FOR i IN 1 .. pg_temp.pick('{0,0,0,1,1,2,4,12}')::int LOOP
		a := pg_temp.some_time(base, 220);
		result := result + tstzmultirange(tstzrange(a,
			CASE WHEN random() < 0.03 THEN NULL
			     WHEN random() < 0.5 THEN a + make_interval(mins => 15 * pg_temp.between(1, 96))
			     ELSE a + random() * interval '12 days' END,
			pg_temp.pick('{[),(],[],()}')));
	END LOOP;
	RETURN result;
END
$$;

CREATE TEMPORARY TABLE trial AS
SELECT row_number() OVER () AS id, s.calendar, pg_temp.some_time(s.base, 200) AS start,
       pg_temp.some_limit() AS allowed,
       ARRAY(SELECT pg_temp.some_limit()
               FROM generate_series(1, CASE WHEN g % 3 = 0 THEN pg_temp.between(1, 3) ELSE 0 END)) AS extensions,
       pg_temp.some_pauses(s.base) AS pauses,
       pg_temp.some_time(s.base, 200) AS other,
       pg_temp.pick('{0,0.25,0.5,0.75,1}')::float8 AS fraction
  FROM subject AS s, generate_series(1, 420) AS g;
-- random() is called once a row only where the row is mentioned
SELECT cmp_ok(count(DISTINCT (start, allowed))::int, '>', 25000, 'the cases are random')
  FROM trial;
ALTER TABLE trial ADD expected timestamptz, ADD computed timestamptz;
UPDATE trial SET expected = pg_temp.oracle_due(start, allowed || extensions, pauses, calendar);
UPDATE trial SET computed = peoplecall.due_at(start, allowed::peoplecall.timelimit,
		extensions::peoplecall.timelimit[], pauses, calendar)
 WHERE expected IS NOT NULL;

-- Says what is wrong with the first case, so that it can be tried by hand.
CREATE FUNCTION pg_temp.no_counterexample(query text, label text) RETURNS SETOF text LANGUAGE plpgsql
AS $$
DECLARE
	example json;
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*), (array_agg(row_to_json(q)))[1] FROM (%s) AS q', query)
	   INTO n, example;
	RETURN NEXT ok(n = 0, label);
	IF n > 0 THEN
		RETURN NEXT diag(n || ' counter-examples, one is ' || example::text ||
			coalesce((SELECT string_agg(w::text, ' ') FROM peoplecall.calendar_window AS w
			           WHERE w.calendar = example ->> 'calendar'), ''));
	END IF;
END
$$;

SELECT cmp_ok(count(*) FILTER (WHERE expected IS NOT NULL)::int, '>', 25000,
	'the oracle has an answer to most of ' || count(*) || ' cases') FROM trial;
SELECT * FROM pg_temp.no_counterexample(
	'SELECT * FROM trial WHERE computed IS DISTINCT FROM expected',
	'due_at() agrees with the oracle');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (SELECT *, peoplecall.due_at(start, allowed::peoplecall.timelimit, calendar) AS short
	                    FROM trial
	                   WHERE extensions = '{}' AND pauses = '{}' AND expected IS NOT NULL) AS t
	    WHERE short IS DISTINCT FROM expected $$,
	'due_at() without extensions and pauses agrees, too');
SELECT * FROM pg_temp.no_counterexample(
	'SELECT * FROM trial WHERE computed < start',
	'no deadline lies before its start');

SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (SELECT *, peoplecall.work_time(start, other, calendar) AS got,
	                         CASE WHEN start <= other
	                              THEN pg_temp.oracle_work_time(calendar, start, other, '{}')
	                              ELSE - pg_temp.oracle_work_time(calendar, other, start, '{}') END AS wanted
	                    FROM trial WHERE id % 4 = 0) AS t
	    WHERE got::text <> wanted::text $$,
	'work_time() agrees with the oracle, either way round');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (SELECT *, peoplecall.add_work_time(start, amount, calendar) AS back
	                    FROM (SELECT *, peoplecall.work_time(start, other, calendar) AS amount
	                            FROM trial) AS t) AS t
	    WHERE peoplecall.work_time(start, back, calendar) <> amount
	       OR peoplecall.work_time(back, other, calendar) <> '0'
	       OR (amount > '0' AND back > other) OR (amount < '0' AND back < other) $$,
	'add_work_time() is the inverse of work_time()');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (SELECT *, peoplecall.add_work_time(start, amount, calendar) AS back
	                    FROM (SELECT *, peoplecall.work_time(start, other, calendar) AS amount
	                            FROM trial WHERE id % 8 = 1) AS t
	                   WHERE amount > '0') AS t
	    WHERE back <> pg_temp.oracle_open(calendar, start, amount, '{}') $$,
	'add_work_time() agrees with the oracle');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (SELECT *, peoplecall.workdays(start::date, other::date, calendar) AS got,
	                         (SELECT count(*) FROM oracle_day AS d
	                           WHERE d.calendar = t.calendar AND d.close IS NOT NULL
	                             AND d.day > least(start::date, other::date)
	                             AND d.day <= greatest(start::date, other::date)) AS wanted
	                    FROM trial AS t WHERE id % 8 = 2) AS t
	    WHERE got <> CASE WHEN start::date <= other::date THEN wanted ELSE - wanted END $$,
	'workdays() agrees with the oracle');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM oracle_day AS d
	    WHERE peoplecall.is_workday(day, calendar) <> (close IS NOT NULL) $$,
	'is_workday() agrees with the oracle');

SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT * FROM (
		SELECT *, peoplecall.warn_at(start, expected, fraction, allowed::peoplecall.timelimit, pauses, calendar) AS got,
		       CASE WHEN allowed ~ 'w' THEN
		            pg_temp.oracle_open(calendar, start, fraction *
		                pg_temp.oracle_work_time(calendar, start, expected, pauses), pauses)
		       ELSE pg_temp.oracle_elapsed(start, fraction *
		                (SELECT sum(make_interval(secs => EXTRACT(epoch FROM upper(r) - lower(r))))
		                   FROM unnest(tstzmultirange(tstzrange(start, expected)) - pauses) AS r),
		                pauses) END AS wanted
		  FROM trial
		 WHERE id % 4 = 3 AND expected < 'infinity' AND expected > start) AS t
	    WHERE got < start OR got > expected
	       OR (abs(EXTRACT(epoch FROM got - wanted)) > 0.000001
	           AND pg_temp.oracle_work_time(calendar, start, expected, pauses) > '0') $$,
	'warn_at() agrees with the oracle');

-- The explanation tells the same story: it ends with the deadline, and what it
-- counts adds up.
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT t.* FROM trial AS t,
	          LATERAL (SELECT count(*) AS rows, sum(counted) AS counted,
	                          (array_agg(total ORDER BY ordinality DESC))[1] AS total,
	                          (array_agg(closes ORDER BY ordinality DESC))[1] AS due
	                     FROM peoplecall.explain_deadline(start, allowed::peoplecall.timelimit,
	                          extensions::peoplecall.timelimit[], pauses, calendar)
	                          WITH ORDINALITY) AS e
	    WHERE t.id % 5 = 0 AND t.expected IS NOT NULL
	      AND (e.due IS DISTINCT FROM t.expected OR e.counted <> e.total
	           OR (t.extensions = '{}' AND t.expected < 'infinity'
	               AND e.total::text <> CASE
	                   WHEN allowed ~ '[0-9]d$' THEN e.total::text
	                   WHEN allowed ~ 'wd' THEN make_interval(days => substring(allowed FROM '^\d+')::int)::text
	                   WHEN allowed ~ 'h' THEN make_interval(hours => substring(allowed FROM '^\d+')::int)::text
	                   ELSE make_interval(mins => substring(allowed FROM '^\d+')::int)::text END)) $$,
	'explain_deadline() ends with the deadline and adds up');

-- China's working days as the State Council set them, 2007 to 2026.
CREATE TEMPORARY TABLE special (day date, weekday text, name text, is_off boolean, year int);
\copy special FROM 'demo/calendar/china_special_days.csv' WITH (FORMAT csv, HEADER)
INSERT INTO peoplecall.calendar VALUES ('oracle China', 'Asia/Shanghai', '2026-12-31');
INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
SELECT 'oracle China', d, '09:00', '17:00' FROM generate_series(1, 5) AS d;
INSERT INTO peoplecall.calendar_day SELECT 'oracle China', day, NOT is_off, name FROM special;
CREATE TEMPORARY TABLE china AS
SELECT g::date AS day,
       CASE WHEN s.is_off THEN false
            WHEN NOT s.is_off THEN true
            ELSE EXTRACT(isodow FROM g) < 6 END AS works
  FROM generate_series(timestamp '2007-01-01', '2026-12-31', '1 day') AS g
  LEFT JOIN special AS s ON s.day = g::date;
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT 'oracle China' AS calendar, * FROM china
	    WHERE peoplecall.is_workday(day, 'oracle China') <> works $$,
	'every day of 2007 to 2026 is a working day in China or not');
SELECT * FROM pg_temp.no_counterexample(
	$$ SELECT 'oracle China' AS calendar, *
	     FROM (SELECT day, lead(day, 5) OVER (ORDER BY day) AS fifth FROM china WHERE works) AS t
	    WHERE peoplecall.due_at(day + time '10:00' AT TIME ZONE 'Asia/Shanghai', '5wd', 'oracle China')
	       <> (fifth + time '17:00') AT TIME ZONE 'Asia/Shanghai' $$,
	'five working days after each of them');

SELECT * FROM finish();
ROLLBACK;
