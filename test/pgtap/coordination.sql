-- Meetings and rulings: who convenes whom, who signs and comes, what a ruling
-- binds; and joint work. Story 3 is told from the whistle to the precedent.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql

-- an officer of each of these orgs, by whom a pooled application acts
DO $$
BEGIN
	PERFORM peoplecall.appoint(o.id * 10 + 1, 'handle', o.id), peoplecall.appoint(o.id * 10 + 2, 'dispatch', o.id)
	   FROM peoplecall.org AS o WHERE o.id IN (3, 12, 31, 32, 33, 1, 13);
END
$$;
CREATE FUNCTION pg_temp.parties(m bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', p.seq, p.org, p.outsider, 'signed ' || pg_temp.minute(p.signed_at), 'there ' || pg_temp.minute(p.attended_at),
	                 CASE p.absent WHEN true THEN 'absent' WHEN false THEN 'present' END, 'mark ' || p.mark, p.remark)
	  FROM peoplecall.coordination_party AS p WHERE p.coordination_id = m ORDER BY p.seq
$$;

--
-- Story 3: a training school, many bodies answer and none does. The street
-- whistles, market supervision, education and police report in.
--
SELECT * FROM pg_temp.at('2019-11-25 16:00');
SELECT complaint_id AS c FROM peoplecall.submit('hotline', '培训学校停课不退费', '', '420106012001', 'labour.part_time', people => 30, auto_dispatch => false) \gset
SELECT FROM peoplecall.reclassify(:c, grade => 'B') \g /dev/null
SELECT FROM peoplecall.dispatch(:c) \g /dev/null
SELECT is((c.command_org, c.lead_org, (SELECT t.responsibility FROM peoplecall.task AS t WHERE t.complaint_id = c.id))::text, '(12,12,)', 'nobody owns it: the street') FROM peoplecall.complaint AS c WHERE c.id = :c;
SELECT FROM peoplecall.act_for(122) \g /dev/null
SELECT peoplecall.convene('{31,32,33,31}', '{某培训学校,"  "}', :c, agenda => '联合检查', place => '街道会议室', meets_at => '2019-11-26 09:00+08') AS m \gset
SELECT is((m.convened_by, m.complaint_id = :c, m.title, m.area, m.id / 1000000000000)::text, '(12,t,培训学校停课不退费,420106012001,420106)', 'the street convenes') FROM peoplecall.coordination AS m WHERE m.id = :m;
SELECT is(ARRAY(SELECT * FROM pg_temp.parties(:m)), ARRAY['1 31', '2 32', '3 33', '4 某培训学校'], 'each once, then the outsiders');
SELECT is(pg_temp.event(:c), jsonb_build_object('verb', 'convene', 'at', '11-25 16:00', 'org', 12, 'coordination', :m, 'orgs', '[31,32,33]'::jsonb, 'outsiders', 1, 'meets_at', '2019-11-26T01:00:00+00:00'), 'event convene, without the outsiders'' names');
SELECT is(n.to_officer || ' ' || n.body, format('312 【吹哨报到】水果湖街道办事处召集协调“培训学校停课不退费”，时间2019-11-26 09:00，地点街道会议室，请武昌区市场监督管理局于2019-11-25 18:00前签收并派员参加。'), 'its leader in charge is told')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.template = 'convene' AND n.to_org = 31;
-- signing
SELECT FROM peoplecall.act_for(311) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-25 16:30');
SELECT is(peoplecall.sign(:m), true, 'an org signs for itself');
SELECT is(peoplecall.sign(:m), false, 'once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.sign(%s, 32)', :m)), '42501', 'not for another');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.sign(%s, 34)', :m)), 'PC005', 'nor one that was not called');
SELECT FROM peoplecall.act_for(131) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.sign(%s)', :m)), 'PC005', 'a street beside it was not called');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.convene(''{31}'', NULL, %s)', :c)), '42501', 'nor may its handler convene');
SELECT FROM peoplecall.act_for(132) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.convene(''{31}'', NULL, %s)', :c)), '42501', 'nor its dispatcher, elsewhere');
SELECT FROM peoplecall.act_for(321) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-25 18:30');
SELECT is(peoplecall.sign(:m, 32), true, 'late, and on record');
-- the meeting
SELECT FROM peoplecall.act_for(311) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-26 09:00');
SELECT is(peoplecall.attend(:m), true, 'reports in');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attend(%s, outsider => ''某培训学校'')', :m)), '42501', 'and for nobody else');
SELECT FROM peoplecall.act_for(122) \g /dev/null
SELECT is(peoplecall.attend(:m, outsider => '某培训学校'), true, 'the convenor lets the outsider in');
SELECT is(peoplecall.attend(:m, 31), false, 'who is there is there');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attend(%s, outsider => ''别的'')', :m)), 'PC005', 'nobody who was not called');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.attend(%s, 31, ''某培训学校'')', :m)), '22023', 'one at a time');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 31, 5)', :m)), 'PC001', 'no marks before the end');
SELECT * FROM pg_temp.at('2019-11-26 09:31');
SELECT is(peoplecall.attend(:m, 32), true, 'half an hour late');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 31, NULL, ''会议纪要'', precedent => true)', :m)), '42501', 'a street settles no category');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, NULL, NULL, ''会议纪要'')', :m)), '22004', 'a ruling names a lead');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 31)', :m)), '22004', 'and has minutes');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 999, NULL, ''会议纪要'')', :m)), 'PC005', 'no such lead');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 71, NULL, ''会议纪要'')', :m)), '23514', 'an outside body leads nothing');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 31, ''{999}'', ''会议纪要'')', :m)), 'PC005', 'no such assistant');
SELECT * FROM pg_temp.at('2019-11-26 10:00');
SELECT peoplecall.rule(:m, 31, '{32,33}', '联合执法，全额退费', '水果湖街〔2019〕3号') AS ruling \gset
SELECT is((r.title, r.minutes, r.document_no, r.decided_on, r.decided_by, r.precedent, r.category, r.area, r.complaint_id = :c)::text, '(培训学校停课不退费,联合执法，全额退费,水果湖街〔2019〕3号,2019-11-26,12,f,,420106012001,t)', 'the ruling')
  FROM peoplecall.ruling AS r WHERE r.id = :ruling;
