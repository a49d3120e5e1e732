-- Supervision and instructions: who may order whom, the clock of the answer and
-- whom its lights tell, answers that are accepted or not, and what becomes of
-- an order when its matter ends. Times are reckoned by hand for calendar
-- 'office': Monday to Friday, 08:30-12:00 and 14:00-17:30.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql

CREATE FUNCTION pg_temp.order_of(c bigint, s int) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', x.kind, 'by ' || x.ordered_by, 'of ' || x.leader, 'to ' || x.org, '"' || x.reason || '"',
	                 'at ' || pg_temp.minute(x.ordered_at), 'clock ' || x.clock_seq, 'answer "' || x.answer || '" ' || pg_temp.minute(x.answered_at),
	                 'refused ' || nullif(x.refused, 0), 'closed "' || x.conclusion || '" ' || pg_temp.minute(x.closed_at), CASE WHEN x.pushed THEN 'pushed' END)
	  FROM peoplecall.supervision AS x WHERE x.complaint_id = c AND x.seq = s
$$;
CREATE FUNCTION pg_temp.answers(c bigint) RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(a), '{}') FROM pg_temp.clocks(c, 'answer') AS a
$$;
CREATE FUNCTION pg_temp.told(c bigint, t text) RETURNS bigint[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(n.to_officer ORDER BY n.seq), '{}') FROM peoplecall.notice AS n WHERE n.complaint_id = c AND n.template = t
$$;
-- A matter of grade C with the education office 32, the police 33 assisting,
-- accepted and called, so that no clock but resolve and total is in the way.
CREATE FUNCTION pg_temp.matter() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	SELECT s.complaint_id INTO STRICT c
	  FROM peoplecall.submit('hotline', '课程', '', '420106012001', 'education.training') AS s;
	PERFORM peoplecall.dispatch(c, assist => '{33}'), peoplecall.accept(c, 1), peoplecall.accept(c, 2), peoplecall.contact(c);
	RETURN c;
END
$$;
DO $$
BEGIN
	PERFORM peoplecall.appoint(611, 'supervise', 61), peoplecall.appoint(31, 'supervise', 3), peoplecall.appoint(31, 'dispatch', 3),
	        peoplecall.appoint(321, 'handle', 32), peoplecall.appoint(331, 'handle', 33), peoplecall.appoint(323, 'supervise', 32),
	        peoplecall.appoint(323, 'dispatch', 32), peoplecall.appoint(121, 'supervise', 12), peoplecall.appoint(21, 'supervise', 2), peoplecall.appoint(11, 'supervise', 1);
END
$$;

-- One key: the inspection orders the lead to answer.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS c \gset
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT FROM peoplecall.act_for(611) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 green 12-10 17:30', 'the receipt names who is to answer, and the next deadline of the matter')
  FROM peoplecall.supervise(:c, '群众多次来电') AS r;
SELECT is(pg_temp.order_of(:c, 1), 'supervision by 61 to 32 "群众多次来电" at 12-05 10:00 clock 8', 'the order');
SELECT is(pg_temp.answers(:c), '{"- answer: 12-05 10:00 > 12-09 09:15 > 12-10 17:30, alarm 12-09 09:15"}', 'three working days to answer, yellow when half of their 26.5 hours are gone');
SELECT is(array_agg(n.to_officer || ' ' || n.body ORDER BY n.seq), ARRAY[
	format('322 【督办通知】武汉市督查室督办诉求%s“课程”：群众多次来电。请武昌区教育局于2019-12-10 17:30前答复。', peoplecall.complaint_no(:c)),
	format('323 【督办通知】武汉市督查室督办诉求%s“课程”：群众多次来电。请武昌区教育局于2019-12-10 17:30前答复。', peoplecall.complaint_no(:c))],
	'leader in charge and chief are told at once') FROM peoplecall.notice AS n WHERE n.complaint_id = :c;
SELECT is(pg_temp.event(:c), '{"verb": "supervise", "at": "12-05 10:00", "org": 61, "supervision": 1, "ordered_by": 61, "reason": "群众多次来电", "told": [322, 323]}'::jsonb || '{"org": 32}', 'the event');
SELECT is(e.officer, 611::bigint, 'and who ordered') FROM peoplecall.event AS e WHERE e.complaint_id = :c AND e.verb = 'supervise';
SELECT throws_ok(format('SELECT peoplecall.supervise(%s, ''再次'')', :c), '23505', NULL, 'the same body does not order the same org twice');
-- an assistant may be ordered too, with a limit of its own
SELECT is(pg_temp.receipt(r), 'dispatched C org 33 green 12-06 17:30', 'an assistant, within a day') FROM peoplecall.supervise(:c, '现场秩序', 33, '1wd') AS r;
SELECT is((pg_temp.answers(:c))[2], '- answer: 12-05 10:00 > 12-06 09:15 > 12-06 17:30, alarm 12-06 09:15', 'its own clock');
-- and another body orders the same org
SELECT FROM peoplecall.act_for(31) \g /dev/null
SELECT lives_ok(format('SELECT peoplecall.supervise(%s, ''区里也要'')', :c), 'the district orders the lead beside the inspection');
SELECT is(pg_temp.order_of(:c, 3), 'supervision by 3 to 32 "区里也要" at 12-05 10:00 clock 10', 'as an order of its own');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null

