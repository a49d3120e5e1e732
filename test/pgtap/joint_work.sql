-- Joint work: smoke, a garage, a road and a gate. Residents of one estate
-- report all of it on 25 November 2019, a Monday; at nine the next morning the
-- street and six others meet; each has its share, with a clock and a verdict of
-- its own, and all of it is done within three days. Limits elapse here, so that
-- 80 % of them can be seen: three days for the lead, 58 hours for those who assist.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql

INSERT INTO peoplecall.sla_policy (category, grade, clock, allowed, calendar) VALUES ('property', 'B', 'resolve', '72h', 'office');
-- org, what it does, and how it stands
CREATE FUNCTION pg_temp.shares(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', s.role, s.org, s.matter, s.state, pg_temp.minute(s.due_at), s.sla, s.verdict, CASE WHEN s.late THEN 'late' END)
	  FROM peoplecall.shares AS s WHERE s.complaint_id = c ORDER BY s.task_seq
$$;
CREATE FUNCTION pg_temp.state(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', m.state, pg_temp.minute(m.due_at), 'done ' || pg_temp.minute(m.completed_at), m.result) FROM peoplecall.complaint AS m WHERE m.id = c
$$;

--
-- Reported on Monday; seven bodies meet on Tuesday at nine.
--
SELECT * FROM pg_temp.at('2019-11-25 15:00');
SELECT s.complaint_id AS e FROM peoplecall.submit('hotline', '中央花园环境问题', '油烟、车库、道路、大门', '420106015002', 'property.garage',
	people => 30, reporter_phone => '10012345678', auto_dispatch => false) AS s \gset
SELECT peoplecall.convene('{26,31,33,34}', '{物业公司,施工单位}', :e, meets_at => '2019-11-26 09:00+08', place => '小区现场') AS m \gset
SELECT is((m.convened_by, m.called)::text, '(13,6)', 'the street calls six, and is the seventh') FROM peoplecall.meetings AS m WHERE m.coordination_id = :m;
SELECT * FROM pg_temp.at('2019-11-26 09:00');
SELECT peoplecall.attend(:m, o) FROM unnest('{26,31,33,34}'::bigint[]) AS o \g /dev/null
SELECT peoplecall.attend(:m, outsider => o) FROM unnest('{物业公司,施工单位}'::text[]) AS o \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 13, ''{34,26}'', ''纪要'', assist_matters => ''{油烟}'')', :m)), '2202E', 'a matter for each');
SELECT peoplecall.rule(:m, 13, '{34,26,33,31}', '逐项分工，三日内反馈', '南湖街〔2019〕25号', assist_matters => '{油烟,车库,道路,大门}') AS r \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:e)), ARRAY[
	'lead 13 中央花园环境问题 sent 11-29 09:00 green',
	'assist 34 油烟 sent 11-28 19:00 green',
	'assist 26 车库 sent 11-28 19:00 green',
	'assist 33 道路 sent 11-28 19:00 green',
	'assist 31 大门 sent 11-28 19:00 green'], 'each has its matter; whoever assists has 80 % of the lead''s time');
SELECT is((SELECT array_agg(DISTINCT t.ruling) FROM peoplecall.task AS t WHERE t.complaint_id = :e), ARRAY[:r]::bigint[], 'all by the ruling');
SELECT is(pg_temp.event(:e, 1) -> 'matters', '{"26": "车库", "31": "大门", "33": "道路", "34": "油烟"}', 'the minutes say who does what');
SELECT is((m.matter, m.sla)::text, '(道路,green)', 'the police find their own among their tasks') FROM peoplecall.my_tasks AS m WHERE m.complaint_id = :e AND m.org = 33;
SELECT is(pg_temp.state(:e), 'dispatched 11-26 11:00', 'the light of the whole is that of its tightest clock: to accept');

