-- Requests: what may be asked, who is told, what a decision moves and from when.
-- Deadlines are reckoned by hand for calendar 'office': Monday to Friday,
-- 08:30-12:00 and 14:00-17:30; 5 December 2019 is a Thursday.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql
\ir ../fixture/requests.sql

--
-- Suspend.
--
SELECT pg_temp.noise() AS s \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 12-10 17:30', 'asked: the clocks run')
  FROM peoplecall.request(:s, 'suspend', '等鉴定', until => '2019-12-11 10:00+08') AS r;
SELECT is(pg_temp.event(:s), '{"verb": "request", "at": "12-06 10:00", "task": 1, "request": 1, "kind": "suspend",
	"reason": "等鉴定", "asked_by": 33, "until": "2019-12-11T02:00:00+00:00"}', 'event request');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:s)), ARRAY[
	'- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-12 17:30',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, alarm 12-09 08:45'], 'until it is granted nothing moves');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''又'', until => ''2019-12-12 10:00+08'')', :s)), '23505', 'one of a kind at a time');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''另'', by => ''1wd'')', :s)), 'no error', 'but one of each');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.resume(%s, ''好了'')', :s)), 'PC001', 'what is only asked for is not resumed');
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 paused', 'granted: the light is that of a pause')
  FROM peoplecall.decide(:s, 1, true, '同意') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:s)), ARRAY[
	'- total: 12-05 09:00 > 12-13 08:45 > 12-17 17:30, paused 12-06 10:00',
	'1 resolve: 12-05 09:00 > 12-12 08:45 > 12-13 17:30, paused 12-06 10:00'], 'it dates from when it was asked, and no alarm is set');
SELECT is(pg_temp.event(:s) - 'deadlines', '{"verb": "decide", "at": "12-06 15:00", "task": 1, "request": 1, "kind": "suspend", "granted": true,
	"reason": "同意", "asked_by": 33, "asked_at": "2019-12-06T02:00:00+00:00", "until": "2019-12-11T02:00:00+00:00"}', 'event decide');
SELECT is(pg_temp.event(:s) -> 'deadlines', '[{"clock": "total", "old": "2019-12-12T09:30:00+00:00", "new": "2019-12-17T09:30:00+00:00"},
	{"clock": "resolve", "task": 1, "old": "2019-12-10T09:30:00+00:00", "new": "2019-12-13T09:30:00+00:00"}]', 'with the old and new deadlines');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:s)), ARRAY['request 122', 'granted 331'], 'who decides is told, then who asked');
SELECT is(n.body, format('【申请待审】诉求%s“夜间施工”，武昌区公安分局申请暂停计时：等鉴定，请审核。', peoplecall.complaint_no(:s)), 'the text')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :s AND n.template = 'request';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 1, false, ''否'')', :s)), 'PC001', 'decided once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 7, false, ''否'')', :s)), 'PC005', 'no such request');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 1, NULL, ''否'')', :s)), '22004', 'neither yes nor no');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, NULL, true, ''是'')', :s)), '22004', 'which one');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 1, true, '' '')', :s)), '22004', 'without a reason');
SELECT is(pg_temp.sweep_at('2019-12-11 09:59:59'), 0, 'nothing fires while it is suspended');
SELECT is(ARRAY(SELECT d FROM peoplecall.due_districts() AS d), '{}', 'nothing is due');
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT is(ARRAY(SELECT d FROM peoplecall.due_districts() AS d), '{420106}', 'at its end something is');
SELECT is((b.district_id, b.due, b.oldest)::text, '(420106,1,"2019-12-11 10:00:00+08")', 'as the backlog says') FROM peoplecall.sweep_backlog AS b;
SELECT is(t::text, '(1,1,1,0)', 'the sweep ends it') FROM peoplecall.tick(420106) AS t;
SELECT is(t::text, '(0,0,0,0)', 'once') FROM peoplecall.tick(420106) AS t;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:s)), ARRAY[
	'- total: 12-05 09:00 > 12-13 08:45 > 12-17 17:30, alarm 12-17 17:30',
	'1 resolve: 12-05 09:00 > 12-12 08:45 > 12-13 17:30, alarm 12-12 08:45'], 'the clocks run, with the deadlines they were promised');
