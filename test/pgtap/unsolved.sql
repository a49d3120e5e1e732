-- After the closing: calling back, rating, and what becomes of a no. The
-- first one reopens by itself, the next waits for the org above; both are
-- judged.
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
CREATE ROLE un_street; CREATE ROLE un_district; CREATE ROLE un_inspection; CREATE ROLE un_city; CREATE ROLE un_police;
SELECT peoplecall.appoint('un_street', 'supervise', 12), peoplecall.appoint('un_street', 'verify', 12), peoplecall.appoint('un_district', 'supervise', 3),
	peoplecall.appoint('un_inspection', 'supervise', 61), peoplecall.appoint('un_city', 'supervise', 1), peoplecall.appoint('un_police', 'supervise', 33) \g /dev/null
-- Noise in 东湖路社区: the police, 33, lead; street 12 commands. Done at once.
CREATE FUNCTION pg_temp.done(phone text DEFAULT NULL, close boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	PERFORM pg_temp.at('2019-12-05 09:00');
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', '夜间施工', (SELECT count(*)::text FROM peoplecall.complaint), '420106012001', 'police.noise', reporter_phone => phone) AS s;
	PERFORM peoplecall.complete(c, '已劝');
	IF close THEN
		PERFORM peoplecall.close(c);
	END IF;
	RETURN c;
END
$$;
CREATE FUNCTION pg_temp.again(c bigint) RETURNS void LANGUAGE sql AS $$
	SELECT peoplecall.complete(c, '又劝'), peoplecall.close(c);
$$;
CREATE FUNCTION pg_temp.verdicts(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(k.verdict::text, 'open'), ' ' ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = c AND k.kind = 'resolve'
$$;
CREATE FUNCTION pg_temp.words(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', r.epoch, r.solved, CASE WHEN r.upheld THEN 't' WHEN NOT r.upheld THEN 'f' END, r.decided_by::text), ', ' ORDER BY r.epoch) FROM peoplecall.rating AS r WHERE r.complaint_id = c
$$;

--
-- Calling back.
--
SELECT pg_temp.done(close => false) AS v \gset
SELECT FROM peoplecall.revisit(:v, 'unreached') \g /dev/null
SELECT is(pg_temp.event(:v), '{"verb": "revisit", "at": "12-05 09:00", "outcome": "unreached"}', 'a try in vain');
SELECT * FROM pg_temp.at('2019-12-05 10:59');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'')', :v)), 'PC006', 'two hours have not gone');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''reached'', true, true, 5)', :v)), 'no error', 'who is reached is reached');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''refused'')', :v)), 'no error', 'or will not say');
SELECT * FROM pg_temp.at('2019-12-05 11:00');
SELECT FROM peoplecall.revisit(:v, 'unreached') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 13:00');
SELECT FROM peoplecall.revisit(:v, 'unreached') \g /dev/null
SELECT is(pg_temp.event(:v), '{"verb": "revisit", "at": "12-05 13:00", "outcome": "unreached", "given_up": true}', 'the third is the last');
SELECT is(array_agg(r.given_up ORDER BY r.seq), '{f,f,t}', 'he counts as unreached, once') FROM peoplecall.revisit AS r WHERE r.complaint_id = :v;
SELECT * FROM pg_temp.at('2019-12-06 13:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'')', :v)), 'PC006', 'there is no fourth');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''reached'', true, true, 5)', :v)), 'no error', 'but he may call by himself');
-- another claim is another question
SELECT peoplecall.send_back(:v, '没人接'), peoplecall.complete(:v, '再劝') \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'')', :v)), 'no error', 'a new claim is asked about anew');
SELECT FROM peoplecall.close(:v) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'')', :v)), 'no error', 'so is one that is closed');
UPDATE peoplecall.setting SET value = '1' WHERE name = 'revisit_tries';
SELECT pg_temp.done() AS v1 \gset
SELECT FROM peoplecall.revisit(:v1, 'unreached') \g /dev/null
SELECT is(r.given_up, true, 'setting revisit_tries') FROM peoplecall.revisit AS r WHERE r.complaint_id = :v1;
UPDATE peoplecall.setting SET value = '3' WHERE name = 'revisit_tries';
UPDATE peoplecall.setting SET value = '"1d"' WHERE name = 'revisit_apart';
SELECT pg_temp.done() AS v2 \gset
SELECT FROM peoplecall.revisit(:v2, 'unreached') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 20:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'')', :v2)), 'PC006', 'setting revisit_apart');
SELECT throws_ok(format('INSERT INTO peoplecall.revisit (district_id, complaint_id, area, seq, epoch, outcome, visited_at, given_up) VALUES (420106, %s, ''420106012001'', 99, 0, ''reached'', now(), true)', :v2), '23514', NULL, 'nobody who was reached is unreached');