-- An org acts on its own share alone.
CREATE ROLE joint_smoke;
SELECT peoplecall.appoint('joint_smoke', 'handle', 34) \g /dev/null
CREATE FUNCTION pg_temp.by_smoke(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	SET LOCAL ROLE joint_smoke;
	EXECUTE statement INTO answer;
	RESET ROLE;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT is(pg_temp.by_smoke(format('SELECT r.task_seq FROM peoplecall.accept(%s) AS r', :e)), '2', 'which is meant where it names none');
SELECT is(pg_temp.by_smoke(format('SELECT r.task_seq FROM peoplecall.%s AS r', call)), '42501', call)
  FROM (VALUES (format('accept(%s, 3)', :e)), (format('complete(%s, ''好'', 1)', :e)), (format('request(%s, ''extend'', ''x'', by => ''1d'', task => 1)', :e))) AS v (call);
SELECT peoplecall.accept(:e, t) FROM generate_series(1, 5) AS t WHERE t <> 2 \g /dev/null
SELECT peoplecall.contact(:e, '已联系', 1) \g /dev/null
SELECT is(pg_temp.state(:e), 'dispatched 11-28 19:00', 'accepted by all: next is the shares'' deadline');

--
-- One is done, one withdrawn, one joins, one sent back alone.
--
SELECT * FROM pg_temp.at('2019-11-26 15:00');
SELECT is(pg_temp.by_smoke(format('SELECT r.state FROM peoplecall.complete(%s, ''已整改'') AS r', :e)), 'dispatched', 'the smoke is dealt with; four are open');
SELECT * FROM pg_temp.at('2019-11-27 10:00');
SELECT is((r.state, r.task_seq, r.org)::text, '(dispatched,5,31)', 'the gate is not the market office''s after all') FROM peoplecall.withdraw_task(:e, 5, '不属市监') AS r;
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 13 green 11-27 12:00', 'the education office joins') FROM peoplecall.dispatch(:e, assist => '{32}', assist_matters => '{大门}') AS r;
SELECT FROM peoplecall.accept(:e, 6) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-27 15:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 34 yellow 11-28 19:00', 'the smoke is back, and its share alone is sent back') FROM peoplecall.send_back(:e, '仍有油烟', 2) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:e)), ARRAY[
	'lead 13 中央花园环境问题 accepted 11-29 09:00 green',
	'assist 34 油烟 accepted 11-29 19:00 green',
	'assist 26 车库 accepted 11-28 19:00 yellow',
	'assist 33 道路 accepted 11-28 19:00 yellow',
	'assist 31 大门 withdrawn 11-28 19:00 void',
	'assist 32 大门 accepted 11-29 20:00 green'],
	'it has the time that was left at its claim; whoever joins has his own; what was taken back is void; nobody else''s clock moves');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.send_back(%s, ''x'', 3)', :e)), 'PC001', 'what is not claimed is not sent back');

--
-- Late and on time, each by its own deadline.
--
SELECT * FROM pg_temp.at('2019-11-28 18:00');
SELECT FROM peoplecall.complete(:e, '路已修', 4) \g /dev/null
SELECT is((SELECT array_agg(s.org || ' ' || s.sla ORDER BY s.task_seq) FROM peoplecall.shares AS s WHERE s.complaint_id = :e AND s.sla IS NOT NULL),
	'{"13 yellow","34 yellow","26 yellow","32 yellow"}', 'each has a light of its own, none where it is done');
SELECT * FROM pg_temp.at('2019-11-28 20:00');
SELECT is((SELECT array_agg(s.org || ' ' || s.sla ORDER BY s.task_seq) FROM peoplecall.shares AS s WHERE s.complaint_id = :e AND s.sla IS NOT NULL),
	'{"13 yellow","34 yellow","26 red","32 yellow"}', 'the garage is late');
SELECT is((o.org, o.due, o.late, o.late_lead, o.late_assist, o.late_open)::text, '(26,1,1,0,1,1)', 'charged to the community that has it while it is open')
  FROM peoplecall.overdue_shares('2019-11-25', '2019-12-01') AS o WHERE o.late > 0;
SELECT FROM peoplecall.complete(:e, '车库已清', 3) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 13 yellow 11-29 19:00', 'the lead is done, two are not: the whole is not completed') FROM peoplecall.complete(:e, '各项办结', 1) AS r;
SELECT FROM peoplecall.complete(:e, '油烟已治', 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-29 09:00');
SELECT is(pg_temp.receipt(r), 'completed B task 6 org 32 yellow 12-02 17:30', 'the last share completes it, within three days of the meeting') FROM peoplecall.complete(:e, '大门已拆', 6) AS r;
SELECT is(pg_temp.state(:e), 'completed 12-02 17:30 done 11-29 09:00 各项办结', 'its result is the lead''s');
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:e)), ARRAY[
	'lead 13 中央花园环境问题 done 11-29 09:00 met',
	'assist 34 油烟 done 11-29 19:00 met',
	'assist 26 车库 done 11-28 19:00 missed late',
	'assist 33 道路 done 11-28 19:00 met',
	'assist 31 大门 withdrawn 11-28 19:00 void',
	'assist 32 大门 done 11-29 20:00 met'], 'six verdicts');
