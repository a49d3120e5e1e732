-- Requests and the end of what they are about: a share that ends while something
-- is asked, as of a time before it was asked, and pauses that overlap. Deadlines
-- are reckoned by hand, as in requests.sql.
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

CREATE FUNCTION pg_temp.requests(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', r.seq, r.kind, r.granted, pg_temp.minute(r.ended_at))
	  FROM peoplecall.request AS r
	 WHERE r.complaint_id = c ORDER BY r.seq
$$;
CREATE FUNCTION pg_temp.total(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(t, '; ') FROM pg_temp.clocks(c, 'total') AS t
$$;
-- Asked at 10:00 to be taken back, by whoever got it on Thursday.
CREATE FUNCTION pg_temp.unwanted() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint := pg_temp.noise();
BEGIN
	PERFORM pg_temp.at('2019-12-06 10:00');
	PERFORM peoplecall.request(c, 'return', '不属');
	RETURN c;
END
$$;

--
-- A return dates from its request. What the share asked after that, it asked
-- after its end.
--
SELECT pg_temp.unwanted() AS r \gset
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.request(:r, 'suspend', '等', until => '2019-12-11 10:00+08') \g /dev/null
SELECT FROM peoplecall.request(:r, 'extend', '工地多', by => '1wd') \g /dev/null
SELECT FROM peoplecall.request(:r, 'lower', '易') \g /dev/null
SELECT FROM peoplecall.request(:r, 'exclude', '恶意', evidence => '录音') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT is(pg_temp.receipt(d), 'received B task 1 org 33 red 12-06 10:30', 'taken back as of 10:00') FROM peoplecall.decide(:r, 1, true, '同意') AS d;
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:r)), ARRAY[
	'1 return t 12-06 15:00', '2 suspend 12-06 11:00', '3 extend 12-06 11:00', '4 lower 12-06 11:00', '5 exclude'],
	'what was asked for the share lapsed, none before it was asked; what is asked for the matter did not');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 2, true, ''同意'')', :r)), 'PC001', 'no suspension of a share that had ended');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 3, true, ''同意'')', :r)), 'PC001', 'nor an extension');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 5, true, ''同意'')', :r)), 'no error', 'an exclusion, yes');

-- What it asked before, it asked while it had the share.
SELECT pg_temp.noise() AS r \gset
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.request(:r, 'suspend', '等', until => '2019-12-11 10:00+08') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:r, 'return', '不属') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT FROM peoplecall.decide(:r, 2, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 16:00');
SELECT FROM peoplecall.decide(:r, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:r)), ARRAY['1 suspend t 12-06 10:00', '2 return t 12-06 15:00'], 'suspended until the share ended');
SELECT is(pg_temp.total(:r), '- total: 12-05 09:00 > 12-10 09:15 > 12-12 17:30, alarm 12-12 17:30', 'the hour is a pause of the whole');

-- Granted and in force, or granted and over: as if it had never been asked.
SELECT pg_temp.unwanted() AS r \gset
SELECT pg_temp.total(:r) AS never \gset
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.request(:r, 'suspend', '等', until => '2019-12-09 11:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:r, 2, true, '同意') \g /dev/null
SELECT pg_temp.sweep_at('2019-12-09 11:00') \g /dev/null
SELECT isnt(pg_temp.total(:r), :'never', 'over, and counted');
SELECT * FROM pg_temp.at('2019-12-09 14:30');
SELECT FROM peoplecall.request(:r, 'suspend', '再等', until => '2019-12-12 11:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:r, 3, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-09 15:00');
SELECT FROM peoplecall.decide(:r, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:r)), ARRAY[
	'1 return t 12-09 15:00', '2 suspend t 12-06 11:00', '3 suspend t 12-09 14:30'], 'neither lasted');
SELECT is(pg_temp.total(:r), :'never', 'and the whole was never paused');