-- The lights of an answer tell the officers of the org that answers, not the lead's.
CREATE FUNCTION pg_temp.alarms(c bigint) RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(concat_ws(' ', 'order', e.detail ->> 'supervision', 'step', e.detail ->> 'step_seq', pg_temp.minute(e.at),
	              e.detail ->> 'light', 'org', e.detail ->> 'org', e.detail ->> 'told') ORDER BY e.seq), '{}')
	  FROM peoplecall.event AS e WHERE e.complaint_id = c AND e.verb = 'alarm' AND e.detail ->> 'clock' = 'answer'
$$;
SELECT FROM pg_temp.sweep_at('2019-12-06 09:15') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-06 17:30') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-09 09:15') \g /dev/null
SELECT is(pg_temp.alarms(:c), ARRAY['order 2 step 1 12-06 09:15 yellow org 33 [331]', 'order 2 step 2 12-06 17:30 red org 33 [332]',
	'order 1 step 1 12-09 09:15 yellow org 32 [321]', 'order 3 step 1 12-09 09:15 yellow org 32 [321]'], 'each order''s own org');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.to_officer = 332 AND n.template = 'due' ORDER BY n.seq DESC LIMIT 1),
	format('【红灯预警】诉求%s“课程”已到答复时限（2019-12-06 17:30），武昌区公安分局尚未答复，请督促办理。', peoplecall.complaint_no(:c)), 'which the text names');

-- The inspection's list.
SELECT is(array_agg(concat_ws(' ', v.supervision, v.kind, v.orderer_name, v.org_name, v.sla, pg_temp.minute(v.due_at), v.days, v.state, v.pushed) ORDER BY v.supervision), ARRAY[
	'1 supervision 武汉市督查室 武昌区教育局 yellow 12-10 17:30 3 dispatched f', '2 supervision 武汉市督查室 武昌区公安分局 red 12-06 17:30 3 dispatched f',
	'3 supervision 武昌区 武昌区教育局 yellow 12-10 17:30 3 dispatched f'], 'the list, with lights and days')
  FROM peoplecall.supervisions AS v WHERE v.complaint_id = :c;

-- The org answers. Nobody else does, and not twice.
SELECT * FROM pg_temp.at('2019-12-09 10:00');
SELECT FROM peoplecall.act_for(331) \g /dev/null
SELECT throws_ok(format('SELECT peoplecall.answer_supervision(%s, ''好'', 1)', :c), '42501', NULL, 'another org does not answer for it');
SELECT FROM peoplecall.act_for(321) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 red 12-06 17:30', 'the org''s own order that is without an answer; the assistant''s is still late') FROM peoplecall.answer_supervision(:c, '已约谈机构') AS r;
SELECT is(pg_temp.order_of(:c, 1), 'supervision by 61 to 32 "群众多次来电" at 12-05 10:00 clock 8 answer "已约谈机构" 12-09 10:00', 'its answer');
SELECT is((pg_temp.answers(:c))[1], '- answer: 12-05 10:00 > 12-09 09:15 > 12-10 17:30, met 12-09 10:00', 'in time; the clock stops');
SELECT is((pg_temp.answers(:c))[3] ~ 'alarm', true, 'that of the other order to the same org runs on');
SELECT is(pg_temp.told(:c, 'answered'), '{611}', 'the inspection''s handler is told');
SELECT is(pg_temp.event(:c), '{"verb": "answer_supervision", "at": "12-09 10:00", "supervision": 1, "org": 32, "answer": "已约谈机构", "verdict": "met", "told": [611]}', 'the event');
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 red 12-06 17:30', 'again: the next that has none') FROM peoplecall.answer_supervision(:c, '同上') AS r;
SELECT is(pg_temp.told(:c, 'answered'), '{611,31}', 'whose orderer is told');
SELECT throws_ok(format('SELECT peoplecall.answer_supervision(%s, ''好'', 1)', :c), 'PC001', format('order 1 of complaint %s is answered', peoplecall.complaint_no(:c)), 'an answer is one');
SELECT throws_ok(format('SELECT peoplecall.answer_supervision(%s, ''好'')', :c), 'PC001', NULL, 'nor is there another to answer');
SELECT throws_ok(format('SELECT peoplecall.answer_supervision(%s, ''好'', 9)', :c), 'PC005', NULL, 'an order that is not there');
SELECT throws_ok(format('SELECT peoplecall.answer_supervision(%s, '' '', 1)', :c), '22004', NULL, 'an empty answer');