SELECT is(pg_temp.event(:s), '{"verb": "resume", "at": "12-11 10:00", "task": 1, "request": 1, "kind": "suspend", "told": [331],
	"was_due": "2019-12-11T02:00:00+00:00", "ran_at": "2019-12-11T02:00:00+00:00"}', 'event resume');
SELECT is((c.state, c.due_at, c.paused_at)::text, '(dispatched,"2019-12-13 17:30:00+08",)', 'the light') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT is(pg_temp.sweep_at('2019-12-12 08:44:59'), 0, 'half of the time that counts');
SELECT is(pg_temp.sweep_at('2019-12-12 08:45'), 1, 'comes after the pause');

-- The sweep was down: the suspension ended all the same when it was to end.
SELECT pg_temp.suspended() AS l \gset
SELECT is(pg_temp.sweep_at('2019-12-16 09:00') > 3, true, 'days later');
SELECT is(ARRAY(SELECT concat_ws(' ', e.verb, e.detail ->> 'clock', e.detail ->> 'step_seq', pg_temp.minute((e.detail ->> 'was_due')::timestamptz))
                  FROM peoplecall.event AS e WHERE e.complaint_id = :l AND e.seq > 6 ORDER BY e.seq), ARRAY[
	'resume 12-11 10:00', 'alarm resolve 1 12-12 08:45', 'alarm resolve 2 12-13 17:30'], 'first the end, then what followed from it');
SELECT is(pg_temp.sweep(), 0, 'and that was all');
SELECT pg_temp.suspended() AS l \gset
SELECT * FROM pg_temp.at('2019-12-16 09:00');
SELECT FROM peoplecall.complete(:l, '已停工') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:l, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-12 08:45 > 12-13 17:30, paused 12-06 10:00, missed 12-16 09:00'],
	'one that is done late is late, though no sweep ran');
SELECT is((r.ended_at)::text, '2019-12-11 10:00:00+08', 'the suspension ended when it was to') FROM peoplecall.request AS r WHERE r.complaint_id = :l;
-- Ended before its time.
SELECT pg_temp.suspended() AS e \gset
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 12-11 17:30', 'resumed') FROM peoplecall.resume(:e, '鉴定已出') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:e)), ARRAY[
	'- total: 12-05 09:00 > 12-10 17:15 > 12-13 17:30, alarm 12-13 17:30',
	'1 resolve: 12-05 09:00 > 12-09 17:15 > 12-11 17:30, alarm 12-09 17:15'], 'only the time that passed counts as a pause');
SELECT is(pg_temp.event(:e), '{"verb": "resume", "at": "12-09 09:00", "task": 1, "request": 1, "kind": "suspend", "reason": "鉴定已出", "until": "2019-12-11T02:00:00+00:00",
	"deadlines": [{"clock": "total", "old": "2019-12-17T09:30:00+00:00", "new": "2019-12-13T09:30:00+00:00"},
	              {"clock": "resolve", "task": 1, "old": "2019-12-13T09:30:00+00:00", "new": "2019-12-11T09:30:00+00:00"}]}', 'event resume');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.resume(%s, ''再'')', :e)), 'PC001', 'once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.resume(%s, ''再'', 1)', :e)), 'PC001', 'by its number too');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.resume(%s, ''再'', 9)', :e)), 'PC005', 'no such request');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.resume(%s, NULL)', :e)), '22004', 'without a reason');
-- Done while it was suspended: the claim ends it; sent back, the time that was left.
SELECT pg_temp.suspended() AS d \gset
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT FROM peoplecall.complete(:d, '已停工') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:d)), ARRAY[
	'- total: 12-05 09:00 > 12-10 17:15 > 12-13 17:30, alarm 12-13 17:30',
	'1 resolve: 12-05 09:00 > 12-09 17:15 > 12-11 17:30, paused 12-06 10:00, met 12-09 09:00'], 'met, paused no longer than to the claim, and the total clock goes on');
