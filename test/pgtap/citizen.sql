-- The citizen's own verbs: urge, supplement, withdraw, and what he is told.
-- Each where his complaint stands by itself, where it was merged into another,
-- and where others were merged into it.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Shanghai';
\ir ../fixture/acting.sql

-- Noise in 东湖路社区: the police, 33, lead; street 12 commands. Everybody has
-- a phone of his own.
CREATE FUNCTION pg_temp.noise(n int, moment text DEFAULT '2019-12-05 09:00', privacy peoplecall.privacy DEFAULT 'open', send boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.at(moment);
	RETURN (SELECT s.complaint_id
	          FROM peoplecall.submit('hotline', '夜间施工', format('第%s户', n), '420106012001', 'police.noise',
		reporter_name => '李某', reporter_phone => format('1000000%s', 1000 + n), privacy => noise.privacy,
		auto_dispatch => send) AS s);
END
$$;
CREATE FUNCTION pg_temp.told(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.template, n.to_officer::text, CASE WHEN n.to_reporter THEN 'citizen' END)
	  FROM peoplecall.notice AS n WHERE n.complaint_id = c ORDER BY n.seq
$$;
CREATE FUNCTION pg_temp.c(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', m.state, m.lead_org::text, 'urged ' || m.urged, 'withdrawn ' || pg_temp.minute(m.withdrawn_at), 'closed ' || pg_temp.minute(m.closed_at))
	  FROM peoplecall.complaint AS m WHERE m.id = c.id
$$;

--
-- Urge.
--
SELECT pg_temp.noise(1) AS u \gset
SELECT is(pg_temp.receipt(r), 'dispatched B org 33 green 12-05 11:00', 'urged: nothing moves') FROM peoplecall.urge(:u, '孩子要高考') AS r;
SELECT is(pg_temp.event(:u), '{"verb": "urge", "at": "12-05 09:00", "urged": 1, "supplement": 1}', 'event urge, without his words');
SELECT is((s.kind, s.body, s.area)::text, '(urge,孩子要高考,420106012001)', 'which are kept beside the matter') FROM peoplecall.supplement AS s WHERE s.complaint_id = :u;
SELECT FROM peoplecall.urge(:u) \g /dev/null
SELECT is(pg_temp.event(:u), '{"verb": "urge", "at": "12-05 09:00", "urged": 2}', 'he need not say anything');
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:u)), '{receipt citizen}', 'twice tells nobody');
SELECT FROM peoplecall.urge(:u, ' ') \g /dev/null
SELECT is(pg_temp.event(:u), '{"verb": "urge", "at": "12-05 09:00", "urged": 3, "told": 332}', 'the third time the leader in charge of the lead');
SELECT is((n.to_officer, n.body)::text, format('(332,【群众催办】诉求%s“夜间施工”已被群众催办3次，请武昌区公安分局分管领导督促办理。)', peoplecall.complaint_no(:u)), 'in words')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :u AND n.template = 'urged';
SELECT peoplecall.urge(:u), peoplecall.urge(:u) \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.told(:u) AS t WHERE t ~ '^urged'), 1::bigint, 'not at every one after');
SELECT FROM peoplecall.urge(:u) \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.told(:u) AS t WHERE t ~ '^urged'), 2::bigint, 'but at every third');
UPDATE peoplecall.setting SET value = '0' WHERE name = 'urge_tells';
SELECT peoplecall.urge(:u), peoplecall.urge(:u), peoplecall.urge(:u) \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.told(:u) AS t WHERE t ~ '^urged'), 2::bigint, '0 is never');
UPDATE peoplecall.setting SET value = '1' WHERE name = 'urge_tells';
SELECT pg_temp.noise(2, send => false) AS w \gset
SELECT FROM peoplecall.urge(:w) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:w)), '{receipt citizen,urged 122}', 'before there is a lead, that of the command');
UPDATE peoplecall.setting SET value = '3' WHERE name = 'urge_tells';
SELECT is(pg_temp.c(:u), 'dispatched 33 urged 9', 'counted');
-- the same call again is the same thing
SELECT is((SELECT s.complaint_id FROM peoplecall.submit('web', '夜间施工', '第1户', '420106012001', 'police.noise', reporter_phone => '10000001001') AS s), :u::bigint, 'calling again');
SELECT is(pg_temp.event(:u), '{"verb": "urge", "at": "12-05 09:00", "channel": "web", "same_call": true, "urged": 10}', 'urges');
SELECT is(pg_temp.refusal('SELECT peoplecall.urge(NULL)'), '22004', 'nothing is not urged');
SELECT is(pg_temp.refusal('SELECT peoplecall.urge(420106999999999999)'), 'PC005', 'nor what is not there');