--
-- Rating: once for each closing, never by default.
--
SELECT pg_temp.done() AS r \gset
SELECT is((SELECT count(*) FROM peoplecall.rating AS x WHERE x.complaint_id = :r), 0::bigint, 'a closing rates nothing');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, NULL)', :r)), '22004', 'a word must be said');
SELECT FROM peoplecall.rate(:r, true) \g /dev/null
SELECT is((x.solved, x.satisfaction, x.comment, x.upheld)::text, '(t,,,)', 'what is not said is not there') FROM peoplecall.rating AS x WHERE x.complaint_id = :r;
SELECT throws_ok(format('SELECT peoplecall.rate(%s, false, 1)', :r), 'PC006', format('the citizen of complaint %s has rated this closing already', peoplecall.complaint_no(:r)), 'once');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide_unsolved(%s, true, ''x'')', :r)), 'PC001', 'nobody decides on a yes');

--
-- The first no reopens by itself, and is judged while the work goes on.
--
SELECT pg_temp.done('10000001001') AS n \gset
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT is(pg_temp.receipt(x), 'dispatched B task 2 org 33 green 12-06 11:00', 'the first no: again') FROM peoplecall.rate(:n, false, 1, '还在吵') AS x;
SELECT is((u.no, u.state, u.epoch, u.reopened, u.satisfaction)::text, format('(%s,dispatched,0,t,1)', peoplecall.complaint_no(:n)), 'it waits for a decision') FROM peoplecall.unsolved AS u WHERE u.complaint_id = :n;
SELECT is(pg_temp.verdicts(:n), 'met open', 'until then the verdict stands');
SELECT is(pg_temp.says(w, format('SELECT state FROM peoplecall.decide_unsolved(%s, true, ''查实'')', :n)), '42501', w || ' does not decide') FROM unnest('{un_street,un_police}'::name[]) AS w;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide_unsolved(%s, NULL, ''x'')', :n)), '22004', 'one way or the other'),
       is(pg_temp.refusal(format('SELECT peoplecall.decide_unsolved(%s, true, '''')', :n)), '22004', 'for a reason'),
       is(pg_temp.refusal(format('SELECT peoplecall.decide_unsolved(%s, true, ''x'', 1)', :n)), 'PC001', 'of a closing that has a no');
SELECT is(pg_temp.says('un_district', format('SELECT state FROM peoplecall.decide_unsolved(%s, true, ''查实'')', :n)), 'dispatched', 'the district, above who closed, does');
SELECT is(pg_temp.event(:n), '{"verb": "decide_unsolved", "at": "12-06 09:00", "org": 3, "upheld": true, "reason": "查实", "of_epoch": 0, "overturned": 1, "reopens": false}', 'event');
SELECT is(pg_temp.verdicts(:n), 'overturned open', 'it was not done in time');
SELECT is(pg_temp.words(:n), '0 f t 3', 'who decided');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide_unsolved(%s, false, ''x'')', :n)), 'PC001', 'once');
SELECT is((SELECT count(*) FROM peoplecall.unsolved AS u WHERE u.complaint_id = :n), 0::bigint, 'nothing waits');

--
-- The second no waits for the org above.
--
SELECT pg_temp.again(:n) \g /dev/null
SELECT is(pg_temp.receipt(x), 'closed B org 33', 'the second no: nothing by itself') FROM peoplecall.rate(:n, false, 1) AS x;
SELECT is(pg_temp.event(:n) - 'satisfaction', '{"verb": "rate", "at": "12-06 09:00", "solved": false, "reopens": false, "told": 32}', 'the district''s leader in charge is told');
SELECT is(pg_temp.says('un_street', format('SELECT state FROM peoplecall.decide_unsolved(%s, false, ''x'')', :n)), '42501', 'who closed does not decide');
SELECT is(pg_temp.says('un_inspection', format('SELECT state FROM peoplecall.decide_unsolved(%s, true, ''督查核实'')', :n)), 'dispatched', 'who inspects may');
SELECT is(pg_temp.event(:n, 1), '{"verb": "decide_unsolved", "at": "12-06 09:00", "org": 61, "upheld": true, "reason": "督查核实", "of_epoch": 1, "overturned": 1, "reopens": true}', 'upheld');
SELECT is(pg_temp.event(:n), '{"verb": "reopen", "at": "12-06 09:00", "org": 61, "task": 3, "reason": "督查核实", "epoch": 2}', 'it is opened again');
SELECT is(pg_temp.verdicts(:n), 'overturned overturned open', 'and the verdict overturned');
SELECT is(array_agg(m.template || coalesce(' ' || m.to_officer, '') ORDER BY m.seq), '{"redo 332",reopened}', 'the lead and the citizen are told')
  FROM (SELECT * FROM peoplecall.notice AS m WHERE m.complaint_id = :n ORDER BY m.seq DESC LIMIT 2) AS m;
SELECT pg_temp.again(:n) \g /dev/null
SELECT FROM peoplecall.rate(:n, false, 2) \g /dev/null
SELECT is(pg_temp.says('un_city', format('SELECT state FROM peoplecall.decide_unsolved(%s, false, ''已符合规定'')', :n)), 'closed', 'not upheld: the closing stands');
SELECT is(pg_temp.event(:n), '{"verb": "decide_unsolved", "at": "12-06 09:00", "org": 1, "upheld": false, "reason": "已符合规定", "of_epoch": 2, "reopens": false}', 'event');
SELECT is(pg_temp.verdicts(:n), 'overturned overturned met', 'with its verdict');
SELECT is((SELECT m.body FROM peoplecall.notice AS m WHERE m.complaint_id = :n ORDER BY m.seq DESC LIMIT 1), format('您反映的“夜间施工”（编号%s）经上级复核，维持原办理结果。', peoplecall.complaint_no(:n)), 'the citizen is told');
SELECT is(pg_temp.words(:n), '0 f t 3, 1 f t 61, 2 f f 1', 'each word has its decision');

-- Two words wait: the latest first, or the one that is named.
SELECT pg_temp.done() AS m \gset
SELECT FROM peoplecall.rate(:m, false) \g /dev/null
SELECT pg_temp.again(:m) \g /dev/null
SELECT FROM peoplecall.rate(:m, false) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.unsolved AS u WHERE u.complaint_id = :m), 2::bigint, 'both wait');
SELECT is(pg_temp.receipt(x), 'closed B org 33', 'the first one, by its number') FROM peoplecall.decide_unsolved(:m, true, '核实', 0) AS x;
SELECT is(pg_temp.verdicts(:m), 'overturned met', 'overturns the first verdict alone');
SELECT is(pg_temp.receipt(x), 'dispatched B task 3 org 33 green 12-05 11:00', 'then the latest') FROM peoplecall.decide_unsolved(:m, true, '核实') AS x;
-- reopen() decides what it finds
SELECT pg_temp.done() AS o \gset
UPDATE peoplecall.setting SET value = '0' WHERE name = 'reopen_limit';
SELECT FROM peoplecall.rate(:o, false) \g /dev/null
SELECT FROM peoplecall.reopen(:o, '属实') \g /dev/null
SELECT is(pg_temp.words(:o), '0 f t', 'reopen() upholds the no');
SELECT pg_temp.again(:o) \g /dev/null
SELECT FROM peoplecall.rate(:o, false) \g /dev/null
SELECT FROM peoplecall.reopen(:o, '另有新情况', upheld => false) \g /dev/null
SELECT is(pg_temp.words(:o), '0 f t, 1 f f', 'or does not');
SELECT is(pg_temp.verdicts(:o), 'overturned met open', 'as its verdicts say');
UPDATE peoplecall.setting SET value = '1' WHERE name = 'reopen_limit';
-- answered on the spot: there is no work to do again
SELECT s.complaint_id AS q FROM peoplecall.submit('hotline', '怎么办', '', '420106012001', 'consult', 'consult') AS s \gset
SELECT peoplecall.answer(:q, '这样'), peoplecall.rate(:q, false) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed A', 'an answer: his word is upheld, and there is nothing to do again') FROM peoplecall.decide_unsolved(:q, true, '答非所问') AS r;

--
-- Merged: a citizen's no is about the principal's closing.
--
SELECT pg_temp.at('2019-12-05 09:00');
SELECT s.complaint_id AS p FROM peoplecall.submit('hotline', '甲', '', '420106012001', 'police.noise', reporter_phone => '10000001002') AS s \gset
SELECT s.complaint_id AS a FROM peoplecall.submit('hotline', '乙', '', '420106012001', 'police.noise', reporter_phone => '10000001003') AS s \gset
SELECT s.complaint_id AS b FROM peoplecall.submit('hotline', '丙', '', '420106012001', 'police.noise', reporter_phone => '10000001004') AS s \gset
SELECT peoplecall.merge(:a, :p, '同一事'), peoplecall.merge(:b, :p, '同一事'), peoplecall.complete(:p, '好'), peoplecall.close(:p) \g /dev/null
SELECT is(pg_temp.receipt(x), 'merged B', 'his no opens nothing by itself') FROM peoplecall.rate(:a, false) AS x;
SELECT is(pg_temp.event(:a) ->> 'told', '32', 'the org above is told');
SELECT is(pg_temp.says('un_police', format('SELECT state FROM peoplecall.decide_unsolved(%s, true, ''x'')', :a)), '42501', 'not the handler of the principal');
SELECT is(pg_temp.says('un_district', format('SELECT state FROM peoplecall.decide_unsolved(%s, true, ''核实'')', :a)), 'merged', 'upheld');
SELECT is(pg_temp.verdicts(:p), 'overturned open', 'the principal is done again, its verdict overturned');
SELECT is(array_agg(concat_ws(' ', c.state, c.epoch, c.closed_at::text) ORDER BY c.id), '{"dispatched 1","merged 1","merged 1"}', 'all are open again') FROM peoplecall.complaint AS c WHERE c.id IN (:p, :a, :b);
SELECT is(pg_temp.event(:p) - 'reason', jsonb_build_object('verb', 'reopen', 'at', '12-05 09:00', 'org', 3, 'task', 2, 'epoch', 1, 'merged', :a::bigint), 'by whose word');
-- a no of an earlier closing, judged later, overturns that one
SELECT pg_temp.again(:p) \g /dev/null
SELECT FROM peoplecall.rate(:b, false) \g /dev/null
SELECT FROM peoplecall.rate(:p, true) \g /dev/null
SELECT FROM peoplecall.reopen(:p, '又犯') \g /dev/null
SELECT is(pg_temp.verdicts(:p), 'overturned met open', 'reopened for another reason');
SELECT is(pg_temp.receipt(x), 'merged B', 'judged since') FROM peoplecall.decide_unsolved(:b, true, '核实') AS x;
SELECT is(pg_temp.verdicts(:p), 'overturned overturned open', 'overturns the closing that it was about');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
