-- due_at() and work_time(): hours with a lunch break, 20 years of days off.
-- Against the built-in addition of an interval (at most 3 times its cost), a
-- PL/pgSQL day walker (500 times faster), a SQL table of running sums with two
-- index probes (60 times), orafce's plvdate.add_bizdays() (5 times at 20 days,
-- 50 at 250) and numpy's busday_offset() on arrays (3 times its cost).
-- What reading the row and calling max() costs is taken off each.
\ir ../fixture/calendars.sql
SELECT FROM setseed(0.42) \g /dev/null
CREATE TEMP TABLE start_at AS
SELECT at, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, at + random() * interval '60 days' AS later
  FROM (SELECT timestamptz '2008-01-01 00:00+08' + random() * interval '6300 days' AS at
          FROM generate_series(1, CASE WHEN :full = 1 THEN 2000000 ELSE 500000 END)) AS s;
-- the slow ones get fewer of the same
CREATE TEMP TABLE few AS SELECT * FROM start_at LIMIT 5000;
ANALYZE start_at, few;
SELECT count(*) AS rows FROM start_at \gset
\set bare 'SELECT max(at) FROM start_at'
\set bare_few 'SELECT max(at) FROM few'
\set wh8 'SELECT max(peoplecall.due_at(at, ''8wh'', ''bench'')) FROM start_at'
\set wh40 'SELECT max(peoplecall.due_at(at, ''40wh'', ''bench'')) FROM start_at'
\set wd5 'SELECT max(peoplecall.due_at(at, ''5wd'', ''bench'')) FROM start_at'
\set work_time 'SELECT max(peoplecall.work_time(at, later, ''bench'')) FROM start_at'
\set work_time_bare 'SELECT max(later) FROM start_at'

-- the built-in ones
CALL bench.compare(what => 'due_at 8wh', ours => ARRAY[:'wh8'], against => 'at + interval ''8 hours''',
	theirs => ARRAY['SELECT max(at + interval ''8 hours'') FROM start_at'], at_most => 3, per => :rows, bare => :'bare', rounds => 25);
CALL bench.compare(what => 'due_at 5wd', ours => ARRAY[:'wd5'], against => 'at + interval ''7 days''',
	theirs => ARRAY['SELECT max(at + interval ''7 days'') FROM start_at'], at_most => 3, per => :rows, bare => :'bare', rounds => 25);
CALL bench.compare(what => 'due_at 5wd', ours => ARRAY[:'wd5'], against => 'at + interval ''8 hours''',
	theirs => ARRAY['SELECT max(at + interval ''8 hours'') FROM start_at'], at_most => 3, per => :rows, bare => :'bare', rounds => 25);
CALL bench.compare(what => 'work_time', ours => ARRAY[:'work_time'], against => 'at + interval ''8 hours''',
	theirs => ARRAY['SELECT max(at + interval ''8 hours'') FROM start_at'], at_most => 3, per => :rows, bare => :'work_time_bare', their_bare => :'bare', rounds => 25);
CALL bench.compare(what => 'work_time', ours => ARRAY[:'work_time'], against => 'later - at',
	theirs => ARRAY['SELECT max(later - at) FROM start_at'], at_most => 3, per => :rows, bare => :'work_time_bare', rounds => 25);

-- the same with reading the row and max(): what a query feels
CALL bench.compare(what => 'due_at 8wh, the whole query', ours => ARRAY[:'wh8'], against => 'at + interval ''8 hours''',
	theirs => ARRAY['SELECT max(at + interval ''8 hours'') FROM start_at'], at_most => 3, per => :rows, rounds => 15);
CALL bench.compare(what => 'work_time, the whole query', ours => ARRAY[:'work_time'], against => 'at + interval ''8 hours''',
	theirs => ARRAY['SELECT max(at + interval ''8 hours'') FROM start_at'], at_most => 3, per => :rows, rounds => 15);