--
-- Supplement.
--
INSERT INTO peoplecall.grade_rule (id, words, grade, urgency, reason) VALUES (1900, '{坍塌}', 'C', 'urgent', '涉及坍塌');
SELECT pg_temp.noise(3) AS s \gset
SELECT FROM peoplecall.accept(:s) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B org 33 green 12-06 17:30', 'more is said: nothing moves') FROM peoplecall.supplement(:s, '昨晚十点又开工，张三可以作证') AS r;
SELECT is(pg_temp.event(:s), '{"verb": "supplement", "at": "12-05 09:00", "supplement": 1, "told": 331}', 'event supplement, without his words');
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:s)), '{receipt citizen,supplement 331}', 'the handler is told');
SELECT FROM peoplecall.supplement(:s, '围挡快坍塌了') \g /dev/null
SELECT is((pg_temp.event(:s) #> '{proposals,0}') - 'reason', '{"rule": 1900, "grade": "C", "urgency": "urgent", "proposes": true}', 'words propose a grade');
SELECT is((c.grade, c.urgency)::text, '(B,normal)', 'and change none') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT is(array_agg(s.body ORDER BY s.seq), '{昨晚十点又开工，张三可以作证,围挡快坍塌了}', 'both are kept') FROM peoplecall.supplement AS s WHERE s.complaint_id = :s;
SELECT is(c.body, '第3户', 'what he said first stays as it was') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.supplement(%s, '' '')', :s)), '22004', 'nothing is no supplement');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.supplement(%s, NULL)', :s)), '22004', 'nor is null');
-- whoever was assigned is told, not anybody of the org
INSERT INTO peoplecall.officer (id, org, role, name, phone) VALUES (9001, 33, 'handler', '民警', '10000009001');
UPDATE peoplecall.task SET officer = 9001 WHERE complaint_id = :s;
SELECT FROM peoplecall.supplement(:s, '还有') \g /dev/null
SELECT is(pg_temp.event(:s) ->> 'told', '9001', 'the officer who has it');

--
-- Withdraw.
--
SELECT pg_temp.noise(4) AS d \gset
SELECT FROM peoplecall.dispatch(:d, assist => '{34}') \g /dev/null
SELECT FROM peoplecall.request(:d, 'return', '非职责', task => 1) \g /dev/null
SELECT FROM peoplecall.request(:d, 'suspend', '等鉴定', until => '2019-12-12 10:00+08', task => 1) \g /dev/null
SELECT FROM peoplecall.decide(:d, 2, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:d, 'extend', '难', by => '1wd', task => 1) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 16:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.withdraw(%s, NULL)', :d)), '22004', 'for a reason');
SELECT is(pg_temp.receipt(r), 'withdrawn B org 33', 'withdrawn: no clock runs') FROM peoplecall.withdraw(:d, '和邻居谈好了') AS r;
SELECT is(pg_temp.event(:d), '{"verb": "withdraw", "at": "12-05 16:00", "state": "dispatched", "supplement": 1, "tasks": [1, 2]}', 'event withdraw, without his words');
SELECT is((s.kind, s.body)::text, '(withdraw,和邻居谈好了)', 'which are kept') FROM peoplecall.supplement AS s WHERE s.complaint_id = :d;
SELECT is(array_agg(DISTINCT t.state::text), '{withdrawn}', 'the shares end') FROM peoplecall.task AS t WHERE t.complaint_id = :d;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:d, 'accept contact resolve total')), ARRAY[
	'- total: 12-05 09:00 > 12-10 11:15 > 12-12 17:30, void 12-05 16:00',
	'1 accept: 12-05 09:00 > 12-05 17:00 > 12-06 09:00, void 12-05 16:00',
	'1 contact: 12-05 09:00 > 12-06 11:15 > 12-06 17:30, void 12-05 16:00',
	'1 resolve: 12-05 09:00 > 12-09 11:15 > 12-10 17:30, void 12-05 16:00',
	'2 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, missed 12-05 16:00',
	'2 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, void 12-05 16:00'], 'void, but what was late stays late; the pause ended too');