-- Not accepted: the clock goes on with what was left. Paused from Monday 10:00
-- to Wednesday 10:00, Monday's and Tuesday's closings do not count.
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT FROM peoplecall.act_for(31) \g /dev/null
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'', 1)', :c), '42501', NULL, 'the district does not close the city''s order');
SELECT FROM peoplecall.act_for(323) \g /dev/null
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'', 1)', :c), '42501', NULL, 'nor the org that answered');
SELECT FROM peoplecall.act_for(611) \g /dev/null
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''否'', 2, false)', :c), 'PC001', format('order 2 of complaint %s is not answered', peoplecall.complaint_no(:c)), 'nothing to refuse');
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 red 12-06 17:30', 'the answer is sent back') FROM peoplecall.close_supervision(:c, '未说明退费', accepted => false) AS r;
SELECT is(pg_temp.order_of(:c, 1), 'supervision by 61 to 32 "群众多次来电" at 12-05 10:00 clock 8 refused 1', 'the order waits again; the answer is in the history');
SELECT is((SELECT pg_temp.minute(k.due_at) || ' ' || pg_temp.minute(k.next_alarm_at) FROM peoplecall.clock AS k WHERE k.complaint_id = :c AND k.seq = 8), '12-12 17:30 12-12 17:30', 'with the time that was left; half was told already');
SELECT is(pg_temp.event(:c) - 'due' - 'old_due', '{"verb": "close_supervision", "at": "12-11 10:00", "supervision": 1, "org": 32, "conclusion": "未说明退费", "accepted": false, "told": [322, 323]}', 'the event');
SELECT is((pg_temp.event(:c) ->> 'old_due')::timestamptz || ' ' || (pg_temp.event(:c) ->> 'due')::timestamptz, '2019-12-10 17:30:00+08 2019-12-12 17:30:00+08', 'has both deadlines');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.template = 'answer_refused' LIMIT 1),
	format('【答复退回】诉求%s“课程”的答复未获认可（未说明退费），请武昌区教育局于2019-12-12 17:30前重新答复。', peoplecall.complaint_no(:c)), 'the leaders read until when');
-- late this time, then with a limit of its own
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-13 17:30') \g /dev/null
SELECT is((SELECT array_agg(a) FROM unnest(pg_temp.alarms(:c)) AS a WHERE a ~ '^order 1'), ARRAY['order 1 step 1 12-09 09:15 yellow org 32 [321]',
	'order 1 step 2 12-13 17:30 red org 32 [322]', 'order 1 step 3 12-13 17:30 red org 32 [323]'], 'half is not told twice');
SELECT FROM peoplecall.act_for(321) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-16 09:00');
SELECT FROM peoplecall.answer_supervision(:c, '已退一半', 1) \g /dev/null
SELECT matches((pg_temp.answers(:c))[1], 'missed 12-16 09:00$', 'a late answer is missed');
SELECT FROM peoplecall.act_for(611) \g /dev/null
SELECT FROM peoplecall.close_supervision(:c, '须全退', 1, false, '2wd') \g /dev/null
SELECT is((SELECT array_agg(pg_temp.minute(k.due_at) || ' ' || coalesce(k.verdict::text, 'runs') ORDER BY k.seq) FROM peoplecall.clock AS k
	WHERE k.complaint_id = :c AND k.kind = 'answer' AND k.seq <> 9 AND k.seq <> 10), ARRAY['12-12 17:30 missed', '12-18 17:30 runs'], 'a fresh limit is a clock of its own, and the late one stays late');