-- a walker from day to day; special days in a table with a primary key
CREATE FUNCTION pg_temp.walk_days(start timestamptz, n int) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
	current date := start AT TIME ZONE 'Asia/Shanghai';
	works boolean;
BEGIN
	WHILE n > 0 LOOP
		current := current + 1;
		SELECT s.is_workday INTO works FROM bench.special AS s WHERE s.day = current;
		IF coalesce(works, EXTRACT(isodow FROM current) < 6) THEN
			n := n - 1;
		END IF;
	END LOOP;
	RETURN (current + time '17:30') AT TIME ZONE 'Asia/Shanghai';
END
$$;
CREATE FUNCTION pg_temp.walk_hours(start timestamptz, amount interval) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
	local timestamp := start AT TIME ZONE 'Asia/Shanghai';
	today date := local;
	works boolean;
	opens timestamp;
	closes timestamp;
BEGIN
	LOOP
		SELECT s.is_workday INTO works FROM bench.special AS s WHERE s.day = today;
		IF coalesce(works, EXTRACT(isodow FROM today) < 6) THEN
			FOR part IN 1 .. 2 LOOP
				opens := greatest(local, today + CASE part WHEN 1 THEN time '09:00' ELSE time '13:30' END);
				closes := today + CASE part WHEN 1 THEN time '12:00' ELSE time '17:30' END;
				CONTINUE WHEN opens >= closes;
				IF closes - opens >= amount THEN
					RETURN (opens + amount) AT TIME ZONE 'Asia/Shanghai';
				END IF;
				amount := amount - (closes - opens);
			END LOOP;
		END IF;
		today := today + 1;
	END LOOP;
END
$$;
SELECT count(*) FILTER (WHERE pg_temp.walk_hours(at, '40 hours') IS DISTINCT FROM peoplecall.due_at(at, '40wh', 'bench')
                           OR pg_temp.walk_days(at, 5) IS DISTINCT FROM peoplecall.due_at(at, '5wd', 'bench')) = 0 AS same_answers
  FROM few \gset
CALL bench.fact('due_at and the walker', CASE WHEN :'same_answers' THEN 'agree' ELSE 'differ' END, 'the same answers', :'same_answers');
CALL bench.compare(what => 'due_at 40wh', ours => ARRAY[:'wh40'], against => 'a PL/pgSQL walker over days and windows',
	theirs => ARRAY['SELECT max(pg_temp.walk_hours(at, ''40 hours'')) FROM few'], at_least => 500, per => :rows, their_per => 5000,
	bare => :'bare', their_bare => :'bare_few');
CALL bench.compare(what => 'due_at 5wd', ours => ARRAY[:'wd5'], against => 'a PL/pgSQL walker over days',
	theirs => ARRAY['SELECT max(pg_temp.walk_days(at, 5)) FROM few'], at_least => 500, per => :rows, their_per => 5000,
	bare => :'bare', their_bare => :'bare_few');

-- running sums: a row a window, found by its start and by the sum before it
CREATE TABLE bench.opening AS
SELECT opens, closes, sum(closes - opens) OVER (ORDER BY opens) - (closes - opens) AS before
  FROM (SELECT (d.day + w.opens) AT TIME ZONE 'Asia/Shanghai' AS opens, (d.day + w.closes) AT TIME ZONE 'Asia/Shanghai' AS closes
          FROM (SELECT d::date AS day FROM generate_series(timestamp '2007-01-01', '2026-12-31', '1 day') AS d) AS d
          LEFT JOIN bench.special AS s USING (day),
               (VALUES (time '09:00', time '12:00'), ('13:30', '17:30')) AS w (opens, closes)
         WHERE coalesce(s.is_workday, EXTRACT(isodow FROM d.day) < 6)) AS o;