SELECT is(r.ended_at::text, '2019-12-09 09:00:00+08', 'the suspension ended with the claim') FROM peoplecall.request AS r WHERE r.complaint_id = :d;
SELECT * FROM pg_temp.at('2019-12-10 09:00');
SELECT FROM peoplecall.send_back(:d, '还在施工') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:d, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-10 17:15 > 12-12 17:30, alarm 12-10 17:15'], 'sent back: what was to follow of the suspension is gone');
-- Granted when its time was over, and when the share was done.
SELECT pg_temp.noise() AS g \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:g, 'suspend', '等', until => '2019-12-09 10:00+08') \g /dev/null
SELECT is(pg_temp.sweep_at('2019-12-10 17:30') > 0, true, 'its deadline passes');
SELECT * FROM pg_temp.at('2019-12-11 09:00');
SELECT is((r).sla::text, 'red', 'red while nobody decides') FROM peoplecall.report(:g, '在等') AS r;
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 yellow 12-11 17:30', 'granted: the time that it asked for was a pause')
  FROM peoplecall.decide(:g, 1, true, '同意') AS r;
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :g AND e.detail ->> 'light' = 'red'), 1::bigint, 'what had fired stays');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:g, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-10 08:45 > 12-11 17:30, alarm 12-12 17:30'],
	'and does not fire again: next is a working day later');
SELECT pg_temp.noise() AS g \gset
SELECT * FROM pg_temp.at('2019-12-10 10:00');
SELECT FROM peoplecall.request(:g, 'suspend', '等', until => '2019-12-20 10:00+08') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT FROM peoplecall.complete(:g, '好') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:g, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, missed 12-11 10:00'], 'done late');
SELECT * FROM pg_temp.at('2019-12-12 10:00');
SELECT is(pg_temp.receipt(r), 'completed B task 1 org 33 yellow 12-13 17:30', 'granted afterwards') FROM peoplecall.decide(:g, 1, true, '同意') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:g)), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-13 17:30, alarm 12-13 17:30',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-11 17:30, met 12-11 10:00'], 'it was on time: suspended from the request to the claim');
SELECT is(pg_temp.event(:g) #> '{deadlines,1,verdict}', '{"old": "missed", "new": "met"}', 'the event says so');
-- Refused: nothing moves.
SELECT pg_temp.noise() AS f \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:f, 'suspend', '等', until => '2019-12-09 10:00+08') \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 12-10 17:30', 'refused') FROM peoplecall.decide(:f, 1, false, '可先劝停') AS r;
SELECT is(pg_temp.event(:f), '{"verb": "decide", "at": "12-06 10:00", "task": 1, "request": 1, "kind": "suspend", "granted": false, "reason": "可先劝停", "asked_by": 33, "asked_at": "2019-12-06T02:00:00+00:00"}', 'event of a refusal');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:f)), ARRAY['request 122', 'refused 331'], 'its handler is told');
-- Limits.
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''等'', until => ''2020-01-05 10:00+08'')', :f)), 'no error', 'thirty days');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''等'', until => ''2020-01-05 10:00:01+08'')', :f)), 'PC006', 'and no second more');
SELECT FROM peoplecall.request(:f, 'suspend', '等', until => '2019-12-09 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:f, 2, false, '否') \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''等'', until => ''2019-12-09 10:00+08'')', :f)), 'PC006', 'twice at most');
UPDATE peoplecall.setting SET value = 'null' WHERE name = 'request_suspend_times';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''等'', until => ''2019-12-09 10:00+08'')', :f)), 'no error', 'unless the setting knows no limit');
DELETE FROM peoplecall.setting WHERE name = 'request_suspend_times';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''suspend'', ''等'', until => ''2019-12-09 10:00+08'')', :f)), 'PC006', 'and a setting that is missing has its default');

