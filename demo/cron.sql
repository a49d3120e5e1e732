-- Nobody calls the sweep: the real pg_cron does, every minute, at the real time.
-- A matter of thirty days ago waits for it.
\ir stage/open.sql
\echo '══ The same by the real clock: pg_cron runs the sweep every minute'
SELECT (now() - interval '30 days')::text AS month_ago \gset

\set at :month_ago \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS stuck
  FROM peoplecall.submit('hotline', '又一家餐馆油烟直排', '说了一个月，没有人来。', '420111001002', 'environment.fume') \gset
\set ECHO none
COMMIT;
SELECT set_config('peoplecall.as_of', '', false) \g /dev/null
\set ECHO queries
SELECT jobname, schedule, command FROM peoplecall.schedule_jobs();
\echo '-- Waiting for the next minute ...'
\set ECHO none
DO $$
DECLARE
	stuck bigint := (SELECT max(c.id) FROM peoplecall.complaint AS c WHERE c.category::text = 'environment.fume');
	alarms int;
BEGIN
	FOR second IN 1..90 LOOP
		SELECT count(*) INTO alarms
		  FROM peoplecall.event AS e
		 WHERE e.complaint_id = stuck AND e.verb = 'alarm';
		EXIT WHEN alarms > 0;
		PERFORM pg_sleep(1);
	END LOOP;
	IF alarms = 0 THEN
		RAISE 'pg_cron did not run the sweep within 90 seconds';
	END IF;
END
$$;
\set ECHO queries
SELECT at, verb, by, what FROM pg_temp.story(:stuck, 2);
SELECT count(*) AS messages, count(DISTINCT n.to_officer) AS people FROM peoplecall.notice AS n WHERE n.complaint_id = :stuck;
\echo '-- The day that follows is told in 2019: the real clock must not sweep it.'
SELECT peoplecall.unschedule_jobs();
\set ECHO none
SELECT pg_temp.expect('after a month command has moved up', (SELECT count(*) > 0 FROM peoplecall.event AS e
	WHERE e.complaint_id = :stuck AND e.verb = 'command_up'), true) \gset
SELECT pg_temp.expect('no job is left', (SELECT count(*) FROM cron.job AS j WHERE j.jobname LIKE 'peoplecall%'), 0) \gset
BEGIN;
SELECT pg_temp.finish(:stuck, '店主已加装油烟净化器') \g /dev/null
SELECT peoplecall.act_for(pg_temp.officer('4201')) \g /dev/null
SELECT FROM peoplecall.close(:stuck) \g /dev/null
\ir stage/close.sql
