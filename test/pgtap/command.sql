-- Command: escalate and the ladder move it up, a granted request to lower moves
-- it down, report tells those above and moves nothing. Lateness and escalation
-- never change the grade. 5 December 2019 is a Thursday.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql

CREATE FUNCTION pg_temp.command(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', m.grade, m.command_level, m.command_org, 'lead ' || m.lead_org, m.state,
	       (SELECT string_agg(concat_ws(' ', t.role, t.org, t.state), ', ' ORDER BY t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = m.id))
	  FROM peoplecall.complaint AS m WHERE m.id = c
$$;

--
-- Up, level by level, to the top; the grade stays.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT s.complaint_id AS a FROM peoplecall.submit('hotline', '花架', '', '420106012001', 'city.facility') AS s \gset
SELECT is(pg_temp.command(:a), 'A community 22 lead 22 dispatched lead 22 sent', 'a simple matter is the community''s');
SELECT FROM peoplecall.accept(:a) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 17:00');
SELECT is(pg_temp.receipt(r), 'dispatched A task 2 org 12 green 12-05 17:24', 'escalated: the street leads, with fresh clocks') FROM peoplecall.escalate(:a, '超出能力') AS r;
SELECT is(pg_temp.command(:a), 'A street 12 lead 12 dispatched lead 22 superseded, lead 12 sent, assist 22 sent', 'and commands, the old lead assists');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-05 17:00',
	'2 resolve: 12-05 17:00 > 12-06 11:45 > 12-06 17:30, alarm 12-06 11:45', '3 resolve: 12-05 17:00 > 12-06 11:45 > 12-06 17:30, alarm 12-06 11:45'], 'full time for both');
SELECT FROM peoplecall.escalate(:a, '超出能力') \g /dev/null
SELECT is(pg_temp.command(:a), 'A district 3 lead 3 dispatched lead 22 superseded, lead 12 superseded, assist 22 sent, lead 3 sent, assist 12 sent', 'the district');
SELECT FROM peoplecall.escalate(:a, '超出能力') \g /dev/null
SELECT is(pg_temp.command(:a), 'A city 1 lead 1 dispatched lead 22 superseded, lead 12 superseded, assist 22 sent, lead 3 superseded, assist 12 sent, lead 1 sent, assist 3 sent', 'the city');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.escalate(%s, ''x'')', :a)), 'PC001', 'nobody is above it');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.escalate(%s, '' '')', :a)), '22004', 'a reason is given');
SELECT is((SELECT array_agg(k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :a AND k.kind = 'resolve' AND k.stopped_at IS NOT NULL),
	'{void,void,void}', 'whoever gave it up in time is not late');
-- dispatched on by whoever commands, and back down by whoever decides
SELECT FROM peoplecall.dispatch(:a, 34) \g /dev/null
SELECT is(r.org, 34::bigint, 'the one that commands dispatches it on') FROM peoplecall.accept(:a, 8) AS r;
SELECT FROM peoplecall.request(:a, 'lower', '区级可办', task => 8) \g /dev/null
SELECT FROM peoplecall.decide(:a, 1, true, '同意') \g /dev/null
SELECT is((m.grade, m.command_level, m.command_org)::text, '(A,district,3)', 'a request to lower brings command down a level, the grade is A already') FROM peoplecall.complaint AS m WHERE m.id = :a;

-- what waits to be judged goes up too
SELECT s.complaint_id AS w FROM peoplecall.submit('hotline', '待派', '', '420106012001', 'police.noise', auto_dispatch => false) AS s \gset
SELECT is(pg_temp.receipt(r), 'received B green 12-05 17:30', 'without a lead nobody gets it') FROM peoplecall.escalate(:w, '请区里定') AS r;
SELECT is(pg_temp.command(:w), 'B district 3 received', 'but the district commands');

--
-- By the ladder: two working days after the deadline of A and B.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT s.complaint_id AS l FROM peoplecall.submit('hotline', '夜间施工', '', '420106012001', 'police.noise') AS s \gset
SELECT is(pg_temp.sweep_at('2019-12-12 17:29') > 0, true, 'two working days after its deadline');
SELECT is(pg_temp.command(:l), 'B street 12 lead 33 dispatched lead 33 sent', 'not before');
SELECT is(pg_temp.sweep_at('2019-12-12 17:30') > 0, true, 'command moves by itself');
SELECT is(pg_temp.command(:l), 'B district 3 lead 3 dispatched lead 33 superseded, lead 3 sent, assist 33 sent', 'to the district; the late lead assists, and the grade stays');
SELECT is((SELECT k.verdict::text FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.kind = 'resolve' AND k.task_seq = 1), 'missed', 'it was late, and stays so');
SELECT is((n.to_officer, n.template)::text, '(333,command_up)', 'the chief of the org that was late is told') FROM peoplecall.notice AS n WHERE n.complaint_id = :l AND n.template = 'command_up';

--
-- A report tells those above, and hands nothing over.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT s.complaint_id AS r FROM peoplecall.submit('hotline', '请示', '', '420106012001', 'police.noise') AS s \gset
CREATE TEMPORARY TABLE before AS SELECT pg_temp.command(:r) AS command, ARRAY(SELECT (k.*)::text FROM peoplecall.clock AS k WHERE k.complaint_id = :r ORDER BY k.seq) AS clocks;
SELECT is(pg_temp.receipt(x), 'dispatched B task 1 org 33 green 12-05 11:00', 'reported to ' || l.level)
  FROM unnest('{street,district,city,province,nation}'::peoplecall.area_level[]) WITH ORDINALITY AS l (level, place)
 CROSS JOIN LATERAL peoplecall.report(:r, '情况复杂', 1, l.level) AS x
 WHERE l.level >= 'city';
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.template ORDER BY n.seq) FROM peoplecall.notice AS n WHERE n.complaint_id = :r), '{"123 report","33 report","13 report"}', 'each level''s chief is told');
SELECT is((pg_temp.command(:r), ARRAY(SELECT (k.*)::text FROM peoplecall.clock AS k WHERE k.complaint_id = :r ORDER BY k.seq))::text, (b.command, b.clocks)::text, 'who commands, who leads and every clock are as they were') FROM before AS b;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.report(%s, ''x'', 1, ''community'')', :r)), '22023', 'a report does not go down');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.report(%s, ''x'', 1, ''grid'')', :r)), '22023', 'nor further');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.report(%s, ''x'', 1, ''nation'')', :r)), 'PC005', 'nobody is there: it is not lost in silence');
UPDATE peoplecall.officer SET active = false WHERE role = 'chief' AND org = 1;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.report(%s, ''x'', 1, ''city'')', :r)), 'PC005', 'an org without a chief');
SELECT is(pg_temp.receipt(x), 'dispatched B task 1 org 33 green 12-05 11:00', 'a note for the file needs nobody') FROM peoplecall.report(:r, '在办', 1) AS x;

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