--
-- What is asked badly.
--
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, %s)', :f, args)), expected, args)
  FROM (VALUES ('NULL, ''x''', '22004'), ('''extend'', NULL', '22004'), ('''extend'', ''x''', '22004'), ('''suspend'', ''x''', '22004'),
	('''shelve'', ''x''', '22004'), ('''exclude'', ''x''', '22004'), ('''exclude'', ''x'', evidence => '' ''', '22004'),
	('''extend'', ''x'', by => ''0wd''', '22023'), ('''extend'', ''x'', by => ''1wd'', until => ''2019-12-09''', '22023'), ('''return'', ''x'', by => ''1wd''', '22023'),
	('''suspend'', ''x'', until => ''2019-12-06 10:00+08''', '22023'), ('''suspend'', ''x'', until => ''infinity''', '22023'),
	('''extend'', ''x'', by => ''1wd'', task => 9', 'PC005')) AS a (args, expected);

--
-- Extend.
--
SELECT pg_temp.noise() AS x \gset
SELECT * FROM pg_temp.at('2019-12-10 10:00');
SELECT FROM peoplecall.request(:x, 'extend', '工地多', by => '2wd') \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 yellow 12-12 17:30', 'granted: two working days more') FROM peoplecall.decide(:x, 1, true, '同意') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:x)), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-12 17:30',
	'1 resolve: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-10 08:45'], 'the total one does not move unless setting extend_total says so');
SELECT is(pg_temp.event(:x) - 'asked_at' - 'asked_by', '{"verb": "decide", "at": "12-10 10:00", "task": 1, "request": 1, "kind": "extend", "granted": true, "reason": "同意", "by": "2wd",
	"deadlines": [{"clock": "resolve", "task": 1, "old": "2019-12-10T09:30:00+00:00", "new": "2019-12-12T09:30:00+00:00"}]}', 'event');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:x) AS n WHERE n ~ 'citizen'), ARRAY['extension citizen 13900002222'], 'the citizen is told');
SELECT is(n.body, format('您反映的“夜间施工”（编号%s）情况较复杂，经批准延期，武昌区公安分局将于2019-12-12 17:30前答复。', peoplecall.complaint_no(:x)), 'until when, and not by name')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :x AND n.template = 'extension';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''10wd'')', :x)), 'no error', 'ten days at a time');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''11wd'')', :x)), 'PC006', 'not eleven');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''30d'')', :x)), 'PC006', 'nor thirty of another kind');
SELECT * FROM pg_temp.at('2019-12-12 17:30');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''1wd'')', :x)), 'no error', 'until the deadline');
SELECT * FROM pg_temp.at('2019-12-12 17:30:01');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''1wd'')', :x)), 'PC006', 'not after it');
UPDATE peoplecall.setting SET value = '"1wd"' WHERE name = 'request_extend_before';
SELECT * FROM pg_temp.at('2019-12-12 08:00');
SELECT pg_temp.noise('2019-12-12 09:00') AS y \gset
SELECT * FROM pg_temp.at('2019-12-16 17:30');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''1wd'')', :y)), 'no error', 'a working day before the 17th');
SELECT * FROM pg_temp.at('2019-12-17 08:30');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''1wd'')', :y)), 'PC006', 'that day it is too late');
UPDATE peoplecall.setting SET value = '"0min"' WHERE name = 'request_extend_before';
-- Done late, then granted: judged as if it had been granted when it was asked.
UPDATE peoplecall.setting SET value = 'true' WHERE name = 'extend_total';
SELECT pg_temp.noise(privacy => 'anonymous') AS z \gset
SELECT * FROM pg_temp.at('2019-12-10 10:00');
SELECT FROM peoplecall.request(:z, 'extend', '工地多', by => '2wd') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT FROM peoplecall.complete(:z, '好') \g /dev/null
SELECT FROM peoplecall.close(:z) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed B task 1 org 33', 'granted of a matter that is closed') FROM peoplecall.decide(:z, 1, true, '同意') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:z)), ARRAY['- total: 12-05 09:00 > 12-11 08:45 > 12-16 17:30, met 12-11 10:00',
	'1 resolve: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, met 12-11 10:00'], 'on time, with the total one where the setting says so');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:z) AS n WHERE n ~ 'citizen'), '{}', 'who wants to stay unknown is not told');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''extend'', ''又'', by => ''1wd'')', :z)), 'PC001', 'what is done asks for nothing');