--
-- Pauses that overlap: each one's end ends what is left of it, and no more.
--
-- The whole waits for its lead, not for who assists.
SELECT pg_temp.noise() AS o \gset
SELECT FROM peoplecall.dispatch(:o, 33, '{34}') \g /dev/null
SELECT FROM peoplecall.accept(:o, 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-11 10:00+08', task => 1) \g /dev/null
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-11 10:00+08', task => 2) \g /dev/null
SELECT peoplecall.decide(:o, 1, true, '同意'), peoplecall.decide(:o, 2, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.resume(:o, '好', 1) \g /dev/null
SELECT is(pg_temp.total(:o), '- total: 12-05 09:00 > 12-10 09:15 > 12-12 17:30, alarm 12-12 17:30', 'its lead goes on, and so does the whole');
SELECT is(k.paused_at::text, '2019-12-06 10:00:00+08', 'who assists is suspended still')
  FROM peoplecall.clock AS k WHERE k.complaint_id = :o AND k.task_seq = 2 AND k.kind = 'resolve';

-- An end that the sweep finds late takes nothing from a pause that ended since.
SELECT pg_temp.noise() AS o \gset
SELECT FROM peoplecall.dispatch(:o, 33, '{34}') \g /dev/null
SELECT FROM peoplecall.accept(:o, 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-11 10:00+08', task => 1) \g /dev/null
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-06 11:00+08', task => 2) \g /dev/null
SELECT peoplecall.decide(:o, 1, true, '同意'), peoplecall.decide(:o, 2, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT FROM peoplecall.resume(:o, '好', 1) \g /dev/null
SELECT pg_temp.total(:o) AS resumed \gset
SELECT is(:'resumed'::text, '- total: 12-05 09:00 > 12-10 10:15 > 12-12 17:30, alarm 12-12 17:30', 'the whole waited three hours of work');
SELECT pg_temp.sweep() \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:o)), ARRAY['1 suspend t 12-06 15:00', '2 suspend t 12-06 11:00'], 'the sweep ends the other');
SELECT is(pg_temp.total(:o), :'resumed', 'and the whole has waited as long');

-- An assistant's end as of a time at which the lead was suspended says nothing of now.
SELECT pg_temp.noise() AS o \gset
SELECT FROM peoplecall.dispatch(:o, 33, '{34}') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-06 15:00+08', task => 1) \g /dev/null
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-11 10:00+08', task => 2) \g /dev/null
SELECT peoplecall.decide(:o, 1, true, '同意'), peoplecall.decide(:o, 2, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.request(:o, 'return', '不属', task => 2) \g /dev/null
SELECT pg_temp.sweep_at('2019-12-09 09:00') \g /dev/null
SELECT pg_temp.total(:o) AS runs \gset
SELECT FROM peoplecall.decide(:o, 3, true, '同意') \g /dev/null
SELECT is(pg_temp.total(:o), :'runs'::text, 'the whole runs, as it did');

-- Two of one share: the second goes on where the first ends.
SELECT pg_temp.noise() AS o \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-06 15:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:o, 1, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:o, 'suspend', '再等', until => '2019-12-09 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:o, 2, true, '同意') \g /dev/null
SELECT pg_temp.sweep_at('2019-12-06 15:00') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:o)), ARRAY['1 suspend t 12-06 15:00', '2 suspend t'], 'one is over, one is not');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:o)), ARRAY[
	'- total: 12-05 09:00 > 12-11 08:45 > 12-13 17:30, paused 12-06 10:00',
	'1 resolve: 12-05 09:00 > 12-10 08:45 > 12-11 17:30, paused 12-06 10:00'], 'the clocks stand');

