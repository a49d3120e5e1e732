-- lights and board of a city with 200,000 open matters and a history that grows:
-- under 50 ms, and the same whatever the history. SCALE=small has a tenth of both.
SET client_min_messages = error;
SELECT FROM peoplecall.install_defaults();
\i demo/city.sql
SELECT CASE WHEN :full = 1 THEN 200000 ELSE 20000 END AS open,
       CASE WHEN :full = 1 THEN 100000 ELSE 10000 END AS history \gset
\set some_open :open
\set clocks 1
\i bench/fixture/large_city.sql
\set lights 'SELECT sum(open) FROM peoplecall.lights'
\set page 'SELECT count(*) FROM (SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106'' ORDER BY due_at LIMIT 50) AS p'
\set street 'SELECT count(title) FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'''
CREATE TABLE bench.lit (history float8, lights float8, page float8, street float8);
CREATE PROCEDURE bench.light(history float8, lights text, page text, street text) LANGUAGE plpgsql AS $$
BEGIN
	FOR round IN 0 .. 7 LOOP
		INSERT INTO bench.lit SELECT light.history, a, b, c
		  FROM bench.seconds(lights) AS a, bench.seconds(page) AS b, bench.seconds(street) AS c
		 WHERE round > 0;
	END LOOP;
END
$$;
CALL bench.light(:history, :'lights', :'page', :'street');
\set open 0
SELECT :history + :some_open AS first, 9 * :history AS history \gset
\i bench/fixture/large_city.sql
CALL bench.light(:history / 9 * 10, :'lights', :'page', :'street');
SELECT :first + :history AS first, 10 * :history AS history \gset
\i bench/fixture/large_city.sql
CALL bench.light(:history / 9 * 10, :'lights', :'page', :'street');

SELECT format('CALL bench.grown(%L, ''matters in history'', %L, %L)', x.what,
	array_agg(x.history ORDER BY x.history), array_agg(x.cost ORDER BY x.history))
  FROM (SELECT l.history, w.what, percentile_cont(0.5) WITHIN GROUP (ORDER BY w.s) AS cost
          FROM bench.lit AS l
         CROSS JOIN LATERAL (VALUES ('lights of the city', l.lights), ('a district''s board, the first 50 by deadline', l.page),
			('a street''s board', l.street)) AS w (what, s)
         GROUP BY 1, 2) AS x
 GROUP BY x.what
\gexec
SELECT format('CALL bench.fact(%L, %L, ''under 50 ms'', %L)', g.what || format(', %s open of %s', to_char(:some_open, 'FM999,999'), to_char(g.sizes[3], 'FM999,999,999')),
	bench.duration(g.costs[3]), g.costs[3] < 0.05)
  FROM bench.grown AS g ORDER BY g.n
\gexec