-- an assistant's extension is his own
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS j FROM peoplecall.submit('hotline', '预付卡', '', '420106012001', 'market.prepaid') \gset
SELECT FROM peoplecall.request(:j, 'extend', '人手', by => '1wd', task => 2) \g /dev/null
SELECT FROM peoplecall.decide(:j, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:j)), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-12 17:30',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, alarm 12-09 08:45', '2 resolve: 12-05 09:00 > 12-09 14:15 > 12-11 17:30, alarm 12-09 14:15'],
	'four fifths of three working days are three, and one more');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''lower'', ''易'', task => 2)', :j)), 'PC001', 'only the lead asks to lower');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''shelve'', ''难'', plan => ''明年'', task => 2)', :j)), 'PC001', 'or to shelve');
UPDATE peoplecall.setting SET value = 'false' WHERE name = 'extend_total';

--
-- Return.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS r FROM peoplecall.submit('hotline', '噪声', '', '420106012001', 'police.noise') \gset
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT FROM peoplecall.request(:r, 'return', '属城管') \g /dev/null
SELECT is((c.lead_org, c.state, c.returned)::text, '(33,dispatched,0)', 'until it is granted the first receiver stays responsible') FROM peoplecall.complaint AS c WHERE c.id = :r;
SELECT * FROM pg_temp.at('2019-12-05 14:30');
SELECT is(pg_temp.receipt(r), 'received B task 1 org 33 red 12-05 10:30', 'granted: the centre owes a lead since the request') FROM peoplecall.decide(:r, 1, true, '同意') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:r, 'dispatch accept contact resolve')), ARRAY[
	'- dispatch: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:00',
	'1 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, void 12-05 10:00', '1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-05 10:00',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, void 12-05 10:00',
	'- dispatch: 12-05 10:00 > 12-05 10:15 > 12-05 10:30, alarm 12-05 10:15'], 'its clocks are void, as of the request');
SELECT is((c.lead_org, c.state, c.returned)::text, '(,received,1)', 'nobody leads; counted') FROM peoplecall.complaint AS c WHERE c.id = :r;
SELECT is(t.state::text, 'returned', 'the task') FROM peoplecall.task AS t WHERE t.complaint_id = :r AND t.seq = 1;
SELECT is(pg_temp.event(:r) - 'asked_at' - 'asked_by', '{"verb": "decide", "at": "12-05 14:30", "task": 1, "request": 1, "kind": "return", "granted": true, "reason": "同意", "returned": 1, "role": "lead", "state": "received"}', 'event');
-- refused: it leads, cannot ask again, and may convene
SELECT FROM peoplecall.dispatch(:r, lead => 34) \g /dev/null
SELECT FROM peoplecall.request(:r, 'return', '属公安') \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 34 green 12-05 16:30', 'refused: it leads on') FROM peoplecall.decide(:r, 2, false, '首接负责') AS r;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''return'', ''属公安'')', :r)), 'PC006', 'and does not ask again');
SELECT is((c.lead_org, c.state, c.returned)::text, '(34,dispatched,1)', 'not counted') FROM peoplecall.complaint AS c WHERE c.id = :r;
-- what was late when it was asked stays late
SELECT pg_temp.noise() AS b \gset
UPDATE peoplecall.setting SET value = 'null' WHERE name = 'request_return_before';
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT FROM peoplecall.request(:b, 'return', '属城管') \g /dev/null
SELECT FROM peoplecall.decide(:b, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, missed 12-11 10:00'], 'a late one is not cleared by giving it back');
UPDATE peoplecall.setting SET value = '"0min"' WHERE name = 'request_return_before';
SELECT pg_temp.noise() AS b \gset
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''return'', ''属城管'')', :b)), 'PC006', 'and by default it cannot be given back any more');
-- an assistant's share goes back alone
SELECT * FROM pg_temp.at('2019-12-05 09:30');
SELECT FROM peoplecall.request(:j, 'return', '不涉治安', task => 2) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 33 green 12-05 11:00', 'an assistant returns its share') FROM peoplecall.decide(:j, 2, true, '同意') AS r;
SELECT is((c.lead_org, c.state, c.returned)::text, '(31,dispatched,0)', 'the matter was not returned') FROM peoplecall.complaint AS c WHERE c.id = :j;
-- what is asked lapses with its task
SELECT FROM peoplecall.request(:j, 'return', '不属') \g /dev/null
SELECT FROM peoplecall.dispatch(:j, lead => 33) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 3, true, ''同意'')', :j)), 'PC001', 'lapsed with its task');
SELECT is((r.decided_at IS NULL, r.ended_at)::text, '(t,"2019-12-05 09:30:00+08")', 'not decided, but ended') FROM peoplecall.request AS r WHERE r.complaint_id = :j AND r.seq = 3;