SELECT is(array_agg(r.ended_at IS NOT NULL), '{t,t,t}', 'what was asked ends') FROM peoplecall.request AS r WHERE r.complaint_id = :d;
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:d) AS t WHERE t ~ 'withdrawn'), '{withdrawn 331,withdrawn 341}', 'those who worked on it are told');
SELECT is(pg_temp.c(:d), 'withdrawn 33 urged 0 withdrawn 12-05 16:00 closed 12-05 16:00', 'it is over');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.%s', format(v.call, :d))), 'PC001', v.call || ' no more')
  FROM (VALUES ('urge(%s)'), ('supplement(%s, ''x'')'), ('withdraw(%s, ''x'')'), ('complete(%s, ''x'', 1)'), ('decide(%s, 3, true, ''x'')'), ('rate(%s, true)'), ('reopen(%s, ''x'')')) AS v (call);
SELECT is(pg_temp.sweep_at('2020-02-01 10:00') >= 0, true, 'the sweep runs');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :d AND e.at > '2019-12-05 16:00+08'), 0::bigint, 'and finds nothing of it');
-- calling again after that is a new matter
SELECT isnt(pg_temp.noise(4), :d::bigint, 'the same words are a new matter then');
-- waiting, shelved, completed
SELECT pg_temp.noise(5, send => false) AS d \gset
SELECT is(pg_temp.receipt(r), 'withdrawn B', 'before anybody had it') FROM peoplecall.withdraw(:d, '误报') AS r;
SELECT is(array_agg(DISTINCT k.verdict::text), '{void}', 'every clock void') FROM peoplecall.clock AS k WHERE k.complaint_id = :d;
SELECT pg_temp.noise(6) AS d \gset
SELECT FROM peoplecall.request(:d, 'shelve', '规划未定', plan => '明年') \g /dev/null
SELECT FROM peoplecall.decide(:d, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.receipt(r), 'withdrawn B org 33', 'a shelved one') FROM peoplecall.withdraw(:d, '搬走了') AS r;
SELECT is((r.ended_at, r.granted)::text, '("2019-12-05 09:00:00+08",t)', 'is reviewed no more') FROM peoplecall.request AS r WHERE r.complaint_id = :d;
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :d AND k.stopped_at IS NULL), 0::bigint, 'no clock stands');
SELECT pg_temp.noise(7) AS d \gset
SELECT FROM peoplecall.complete(:d, '已劝') \g /dev/null
SELECT is(pg_temp.receipt(r), 'withdrawn B org 33', 'a completed one') FROM peoplecall.withdraw(:d, '算了') AS r;
SELECT is((SELECT k.verdict::text FROM peoplecall.clock AS k WHERE k.complaint_id = :d AND k.kind = 'resolve'), 'met', 'what was done in time was');