--
-- A share that is done and sent back had ended all the same: granted afterwards
-- or before it, a suspension lasted as long.
--
CREATE FUNCTION pg_temp.sent_back(decided text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint := pg_temp.noise();
BEGIN
	PERFORM pg_temp.at('2019-12-06 10:00');
	PERFORM peoplecall.request(c, 'suspend', '等', until => '2019-12-11 10:00+08');
	IF decided = 'before' THEN
		PERFORM peoplecall.decide(c, 1, true, '同意');
	END IF;
	PERFORM pg_temp.at('2019-12-06 11:00');
	PERFORM peoplecall.complete(c, '好');
	PERFORM pg_temp.at('2019-12-06 15:00');
	PERFORM peoplecall.send_back(c, '未好');
	IF decided = 'after' THEN
		PERFORM pg_temp.at('2019-12-06 16:00');
		PERFORM peoplecall.decide(c, 1, true, '同意');
	END IF;
	RETURN c;
END
$$;
SELECT pg_temp.sent_back('before') AS b, pg_temp.sent_back('after') AS a \gset
SELECT results_eq(format('SELECT * FROM pg_temp.clocks(%s)', :a), format('SELECT * FROM pg_temp.clocks(%s)', :b), 'the same clocks');
SELECT results_eq(format('SELECT * FROM pg_temp.requests(%s)', :a), ARRAY['1 suspend t 12-06 11:00'], 'it ended with the claim');

-- What a share did after its return was asked for, it did after its end.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS a FROM peoplecall.submit('hotline', '夜间施工', '晚接', '420106012001', 'police.noise') \gset
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT FROM peoplecall.request(:a, 'return', '不属') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 15:00');
SELECT FROM peoplecall.accept(:a), peoplecall.contact(:a) \g /dev/null
SELECT FROM peoplecall.decide(:a, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a, 'accept contact resolve')), ARRAY[
	'1 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, void 12-05 10:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-05 10:00',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, void 12-05 10:00'], 'its clocks stopped as of the request');

--
-- What is over may not have been swept yet.
--
SELECT pg_temp.noise() AS o \gset
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.request(:o, 'suspend', '等', until => '2019-12-06 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:o, 1, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:30');
SELECT FROM peoplecall.request(:o, 'extend', '等', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:o, 2, true, '同意') \g /dev/null
SELECT is_empty(format('SELECT * FROM peoplecall.check_ledger(NULL, %s)', :o), 'an extension: its clock runs, as it should');
SELECT FROM peoplecall.request(:o, 'shelve', '规划', plan => '明年') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT is(pg_temp.receipt(d), 'shelved B task 1 org 33 paused', 'a shelving is granted') FROM peoplecall.decide(:o, 3, true, '同意') AS d;
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:o)), ARRAY['1 suspend t 12-06 10:00', '2 extend t 12-06 10:30', '3 shelve t'], 'the suspension ended when its time was over');

-- A shelving ends suspensions, whichever is granted first.
CREATE FUNCTION pg_temp.both(first int, second int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint := pg_temp.noise();
BEGIN
	PERFORM pg_temp.at('2019-12-06 09:00');
	PERFORM peoplecall.request(c, 'suspend', '等', until => '2019-12-12 10:00+08');
	PERFORM pg_temp.at('2019-12-06 11:00');
	PERFORM peoplecall.request(c, 'shelve', '规划', plan => '明年');
	PERFORM pg_temp.at('2019-12-06 15:00');
	PERFORM peoplecall.decide(c, first, true, '同意');
	PERFORM peoplecall.decide(c, second, true, '同意');
	RETURN c;
END
$$;
SELECT pg_temp.both(1, 2) AS a, pg_temp.both(2, 1) AS b \gset
SELECT results_eq(format('SELECT * FROM pg_temp.requests(%s)', :b), ARRAY['1 suspend t 12-06 11:00', '2 shelve t'], 'it ended with the shelving');
SELECT results_eq(format('SELECT * FROM pg_temp.clocks(%s)', :a), format('SELECT * FROM pg_temp.clocks(%s)', :b), 'the same clocks');
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT is(pg_temp.receipt(d), pg_temp.receipt(peoplecall.resume(:a, '可办')), 'and resumed as one') FROM peoplecall.resume(:b, '可办') AS d;
SELECT is((c.state, c.paused_at)::text, '(dispatched,)', 'for good') FROM peoplecall.complaint AS c WHERE c.id = :b;

--
-- A clock that stopped was paused until then, and no longer.
--
SELECT pg_temp.noise() AS s \gset
SELECT FROM peoplecall.dispatch(:s, 33, '{34}') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT FROM peoplecall.request(:s, 'shelve', '规划', plan => '明年', task => 1) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.complete(:s, '好', 2) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.decide(:s, 1, true, '同意') \g /dev/null
SELECT is(isfinite(k.due_at), true, 'shelved without end: what is done is due some day') FROM peoplecall.clock AS k WHERE k.complaint_id = :s AND k.task_seq = 2 AND k.kind = 'resolve';
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT FROM peoplecall.resume(:s, '可办') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :s AND NOT isfinite(k.due_at)), 0::bigint, 'and so is the rest once it goes on');