CREATE UNIQUE INDEX ON bench.opening (opens) INCLUDE (closes, before);
CREATE UNIQUE INDEX ON bench.opening (before) INCLUDE (opens);
VACUUM ANALYZE bench.opening;
CREATE FUNCTION pg_temp.by_sums(start timestamptz, amount interval) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT w.opens + (s.total - w.before)
	  FROM (SELECT o.before + (least(start, o.closes) - o.opens) + amount AS total
	          FROM bench.opening AS o WHERE o.opens <= start ORDER BY o.opens DESC LIMIT 1) AS s,
	       LATERAL (SELECT o.opens, o.before FROM bench.opening AS o
	                 WHERE o.before < s.total ORDER BY o.before DESC LIMIT 1) AS w
$$;
\set inlined 'SELECT max((SELECT w.opens + (s.total - w.before) FROM (SELECT o.before + (least(f.at, o.closes) - o.opens) + interval \'40 hours\' AS total FROM bench.opening AS o WHERE o.opens <= f.at ORDER BY o.opens DESC LIMIT 1) AS s, LATERAL (SELECT o.opens, o.before FROM bench.opening AS o WHERE o.before < s.total ORDER BY o.before DESC LIMIT 1) AS w)) FROM few AS f'
SELECT count(*) FILTER (WHERE pg_temp.by_sums(at, '40 hours') IS DISTINCT FROM peoplecall.due_at(at, '40wh', 'bench')) = 0 AS same_answers
  FROM few \gset
CALL bench.fact('due_at and the table of sums', CASE WHEN :'same_answers' THEN 'agree' ELSE 'differ' END, 'the same answers', :'same_answers');
CALL bench.compare(what => 'due_at 40wh', ours => ARRAY[:'wh40'], against => 'a SQL function over running sums, two index probes',
	theirs => ARRAY['SELECT max(pg_temp.by_sums(at, ''40 hours'')) FROM few'], at_least => 60, per => :rows, their_per => 5000,
	bare => :'bare', their_bare => :'bare_few', rounds => 15);
CALL bench.compare(what => 'due_at 40wh', ours => ARRAY[:'wh40'], against => 'the same two probes written into the query',
	theirs => ARRAY[:'inlined'], at_least => 60, per => :rows, their_per => 5000,
	bare => :'bare', their_bare => :'bare_few', rounds => 15);

-- orafce counts bank days after a date; it holds 50 days off at most
SELECT bench.has('orafce', 'postgresql-15-orafce') AS has_orafce \gset
\if :has_orafce
DO $$
BEGIN
	PERFORM plvdate.set_nonbizday(day) FROM (SELECT day FROM bench.special WHERE NOT is_workday AND EXTRACT(isodow FROM day) < 6
	                                          ORDER BY day DESC LIMIT 50) AS s;
END
$$;
\set bare_day 'SELECT max(day) FROM few'
CALL bench.compare(what => 'due_at 20wd', ours => ARRAY['SELECT max(peoplecall.due_at(at, ''20wd'', ''bench'')) FROM start_at'],
	against => 'orafce plvdate.add_bizdays, 20 days', theirs => ARRAY['SELECT max(plvdate.add_bizdays(day, 20)) FROM few'],
	at_least => 5, per => :rows, their_per => 5000, bare => :'bare', their_bare => :'bare_day', rounds => 15);
CALL bench.compare(what => 'due_at 250wd', ours => ARRAY['SELECT max(peoplecall.due_at(at, ''250wd'', ''bench'')) FROM start_at'],
	against => 'orafce plvdate.add_bizdays, 250 days', theirs => ARRAY['SELECT max(plvdate.add_bizdays(day, 250)) FROM few'],
	at_least => 50, per => :rows, their_per => 5000, bare => :'bare', their_bare => :'bare_day', rounds => 15);
CALL bench.growth('orafce plvdate.add_bizdays', 'working days', '{10,100,1000}',
	ARRAY['SELECT max(plvdate.add_bizdays(day, 10)) FROM few', 'SELECT max(plvdate.add_bizdays(day, 100)) FROM few', 'SELECT max(plvdate.add_bizdays(day, 1000)) FROM few'],
	per => '{5000,5000,5000}', bare => ARRAY[:'bare_day', :'bare_day', :'bare_day']);