--
-- Merged. p is the principal; a and b went with it.
--
SELECT pg_temp.noise(10) AS p, pg_temp.noise(11) AS a, pg_temp.noise(12) AS b \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.merge(:b, :p, '同一事') \g /dev/null
SELECT is(pg_temp.receipt(r), 'merged B', 'one who was merged urges') FROM peoplecall.urge(:a) AS r;
SELECT is(pg_temp.event(:a), '{"verb": "urge", "at": "12-05 09:00", "urged": 1}', 'his own');
SELECT is(pg_temp.event(:p), jsonb_build_object('verb', 'urge', 'at', '12-05 09:00', 'urged', 1, 'merged', :a::bigint), 'and the principal');
SELECT peoplecall.urge(:b), peoplecall.urge(:p) \g /dev/null
SELECT is(pg_temp.c(:p), 'dispatched 33 urged 3', 'where all are counted');
SELECT is(ARRAY(SELECT t FROM pg_temp.told(:p) AS t WHERE t ~ 'urged'), '{urged 332}', 'the third of them all tells the leader');
SELECT is(ARRAY[pg_temp.c(:a), pg_temp.c(:b)], '{merged urged 1,merged urged 1}', 'each has his own');
SELECT FROM peoplecall.supplement(:a, '又来了') \g /dev/null
SELECT is(pg_temp.event(:a), '{"verb": "supplement", "at": "12-05 09:00", "supplement": 1, "told": 331}', 'what he adds is his own');
SELECT is(pg_temp.event(:p), jsonb_build_object('verb', 'supplement', 'at', '12-05 09:00', 'merged', :a::bigint, 'supplement', 1, 'told', 331), 'the principal says where it is');
SELECT is(ARRAY(SELECT t FROM pg_temp.told(:p) AS t WHERE t ~ 'supplement'), '{supplement 331}', 'whose handler is told');
SELECT is((SELECT s.complaint_id FROM peoplecall.submit('web', '夜间施工', '第11户', '420106012001', 'police.noise', reporter_phone => '10000001011') AS s), :a::bigint, 'calling again he gets his own number');
SELECT is(ARRAY[pg_temp.c(:p), pg_temp.c(:a)], '{dispatched 33 urged 4,merged urged 2}', 'and urges both');
-- one of them withdraws
SELECT is(pg_temp.receipt(r), 'withdrawn B', 'one who was merged withdraws') FROM peoplecall.withdraw(:b, '不必了') AS r;
SELECT is(ARRAY[pg_temp.c(:p), pg_temp.c(:a), pg_temp.c(:b)], '{dispatched 33 urged 4,merged urged 2,withdrawn urged 1 withdrawn 12-05 09:00 closed 12-05 09:00}', 'the others go on');
SELECT is(pg_temp.event(:p), jsonb_build_object('verb', 'withdraw', 'at', '12-05 09:00', 'merged', :b::bigint), 'the principal says so');
-- then the principal's own citizen: the work goes on for the one who is left
SELECT FROM peoplecall.accept(:p) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B org 33 green 12-06 17:30', 'the principal''s citizen withdraws: it goes on') FROM peoplecall.withdraw(:p, '不必了') AS r;
SELECT is(pg_temp.event(:p), '{"verb": "withdraw", "at": "12-05 09:00", "state": "dispatched", "supplement": 1, "carries": 1}', 'for one other');
SELECT is(array_agg(t.state::text), '{accepted}', 'the share stays') FROM peoplecall.task AS t WHERE t.complaint_id = :p;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.%s', format(v.call, :p))), 'PC001', v.call || ' not by one who withdrew')
  FROM (VALUES ('urge(%s)'), ('supplement(%s, ''x'')'), ('withdraw(%s, ''x'')')) AS v (call);
SELECT lives_ok(format('SELECT peoplecall.urge(%s)', :a), 'but by the one who is left');
SELECT isnt((SELECT s.complaint_id FROM peoplecall.submit('web', '夜间施工', '第10户', '420106012001', 'police.noise', reporter_phone => '10000001010') AS s), :p::bigint, 'calling again he has a new matter');
DELETE FROM peoplecall.notice WHERE complaint_id IN (:p, :a);
SELECT FROM peoplecall.complete(:p, '已停工') \g /dev/null
SELECT FROM peoplecall.close(:p) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:p)), '{}', 'who withdrew is told no more');
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:a)), '{result citizen,rating citizen}', 'the one who is left is');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.template = 'result'), format('您反映的“夜间施工”（编号%s）已由武昌区公安分局办结，如未解决请告知我们。', peoplecall.complaint_no(:a)), 'of his own number');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true)', :p)), 'PC001', 'and not asked');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true)', :a)), 'no error', 'he is');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.%s', format(v.call, :a))), 'PC001', v.call || ' no more of what has ended')
  FROM (VALUES ('urge(%s)'), ('supplement(%s, ''x'')'), ('withdraw(%s, ''x'')')) AS v (call);