-- The n-th return opens a meeting at the org of the area that all share.
UPDATE peoplecall.setting SET value = '2' WHERE name = 'return_limit';
SELECT pg_temp.noise() AS n \gset
SELECT FROM peoplecall.request(:n, 'return', '属城管') \g /dev/null
SELECT FROM peoplecall.decide(:n, 1, true, '同意') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.coordination AS m WHERE m.complaint_id = :n), 0::bigint, 'not the first');
SELECT FROM peoplecall.dispatch(:n, lead => 34) \g /dev/null
SELECT FROM peoplecall.request(:n, 'return', '属街道') \g /dev/null
SELECT is(pg_temp.receipt(r), 'received B task 2 org 34 green 12-05 09:30', 'the second') FROM peoplecall.decide(:n, 2, true, '同意') AS r;
SELECT is((m.district_id, m.convened_by, m.area, m.title, m.id / 1000000000000)::text, '(420106,3,420106012001,夜间施工,420106)', 'the district convenes') FROM peoplecall.coordination AS m WHERE m.complaint_id = :n;
SELECT is((SELECT array_agg(p.org ORDER BY p.seq) FROM peoplecall.coordination_party AS p JOIN peoplecall.coordination AS m ON m.id = p.coordination_id WHERE m.complaint_id = :n), '{33,34}', 'those who gave it back');
SELECT is(pg_temp.event(:n) - 'coordination', '{"verb": "convene", "at": "12-05 09:00", "org": 3, "orgs": [33, 34], "returned": 2}', 'event convene');
SELECT is(pg_temp.event(:n, 1) ->> 'verb', 'decide', 'after the decision');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:n) OFFSET 4), ARRAY['convene 332', 'convene 342', 'returned 32'], 'all are told');
SELECT FROM peoplecall.dispatch(:n, lead => 12) \g /dev/null
SELECT FROM peoplecall.request(:n, 'return', '属区里') \g /dev/null
SELECT FROM peoplecall.decide(:n, 3, true, '同意') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.coordination AS m WHERE m.complaint_id = :n), 1::bigint, 'one that is open is enough');
UPDATE peoplecall.setting SET value = '3' WHERE name = 'return_limit';

--
-- Lower.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS w FROM peoplecall.submit('hotline', '培训退费', '', '420106012001', 'education.training', auto_dispatch => true) \gset
SELECT is((c.grade, c.command_level, c.command_org, c.lead_org)::text, '(C,district,3,32)', 'the district''s') FROM peoplecall.complaint AS c WHERE c.id = :w;
SELECT FROM peoplecall.request(:w, 'lower', '街道可办') \g /dev/null
SELECT FROM peoplecall.decide(:w, 1, true, '同意') \g /dev/null
SELECT is((c.grade, c.command_level, c.command_org, c.lead_org)::text, '(B,street,12,32)', 'granted: the street''s, the lead stays') FROM peoplecall.complaint AS c WHERE c.id = :w;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:w)), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-12 17:30', '1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, alarm 12-09 08:45'], 'with the limits of B');
SELECT is(pg_temp.event(:w) -> 'grade', '{"old": "C", "new": "B"}', 'event: the grade');
SELECT is(pg_temp.event(:w) #> '{deadlines,0}', '{"clock": "total", "old": "2019-12-19T09:30:00+00:00", "new": "2019-12-12T09:30:00+00:00"}', 'and the deadlines');
SELECT complaint_id AS v FROM peoplecall.submit('hotline', '灯坏', '', '420106012001', 'city.facility') \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''lower'', ''易'')', :v)), 'PC001', 'A is the lowest');
SELECT FROM peoplecall.escalate(:v, '难') \g /dev/null
SELECT FROM peoplecall.request(:v, 'lower', '易') \g /dev/null
SELECT FROM peoplecall.decide(:v, 1, true, '同意') \g /dev/null
SELECT is((c.grade, c.command_level, c.command_org)::text, '(A,community,22)', 'command that was lifted comes down') FROM peoplecall.complaint AS c WHERE c.id = :v;