SELECT is(pg_temp.order_of(:c, 1) ~ ' clock 11 refused 2$', true, 'which the order has now');
SELECT FROM peoplecall.act_for(321) \g /dev/null
SELECT FROM peoplecall.answer_supervision(:c, '已全退', 1) \g /dev/null
SELECT FROM peoplecall.act_for(611) \g /dev/null
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'', 1, true, ''1d'')', :c), '22023', NULL, 'what is accepted takes no limit');
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, NULL, 1)', :c), '22004', NULL, 'a conclusion is needed');
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'', 1, NULL)', :c), '22004', NULL, 'and a word on the answer');
SELECT FROM peoplecall.close_supervision(:c, '属实销号', 1) \g /dev/null
SELECT is(pg_temp.order_of(:c, 1), 'supervision by 61 to 32 "群众多次来电" at 12-05 10:00 clock 11 answer "已全退" 12-16 09:00 refused 2 closed "属实销号" 12-16 09:00', 'accepted: closed');
SELECT is(pg_temp.told(:c, 'order_closed'), '{322}', 'the org''s leader is told');
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'', 1)', :c), 'PC001', format('order 1 of complaint %s is closed', peoplecall.complaint_no(:c)), 'once');
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''否'', 1, false)', :c), 'PC001', NULL, 'what is closed is not refused');
-- without an answer: nobody waits for it, but late is late
SELECT FROM peoplecall.close_supervision(:c, '不再需要', 2) \g /dev/null
SELECT matches((pg_temp.answers(:c))[2], 'missed 12-16 09:00$', 'closed without an answer after its deadline: missed');
SELECT FROM peoplecall.close_supervision(:c, '区里的也销') \g /dev/null
SELECT is(pg_temp.order_of(:c, 3) ~ 'closed', true, 'who is above closes the district''s order');
SELECT throws_ok(format('SELECT peoplecall.close_supervision(%s, ''行'')', :c), 'PC001', format('no order of complaint %s is open', peoplecall.complaint_no(:c)), 'then none is open');
SELECT lives_ok(format('SELECT peoplecall.supervise(%s, ''又来'')', :c), 'and a new one may be given');
SELECT FROM peoplecall.close_supervision(:c, '撤') \g /dev/null
SELECT matches((pg_temp.answers(:c))[5], 'void 12-16 09:00$', 'closed without an answer in time: void');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null

-- The list keeps what was closed for a while.
SELECT is((SELECT array_agg(v.supervision || ' ' || v.sla || ' ' || v.days ORDER BY v.supervision) FROM peoplecall.supervisions AS v WHERE v.complaint_id = :c), '{"1 met 10","2 missed 10","3 met 10","4 void 0"}', 'the verdict of the answer, and the days it took');
SELECT * FROM pg_temp.at('2020-01-15 08:59');
SELECT is((SELECT count(*) FROM peoplecall.supervisions AS v WHERE v.complaint_id = :c), 4::bigint, 'thirty days');
SELECT * FROM pg_temp.at('2020-01-15 09:01');
SELECT is((SELECT count(*) FROM peoplecall.supervisions AS v WHERE v.complaint_id = :c), 0::bigint, 'and no longer');
UPDATE peoplecall.setting SET value = '60' WHERE name = 'supervision_days';
SELECT is((SELECT count(*) FROM peoplecall.supervisions AS v WHERE v.complaint_id = :c), 4::bigint, 'or as many as the setting says');
UPDATE peoplecall.setting SET value = '30' WHERE name = 'supervision_days';
-- by the reader's posts
CREATE ROLE supervision_wuchang;
CREATE ROLE supervision_jiangan;
SELECT peoplecall.appoint('supervision_wuchang', 'read', 3), peoplecall.appoint('supervision_jiangan', 'read', 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-16 10:00');
SET LOCAL ROLE supervision_wuchang;
SELECT is((SELECT count(*) FROM peoplecall.supervisions), 4::bigint, 'a reader of the district sees its orders');
SET LOCAL ROLE supervision_jiangan;
SELECT is((SELECT count(*) FROM peoplecall.supervisions), 0::bigint, 'of another district none');
RESET ROLE;

-- Who may order whom: at or above the level of the org, within the area, never itself.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS g \gset
CREATE FUNCTION pg_temp.by(officer bigint, call text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.refusal(format('DO $x$ BEGIN PERFORM peoplecall.act_for(%s), peoplecall.%s; END $x$', officer, call))
$$;
SELECT is(array_agg(o || ' ' || pg_temp.by(o, format('supervise(%s, ''x'')', :g)) ORDER BY o), ARRAY['11 no error', '21 42501', '31 no error', '121 42501', '321 42501', '323 42501', '611 no error'],
	'the district''s education office: by the city, its district and the inspection; not by another district, the street, itself, or without the duty')
  FROM unnest('{11,21,31,121,321,323,611}'::bigint[]) AS o;
SELECT is(array_agg(o || ' ' || pg_temp.by(o, format('supervise(%s, ''x'', 22)', :g)) ORDER BY o), ARRAY['11 no error', '21 42501', '31 no error', '121 no error', '611 no error'],
	'a community of the street: by the street too') FROM unnest('{11,21,31,121,611}'::bigint[]) AS o;
SELECT is(pg_temp.by(121, format('supervise(%s, ''x'', 12)', :g)), '42501', 'the street not itself');
SELECT is(pg_temp.by(11, format('supervise(%s, ''x'', 3)', :g)), 'no error', 'the city the district');
SELECT is(pg_temp.by(611, format('supervise(%s, ''x'', 71)', :g)), '23514', 'an outside body is not supervised');
SELECT is(pg_temp.by(611, format('supervise(%s, ''x'', 42)', :g)), '23514', 'nor one that has nothing to do with it');
SELECT is(pg_temp.by(611, format('supervise(%s, ''x'', 999)', :g)), 'PC005', 'nor one that does not exist');
UPDATE peoplecall.org SET active = false WHERE id = 34;
SELECT is(pg_temp.by(611, format('supervise(%s, ''x'', 34)', :g)), 'PC005', 'nor one that is closed');
SELECT is(pg_temp.by(611, format('supervise(%s, NULL)', :g)), '22004', 'without a reason');
SELECT is(pg_temp.by(611, 'supervise(420106999999999999, ''x'')'), 'PC005', 'a matter that is not there');

-- Instructions: a leader's words, entered by his office.
SELECT FROM peoplecall.act_for(31) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 green 12-06 17:30', 'the district''s chief instructs') FROM peoplecall.instruct(:g, 33, '限一日内全额退费', '1wd') AS r;
SELECT is(pg_temp.order_of(:g, 1), 'instruction by 3 of 33 to 32 "限一日内全额退费" at 12-05 09:00 clock 8', 'an order of his');
SELECT is(pg_temp.answers(:g), '{"- answer: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, alarm 12-06 08:45"}', 'with a clock');
SELECT is(pg_temp.told(:g, 'instruct'), '{322,323}', 'the leaders of the org are told');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :g AND n.template = 'instruct' LIMIT 1),
	format('【领导批示】武昌区主要领导对诉求%s“课程”批示：限一日内全额退费。请武昌区教育局于2019-12-06 17:30前答复。', peoplecall.complaint_no(:g)), 'who said what');
