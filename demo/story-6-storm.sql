-- Story 6: forty-four calls of one morning are one burst main.
\ir stage/open.sql
\ir stage/storm.sql
\echo '══ Story 6. A duplicate storm: forty-four calls in an hour, by three channels, about one burst main'

\set at '2019-12-30 06:40' \set by 4201.hotline \ir stage/act.sql
\echo '-- The hotline, the board and the mini-program take them in as they come (temporary table call):'
SELECT pg_temp.take_calls('06:40', '07:07') AS calls;
SELECT n, to_char(at, 'HH24:MI') AS at, channel, title, no FROM call WHERE no IS NOT NULL ORDER BY n;
SELECT complaint_id AS first FROM call WHERE n = 1 \gset
\echo '-- The same phone with the same words files nothing: the open complaint is urged.'
SELECT c.no, h.verb, to_char(h.at, 'HH24:MI') AS at, h.detail
  FROM call AS c
  JOIN peoplecall.history AS h ON h.complaint_id = c.complaint_id AND h.verb = 'urge'
 WHERE c.n = 11;
\echo '-- Each submit noted what it resembles. The call of 06:52:'
SELECT peoplecall.complaint_no((s.v ->> 'complaint')::bigint) AS no, d.title, s.v ->> 'likeness' AS likeness
  FROM call AS c
  JOIN peoplecall.history AS h ON h.complaint_id = c.complaint_id AND h.verb = 'submit'
 CROSS JOIN jsonb_array_elements(h.detail -> 'similar') AS s (v)
  JOIN peoplecall.complaint AS d ON d.id = (s.v ->> 'complaint')::bigint
 WHERE c.n = 7;
\set ECHO none
SELECT pg_temp.expect('sixteen calls so far, fifteen complaints', (SELECT (count(*), count(DISTINCT c.no))::text
	FROM call AS c WHERE c.no IS NOT NULL), '(16,15)') \gset
SELECT pg_temp.expect('every call but the first saw what it resembles', (SELECT count(*)
	FROM call AS c JOIN peoplecall.history AS h ON h.complaint_id = c.complaint_id AND h.verb = 'submit'
	WHERE c.n > 1 AND h.detail ->> 'similar' IS NULL), 0) \gset

\set at '2019-12-30 07:07' \set by 420105 \ir stage/act.sql
\echo '-- 07:07, the hourly look for hot matters (schedule_jobs):'
SELECT complaints, people, growth, title FROM peoplecall.hot_matters('420105', '2019-12-30 06:30');
SELECT peoplecall.raise_hot('420105') AS raised;
SELECT no, grade, state, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :first;
SELECT to_char(n.created_at, 'HH24:MI') AS at, f.role, f.name || '（' || o.name || '）' AS told, n.body
  FROM peoplecall.notice AS n
  JOIN peoplecall.officer AS f ON f.id = n.to_officer
  JOIN peoplecall.org AS o ON o.id = f.org
 WHERE n.complaint_id = :first AND n.template = 'hot';

\set ECHO none
SELECT pg_temp.expect('graded one up, from the street''s to the district''s', (SELECT (b.grade, b.command_org)::text
	FROM peoplecall.board AS b WHERE b.complaint_id = :first), format('(C,%s)', pg_temp.org('420105'))) \gset
SELECT pg_temp.expect('its chief was told', (SELECT array_agg((f.org, f.role)::text) FROM peoplecall.notice AS n
	JOIN peoplecall.officer AS f ON f.id = n.to_officer
	WHERE n.complaint_id = :first AND n.template = 'hot'), ARRAY[format('(%s,chief)', pg_temp.org('420105'))]) \gset
SELECT pg_temp.expect('once', peoplecall.raise_hot('420105'), 0) \gset

\set at '2019-12-30 07:10' \set by 420105 \ir stage/act.sql
\echo '-- The district, which commands now, merges the group:'
SELECT count(m.no) AS merged
  FROM peoplecall.hot_matters('420105', '2019-12-30 06:30') AS h
 CROSS JOIN unnest(h.ids) AS i (id)
 CROSS JOIN LATERAL peoplecall.merge(i.id, :first, '同一次停水') AS m
 WHERE h.sample = :first AND i.id <> :first;
\echo '-- What says it in other words is left for a person to judge:'
SELECT b.no, b.title FROM call AS c JOIN peoplecall.board AS b USING (complaint_id) WHERE complaint_id <> :first ORDER BY c.n;

\set at '2019-12-30 07:11' \set by 4201.hotline \ir stage/act.sql
\echo '-- More people call, but the chief knows already:'
SELECT pg_temp.take_calls('07:07', '07:45') AS calls;

\set at '2019-12-30 07:45' \set by 420105 \ir stage/act.sql
SELECT complaints, people, round(growth::numeric, 1) AS growth, title FROM peoplecall.hot_matters('420105', '2019-12-30 06:30');
\echo '-- Merged: every open one whose intake noted that it resembles one of the group, ...'
WITH alike AS MATERIALIZED (
	SELECT DISTINCT b.complaint_id AS id
	  FROM peoplecall.board AS b
	  JOIN peoplecall.history AS h ON h.complaint_id = b.complaint_id AND h.verb = 'submit'
	 CROSS JOIN jsonb_array_elements(h.detail -> 'similar') AS s (v)
	  JOIN peoplecall.complaint AS d ON d.id = (s.v ->> 'complaint')::bigint
	 WHERE :first IN (d.id, d.principal_id) AND b.complaint_id <> :first)