-- the last one leaves it by withdrawing, or by being split off
SELECT pg_temp.noise(20) AS p, pg_temp.noise(21) AS a \gset
SELECT peoplecall.merge(:a, :p, '同一事') \g /dev/null
SELECT peoplecall.withdraw(:p, '不必了') \g /dev/null
SELECT is(pg_temp.c(:p), 'dispatched 33 urged 0 withdrawn 12-05 09:00', 'carried on');
SELECT peoplecall.withdraw(:a, '不必了') \g /dev/null
SELECT is(ARRAY[pg_temp.c(:p), pg_temp.c(:a)], '{withdrawn 33 urged 0 withdrawn 12-05 09:00 closed 12-05 09:00,withdrawn urged 0 withdrawn 12-05 09:00 closed 12-05 09:00}', 'nobody is left: it ends');
SELECT is(array_agg(t.state::text), '{withdrawn}', 'with its share') FROM peoplecall.task AS t WHERE t.complaint_id = :p;
SELECT pg_temp.noise(22) AS p, pg_temp.noise(23) AS a \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.withdraw(:p, '不必了'), peoplecall.split(:a, '另一事') \g /dev/null
SELECT is(ARRAY[pg_temp.c(:p), pg_temp.c(:a)], '{withdrawn 33 urged 0 withdrawn 12-05 09:00 closed 12-05 09:00,received urged 0}', 'the other is a matter of its own: it ends');
-- one that was carried on and merged then counts for nobody
SELECT pg_temp.noise(24) AS p, pg_temp.noise(25) AS a, pg_temp.noise(26) AS q \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.withdraw(:p, '不必了'), peoplecall.merge(:p, :q, '同一事'), peoplecall.withdraw(:a, '不必了') \g /dev/null
SELECT is(ARRAY[pg_temp.c(:q), pg_temp.c(:p), pg_temp.c(:a)], '{dispatched 33 urged 0,merged urged 0 withdrawn 12-05 09:00,withdrawn urged 0 withdrawn 12-05 09:00 closed 12-05 09:00}', 'carried along, with nobody');
SELECT FROM peoplecall.withdraw(:q, '不必了') \g /dev/null
SELECT is(ARRAY[pg_temp.c(:q), pg_temp.c(:p)], '{withdrawn 33 urged 0 withdrawn 12-05 09:00 closed 12-05 09:00,merged urged 0 withdrawn 12-05 09:00 closed 12-05 09:00}', 'it keeps nothing open');
-- split off, it has nobody either: those whom it carried have gone along
SELECT pg_temp.noise(27) AS p, pg_temp.noise(28) AS a, pg_temp.noise(29) AS q \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.withdraw(:p, '不必了'), peoplecall.merge(:p, :q, '同一事') \g /dev/null
SELECT is(pg_temp.receipt(r), 'withdrawn B', 'split off it is withdrawn') FROM peoplecall.split(:p, '两件事') AS r;
SELECT is(ARRAY[pg_temp.c(:q), pg_temp.c(:p), pg_temp.c(:a)], '{dispatched 33 urged 0,withdrawn urged 0 withdrawn 12-05 09:00 closed 12-05 09:00,merged urged 0}', 'the one that it carried is where it was');
SELECT is(ARRAY[pg_temp.event(:p, 1), pg_temp.event(:p)], ARRAY[jsonb_build_object('verb', 'split', 'at', '12-05 09:00', 'old_principal', :q::bigint, 'reason', '两件事'), '{"verb": "withdraw", "at": "12-05 09:00", "state": "received", "carries": 0}'], 'an event for each');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :p AND k.stopped_at IS NULL), 0::bigint, 'no clock runs');
SELECT is_empty(format('SELECT * FROM peoplecall.check_ledger(NULL, %s)', :p), 'and it is whole');

--
-- What the citizen is told, and what not.
--
SELECT pg_temp.noise(30) AS n \gset
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :n), format('您反映的“夜间施工”已受理，编号%s，由武昌区公安分局办理，预计2019-12-10 17:30前答复，查询码%s。',
	peoplecall.complaint_no(:n), peoplecall.track_code(:n)), 'receipt: his number, who has it, until when it is done, his code');