SELECT is(ARRAY(SELECT * FROM pg_temp.parties(:m)), ARRAY['1 31 signed 11-25 16:30 there 11-26 09:00 present', '2 32 signed 11-25 18:30 there 11-26 09:31 absent',
	'3 33 absent', '4 某培训学校 there 11-26 09:00 present'], 'who did not come in time was absent');
SELECT is(ARRAY(SELECT concat_ws(' ', t.seq, t.role, t.org, t.state, t.ruling = :ruling) FROM peoplecall.task AS t WHERE t.complaint_id = :c ORDER BY t.seq), ARRAY[
	'1 lead 12 superseded', '2 lead 31 sent t', '3 assist 32 sent t', '4 assist 33 sent t'], 'it goes to the lead and the assistants, by the ruling');
SELECT is(pg_temp.event(:c, 1) - 'coordination' - 'ruling', '{"verb": "rule", "at": "11-26 10:00", "org": 12, "lead": 31, "assist": [32, 33], "document_no": "水果湖街〔2019〕3号", "precedent": false}', 'event rule');
SELECT is((pg_temp.event(:c) ->> 'ruling', pg_temp.event(:c) ->> 'verb')::text, format('(%s,dispatch)', :ruling), 'then dispatch');
SELECT is((SELECT count(*) FROM peoplecall.responsibility AS r WHERE r.ruling IS NOT NULL), 0::bigint, 'no category was settled');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 31, NULL, ''再'')', :m)), 'PC001', 'it is over');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.end_coordination(%s, ''x'')', :m)), 'PC001', 'and ends once');
SELECT FROM peoplecall.act_for(311) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.%s(%s)', v, :m)), 'PC001', v || ' after the end') FROM unnest('{sign,attend}'::text[]) AS v;
SELECT FROM peoplecall.act_for(122) \g /dev/null
SELECT is(peoplecall.mark(:m, 31, 5, '到场快'), true, 'marked');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 31, 4)', :m)), '23505', 'once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 33, 6)', :m)), '23514', 'from 1');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 33, NULL)', :m)), '22004', 'to 5');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 34, 3)', :m)), 'PC005', 'who was not called has no mark');
SELECT FROM peoplecall.act_for(311) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.mark(%s, 33, 3)', :m)), '42501', 'nor is it for others to mark');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT peoplecall.mark(:m, 33, 1, '未到') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', a.org, a.called, a.signed, a.signed_late, a.attended, a.absent, a.mark) FROM peoplecall.attendance('2019-11-25', '2019-11-27', '420106') AS a), ARRAY[
	'31 1 1 0 1 0 5.00', '32 1 1 1 0 1', '33 1 0 0 0 1 1.00'], 'counted by org');