SELECT count(m.no) AS merged FROM alike AS a CROSS JOIN LATERAL peoplecall.merge(a.id, :first, '同一次停水') AS m;
\echo '-- ... and the last ones by hand:'
SELECT m.no, b.title, m.state
  FROM call AS c
  JOIN peoplecall.board AS b USING (complaint_id)
 CROSS JOIN LATERAL peoplecall.merge(c.complaint_id, :first, '人工核对：同一小区、同一时段') AS m
 WHERE c.complaint_id <> :first
 ORDER BY c.n;
SELECT no, grade, state, people, lead_name FROM peoplecall.board WHERE complaint_id IN (SELECT complaint_id FROM call);
\set ECHO none
SELECT pg_temp.expect('forty-four calls, forty-two complaints', (SELECT (count(c.no), count(DISTINCT c.no))::text
	FROM call AS c), '(44,42)') \gset
SELECT pg_temp.expect('two called again, and an open complaint was urged', (SELECT count(*) >= 2 FROM peoplecall.event AS e
	WHERE e.verb = 'urge' AND e.complaint_id IN (SELECT c.complaint_id FROM call AS c)), true) \gset
SELECT pg_temp.expect('one is open, forty-one are merged into it', (SELECT (count(*) FILTER (WHERE x.state = 'dispatched'),
	count(*) FILTER (WHERE x.state = 'merged' AND x.principal_id = :first))::text
	FROM peoplecall.complaint AS x WHERE x.id IN (SELECT c.complaint_id FROM call AS c)), '(1,41)') \gset
SELECT pg_temp.expect('nothing is raised again', peoplecall.raise_hot('420105'), 0) \gset

\set at '2019-12-30 08:30' \set by 420105004.utility \ir stage/act.sql
SELECT no, state FROM peoplecall.accept(:first);
SELECT no, state FROM peoplecall.contact(:first, '主管爆裂，已关阀抢修，送水车八点到');
\set at '2019-12-30 10:40' \set by 420105004.utility \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:first, '主管已修复，十点三十分恢复供水');
\set at '2019-12-30 14:00' \set by 420105 \ir stage/act.sql
SELECT no, state FROM peoplecall.revisit(:first, 'reached', true, true, 5);
SELECT no, state FROM peoplecall.close(:first);
\echo '-- One piece of work, forty-two citizens: each keeps a number and has the result under it.'
SELECT peoplecall.complaint_no(x.id) AS no, x.channel, x.state, to_char(x.closed_at, 'HH24:MI') AS closed, x.result
  FROM peoplecall.complaint AS x
 WHERE x.id IN (SELECT complaint_id FROM call WHERE n IN (1, 2, 15, 40));

\set at '2019-12-30 19:00' \set by 4201.hotline \ir stage/act.sql
\echo '-- In the evening twenty-nine of them rate it; the top floor of building 6 is not content, and its word'
\echo '-- goes to the leader in charge.'
SELECT count(r.no) AS rated
  FROM call AS c
 CROSS JOIN LATERAL peoplecall.rate(c.complaint_id, c.n <> 40, CASE WHEN c.n = 40 THEN 2 ELSE 4 + c.n % 2 END) AS r
 WHERE c.n BETWEEN 10 AND 40 AND c.n NOT IN (11, 31);
SELECT r.solved, r.satisfaction, count(*)
  FROM peoplecall.rating AS r
 WHERE r.complaint_id IN (SELECT complaint_id FROM call)
 GROUP BY 1, 2
 ORDER BY 1, 2;
SELECT f.role, f.name || '（' || o.name || '）' AS told, n.body
  FROM peoplecall.notice AS n
  JOIN peoplecall.officer AS f ON f.id = n.to_officer
  JOIN peoplecall.org AS o ON o.id = f.org
 WHERE n.template = 'unsolved' AND n.complaint_id IN (SELECT complaint_id FROM call);
\set ECHO none
SELECT pg_temp.expect('all forty-two have the result', (SELECT count(*) FROM peoplecall.complaint AS x
	WHERE x.id IN (SELECT c.complaint_id FROM call AS c) AND x.closed_at = '2019-12-30 14:00' AND x.result LIKE '主管已修复%'), 42) \gset
SELECT pg_temp.expect('one share was done for all of them', (SELECT count(*) FROM peoplecall.task AS t
	WHERE t.complaint_id IN (SELECT c.complaint_id FROM call AS c) AND t.state = 'done'), 1) \gset
SELECT pg_temp.expect('twenty-nine have rated, each their own', (SELECT count(DISTINCT r.complaint_id)
	FROM peoplecall.rating AS r WHERE r.complaint_id IN (SELECT c.complaint_id FROM call AS c)), 29) \gset
SELECT pg_temp.expect('one of them told a leader', (SELECT count(*) FROM peoplecall.notice AS n
	WHERE n.template = 'unsolved' AND n.complaint_id IN (SELECT c.complaint_id FROM call AS c)), 1) \gset
\ir stage/close.sql