--
-- Shelve.
--
SELECT pg_temp.noise() AS h \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:h, 'suspend', '等', until => '2019-12-09 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:h, 1, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:h, 'return', '不属') \g /dev/null
SELECT FROM peoplecall.request(:h, 'shelve', '道路规划未定', plan => '明年改造') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT is(pg_temp.receipt(r), 'shelved B task 1 org 33 paused', 'granted') FROM peoplecall.decide(:h, 3, true, '列入计划') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:h)), ARRAY['- total: 12-05 09:00 > never > never, paused 12-06 10:00', '1 resolve: 12-05 09:00 > never > never, paused 12-06 10:00'], 'no clock runs');
SELECT is(ARRAY(SELECT concat_ws(' ', r.seq, r.kind, r.granted, pg_temp.minute(r.ended_at), pg_temp.minute(r.review_at)) FROM peoplecall.request AS r WHERE r.complaint_id = :h ORDER BY r.seq), ARRAY[
	'1 suspend t 12-06 10:00', '2 return 12-06 11:00', '3 shelve t 01-05 10:00'], 'the suspension is over, the return lapsed, a review is set');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:h) AS n WHERE n ~ 'citizen'), ARRAY['shelve citizen 13900002222'], 'the citizen is told');
SELECT is((SELECT count(*) FROM peoplecall.board AS b WHERE b.complaint_id = :h), 0::bigint, 'it is off the board');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''x'')', :h)), 'PC001', 'nobody completes it');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 2, true, ''x'')', :h)), 'PC001', 'nor is the return decided');
DO $$
BEGIN
	PERFORM peoplecall.withdraw_task(c.id) FROM peoplecall.complaint AS c WHERE c.state = 'dispatched' AND c.lead_org IS NOT NULL AND c.district_id = 420106;
	PERFORM pg_temp.sweep_at('2020-01-05 09:59:59');
END
$$;
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :h AND e.verb IN ('review', 'alarm')), 0::bigint, 'nothing for a month');
SELECT is(pg_temp.sweep_at('2020-01-05 10:00') > 0, true, 'then a review');
SELECT is(pg_temp.event(:h), '{"verb": "review", "at": "01-05 10:00", "task": 1, "request": 3, "kind": "shelve", "told": [122, 332], "was_due": "2020-01-05T02:00:00+00:00", "ran_at": "2020-01-05T02:00:00+00:00"}', 'event review: both leaders are told');
SELECT pg_temp.sweep() \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :h AND e.verb = 'review'), 1::bigint, 'once');
SELECT pg_temp.sweep_at('2020-03-20 10:00') \g /dev/null
SELECT is(pg_temp.event(:h) ->> 'verb' || ' ' || (SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :h AND e.verb = 'review')
	|| (SELECT pg_temp.minute(r.review_at) FROM peoplecall.request AS r WHERE r.complaint_id = :h AND r.seq = 3), 'review 204-04 10:00', 'after downtime one, and the next in its turn');
SELECT * FROM pg_temp.at('2020-03-23 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 03-25 17:30', 'resumed: three working days, as were left') FROM peoplecall.resume(:h, '规划已定') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:h, 'resolve')), ARRAY['1 resolve: 12-05 09:00 > 03-23 17:15 > 03-25 17:30, alarm 03-23 17:15'], 'its clock');
-- with an end
SELECT pg_temp.noise() AS h \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:h, 'shelve', '等开工', until => '2019-12-16 10:00+08', plan => '十六日') \g /dev/null
SELECT FROM peoplecall.decide(:h, 1, true, '同意') \g /dev/null
SELECT pg_temp.sweep_at('2019-12-16 10:00') \g /dev/null
SELECT is((c.state, c.due_at)::text, '(dispatched,"2019-12-18 17:30:00+08")', 'it ends by itself') FROM peoplecall.complaint AS c WHERE c.id = :h;
SELECT is(pg_temp.event(:h) ->> 'verb', 'resume', 'by the sweep');
-- granted when its time was over
SELECT pg_temp.noise() AS h \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:h, 'shelve', '等', until => '2019-12-09 10:00+08', plan => '九日') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-09 11:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 12-11 17:30', 'was shelved, is not') FROM peoplecall.decide(:h, 1, true, '同意') AS r;