\endif

-- numpy on an array that it already holds; it knows no make-up workdays
SELECT bench.has('plpython3u', 'postgresql-plpython3-15') AS has_python \gset
\if :has_python
CREATE FUNCTION bench.numpy_load(days date[], off date[]) RETURNS boolean LANGUAGE plpython3u AS $$
try:
    import numpy
except ImportError:
    return False
GD['numpy'] = numpy
GD['days'] = numpy.array(days, dtype='datetime64[D]')
GD['calendar'] = numpy.busdaycalendar(weekmask='1111100', holidays=off)
return True
$$;
CREATE FUNCTION bench.numpy_offset(n int) RETURNS bigint LANGUAGE plpython3u AS $$
numpy = GD['numpy']
return int(numpy.busday_offset(GD['days'], n, roll='backward', busdaycal=GD['calendar']).max().astype('int64'))
$$;
SELECT bench.numpy_load((SELECT array_agg(day) FROM start_at), (SELECT array_agg(day) FROM bench.special WHERE NOT is_workday)) AS has_numpy \gset
\if :has_numpy
CALL bench.compare(what => 'due_at 5wd', ours => ARRAY[:'wd5'], against => 'numpy busday_offset on an array, 5 days',
	theirs => ARRAY['SELECT bench.numpy_offset(5)'], at_most => 3, per => :rows, bare => :'bare', their_bare => 'SELECT 1', rounds => 15);
\else
CALL bench.skip('what is compared with numpy (Debian package python3-numpy)');
\endif
\endif

CALL bench.growth('due_at', 'working days', '{10,100,1000}',
	ARRAY['SELECT max(peoplecall.due_at(at, ''10wd'', ''bench'')) FROM start_at', 'SELECT max(peoplecall.due_at(at, ''100wd'', ''bench'')) FROM start_at',
	      'SELECT max(peoplecall.due_at(at, ''1000wd'', ''bench'')) FROM start_at'],
	per => ARRAY[:rows, :rows, :rows], bare => ARRAY[:'bare', :'bare', :'bare'], rounds => 15);
CALL bench.growth('due_at', 'working hours', '{10,100,1000}',
	ARRAY['SELECT max(peoplecall.due_at(at, ''10wh'', ''bench'')) FROM start_at', 'SELECT max(peoplecall.due_at(at, ''100wh'', ''bench'')) FROM start_at',
	      'SELECT max(peoplecall.due_at(at, ''1000wh'', ''bench'')) FROM start_at'],
	per => ARRAY[:rows, :rows, :rows], bare => ARRAY[:'bare', :'bare', :'bare'], rounds => 15);
CALL bench.growth('the PL/pgSQL walker over days', 'working days', '{10,100,1000}',
	ARRAY['SELECT max(pg_temp.walk_days(at, 10)) FROM (SELECT at FROM few LIMIT 300) AS f', 'SELECT max(pg_temp.walk_days(at, 100)) FROM (SELECT at FROM few LIMIT 300) AS f',
	      'SELECT max(pg_temp.walk_days(at, 1000)) FROM (SELECT at FROM few LIMIT 300) AS f'],
	per => '{300,300,300}', rounds => 3);
SELECT peoplecall.due_at('2008-01-01', '1wd', 'bench'), peoplecall.due_at('2026-12-01', '1wd', 'bench Berlin') \g /dev/null
SELECT sum(total_bytes) AS calendar_bytes, pg_size_pretty(sum(total_bytes)) AS calendar_size
  FROM pg_backend_memory_contexts WHERE name = 'peoplecall compiled rules' AND ident = 'calendars' \gset
CALL bench.fact('memory of 2 compiled calendars, 20 years of days off', :'calendar_size', '< 8 MB a session', :calendar_bytes < 8 * 1024 * 1024);