-- Nothing that is granted breaks a promise that was kept.
SELECT pg_temp.noise() AS k \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:k, 'extend', '等', by => '1wh') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-10 16:00');
SELECT FROM peoplecall.complete(:k, '好') \g /dev/null
INSERT INTO peoplecall.calendar_day (calendar, day, is_workday) VALUES ('office', '2019-12-07', true);
SELECT FROM peoplecall.decide(:k, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.minute(k.due_at) || ' ' || k.verdict, '12-10 17:30 met', 'whatever the calendar says since') FROM peoplecall.clock AS k WHERE k.complaint_id = :k AND k.kind = 'resolve';
DELETE FROM peoplecall.calendar_day WHERE day = '2019-12-07';

-- Nor is made good what a citizen's no overturned, whichever comes first.
CREATE FUNCTION pg_temp.denied(first text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	c bigint := pg_temp.noise();
BEGIN
	PERFORM pg_temp.at('2019-12-10 10:00');
	PERFORM peoplecall.request(c, 'extend', '等', by => '1wd');
	PERFORM pg_temp.at('2019-12-11 10:00');
	PERFORM peoplecall.complete(c, '好');
	PERFORM peoplecall.close(c);
	IF first = 'grant' THEN
		PERFORM peoplecall.decide(c, 1, true, '同意');
	END IF;
	PERFORM peoplecall.rate(c, false);
	PERFORM peoplecall.decide_unsolved(c, true, '属实');
	IF first <> 'grant' THEN
		PERFORM peoplecall.decide(c, 1, true, '同意');
	END IF;
	RETURN (SELECT k.verdict FROM peoplecall.clock AS k WHERE k.complaint_id = c AND k.kind = 'resolve' AND k.epoch = 0 AND k.task_seq = 1);
END
$$;
SELECT is(pg_temp.denied(o), 'overturned', format('the %s first', o)) FROM unnest('{grant,no}'::text[]) AS o;

-- A shelving that was over before it was granted, asked after the share's end.
SELECT pg_temp.unwanted() AS r \gset
SELECT pg_temp.total(:r) AS never \gset
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.request(:r, 'shelve', '等', until => '2019-12-09 11:00+08', plan => '九日') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-09 15:00');
SELECT FROM peoplecall.decide(:r, 2, true, '同意'), peoplecall.decide(:r, 1, true, '同意') AS returned \g /dev/null
SELECT is(pg_temp.total(:r), :'never'::text, 'was never shelved');

-- Who leads by now is sent its own share back, not one by which it assisted.
SELECT pg_temp.noise() AS a \gset
SELECT FROM peoplecall.dispatch(:a, 33, '{34}') \g /dev/null
SELECT FROM peoplecall.complete(:a, '好', 2) \g /dev/null
SELECT FROM peoplecall.dispatch(:a, 34, reason => '归城管') \g /dev/null
SELECT FROM peoplecall.complete(:a, '好', 3) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.send_back(%s, ''未好'', 2)', :a)), 'PC001', 'it assists no longer');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.send_back(%s, ''未好'', 3)', :a)), 'no error', 'it leads');