SELECT is(ARRAY(SELECT (o.org, o.due, o.late, o.late_lead, o.late_assist, o.late_open)::text FROM peoplecall.overdue_shares('2019-11-25', '2019-12-01') AS o),
	ARRAY['(13,1,0,0,0,0)', '(26,1,1,0,1,0)', '(32,1,0,0,0,0)', '(33,1,0,0,0,0)', '(34,1,0,0,0,0)'], 'charged to the garage''s org, to no other; the one that was taken back counts nowhere');

-- Sent back alone when all was completed: the others' verdicts stay.
SELECT * FROM pg_temp.at('2019-11-29 10:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 4 org 33 yellow 11-29 11:00', 'the road again: the hour that was left when it was claimed') FROM peoplecall.send_back(:e, '路面又塌', 4) AS r;
SELECT is((SELECT array_agg(s.org ORDER BY s.task_seq) FROM peoplecall.shares AS s WHERE s.complaint_id = :e AND s.verdict IS NULL), '{33}', 'one clock runs');
SELECT * FROM pg_temp.at('2019-12-02 09:00');
SELECT is((o.org, o.late)::text, '(33,1)', 'late now, in the time of its own deadline') FROM peoplecall.overdue_shares('2019-11-29 10:00', '2019-12-01') AS o WHERE o.late > 0;
SELECT is(pg_temp.receipt(r), 'completed B task 4 org 33 yellow 12-02 17:30', 'done again, and so the whole') FROM peoplecall.complete(:e, '已重修', 4) AS r;
SELECT is(pg_temp.refusal(format('SET LOCAL ROLE joint_smoke; SELECT peoplecall.close(%s)', :e)), '42501', 'who assists closes nothing');
SELECT is(pg_temp.receipt(r), 'closed B org 13', 'closed') FROM peoplecall.close(:e, '小区四件事已办') AS r;
SELECT is((SELECT array_agg(k.kind || ' ' || k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :e AND k.task_seq IS NULL), '{"dispatch missed","total met","verify met","verify met"}', 'the promises of the whole');
SELECT * FROM pg_temp.at('2019-12-03 09:00');
SELECT is((r.state, r.task_seq, r.org)::text, '(dispatched,7,13)', 'reopened, the lead alone has it, and calls others as it needs them') FROM peoplecall.rate(:e, false, 2) AS r;

--
-- The lead is late, those who assist are not.
--
SELECT * FROM pg_temp.at('2019-11-25 09:00');
SELECT s.complaint_id AS l FROM peoplecall.submit('hotline', '两家的事', '', '420106015002', 'property.garage', auto_dispatch => false) AS s \gset
SELECT FROM peoplecall.dispatch(:l, 13, '{34}') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:l)), ARRAY['lead 13 两家的事 sent 11-28 09:00 green', 'assist 34 两家的事 sent 11-27 19:00 green'], 'where nobody said what each does, all do all');
SELECT * FROM pg_temp.at('2019-11-27 19:00');
SELECT is((r.state, r.sla)::text, '(dispatched,red)', 'done in the last moment; the share of the lead is yellow, but nobody accepted it') FROM peoplecall.complete(:l, '好', 2) AS r;
SELECT * FROM pg_temp.at('2019-11-28 09:01');
SELECT FROM peoplecall.complete(:l, '好', 1) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:l)), ARRAY['lead 13 两家的事 done 11-28 09:00 missed late', 'assist 34 两家的事 done 11-27 19:00 met'], 'a minute too late is the lead''s');
SELECT is((o.org, o.late_lead, o.late_assist)::text, '(13,1,0)', 'and charged to it') FROM peoplecall.overdue_shares('2019-11-27', '2019-11-28 10:00') AS o WHERE o.late > 0;

