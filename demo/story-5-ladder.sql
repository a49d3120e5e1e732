-- Story 5: a matter that nobody touches. The clock goes from alarm to alarm,
-- and the sweep runs at each of them.
\ir stage/open.sql
\echo '══ Story 5. Nobody touches it: the lights change, the messages go out, command moves up, all by themselves'

\set at '2019-12-11 09:00' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS fume
  FROM peoplecall.submit('hotline', '餐馆油烟直排居民楼', '每天中午和晚上，窗户不敢开。',
	'420111001001', 'environment.fume', reporter_name => '周先生', reporter_phone => '00000000051') \gset
SELECT no, grade, state, sla, due_at, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :fume;
\set ECHO none
COMMIT;
-- ten alarms, one after another
SELECT format('SELECT pg_temp.to_next_alarm(%s)', :fume), 'CALL peoplecall.sweep()'
  FROM generate_series(1, 10)
\o /dev/null
\gexec
\o
BEGIN;
\echo
\echo '─── Ten alarms and ten sweeps later'
\set ECHO queries
SELECT at, verb, by, what FROM pg_temp.story(:fume, 2);
SELECT no, grade, state, sla, due_at, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :fume;
\echo '-- The outbox holds a message for each person told; the first of each kind:'
SELECT at, told, body
  FROM (SELECT DISTINCT ON (n.template) n.seq, to_char(n.created_at, 'MM-DD HH24:MI') AS at,
               f.name || '（' || o.name || '）' AS told, n.body
          FROM peoplecall.notice AS n
          JOIN peoplecall.officer AS f ON f.id = n.to_officer
          JOIN peoplecall.org AS o ON o.id = f.org
         WHERE n.complaint_id = :fume
         ORDER BY n.template, n.seq) AS first
 ORDER BY seq;
\set ECHO none
SELECT pg_temp.expect('command moved from the street to the district', (SELECT b.command_org
	FROM peoplecall.board AS b WHERE b.complaint_id = :fume), pg_temp.org('420111')) \gset
SELECT pg_temp.expect('the grade did not: lateness is not difficulty', (SELECT b.grade
	FROM peoplecall.board AS b WHERE b.complaint_id = :fume), 'B') \gset
SELECT pg_temp.expect('each step of each clock fired once', (SELECT count(*)
	FROM (SELECT e.detail ->> 'clock_seq', e.detail ->> 'step' FROM peoplecall.event AS e
	       WHERE e.complaint_id = :fume AND e.verb = 'alarm' AND e.detail ? 'clock_seq'
	       GROUP BY 1, 2 HAVING count(*) > 1) AS twice), 0) \gset

\set at '2019-12-20 16:00' \set by 420111 \ir stage/act.sql
SELECT pg_temp.finish(:fume, '店主已加装油烟净化器') AS shares_done;
\set at '2019-12-20 16:30' \set by 4201 \ir stage/act.sql
\echo '-- The district led it in the end, so it is not the district that closes it.'
SELECT no, state FROM peoplecall.close(:fume);
\ir stage/close.sql