SELECT is((v.convenor_name, v.called, v.signed, v.attended, v.absent, v.mark, v.document_no)::text, '(水果湖街道办事处,4,2,3,2,3.00,水果湖街〔2019〕3号)', 'the view') FROM peoplecall.meetings AS v WHERE v.coordination_id = :m;
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT * FROM pg_temp.at('2019-11-28 10:00');
SELECT peoplecall.complete(:c, '检查违规广告', 2), peoplecall.complete(:c, '查无证办学', 3), peoplecall.complete(:c, '约谈负责人，全额退费', 4) \g /dev/null
SELECT is(c.state::text, 'completed', 'full refund') FROM peoplecall.complaint AS c WHERE c.id = :c;

-- The district takes what nobody owned as its agenda and fixes the owner.
SELECT is((u.category::text, u.complaints, u.fell_back)::text, '(labour.part_time,1,1)', 'the agenda') FROM peoplecall.unowned('420106', '2019-11-01') AS u;
SELECT FROM peoplecall.act_for(32) \g /dev/null
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{31}'', title => ''x'', area => ''420102'')'), '42501', 'not of another district''s area');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{31}'', title => ''x'')'), '22004', 'about what');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{31}'', area => ''420106'')'), '22004', 'with no title');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{}'', title => ''x'', area => ''420106'')'), '22004', 'with nobody');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{3}'', title => ''x'', area => ''420106'')'), '22004', 'nobody but itself');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{999}'', title => ''x'', area => ''420106'')'), 'PC005', 'with no org that is there');
SELECT is(pg_temp.refusal('SELECT peoplecall.convene(''{31}'', title => ''x'', area => ''420106'', meets_at => ''2019-11-28 09:59+08'')'), '22023', 'in the past');
SELECT peoplecall.convene('{31,32}', title => '学生兼职工资', area => '420106', meets_at => '2019-11-29 09:00+08') AS d \gset
SELECT is((m.convened_by, m.complaint_id, m.area)::text, '(3,,420106)', 'a meeting without a complaint') FROM peoplecall.coordination AS m WHERE m.id = :d;
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n.complaint_id = :d AND n.key = :d || '-' || n.seq), 2::bigint, 'tells its orgs under a number of its own');
SELECT * FROM pg_temp.at('2019-11-29 10:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 32, NULL, ''纪要'')', :d)), '22023', 'a ruling that binds nothing');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 32, NULL, ''纪要'', precedent => true)', :d)), '22004', 'of no category');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 32, NULL, ''纪要'', precedent => true, category => ''no.such'')', :d)), 'PC004', 'of one that is not there');
SELECT peoplecall.rule(:d, 32, '{33}', '由教育局牵头', '武昌〔2019〕21号', precedent => true, category => 'labour.part_time') AS precedent \gset
SELECT is(ARRAY(SELECT concat_ws(' ', r.category, r.area, r.org, r.role, r.valid, r.ruling = :precedent) FROM peoplecall.responsibility AS r WHERE r.category::text = 'labour.part_time' ORDER BY r.id), ARRAY[
	'labour.part_time 420106 32 lead ["2019-11-29 10:00:00+08",) t', 'labour.part_time 420106 33 assist ["2019-11-29 10:00:00+08",) t'], 'the owner is fixed');