SELECT is(pg_temp.event(:g), '{"verb": "instruct", "at": "12-05 09:00", "supervision": 1, "leader": 33, "ordered_by": 3, "org": 32, "reason": "限一日内全额退费", "allowed": "1wd", "told": [322, 323]}', 'the event');
SELECT lives_ok(format('SELECT peoplecall.instruct(%s, 33, ''报告进展'', org => 12)', :g), 'another, to another org; and no limit on how many');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT is(pg_temp.by(31, format('instruct(%s, 31, ''x'')', :g)), '23514', 'a handler instructs nobody');
SELECT is(pg_temp.by(31, format('instruct(%s, 13, ''x'')', :g)), '42501', 'the district does not enter what the city''s chief says');
SELECT is(pg_temp.by(31, format('instruct(%s, 999, ''x'')', :g)), 'PC005', 'nor what nobody says');
SELECT is(pg_temp.by(31, format('instruct(%s, NULL, ''x'')', :g)), '22004', 'a leader is needed');
SELECT is(pg_temp.by(31, format('instruct(%s, 33, '' '')', :g)), '22004', 'and his words');
SELECT is(pg_temp.by(121, format('instruct(%s, 123, ''x'')', :g)), '23514', 'the street''s chief does not instruct a district office');
SELECT is(pg_temp.by(121, format('instruct(%s, 123, ''x'', org => 22)', :g)), 'no error', 'but the community');
SELECT is(pg_temp.by(323, format('instruct(%s, 323, ''x'')', :g)), 'no error', 'a chief his own office');
SELECT is(pg_temp.by(323, format('instruct(%s, 323, ''x'', org => 33)', :g)), '23514', 'not the office beside it');
SELECT is(pg_temp.by(21, format('instruct(%s, 23, ''x'')', :g)), '23514', 'another district''s leader has no say here');
SELECT is(pg_temp.by(321, format('instruct(%s, 323, ''x'')', :g)), '42501', 'who only handles enters no instruction');
SELECT is(pg_temp.by(611, format('close_supervision(%s, ''x'', 1)', :g)), '42501', 'an instruction is closed by the leader''s own office');
SELECT is(pg_temp.by(11, format('close_supervision(%s, ''x'', 1)', :g)), 'no error', 'or one above it in the line');
SELECT FROM peoplecall.act_for(321) \g /dev/null
SELECT FROM peoplecall.answer_supervision(:g, '已退') \g /dev/null
SELECT FROM peoplecall.act_for(31) \g /dev/null
SELECT FROM peoplecall.close_supervision(:g, '好', 1) \g /dev/null
SELECT is(pg_temp.order_of(:g, 1), 'instruction by 3 of 33 to 32 "限一日内全额退费" at 12-05 09:00 clock 8 answer "已退" 12-05 09:00 closed "好" 12-05 09:00', 'answered and closed');
SELECT is((v.leader, v.leader_name)::text, '(33,武昌区主要领导)', 'the list names the leader') FROM peoplecall.supervisions AS v WHERE v.complaint_id = :g AND v.supervision = 1;
SELECT FROM peoplecall.act_for(NULL) \g /dev/null