--
-- Exclude.
--
SELECT pg_temp.noise() AS q \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.object_exclusion(%s, ''不服'')', :q)), 'PC001', 'nothing to object to');
SELECT FROM peoplecall.complete(:q, '好'), peoplecall.close(:q) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed B task 1 org 33', 'asked of a matter that is closed') FROM peoplecall.request(:q, 'exclude', '恶意重复', evidence => '录音三份') AS r;
SELECT FROM peoplecall.decide(:q, 1, true, '属实') \g /dev/null
SELECT is(c.excluded, true, 'granted: excluded') FROM peoplecall.complaint AS c WHERE c.id = :q;
SELECT is(pg_temp.event(:q) -> 'excluded', '{"old": false, "new": true}', 'event');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:q) AS n WHERE n ~ 'excluded'), ARRAY['excluded citizen 13900002222'], 'the citizen is told');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''exclude'', ''又'', evidence => ''x'')', :q)), 'PC001', 'once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.object_exclusion(%s, '''')', :q)), '22004', 'an objection without a reason');
SELECT is(pg_temp.receipt(r), 'closed B org 33', 'the citizen objects') FROM peoplecall.object_exclusion(:q, '并非重复') AS r;
SELECT is(pg_temp.event(:q), '{"verb": "object_exclusion", "at": "12-05 09:00", "request": 2, "objects_to": 1, "reason": "并非重复"}', 'event');
SELECT is(c.excluded, true, 'until it is decided he waits') FROM peoplecall.complaint AS c WHERE c.id = :q;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.object_exclusion(%s, ''不服'')', :q)), 'PC006', 'once');
SELECT FROM peoplecall.decide(:q, 2, true, '异议成立') \g /dev/null
SELECT is(c.excluded, false, 'it counts again') FROM peoplecall.complaint AS c WHERE c.id = :q;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.object_exclusion(%s, ''不服'')', :q)), 'PC006', 'and he does not object twice');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.request(%s, ''exclude'', ''又'', evidence => ''x'')', :q)), 'PC006', 'nor does the org ask twice');

-- Asked, granted, refused: by org and kind.
SELECT is(ARRAY(SELECT concat_ws(' ', k.org, k.kind, k.asked, k.granted, k.refused, k.lapsed, k.open)
                  FROM peoplecall.request_counts('2019-12-05 00:00+08', '2019-12-13 00:00+08', '420106') AS k WHERE k.kind IN ('return', 'lower')), ARRAY[
	'12 return 1 1 0 0 0', '12 lower 1 1 0 0 0', '31 return 1 0 0 1 0', '32 lower 1 1 0 0 0', '33 return 5 4 0 1 0', '34 return 2 1 1 0 0'],
	'asked, granted, refused, lapsed, open');
SELECT is((SELECT sum(k.asked) FROM peoplecall.request_counts('-infinity', 'infinity') AS k),
	(SELECT count(*)::numeric FROM peoplecall.request AS r WHERE r.asked_by IS NOT NULL), 'every one that an org asked');
SELECT is((SELECT count(*) FROM peoplecall.request_counts('-infinity', 'infinity', '420102') AS k), 0::bigint, 'none of another district');
SELECT is((SELECT count(*) FROM peoplecall.request_counts('2019-12-05 09:00:01+08', '2019-12-05 09:00:01+08') AS k), 0::bigint, 'none of no time');
SELECT is((SELECT count(*) FROM (SELECT e.complaint_id, array_agg(e.seq ORDER BY e.seq) AS seqs, max(e.seq) AS last FROM peoplecall.event AS e GROUP BY 1) AS x
            WHERE x.seqs <> ARRAY(SELECT generate_series(1, x.last))), 0::bigint, 'every history is without gaps');
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c WHERE c.event_count <> (SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)), 0::bigint, 'and counted');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.stopped_at IS NULL AND k.due_at <> peoplecall.due_at(k.started_at, k.allowed, k.extensions, k.pauses, k.calendar)), 0::bigint, 'every deadline follows from what is stored with it');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