-- Of a matter that is rejected nobody decides what was asked.
SELECT pg_temp.noise() AS a \gset
SELECT FROM peoplecall.request(:a, 'extend', '等', by => '1wd') \g /dev/null
SELECT FROM peoplecall.withdraw_task(:a, reason => '错'), peoplecall.reject(:a, '不受理') AS rejected \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.request AS r WHERE r.complaint_id = :a AND r.ended_at IS NULL), 0::bigint, 'it lapsed');

-- A lead that was dissolved does not assist.
SELECT pg_temp.noise() AS a \gset
UPDATE peoplecall.org SET active = false WHERE id = 33;
SELECT FROM peoplecall.escalate(:a, '难') \g /dev/null
SELECT is(ARRAY(SELECT concat_ws(' ', t.org, t.role, t.state) FROM peoplecall.task AS t WHERE t.complaint_id = :a ORDER BY t.seq), '{33 lead superseded,3 lead sent}', 'the level above leads alone');
UPDATE peoplecall.org SET active = true WHERE id = 33;

-- Both ways by which the last share is no longer open tell the citizen.
CREATE FUNCTION pg_temp.lead_done() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint := pg_temp.noise();
BEGIN
	PERFORM peoplecall.dispatch(c, 33, '{34}');
	PERFORM peoplecall.request(c, 'return', '不属', task => 2);
	PERFORM peoplecall.complete(c, '好', 1);
	RETURN c;
END
$$;
SELECT pg_temp.lead_done() AS a, pg_temp.lead_done() AS b \gset
SELECT FROM peoplecall.decide(:a, 1, true, '同意'), peoplecall.withdraw_task(:b, 2, '不需') \g /dev/null
SELECT is(ARRAY(SELECT n FROM pg_temp.notices(x) AS n WHERE n ~ '^result'), ARRAY['result citizen 13900002222'], 'the result is told')
  FROM unnest(ARRAY[:a, :b]) AS x;

-- Two exclusions granted at one time, between them an objection.
SELECT pg_temp.noise() AS e \gset
SELECT FROM peoplecall.dispatch(:e, 33, '{34}') \g /dev/null
SELECT FROM peoplecall.request(:e, 'exclude', '恶意', evidence => '录音', task => 1) \g /dev/null
SELECT FROM peoplecall.request(:e, 'exclude', '重复', evidence => '录音', task => 2) \g /dev/null
SELECT FROM peoplecall.decide(:e, 1, true, '属实') \g /dev/null
SELECT FROM peoplecall.object_exclusion(:e, '不服') \g /dev/null
SELECT FROM peoplecall.decide(:e, 3, true, '成立') \g /dev/null
SELECT FROM peoplecall.decide(:e, 2, true, '属实') \g /dev/null
SELECT is(c.excluded, true, 'the last one counts') FROM peoplecall.complaint AS c WHERE c.id = :e;

--
-- A share of which only its taking over is timed has no other clock that tells
-- when it ended.
--
SELECT * FROM pg_temp.at('2019-12-05 09:00');
DELETE FROM peoplecall.sla_policy WHERE clock IN ('resolve', 'contact');
SELECT pg_temp.noise() AS w \gset
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT FROM peoplecall.request(:w, 'suspend', '等', until => '2019-12-20 10:00+08') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 11:00');
SELECT FROM peoplecall.dispatch(:w, 34, reason => '归城管') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT FROM peoplecall.decide(:w, 1, true, '同意') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.requests(:w)), ARRAY['1 suspend t 12-06 11:00'], 'suspended for the hour until it was taken away');
SELECT is(pg_temp.total(:w), '- total: 12-05 09:00 > 12-10 09:15 > 12-12 17:30, alarm 12-12 17:30', 'which the whole waited');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