--
-- The lead's share is taken back; without a lead nothing is completed.
--
SELECT * FROM pg_temp.at('2019-11-25 09:00');
SELECT s.complaint_id AS w FROM peoplecall.submit('hotline', '换牵头', '', '420106015002', 'property.garage', auto_dispatch => false) AS s \gset
SELECT FROM peoplecall.dispatch(:w, 13, '{34,26}') \g /dev/null
SELECT is(r.state::text, 'dispatched', 'who assists goes on') FROM peoplecall.withdraw_task(:w) AS r;
SELECT FROM peoplecall.complete(:w, '好', 2) \g /dev/null
SELECT is(r.state::text, 'received', 'when they are done, it waits for a lead') FROM peoplecall.complete(:w, '好', 3) AS r;
SELECT is(pg_temp.receipt(r), 'dispatched B task 4 org 33 green 11-25 11:00', 'it gets one') FROM peoplecall.dispatch(:w, 33) AS r;
SELECT is(r.state::text, 'completed', 'whose share completes it') FROM peoplecall.complete(:w, '完', 4) AS r;

--
-- Whoever assisted leads from now on, and the other way round: one org never has two shares.
--
SELECT s.complaint_id AS x FROM peoplecall.submit('hotline', '换位', '', '420106015002', 'property.garage', auto_dispatch => false) AS s \gset
SELECT FROM peoplecall.dispatch(:x, 13, '{34,13,34}') \g /dev/null
SELECT FROM peoplecall.dispatch(:x, 34, '{13}') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', t.role, t.org, t.state) FROM peoplecall.task AS t WHERE t.complaint_id = :x ORDER BY t.seq),
	'{"lead 13 superseded","assist 34 superseded","lead 34 sent","assist 13 sent"}', 'they change places');

-- A share without a limit is a share.
DELETE FROM peoplecall.sla_policy WHERE clock = 'resolve';
SELECT s.complaint_id AS n FROM peoplecall.submit('hotline', '无时限', '', '420106015002', 'property.garage') AS s \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.shares(:n)), ARRAY['lead 13 无时限 sent'], 'it has neither light nor verdict');

--
-- Reopened when the org that led was closed meanwhile: its successor is not
-- guessed, the command judges.
--
INSERT INTO peoplecall.org (id, code, name, kind, area, superior) VALUES (81, 'old_team', '旧执法队', 'team', '420106015', 34);
SELECT * FROM pg_temp.at('2019-11-26 09:00');
SELECT s.complaint_id AS o FROM peoplecall.submit('hotline', '撤销的单位', '', '420106015002', 'city.garbage', auto_dispatch => false) AS s \gset
SELECT FROM peoplecall.dispatch(:o, 81) \g /dev/null
SELECT FROM peoplecall.complete(:o, '好') \g /dev/null
SELECT FROM peoplecall.close(:o) \g /dev/null
UPDATE peoplecall.org SET active = false WHERE id = 81;
SELECT * FROM pg_temp.at('2019-11-27 09:00');
SELECT is(pg_temp.receipt(r), 'received A green 11-27 09:30', 'by the citizen''s word: it waits to be dispatched') FROM peoplecall.rate(:o, false, 1) AS r;
SELECT is((m.state, m.lead_org, m.epoch, m.reopened, m.closed_at)::text, '(received,,1,1,)', 'led by nobody') FROM peoplecall.complaint AS m WHERE m.id = :o;
SELECT is(pg_temp.event(:o), '{"verb": "reopen", "at": "11-27 09:00", "reason": "the citizen says it is not solved", "epoch": 1, "closed_org": 81}', 'the event says why');
SELECT is(pg_temp.receipt(r), 'dispatched A task 2 org 26 green 11-27 09:30', 'whoever is responsible now gets it') FROM peoplecall.dispatch(:o) AS r;
SELECT FROM peoplecall.complete(:o, '好') \g /dev/null
SELECT FROM peoplecall.close(:o) \g /dev/null
UPDATE peoplecall.org SET active = false WHERE id = 26;
SELECT is(pg_temp.receipt(r), 'received A green 11-27 09:30', 'by the command''s too') FROM peoplecall.reopen(:o, '再办') AS r;

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