-- the next such complaint goes straight there and cites the minutes
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-02 09:00');
SELECT complaint_id AS n FROM peoplecall.submit('hotline', '兼职工资', '', '420106015006', 'labour.part_time', auto_dispatch => true) \gset
SELECT is(ARRAY(SELECT concat_ws(' ', t.role, t.org, t.ruling = :precedent) FROM peoplecall.task AS t WHERE t.complaint_id = :n ORDER BY t.seq), ARRAY['lead 32 t', 'assist 33 t'], 'straight to its owner');
SELECT is((x.org, x.role, x.ruling = :precedent)::text, '(32,lead,t)', 'explain_responsibility cites the minutes') FROM peoplecall.explain_responsibility('labour.part_time', '420106015006', 'C', '2019-12-02 09:00+08') AS x WHERE x.rank = 1;
SELECT is(peoplecall.responsible_org('labour.part_time', '420106015006', 'C', '2019-11-29 09:59+08'), 3::bigint, 'before the ruling nobody owned it');
SELECT is((SELECT count(*) FROM peoplecall.unowned('420106', '2019-11-29') AS u), 0::bigint, 'and it is off the agenda');
-- another ruling replaces the first
SELECT * FROM pg_temp.at('2019-12-03 09:00');
SELECT peoplecall.convene('{31,32}', NULL, :n) AS e \gset
SELECT peoplecall.rule(:e, 31, NULL, '改由市场监管局牵头', precedent => true) AS second \gset
SELECT is(ARRAY(SELECT concat_ws(' ', r.org, r.role, r.valid, r.ruling) FROM peoplecall.responsibility AS r WHERE r.category::text = 'labour.part_time' ORDER BY r.id), ARRAY[
	'32 lead ["2019-11-29 10:00:00+08","2019-12-03 09:00:00+08") ' || :precedent, '33 assist ["2019-11-29 10:00:00+08","2019-12-03 09:00:00+08") ' || :precedent,
	'31 lead ["2019-12-03 09:00:00+08",) ' || :second], 'what it replaces ended when it began');
SELECT is(ARRAY(SELECT concat_ws(' ', t.role, t.org, t.state, t.ruling) FROM peoplecall.task AS t WHERE t.complaint_id = :n ORDER BY t.seq), ARRAY['lead 32 superseded ' || :precedent, 'assist 33 sent ' || :precedent, 'lead 31 sent ' || :second], 'and its case went to the new lead');
SELECT is(pg_temp.event(:n, 1) -> 'responsibilities' ->> 'closed' <> '[]', true, 'the event names both');
-- at the same moment, and with one that is to begin later
INSERT INTO peoplecall.responsibility (category, area, org, valid) VALUES ('labour.over_age', '420106', 31, '["2020-01-01 00:00+08",)');
SELECT peoplecall.rule(peoplecall.convene('{31}', title => '超龄', area => '420106'), 32, NULL, '一', precedent => true, category => 'labour.over_age') \g /dev/null
SELECT peoplecall.rule(peoplecall.convene('{31}', title => '超龄', area => '420106'), 33, NULL, '二', precedent => true, category => 'labour.over_age') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', r.org, r.valid) FROM peoplecall.responsibility AS r WHERE r.category::text = 'labour.over_age' ORDER BY r.id), ARRAY[
	'31 ["2020-01-01 00:00:00+08",)', '33 ["2019-12-03 09:00:00+08","2020-01-01 00:00:00+08")'], 'the last word counts, and what was planned still comes');