-- A limit that was ordered stays; the policy's follows the policy.
SELECT pg_temp.matter() AS l \gset
SELECT FROM peoplecall.supervise(:l, '一', allowed => '1wd') \g /dev/null
SELECT FROM peoplecall.supervise(:l, '二', 33) \g /dev/null
INSERT INTO peoplecall.sla_policy (clock, grade, allowed, calendar) VALUES ('answer', 'D', '5wd', 'office');
SELECT FROM peoplecall.reclassify(:l, grade => 'D') \g /dev/null
SELECT is((SELECT array_agg(k.allowed::text || ' ' || pg_temp.minute(k.due_at) ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.kind = 'answer'),
	'{"1wd 12-06 17:30","5wd 12-12 17:30"}', 'another grade moves the second alone');
UPDATE peoplecall.sla_policy SET allowed = '2wd' WHERE clock = 'answer';
SELECT FROM peoplecall.recompute(420106) \g /dev/null
SELECT is((SELECT array_agg(k.allowed::text || ' ' || pg_temp.minute(k.due_at) ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.kind = 'answer'),
	'{"1wd 12-06 17:30","2wd 12-09 17:30"}', 'another limit of the policy too');
INSERT INTO peoplecall.calendar_day (calendar, day, is_workday) VALUES ('office', '2019-12-06', false);
SELECT FROM peoplecall.recompute(420106) \g /dev/null
SELECT is((SELECT array_agg(k.allowed::text || ' ' || pg_temp.minute(k.due_at) ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.kind = 'answer'),
	'{"1wd 12-09 17:30","2wd 12-10 17:30"}', 'a day off moves both');
DELETE FROM peoplecall.calendar_day WHERE calendar = 'office';
DELETE FROM peoplecall.sla_policy WHERE clock = 'answer' AND grade::text = 'D';
UPDATE peoplecall.sla_policy SET allowed = '3wd' WHERE clock = 'answer';

-- What becomes of orders when the matter ends otherwise.
-- Closed: the answer is owed for all that, reminded of, and asked for.
SELECT pg_temp.matter() AS d \gset
SELECT FROM peoplecall.supervise(:d, '查') \g /dev/null
SELECT FROM peoplecall.complete(:d, '完', 1) \g /dev/null
SELECT FROM peoplecall.complete(:d, '完', 2) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed C org 32 green 12-10 17:30', 'closed; what is open is the answer') FROM peoplecall.close(:d) AS r;
SELECT is(pg_temp.answers(:d), '{"- answer: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, alarm 12-09 08:45"}', 'its clock runs on');
UPDATE peoplecall.notice SET state = 'sent';
SELECT FROM pg_temp.sweep_at('2019-12-10 17:30') \g /dev/null
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.template ORDER BY n.key) FROM peoplecall.take_notices(1000) AS n WHERE n.key LIKE :d || '-%'), '{"321 half","322 due"}', 'its reminders are sent');
SELECT is((SELECT v.state || ' ' || v.sla FROM peoplecall.supervisions AS v WHERE v.complaint_id = :d), 'closed red', 'the list says both');
SELECT FROM peoplecall.reopen(:d, '假办结') \g /dev/null
SELECT is(pg_temp.answers(:d)::text ~ 'alarm 12-11 17:30"', true, 'reopened: it is the same order');

-- Shelved and excluded: the order goes on.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS s \gset
SELECT FROM peoplecall.supervise(:s, '查') \g /dev/null
SELECT FROM peoplecall.request(:s, 'shelve', '等规划', plan => '明年') \g /dev/null
SELECT FROM peoplecall.decide(:s, 1, true, '同意') \g /dev/null
SELECT is((SELECT c.state::text FROM peoplecall.complaint AS c WHERE c.id = :s), 'shelved', 'shelved');
SELECT is(pg_temp.answers(:s), '{"- answer: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, alarm 12-09 08:45"}', 'the answer''s clock does not stand');
SELECT FROM pg_temp.sweep_at('2019-12-09 08:45') \g /dev/null
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.template) FROM peoplecall.take_notices(1000) AS n WHERE n.key LIKE :s || '-%' AND n.template = 'half'), '{"321 half"}', 'and its reminder is sent, of a matter that is shelved');
SELECT lives_ok(format('SELECT peoplecall.answer_supervision(%s, ''已列计划'')', :s), 'and answered');
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS x \gset
SELECT FROM peoplecall.supervise(:x, '查') \g /dev/null
SELECT FROM peoplecall.request(:x, 'exclude', '恶意', evidence => '录音') \g /dev/null
SELECT FROM peoplecall.decide(:x, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.answers(:x)::text ~ 'alarm', true, 'excluded: it runs on');

