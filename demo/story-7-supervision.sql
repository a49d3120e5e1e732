-- Story 7: a complex matter that a department sits on is pushed to inspection.
\ir stage/open.sql
\echo '══ Story 7. A department sits on it: the ladder pushes it to inspection, and inspection gets an answer'

\set at '2019-12-02 09:00' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS flats
  FROM peoplecall.submit('board', '楼盘延期交房一年，开发商不给说法', '合同约定去年底交房，工地停工。',
	'420112001001', 'housing.delivery', reporter_name => '郑先生', reporter_phone => '00000000071', people => 180) \gset
SELECT coalesce(g.rule::text, 'base') AS rule, g.grade, g.reason
  FROM peoplecall.explain_grade('housing.delivery', people => 180) AS g;
SELECT no, grade, state, sla, due_at, command_name FROM peoplecall.board WHERE complaint_id = :flats;

\set at '2019-12-02 10:00' \set by 420112 \ir stage/act.sql
\echo '-- C: the district judges, and gives it to the department of the list.'
SELECT no, state, due_at FROM peoplecall.dispatch(:flats);
\set at '2019-12-02 11:00' \set by 420112.housing \ir stage/act.sql
SELECT no, state FROM peoplecall.accept(:flats);
\set at '2019-12-02 15:00' \set by 420112.housing \ir stage/act.sql
SELECT no, state, due_at FROM peoplecall.contact(:flats, '已收到，正在了解');
SELECT no, grade, state, sla, due_at, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :flats;
\set ECHO none
COMMIT;
-- until the ladder has gone to its end
SELECT format('SELECT pg_temp.to_next_alarm(%s)', :flats), 'CALL peoplecall.sweep()'
  FROM generate_series(1, 4)
\o /dev/null
\gexec
\o
BEGIN;
\echo
\echo '─── And then, nothing. Four alarms and four sweeps later'
\set ECHO queries
SELECT at, verb, by, what FROM pg_temp.story(:flats, 4);
SELECT s.seq, i.name AS ordered_by, o.name AS answers, s.ordered_at, k.due_at AS answer_by
  FROM peoplecall.supervision AS s
  JOIN peoplecall.org AS i ON i.id = s.ordered_by
  JOIN peoplecall.org AS o ON o.id = s.org
  JOIN peoplecall.clock AS k ON k.district_id = s.district_id AND k.complaint_id = s.complaint_id AND k.seq = s.clock_seq
 WHERE s.complaint_id = :flats;
SELECT to_char(n.created_at, 'MM-DD HH24:MI') AS at, f.role, f.name || '（' || o.name || '）' AS told, n.body
  FROM peoplecall.notice AS n
  JOIN peoplecall.officer AS f ON f.id = n.to_officer
  JOIN peoplecall.org AS o ON o.id = f.org
 WHERE n.complaint_id = :flats
 ORDER BY n.seq;
\set ECHO none
SELECT pg_temp.expect('the ladder ordered supervision, once', (SELECT count(*) FROM peoplecall.event AS e
	WHERE e.complaint_id = :flats AND e.verb = 'supervise'), 1) \gset
SELECT pg_temp.expect('inspection''s chief was told', (SELECT count(*) FROM peoplecall.notice AS n
	JOIN peoplecall.officer AS f ON f.id = n.to_officer
	WHERE n.complaint_id = :flats AND n.template = 'supervise' AND f.org = pg_temp.org('420112.inspection')), 1) \gset
SELECT pg_temp.expect('command stays with the district: a C is not handed up', (SELECT b.command_org
	FROM peoplecall.board AS b WHERE b.complaint_id = :flats), pg_temp.org('420112')) \gset

\set at '2019-12-12 09:00' \set by 420112 \ir stage/act.sql
\echo '-- A leader of the district reads it, and writes on it what he wants to know, by tomorrow evening:'
SELECT no, state FROM peoplecall.instruct(:flats, (SELECT f.id FROM peoplecall.officer AS f
		WHERE f.org = pg_temp.org('420112') AND f.role = 'leader_in_charge'),
	'请住建局明日下班前报告停工原因和开发商资金情况', '1wd');

\set at '2019-12-12 15:00' \set by 420112.housing \ir stage/act.sql
\echo '-- The department answers inspection with an excuse, ...'
SELECT no, state FROM peoplecall.answer_supervision(:flats, '正在协调开发商', 1);

\set at '2019-12-13 09:00' \set by 420112.inspection \ir stage/act.sql
\echo '-- ... and gets it back.'
SELECT no, state FROM peoplecall.close_supervision(:flats, '没有时间表，不予认可', 1, accepted => false);

\set at '2019-12-13 16:00' \set by 420112.housing \ir stage/act.sql
SELECT no, state, sla FROM peoplecall.complete(:flats, '开发商与业主签订协议：复工日期与违约金写明');
SELECT no, state FROM peoplecall.answer_supervision(:flats, '监管账户资金已核清，明年 1 月 6 日复工，逾期每日付违约金', 1);
SELECT no, state FROM peoplecall.answer_supervision(:flats, '停工因资金挪用，已追回；附监管账户流水', 2);

\set at '2019-12-16 09:00' \set by 420112.inspection \ir stage/act.sql
SELECT no, state FROM peoplecall.close_supervision(:flats, '已现场核实，协议属实', 1);
\set at '2019-12-16 10:00' \set by 420112 \ir stage/act.sql
SELECT no, state FROM peoplecall.close_supervision(:flats, '已阅，按期复工', 2);
SELECT no, state FROM peoplecall.revisit(:flats, 'reached', true, true, 3);
SELECT no, state FROM peoplecall.close(:flats);
\echo '-- Inspection''s list:'
SELECT supervision, kind, orderer_name, leader_name, org_name, sla, refused, answer, conclusion
  FROM peoplecall.supervisions
 WHERE complaint_id = :flats
 ORDER BY supervision;
\echo '-- Solved, but late, and it stays late:'
SELECT org_name, due_at, done_at, verdict, late FROM peoplecall.shares WHERE complaint_id = :flats;
\set ECHO none
SELECT pg_temp.expect('the department was late', (SELECT array_agg(s.verdict::text) FROM peoplecall.shares AS s
	WHERE s.complaint_id = :flats), '{missed}') \gset
SELECT pg_temp.expect('both orders were answered in time, one at the second try', (SELECT array_agg((s.kind, s.sla, s.refused)::text ORDER BY s.supervision)
	FROM peoplecall.supervisions AS s WHERE s.complaint_id = :flats AND s.closed_at IS NOT NULL),
	'{"(supervision,met,1)","(instruction,met,0)"}') \gset
SELECT pg_temp.expect('no clock runs on', (SELECT count(*) FROM peoplecall.clock AS k
	WHERE k.complaint_id = :flats AND k.stopped_at IS NULL), 0) \gset
\ir stage/close.sql