-- a ruling that confirms the lead only cites it
SELECT peoplecall.rule(peoplecall.convene('{31}', NULL, :n), 31, NULL, '维持') AS third \gset
SELECT is(pg_temp.event(:n) ->> 'verb', 'rule', 'nothing to dispatch');
SELECT is(t.ruling, :third::bigint, 'the lead''s task cites it') FROM peoplecall.task AS t WHERE t.complaint_id = :n AND t.seq = 3;
SELECT is(peoplecall.end_coordination(peoplecall.convene('{31}', NULL, :n), '当场解决'), true, 'or a meeting ends without a ruling');
SELECT is(pg_temp.refusal('SELECT peoplecall.end_coordination(420106000009999999, ''x'')'), 'PC005', 'one that is not there');
SELECT is(pg_temp.refusal('SELECT peoplecall.sign(NULL)'), '22004', 'none');
-- a case that the district commands is not for a street to rule on, though it convened
SELECT FROM peoplecall.act_for(132) \g /dev/null
SELECT peoplecall.convene('{31}', NULL, :n) AS s \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 13, NULL, ''纪要'')', :s)), '42501', 'a street rules on nothing that the district commands');
-- a lead whose return was refused may convene
SELECT FROM peoplecall.act_for(312) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.convene(''{32}'', NULL, %s)', :n)), '42501', 'a department convenes nobody');
SELECT FROM peoplecall.act_for(311) \g /dev/null
SELECT FROM peoplecall.request(:n, 'return', '属人社', task => 3) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 1, true, ''x'')', :n)), '42501', 'nor decides its own request');
SELECT FROM peoplecall.act_for(32) \g /dev/null
SELECT FROM peoplecall.decide(:n, 1, false, '首接负责') \g /dev/null
SELECT FROM peoplecall.act_for(312) \g /dev/null
SELECT peoplecall.convene('{32}', NULL, :n) AS own \gset
SELECT is(m.convened_by, 31::bigint, 'unless it must go on with what it tried to return') FROM peoplecall.coordination AS m WHERE m.id = :own;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rule(%s, 32, NULL, ''纪要'')', :own)), '42501', 'but it does not rule');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null

--
-- Joint work: each its own matter and its own clock; late is who is late.
--
SELECT * FROM pg_temp.at('2019-11-25 09:00');
SELECT complaint_id AS j FROM peoplecall.submit('hotline', '小区四件事', '', '420106012001', 'property.garage', auto_dispatch => false) \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, 12, ''{31,33,34}'', assist_matters => ''{油烟,大门}'')', :j)), '2202E', 'a matter for each');
SELECT FROM peoplecall.dispatch(:j, 12, '{31,33,34}', assist_matters => '{油烟,大门,NULL}') \g /dev/null
SELECT FROM peoplecall.dispatch(:j, assist => '{32}', assist_matters => '{道路}') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', s.task_seq, s.role, s.org, s.matter, pg_temp.minute(s.due_at)) FROM peoplecall.shares AS s WHERE s.complaint_id = :j ORDER BY s.task_seq), ARRAY[
	'1 lead 12 小区四件事 11-28 17:30', '2 assist 31 油烟 11-28 17:30', '3 assist 33 大门 11-28 17:30', '4 assist 34 小区四件事 11-28 17:30', '5 assist 32 道路 11-28 17:30'], 'the shares');
SELECT * FROM pg_temp.at('2019-11-28 10:00');
SELECT peoplecall.complete(:j, '好', 1), peoplecall.complete(:j, '好', 2) \g /dev/null
SELECT is(c.state::text, 'dispatched', 'not before every share is done') FROM peoplecall.complaint AS c WHERE c.id = :j;
SELECT * FROM pg_temp.at('2019-11-29 10:00');
SELECT FROM peoplecall.complete(:j, '迟', 3) \g /dev/null
SELECT FROM peoplecall.withdraw_task(:j, 5) \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', s.org, s.late, s.verdict) FROM peoplecall.shares AS s WHERE s.complaint_id = :j ORDER BY s.task_seq), ARRAY['12 f met', '31 f met', '33 t missed', '34 t', '32 t missed'], 'late is who is late');
SELECT is(ARRAY(SELECT concat_ws(' ', o.org, o.due, o.late, o.late_lead, o.late_assist, o.late_open) FROM peoplecall.overdue_shares('2019-11-28 00:00+08', '2019-11-29 00:00+08', '420106') AS o), ARRAY[
	'12 1 0 0 0 0', '31 1 0 0 0 0', '32 1 1 0 1 0', '33 1 1 0 1 0', '34 1 1 0 1 1'], 'and it is charged to him alone');
SELECT FROM peoplecall.complete(:j, '迟', 4) \g /dev/null
SELECT is(c.state::text, 'completed', 'every share is done') FROM peoplecall.complaint AS c WHERE c.id = :j;

SELECT is((SELECT count(*) FROM peoplecall.complaint AS c WHERE c.event_count <> (SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)), 0::bigint, 'every event is counted');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