-- Rejected or referred: nothing is left to answer, the order stays until it is closed.
SELECT complaint_id AS r FROM peoplecall.submit('hotline', '校外', '', '420106012001', 'education.training') \gset
SELECT FROM peoplecall.supervise(:r, '查') \g /dev/null
SELECT is(pg_temp.order_of(:r, 1) ~ 'to 3 ', true, 'before anybody leads, the org that commands answers');
SELECT FROM peoplecall.reject(:r, '不属受理范围') \g /dev/null
SELECT matches(pg_temp.answers(:r)::text, 'void 12-05 09:00', 'rejected: its clock is void');
SELECT is(pg_temp.told(:r, 'order_moot'), '{611}', 'and who ordered is told');
SELECT is((SELECT v.state || ' ' || v.sla FROM peoplecall.supervisions AS v WHERE v.complaint_id = :r AND v.closed_at IS NULL), 'rejected void', 'the order stays in the list');
SELECT throws_ok(format('SELECT peoplecall.supervise(%s, ''查'', 12)', :r), 'PC001', NULL, 'no new one is given');
SELECT FROM peoplecall.answer_supervision(:r, '不属受理范围') \g /dev/null
SELECT FROM peoplecall.close_supervision(:r, '须说明', accepted => false) \g /dev/null
SELECT matches(pg_temp.answers(:r)::text, 'void 12-05 09:00', 'an answer that is refused then starts no clock');
SELECT lives_ok(format('SELECT peoplecall.close_supervision(%s, ''销'')', :r), 'until it is closed');

-- Merged: void; split: it goes on, unless it was closed or answered meanwhile.
SELECT pg_temp.matter() AS m \gset
SELECT pg_temp.matter() AS p \gset
SELECT FROM peoplecall.supervise(:m, '查') \g /dev/null
SELECT FROM peoplecall.supervise(:m, '查', 33) \g /dev/null
SELECT FROM peoplecall.supervise(:m, '查', 12) \g /dev/null
SELECT FROM peoplecall.merge(:m, :p, '同一事') \g /dev/null
SELECT is((SELECT array_agg(k.verdict::text) FROM peoplecall.clock AS k WHERE k.complaint_id = :m AND k.kind = 'answer'), '{void,void,void}', 'merged: void');
SELECT is(pg_temp.told(:m, 'order_moot'), '{611,611,611}', 'the inspection is told of each');
SELECT FROM peoplecall.close_supervision(:m, '随主件', 1) \g /dev/null
SELECT FROM peoplecall.answer_supervision(:m, '随主件', 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.split(:m, '两件事') \g /dev/null
SELECT is((SELECT array_agg(coalesce(k.verdict::text, 'runs') || ' ' || pg_temp.minute(k.due_at) ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :m AND k.kind = 'answer'),
	'{"void 12-10 17:30","void 12-10 17:30","runs 12-10 17:30"}', 'split: what still waits runs on as from the order');
-- Answered before, refused meanwhile: the time that was read in, and no more, is not the org's.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS m \gset
SELECT FROM peoplecall.supervise(:m, '查') \g /dev/null
SELECT FROM peoplecall.supervise(:m, '查', 33) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.answer_supervision(:m, '已办', 1) \g /dev/null
SELECT FROM peoplecall.answer_supervision(:m, '已办', 2) \g /dev/null
SELECT FROM peoplecall.merge(:m, :p, '同一事') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT FROM peoplecall.close_supervision(:m, '重答', 1, accepted => false) \g /dev/null
SELECT FROM peoplecall.close_supervision(:m, '重答', 2, accepted => false, allowed => '1wd') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', k.verdict, pg_temp.minute(k.stopped_at)) FROM peoplecall.clock AS k WHERE k.complaint_id = :m AND k.kind = 'answer' ORDER BY k.seq),
	'{void 12-09 09:00,met 12-06 09:00,void 12-09 09:00}', 'refused while merged: nobody waits');
SELECT * FROM pg_temp.at('2019-12-09 15:00');
SELECT FROM peoplecall.split(:m, '两件事') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', coalesce(k.verdict::text, 'runs'), pg_temp.minute(k.due_at)) FROM peoplecall.clock AS k WHERE k.complaint_id = :m AND k.kind = 'answer' ORDER BY k.seq),
	'{runs 12-11 17:30,met 12-10 17:30,runs 12-10 17:30}', 'split: from the refusal, with what was left or with its limit');