SELECT FROM peoplecall.dispatch(:n, lead => 34, reason => '城管') \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :n AND n.template = 'transfer'), format('您反映的“夜间施工”（编号%s）已转由武昌区城市管理执法局办理，预计2019-12-10 17:30前答复。', peoplecall.complaint_no(:n)), 'transfer: to whom');
SELECT FROM peoplecall.dispatch(:n, assist => '{33}') \g /dev/null
SELECT FROM peoplecall.escalate(:n, '难') \g /dev/null
SELECT FROM peoplecall.dispatch(:n, lead => 34) \g /dev/null
SELECT FROM peoplecall.request(:n, 'extend', '难', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:n, 1, true, '同意') \g /dev/null
SELECT count(peoplecall.complete(t.complaint_id, '已停工', t.seq)) FROM (SELECT * FROM peoplecall.task WHERE complaint_id = :n AND state IN ('sent', 'accepted') OFFSET 0) AS t \g /dev/null
SELECT FROM peoplecall.close(:n) \g /dev/null
SELECT is(ARRAY(SELECT t FROM pg_temp.told(:n) AS t WHERE t ~ 'citizen'), '{receipt citizen,transfer citizen,transfer citizen,transfer citizen,extension citizen,result citizen,rating citizen}', 'each step that concerns him, once');
SELECT FROM peoplecall.rate(:n, false) \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :n ORDER BY n.seq DESC LIMIT 1), format('您反映的“夜间施工”（编号%s）已由武昌区城市管理执法局重新办理，预计2019-12-10 17:30前答复。', peoplecall.complaint_no(:n)), 'that it is done again');
-- ended without work
SELECT pg_temp.noise(31, send => false) AS n1, pg_temp.noise(32, send => false) AS n2 \gset
SELECT peoplecall.reject(:n1, '不属受理范围'), peoplecall.refer(:n2, '人民法院') \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :n1 AND n.seq = 2), format('您反映的“夜间施工”（编号%s）经研究不属于受理范围。', peoplecall.complaint_no(:n1)), 'that it is refused');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :n2 AND n.seq = 2), format('您反映的“夜间施工”（编号%s）应由人民法院处理，请向其反映。', peoplecall.complaint_no(:n2)), 'whom to ask');
SELECT s.complaint_id AS n3 FROM peoplecall.submit('hotline', '怎么办', '', '420106012001', 'consult', 'consult', reporter_phone => '10000001033') AS s \gset
SELECT FROM peoplecall.answer(:n3, '这样办') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:n3)), '{receipt citizen,rating citizen}', 'and to rate an answer');
-- those who are merged, of their own
SELECT pg_temp.noise(34) AS p, pg_temp.noise(35) AS a, pg_temp.noise(36, privacy => 'anonymous') AS b \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.merge(:b, :p, '同一事'), peoplecall.dispatch(:p, lead => 34) \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.template = 'transfer'), format('您反映的“夜间施工”（编号%s）已转由武昌区城市管理执法局办理，预计2019-12-10 17:30前答复。', peoplecall.complaint_no(:a)), 'whoever was merged is told of the work, under his own number');
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:b)), '{}', 'whoever is anonymous is told nothing');
-- privacy, and the setting
SELECT pg_temp.noise(37, privacy => 'confidential') AS v, pg_temp.noise(38, privacy => 'anonymous') AS y \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:v)), '{receipt citizen}', 'whoever is confidential is told');
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:y)), '{}', 'whoever is anonymous is not');
UPDATE peoplecall.setting SET value = '["result"]' WHERE name = 'notify_reporter';
SELECT pg_temp.noise(39) AS n \gset
SELECT peoplecall.complete(:n, '好'), peoplecall.close(:n) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:n)), '{result citizen}', 'setting notify_reporter lists what he is told');
DELETE FROM peoplecall.setting WHERE name = 'notify_reporter';
SELECT pg_temp.noise(40) AS n \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.told(:n)), '{receipt citizen}', 'missing, it is all of them');
-- the outbox knows no number of his; the gateway gets it
SELECT is(n.phone, NULL, 'his number is not in the outbox') FROM peoplecall.notice AS n WHERE n.complaint_id = :n;
CREATE TEMPORARY TABLE sent AS SELECT * FROM peoplecall.take_notices(1000);
SELECT is(t.phone, '10000001040', 'the gateway gets it') FROM sent AS t JOIN peoplecall.notice AS n USING (key) WHERE n.complaint_id = :n;
SELECT is((SELECT count(*) FROM sent AS t WHERE t.phone IS NULL), 0::bigint, 'every message has one');
SELECT peoplecall.urge(:n), peoplecall.complete(:n, '好'), peoplecall.close(:n) \g /dev/null
SELECT FROM peoplecall.forget_reporter(:n) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.take_notices(1000) AS t JOIN peoplecall.notice AS n USING (key) WHERE n.complaint_id = :n), 0::bigint, 'whoever was forgotten is not written to');
SELECT is(array_agg(DISTINCT n.error), '{"the number was forgotten"}', 'what waited, or was on its way, is given up') FROM peoplecall.notice AS n WHERE n.complaint_id = :n;

-- Nothing a citizen said or is called is in any event.
SELECT is_empty($$SELECT e.verb, e.detail FROM peoplecall.event AS e
	WHERE e.detail::text ~ '高考|张三|坍塌了|谈好了|误报|搬走了|算了|不必了|又来了|李某|100000010'$$, 'no event has a citizen''s words, name or number');
SELECT is_empty($$SELECT n.template, n.body FROM peoplecall.notice AS n
	WHERE n.body ~ '高考|张三|坍塌了|谈好了|误报|搬走了|算了|不必了|又来了|李某|100000010'$$, 'nor has a message');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