SELECT is_empty(format('SELECT * FROM peoplecall.check_ledger(NULL, %s)', :m), 'nothing is wrong with it');
-- Answered while merged, refused after the split: what was left at the merge.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS m \gset
SELECT FROM peoplecall.supervise(:m, '查') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.merge(:m, :p, '同一事') \g /dev/null
SELECT FROM peoplecall.answer_supervision(:m, '随主件') \g /dev/null
SELECT FROM peoplecall.split(:m, '两件事') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT FROM peoplecall.close_supervision(:m, '重答', accepted => false) \g /dev/null
SELECT is(pg_temp.answers(:m)::text, '{"- answer: 12-05 09:00 > 12-10 08:45 > 12-11 17:30, alarm 12-10 08:45"}', 'the order has its clock again');

-- The body that inspects: the nearest that is not below whom it supervises.
INSERT INTO peoplecall.org (id, name, kind, area, superior) VALUES (62, '武昌区督查室', 'inspection', '420106', 3);
SELECT is(peoplecall.inspection_over('420106012001', 32, NULL), 62::bigint, 'a district office: the district''s');
SELECT is(peoplecall.inspection_over('420106012001', 1, NULL), 61::bigint, 'the city: the city''s');
SELECT is(peoplecall.inspection_over('420102017020', 21, NULL), 61::bigint, 'in the other district: the city''s');
SELECT is(peoplecall.inspection_over('420106012001', 32, 62), 61::bigint, 'not the one that the matter is about');
SELECT is(peoplecall.inspection_over('420106012001', 32, 3), 61::bigint, 'nor one below it');
SELECT is(peoplecall.inspection_over('420106012001', 62, NULL), 61::bigint, 'nor itself');
UPDATE peoplecall.org SET active = false WHERE id = 61;
SELECT is(peoplecall.inspection_over('420106012001', 1, NULL), 62::bigint, 'where none is above, the highest there is');
SELECT is(peoplecall.inspection_over('420102017020', 21, NULL), NULL, 'or none');
UPDATE peoplecall.org SET active = true WHERE id = 61;

-- The ladder's orders are in the same list.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS w \gset
SELECT FROM pg_temp.sweep_at('2019-12-16 17:30') \g /dev/null
SELECT is(concat_ws(' ', v.ordered_by, v.org, v.reason, v.pushed, v.grade, pg_temp.minute(v.due_at)), '62 32 the ladder t C 12-19 17:30', 'a stuck matter of grade C that the ladder pushed')
  FROM peoplecall.supervisions AS v WHERE v.complaint_id = :w;
SELECT is(pg_temp.told(:w, 'supervise'), '{33,322,323,333}', 'each is told once, however often the ladder tells him; for the inspection without a chief the one above');

-- Where no policy gives a limit an order has none, unless it names one.
DELETE FROM peoplecall.sla_policy WHERE clock = 'answer';
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.matter() AS n \gset
SELECT FROM peoplecall.supervise(:n, '查') \g /dev/null
SELECT is((v.sla, v.due_at)::text, '(,)', 'no light') FROM peoplecall.supervisions AS v WHERE v.complaint_id = :n;
SELECT FROM peoplecall.answer_supervision(:n, '好') \g /dev/null
SELECT FROM peoplecall.close_supervision(:n, '否', accepted => false) \g /dev/null
SELECT is(pg_temp.answers(:n), '{}', 'refused: still none');
SELECT FROM peoplecall.answer_supervision(:n, '好') \g /dev/null
SELECT FROM peoplecall.close_supervision(:n, '否', accepted => false, allowed => '2wd') \g /dev/null
SELECT is((pg_temp.answers(:n))[1] ~ '> 12-09 17:30, alarm', true, 'with one: by the calendar of the offices');

-- Nobody's data in the history.
SELECT is((SELECT count(*) FROM peoplecall.event AS e JOIN peoplecall.reporter AS r ON r.complaint_id = e.complaint_id WHERE e.detail::text LIKE '%' || r.phone || '%'), 0::bigint, 'no number of a citizen in the history');
-- the rules were changed in between
SELECT peoplecall.recompute(420102), peoplecall.recompute(420106) \g /dev/null
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
