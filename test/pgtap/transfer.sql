-- transfer: a matter that was filed in the wrong district goes on in the right
-- one. What the citizen has stays, what the first district owed is judged, and
-- the second one begins with full time. Deadlines are reckoned by hand for
-- calendar 'office': Monday to Friday, 08:30-12:00 and 14:00-17:30; 5 December
-- 2019 is a Thursday.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

\ir ../fixture/acting.sql

CREATE FUNCTION pg_temp.notices(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.template, n.to_officer::text, CASE WHEN n.to_reporter THEN 'citizen ' || n.phone END)
	  FROM peoplecall.notice AS n WHERE n.complaint_id = c ORDER BY n.seq
$$;
-- Noise in 汉广社区 of 江岸区: its police, 43, lead and its market office, 41,
-- assists; street 11 commands; three working days to Tuesday. A column of the
-- city's own goes along too.
ALTER TABLE peoplecall.complaint ADD COLUMN weather text, ADD COLUMN shout text GENERATED ALWAYS AS (upper(title)) STORED;
CREATE FUNCTION pg_temp.noise(text text DEFAULT '夜间施工', moment text DEFAULT '2019-12-05 09:00', area peoplecall.areacode DEFAULT '420102017020') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	PERFORM pg_temp.at(moment);
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', text, '', area, 'police.noise',
		reporter_name => '李某', reporter_phone => '13900002222', people => 3, address => '三号楼', external_id => 'ext ' || text) AS s;
	UPDATE peoplecall.complaint AS m SET weather = 'rain' WHERE m.id = c;
	PERFORM peoplecall.dispatch(c, assist => '{41}');
	RETURN c;
END
$$;
-- no clocks but their ends
CREATE FUNCTION pg_temp.ends(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', k.task_seq, k.kind, pg_temp.minute(k.started_at), pg_temp.minute(k.due_at), k.verdict)
	  FROM peoplecall.clock AS k WHERE k.complaint_id = c ORDER BY k.seq
$$;

--
-- The whole of it.
--
SELECT pg_temp.noise() AS a \gset
SELECT * FROM pg_temp.at('2019-12-05 09:10');
SELECT FROM peoplecall.accept(:a, 1) \g /dev/null
SELECT FROM peoplecall.contact(:a, '已联系', 1) \g /dev/null
INSERT INTO peoplecall.attachment (district_id, complaint_id, area, seq, uri, sha256, stage, attached_at)
	VALUES (420102, :a, '420102017020', 1, 'file:1', sha256('1'), 'report', '2019-12-05 09:00+08');
SELECT * FROM pg_temp.at('2019-12-06 10:00');
SELECT is(pg_temp.receipt(r), 'received B green 12-06 10:30', 'the receipt is of the new complaint, which waits to be dispatched: half an hour')
  FROM peoplecall.transfer(:a, '420106012001', '在武昌') AS r;
SELECT c.moved_to AS b FROM peoplecall.complaint AS c WHERE c.id = :a \gset
SELECT is(:b / 1000000000000, 420106::bigint, 'its number is one of the other district');
SELECT is(peoplecall.current_complaint(:a), :b::bigint, 'the old number leads to it');
SELECT is(peoplecall.current_complaint(:b), :b::bigint, 'and the new one to itself');
SELECT is((c.state, c.lead_org, c.moved_to, c.due_at, c.event_count)::text, format('(moved,,%s,,6)', :b), 'the old complaint is moved, and owes nothing')
  FROM peoplecall.complaint AS c WHERE c.id = :a;
SELECT is((c.district_id, c.area, c.state, c.origin_id, c.command_level, c.command_org, c.lead_org, c.grade, c.category, c.people, c.address, c.external_id, c.weather, c.shout, c.received_at, c.event_count)::text,
	format('(420106,420106012001,received,%s,street,12,,B,police.noise,3,三号楼,"ext 夜间施工",rain,夜间施工,"2019-12-05 09:00:00+08",1)', :a),
	'the new one is the same matter there: the street of the grade''s level commands')
  FROM peoplecall.complaint AS c WHERE c.id = :b;
SELECT is(length(k.code), 24, 'the citizen''s code tells of the new one') FROM peoplecall.track_key AS k WHERE k.complaint_id = :b;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b)), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, alarm 12-12 17:30'],
	'the total clock is the one that began with the call');
SELECT is(ARRAY(SELECT * FROM pg_temp.ends(:b)), ARRAY['total 12-05 09:00 12-12 17:30', 'dispatch 12-06 10:00 12-06 10:30'], 'the one to be dispatched begins now');
SELECT is(ARRAY(SELECT * FROM pg_temp.ends(:a)), ARRAY['dispatch 12-05 09:00 12-05 09:30 met', 'total 12-05 09:00 12-12 17:30 void',
	'1 accept 12-05 09:00 12-05 11:00 met', '1 contact 12-05 09:00 12-06 17:30 met', '1 resolve 12-05 09:00 12-10 17:30 void',
	'2 accept 12-05 09:00 12-05 11:00 missed', '2 resolve 12-05 09:00 12-10 17:30 void'],
	'what was kept is met, what could still be kept is void, and what was late is charged to whoever was late');
SELECT is(array_agg(t.seq || ' ' || t.state ORDER BY t.seq), '{"1 superseded","2 superseded"}', 'no share is open') FROM peoplecall.task AS t WHERE t.complaint_id = :a;
SELECT is(pg_temp.event(:a), format('{"verb": "transfer", "at": "12-06 10:00", "to": %s, "reason": "在武昌", "state": "dispatched", "lead": 43, "tasks": [1, 2],
	"area": {"old": "420102017020", "new": "420106012001"}}', :b)::jsonb, 'the event there');
SELECT is(pg_temp.event(:b), format('{"verb": "transfer", "at": "12-06 10:00", "from": %1$s, "origin": %1$s, "reason": "在武昌", "received_at": "2019-12-05T01:00:00+00:00",
	"category": "police.noise", "grade": "B", "urgency": "normal", "command_org": 12, "proposed_org": 33, "responsibility": 104, "told": 121}', :a)::jsonb, 'and the event here');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:b)), ARRAY['moved_in 121', 'transfer'], 'who must dispatch is told, and the citizen');
SELECT is(n.body, format('【移交派单】诉求%s“夜间施工”由汉广社区移交，在武昌，请水果湖街道办事处于2019-12-06 10:30前派单。', peoplecall.complaint_no(:b)), 'the one by the new number')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :b AND n.seq = 1;
SELECT is(n.body, format('您反映的“夜间施工”（编号%s）已转由水果湖街道办事处办理，预计2019-12-12 17:30前答复。', peoplecall.complaint_no(:a)), 'the other by his own, with the promise that he was given')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :b AND n.seq = 2;
SELECT is((SELECT array_agg((r.complaint_id, r.area, r.seq, r.name, r.phone)::text) FROM peoplecall.reporter AS r WHERE r.complaint_id IN (:a, :b)),
	ARRAY[format('(%s,420106012001,1,李某,13900002222)', :b)], 'who called is known where the matter is, and no longer where it was');
SELECT is(array_agg((x.complaint_id = :a, x.area, x.uri)::text ORDER BY x.complaint_id), '{"(t,420102017020,file:1)","(f,420106012001,file:1)"}', 'evidence is in both')
  FROM peoplecall.attachment AS x WHERE x.complaint_id IN (:a, :b);
SELECT is((b.no, b.citizen_no)::text, format('(%s,%s)', peoplecall.complaint_no(:b), peoplecall.complaint_no(:a)), 'the board says by which number the citizen asks')
  FROM peoplecall.board AS b WHERE b.complaint_id = :b;
SELECT is((SELECT count(*) FROM peoplecall.board AS b WHERE b.complaint_id = :a), 0::bigint, 'and does not show what is moved');

-- The work goes on to the end.
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 33 green 12-06 12:00', 'dispatched there, with full time') FROM peoplecall.dispatch(:b) AS r;
SELECT is((m.no, m.citizen_no)::text, format('(%s,%s)', peoplecall.complaint_no(:b), peoplecall.complaint_no(:a)), 'the handler sees it too')
  FROM peoplecall.my_tasks AS m WHERE m.complaint_id = :b;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b, 'resolve')), ARRAY['1 resolve: 12-06 10:00 > 12-10 09:15 > 12-11 17:30, alarm 12-10 09:15'], 'three working days from now');
SELECT * FROM pg_temp.at('2019-12-09 10:00');
SELECT FROM peoplecall.complete(:b, '已停工') \g /dev/null
SELECT FROM peoplecall.close(:b) \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b, 'total')), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, met 12-09 10:00'], 'the promise to the citizen is kept');
-- what the sweep finds of the old one
SELECT is(ARRAY(SELECT k.seq FROM peoplecall.clock AS k WHERE k.complaint_id = :a AND (k.stopped_at IS NULL OR k.next_alarm_at IS NOT NULL)), '{}', 'nothing of the old one can ring');

--
-- The citizen has one number.
--
SELECT is((r.complaint_id, r.state)::text, format('(%s,dispatched)', :b), 'rated by his own number: unsolved, so it is opened again where it is') FROM peoplecall.rate(:a, false, 1) AS r;
SELECT is((SELECT array_agg(x.complaint_id) FROM peoplecall.rating AS x WHERE x.complaint_id IN (:a, :b)), ARRAY[:b]::bigint[], 'his word is with the matter');
SELECT is((s.complaint_id, s.state)::text, format('(%s,dispatched)', :b), 'the channel''s own number leads to it')
  FROM peoplecall.submit('hotline', '夜间施工', '', '420102017020', 'police.noise', external_id => 'ext 夜间施工') AS s;
SELECT is((s.complaint_id, s.state)::text, format('(%s,dispatched)', :b), 'the same call again, of the wrong place still, urges it')
  FROM peoplecall.submit('mini_program', '夜间施工', '', '420102017020', 'police.noise', reporter_phone => '+86 139-0000-2222') AS s;
SELECT is((s.complaint_id, s.state)::text, format('(%s,dispatched)', :b), 'and of the right place')
  FROM peoplecall.submit('mini_program', '夜间施工', '', '420106012001', 'police.noise', reporter_phone => '13900002222') AS s;
SELECT is(c.urged, 2, 'twice') FROM peoplecall.complaint AS c WHERE c.id = :b;
SELECT isnt(s.complaint_id, :b::bigint, 'another phone is another call')
  FROM peoplecall.submit('mini_program', '夜间施工', '', '420102017020', 'police.noise', reporter_phone => '13900003333') AS s;
SELECT is(ARRAY(SELECT s.complaint_id FROM peoplecall.similar_complaints('夜间施工', '', '420102017020') AS s WHERE s.complaint_id IN (:a, :b)), '{}', 'what is moved is not offered as a duplicate where it was');
SELECT is(ARRAY(SELECT s.complaint_id FROM peoplecall.similar_complaints('夜间施工', '', '420106012001') AS s WHERE s.complaint_id IN (:a, :b)), ARRAY[:b]::bigint[], 'but where it is');
SELECT FROM peoplecall.request(:b, 'exclude', '恶意', evidence => '录音') \g /dev/null
SELECT FROM peoplecall.decide(:b, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B org 33 green 12-09 12:00', 'he objects to an exclusion by his own number') FROM peoplecall.object_exclusion(:a, '不同意') AS r;

-- A desk of the first district, which reaches nothing of the second, takes his
-- word; a desk elsewhere does not.
CREATE ROLE transfer_desk;
CREATE ROLE transfer_stranger;
SELECT peoplecall.appoint('transfer_desk', 'intake', 2), peoplecall.appoint('transfer_stranger', 'intake', 13) \g /dev/null
CREATE FUNCTION pg_temp.refusal_of(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE statement;
	RAISE EXCEPTION SQLSTATE 'ALLOW';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ALLOW' THEN 'no error' ELSE SQLSTATE END;
END
$$;
SELECT is(pg_temp.refusal_of(r.role, r.call), r.outcome, r.role || ': ' || r.call)
  FROM (VALUES ('transfer_desk', format('SELECT peoplecall.rate(%s, true)', :a), 'PC001'), ('transfer_stranger', format('SELECT peoplecall.rate(%s, true)', :a), '42501'),
	('transfer_desk', format('SELECT peoplecall.rate(%s, true)', :b), '42501'),
	('transfer_desk', 'SELECT peoplecall.submit(''hotline'', ''x'', '''', ''420102017020'', external_id => ''ext 夜间施工'')', 'no error'),
	('transfer_stranger', 'SELECT peoplecall.submit(''hotline'', ''x'', '''', ''420106015006'', external_id => ''ext 夜间施工'')', '42501'),
	('transfer_desk', 'SELECT peoplecall.submit(''web'', ''夜间施工'', '''', ''420102017020'', reporter_phone => ''13900002222'')', 'no error')) AS r (role, call, outcome);

--
-- Who may: an org that answers for both areas, at or above the level that commands.
--
SELECT pg_temp.noise('谁可以') AS w \gset
SELECT * FROM pg_temp.at('2019-12-05 10:00');
CREATE ROLE transfer_caller;
CREATE FUNCTION pg_temp.with_post(org bigint, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO peoplecall.post (role, duty, org) VALUES ('transfer_caller', 'dispatch', org);
	SET LOCAL ROLE transfer_caller;
	EXECUTE statement;
	RAISE EXCEPTION SQLSTATE 'ALLOW';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ALLOW' THEN 'no error' ELSE SQLSTATE END;
END
$$;
SELECT is(pg_temp.with_post(o.org, format('SELECT peoplecall.transfer(%s, ''420106012001'', ''x'')', :w)), o.outcome, format('org %s transfers', o.org))
  FROM (VALUES (1, 'no error'), (2, '42501'), (3, '42501'), (11, '42501'), (12, '42501'), (43, '42501'), (61, '42501')) AS o (org, outcome);
SELECT is(pg_temp.with_post(o.org, format('SELECT peoplecall.reclassify(%s, area => %L)', :w, o.area)), o.outcome, format('org %s puts it into %s', o.org, o.area))
  FROM (VALUES (1, '420102017017', 'no error'), (2, '420102017017', 'no error'), (11, '420102017017', 'no error'), (21, '420102017017', '42501'), (24, '420102017017', '42501'),
	(11, '420102', '42501'), (2, '420102', 'no error'), (1, '420106012001', '22023'), (2, '420106012001', '42501'), (1, '420102999', 'PC005')) AS o (org, area, outcome);

--
-- What is refused.
--
SELECT is(pg_temp.refusal(format('SELECT peoplecall.transfer(%s)', args)), expected, args)
  FROM (VALUES ('NULL, ''420106'', ''x''', '22004'), (:w || ', NULL, ''x''', '22004'), (:w || ', ''420106'', NULL', '22004'), (:w || ', ''420106'', '' ''', '22004'),
	(:w || ', ''420199'', ''x''', 'PC005'), ('420102999999999999, ''420106'', ''x''', 'PC005'), (:w || ', ''420102017017'', ''x''', '22023'), (:w || ', ''420102'', ''x''', '22023'),
	(:a || ', ''420106'', ''x''', 'PC001'), (:w || ', ''4201'', ''x''', 'no error')) AS a (args, expected);
SELECT throws_ok(format('SELECT peoplecall.transfer(%s, ''420102017017'', ''x'')', :w), '22023', format('area 420102017017 is in the district of complaint %s', peoplecall.complaint_no(:w)), 'within a district it is no transfer');
SELECT throws_ok(format('SELECT peoplecall.accept(%s)', :a), 'PC001', NULL, 'nobody works on what is moved');
DO $$
DECLARE
	hint text;
BEGIN
	PERFORM peoplecall.merge((SELECT max(c.id) FROM peoplecall.complaint AS c WHERE c.title = '谁可以'),
		(SELECT c.id FROM peoplecall.complaint AS c WHERE c.state = 'moved'), 'x');
EXCEPTION WHEN SQLSTATE 'PC001' THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	PERFORM set_config('transfer.hint', hint, true);
END
$$;
SELECT matches(current_setting('transfer.hint'), 'current_complaint', 'whoever has the old number is told where to ask');
SELECT is(peoplecall.current_complaint(NULL), NULL, 'no complaint goes on as none');
SELECT is(pg_temp.refusal('SELECT peoplecall.current_complaint(420102999999999999)'), 'PC005', 'one that is not there');

--
-- Late, asked, suspended, convened, supervised: what ends and what goes along.
--
SELECT pg_temp.noise('什么都有') AS x \gset
SELECT FROM peoplecall.accept(:x, 1) \g /dev/null
SELECT FROM peoplecall.request(:x, 'suspend', '等', until => '2019-12-31 10:00+08', task => 1) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT FROM peoplecall.decide(:x, 1, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:x, 'extend', '多', by => '1wd', task => 2) \g /dev/null
SELECT FROM peoplecall.request(:x, 'return', '非职责', task => 2) \g /dev/null
SELECT peoplecall.convene('{42,44}', '{某公司}', :x, meets_at => '2019-12-10 09:00+08', place => '街道') AS m \gset
-- orders: one waits, one is answered
INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, kind, calendar, allowed, started_at, warn_at, due_at, next_alarm_at)
SELECT 420102, :x, '420102017020', 8, 'answer', 'office', '1wd', '2019-12-05 10:00+08', '2019-12-05 16:00+08', '2019-12-06 17:30+08', '2019-12-05 16:00+08';
INSERT INTO peoplecall.supervision (district_id, complaint_id, area, seq, kind, ordered_by, leader, org, reason, ordered_at, clock_seq, answer, answered_at)
VALUES (420102, :x, '420102017020', 1, 'instruction', NULL, 13, 43, '限期解决', '2019-12-05 10:00+08', 8, NULL, NULL),
       (420102, :x, '420102017020', 2, 'supervision', 61, NULL, 43, '逾期', '2019-12-05 10:00+08', NULL, '已办', '2019-12-05 10:00+08');
SELECT * FROM pg_temp.at('2019-12-09 10:00');
SELECT is(pg_temp.receipt(r), 'received B green 12-09 10:30', 'all of it moves') FROM peoplecall.transfer(:x, '420106012009', '在武昌') AS r;
SELECT c.moved_to AS y FROM peoplecall.complaint AS c WHERE c.id = :x \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:y, 'total answer')), ARRAY['- total: 12-05 09:00 > 12-11 14:45 > 12-13 17:30, alarm 12-13 17:30',
	'- answer: 12-09 10:00 > 12-10 09:15 > 12-10 17:30, alarm 12-10 09:15'], 'a suspension ends, what it paused counts; the order begins with full time');
SELECT is(array_agg((r.kind, r.granted, pg_temp.minute(r.ended_at))::text ORDER BY r.seq), '{"(suspend,t,\"12-09 10:00\")","(extend,,\"12-09 10:00\")","(return,,\"12-09 10:00\")"}', 'what was asked lapses')
  FROM peoplecall.request AS r WHERE r.complaint_id = :x;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.decide(%s, 2, true, ''x'')', :x)), 'PC001', 'and is not decided afterwards');
SELECT is((m.closed_at, m.ruling)::text, '("2019-12-09 10:00:00+08",)', 'the meeting is called off') FROM peoplecall.coordination AS m WHERE m.id = :m;
SELECT is((SELECT count(*) FROM peoplecall.coordination_party AS p WHERE p.coordination_id = :m AND p.absent), 0::bigint, 'and nobody was absent from it');
SELECT is((SELECT array_agg(n.to_officer ORDER BY n.seq) FROM peoplecall.notice AS n WHERE n.complaint_id = :x AND n.template = 'called_off'), '{422,442}', 'those who were called are told');
SELECT is((SELECT array_agg((s.seq, s.closed_at IS NULL, s.org, s.answered_at IS NULL)::text ORDER BY s.seq) FROM peoplecall.supervision AS s WHERE s.complaint_id = :x), '{"(1,f,43,t)","(2,f,43,f)"}', 'orders there are closed');
SELECT is((SELECT array_agg((s.seq, s.kind, s.leader, s.org, s.reason, s.closed_at IS NULL, k.kind, k.complaint_id = :y)::text) FROM peoplecall.supervision AS s
	LEFT JOIN peoplecall.clock AS k ON k.complaint_id = s.complaint_id AND k.seq = s.clock_seq WHERE s.complaint_id = :y), '{"(1,instruction,13,12,限期解决,t,answer,t)"}',
	'the one that waits for an answer waits here, for whoever commands now');
SELECT is(ARRAY(SELECT * FROM pg_temp.ends(:x)), ARRAY['dispatch 12-05 09:00 12-05 09:30 met', 'total 12-05 09:00 12-13 17:30 void',
	'1 accept 12-05 09:00 12-05 11:00 met', '1 contact 12-05 09:00 12-09 17:30 void', '1 resolve 12-05 09:00 12-11 17:30 void',
	'2 accept 12-05 09:00 12-05 11:00 missed', '2 resolve 12-05 09:00 12-10 17:30 void', 'answer 12-05 10:00 12-06 17:30 missed'], 'who was late there stays late');
SELECT is(pg_temp.event(:x), format('{"verb": "transfer", "at": "12-09 10:00", "to": %s, "reason": "在武昌", "state": "dispatched", "lead": 43, "tasks": [1, 2], "requests": [2, 3], "meetings": [%s], "orders": [1],
	"area": {"old": "420102017020", "new": "420106012009"}}', :y, :m)::jsonb, 'the event names them');
SELECT is(pg_temp.sweep_at('2019-12-31 12:00') > 0, true, 'the sweep goes on');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :x AND e.verb <> 'transfer' AND e.at > '2019-12-09 10:00+08'), 0::bigint, 'and finds nothing more of the old one');

-- The total clock is late already, and its step was taken: not again.
SELECT pg_temp.noise('太晚') AS l \gset
SELECT is(pg_temp.sweep_at('2019-12-12 17:30') > 0, true, 'the deadline to the citizen passes');
SELECT * FROM pg_temp.at('2019-12-13 09:00');
SELECT FROM peoplecall.transfer(:l, '420106', '在武昌') \g /dev/null
SELECT c.moved_to AS k FROM peoplecall.complaint AS c WHERE c.id = :l \gset
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:k, 'total')), ARRAY['- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30'], 'red, with nothing left to ring');
SELECT is((k.fired <> '{}', k.verdict)::text, '(t,)', 'its step was taken') FROM peoplecall.clock AS k WHERE k.complaint_id = :k AND k.kind = 'total';
SELECT is((SELECT array_agg(k.kind || ' ' || k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :l AND k.verdict <> 'met'),
	'{"total void","accept missed","contact missed","resolve missed","accept missed","resolve missed","accept void","contact void","resolve void","accept void","resolve void"}',
	'charged to the first district: what its orgs owed; not those who got it by the ladder, and not the whole, which goes on');
SELECT is((b.command_org, b.sla)::text, '(3,red)', 'the district commands, and the light is red') FROM peoplecall.board AS b WHERE b.complaint_id = :k;

--
-- On and on, and back again.
--
SELECT pg_temp.noise('来回') AS h \gset
SELECT FROM peoplecall.transfer(:h, '420106015006', '一') \g /dev/null
SELECT peoplecall.current_complaint(:h) AS i \gset
SELECT FROM peoplecall.transfer(:i, '420102017017', '二') \g /dev/null
SELECT peoplecall.current_complaint(:h) AS j \gset
SELECT is(peoplecall.current_complaint(:i), :j::bigint, 'every number on the way leads to where it is');
SELECT is((c.district_id, c.origin_id, c.received_at)::text, format('(420102,%s,"2019-12-05 09:00:00+08")', :h), 'back in the first district: a third complaint, the first number still the citizen''s') FROM peoplecall.complaint AS c WHERE c.id = :j;
SELECT is((SELECT array_agg(r.complaint_id) FROM peoplecall.reporter AS r WHERE r.complaint_id IN (:h, :i, :j)), ARRAY[:j]::bigint[], 'who called is known once');
SELECT matches(n.body, peoplecall.complaint_no(:h), 'and is told by that number') FROM peoplecall.notice AS n WHERE n.complaint_id = :j AND n.to_reporter;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.transfer(%s, ''420106'', ''三'')', :h)), 'PC001', 'who transfers must name what is there');

--
-- Those that are merged into it go along; one that is merged goes alone nowhere.
--
SELECT pg_temp.noise('主件') AS p \gset
SELECT pg_temp.noise('从件') AS q \gset
SELECT pg_temp.noise('别处的', area => '420106012001') AS r \gset
SELECT FROM peoplecall.merge(:q, :p, '同一事') \g /dev/null
SELECT FROM peoplecall.merge(:r, :p, '同一事') \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.transfer(%s, ''420106'', ''x'')', :q)), 'PC001', 'a merged one is split first');
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT FROM peoplecall.transfer(:p, '420106012001', '在武昌') \g /dev/null
SELECT peoplecall.current_complaint(:p) AS s \gset
SELECT is((SELECT array_agg((c.id = :q, c.state, c.principal_id = :s)::text ORDER BY c.id) FROM peoplecall.complaint AS c WHERE c.id IN (:q, :r)), '{"(t,merged,t)","(f,merged,t)"}', 'whoever was merged into it is merged into the new one, wherever');
SELECT is(pg_temp.event(:q), format('{"verb": "merge", "at": "12-05 10:00", "principal": %s, "old_principal": %s}', :s, :p)::jsonb, 'with an event of their own');
SELECT is(s.complaint_id, :q::bigint, 'the call of a merged one again is his own')
  FROM peoplecall.submit('web', '从件', '', '420102017020', 'police.noise', reporter_phone => '13900002222') AS s;
SELECT is(c.urged, 1, 'and urges where the matter is') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT FROM peoplecall.dispatch(:s) \g /dev/null
SELECT FROM peoplecall.complete(:s, '好') \g /dev/null
SELECT FROM peoplecall.close(:s) \g /dev/null
SELECT is((SELECT array_agg(c.closed_at::text || c.result) FROM peoplecall.complaint AS c WHERE c.id IN (:q, :r)), '{"2019-12-05 10:00:00+08好","2019-12-05 10:00:00+08好"}', 'they end with it');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true, 5)', :q)), 'no error', 'and each citizen is asked by his own number');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true, 5)', :p)), 'no error', 'the first one by the old one');

--
-- Hot: a group that was raised is not raised again because its head moved.
--
SELECT * FROM pg_temp.at('2019-12-05 11:00');
SELECT count(*) FROM generate_series(1, 6) AS n, LATERAL peoplecall.submit('web', '晨光培训学校关门不退学费' || n, '', '420102017020') AS s \g /dev/null
SELECT is(peoplecall.raise_hot('4201', '2019-12-05 10:59+08'), 1, 'a hot matter is raised');
SELECT e.complaint_id AS g FROM peoplecall.event AS e WHERE e.verb = 'raise_hot' \gset
SELECT FROM peoplecall.transfer(:g, '420106012001', '在武昌') \g /dev/null
SELECT is((SELECT h.complaints FROM peoplecall.hot_matters('4201', '2019-12-05 10:59+08') AS h WHERE h.subject IS NULL), 6::bigint, 'it counts once, where it goes on');
SELECT is(peoplecall.raise_hot('4201', '2019-12-05 10:59+08'), 0, 'and the group was raised');
SELECT is((c.grade, c.command_org)::text, '(C,3)', 'graded as it was raised') FROM peoplecall.complaint AS c WHERE c.id = peoplecall.current_complaint(:g);
SELECT is(pg_temp.event(peoplecall.current_complaint(:g)) ->> 'hot', 'true', 'the event remembers');

--
-- What is measured counts a matter once.
--
SELECT is(u.complaints, (SELECT count(*) FROM peoplecall.complaint AS c WHERE c.category::text = 'police.noise' AND c.principal_id IS NULL AND c.state <> 'moved'), 'unowned() counts where it goes on')
  FROM peoplecall.unowned('4201', '2019-12-01') AS u WHERE u.category::text = 'police.noise';

--
-- Within a district the area is put right, and everything with it.
--
SELECT pg_temp.noise('改社区') AS z \gset
SELECT FROM peoplecall.request(:z, 'extend', '多', by => '1wd', task => 1) \g /dev/null
SELECT FROM peoplecall.report(:z, '在办', 1, 'district') \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched B org 43 green 12-05 11:00', 'in another community') FROM peoplecall.reclassify(:z, area => '420102017017', reason => '走错了') AS r;
SELECT is(pg_temp.event(:z) - 'reasons', '{"verb": "reclassify", "at": "12-05 09:00", "reason": "走错了", "area": {"old": "420102017020", "new": "420102017017"}}', 'the event says both');
SELECT is((SELECT array_agg(DISTINCT x.area::text) FROM (SELECT area FROM peoplecall.complaint WHERE id = :z UNION ALL SELECT area FROM peoplecall.task WHERE complaint_id = :z
	UNION ALL SELECT area FROM peoplecall.clock WHERE complaint_id = :z UNION ALL SELECT area FROM peoplecall.event WHERE complaint_id = :z UNION ALL SELECT area FROM peoplecall.notice WHERE complaint_id = :z
	UNION ALL SELECT area FROM peoplecall.request WHERE complaint_id = :z UNION ALL SELECT area FROM peoplecall.reporter WHERE complaint_id = :z UNION ALL SELECT area FROM peoplecall.complaint_text WHERE complaint_id = :z) AS x),
	'{420102017017}', 'every record of it says so, so that those there see it all');
CREATE ROLE transfer_reader;
SELECT peoplecall.appoint('transfer_reader', 'read', 24) \g /dev/null
CREATE FUNCTION pg_temp.lines_for(who name, c bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	lines bigint;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	SELECT count(*) INTO lines FROM peoplecall.history AS h WHERE h.complaint_id = c;
	RESET ROLE;
	RETURN lines;
END
$$;
SELECT is(pg_temp.lines_for('transfer_reader', :z), 6::bigint, 'and so they do');
SELECT is((c.command_org, c.lead_org, c.state)::text, '(11,43,dispatched)', 'the street commands as before, and the lead is as it was') FROM peoplecall.complaint AS c WHERE c.id = :z;
SELECT is(pg_temp.receipt(r), 'dispatched B org 43 green 12-05 11:00', 'known for the district alone') FROM peoplecall.reclassify(:z, area => '420102') AS r;
SELECT is(c.command_org, 2::bigint, 'no street commands what may be anywhere') FROM peoplecall.complaint AS c WHERE c.id = :z;

-- Two orders of one body, to two orgs: one to the one that answers here.
SELECT pg_temp.noise('两次督办') AS z \gset
SELECT FROM peoplecall.supervise(:z, '查', 43), peoplecall.supervise(:z, '查', 41) AS more \g /dev/null
SELECT (t).complaint_id AS n FROM peoplecall.transfer(:z, '420106012001', '在武昌') AS t \gset
SELECT is(ARRAY(SELECT concat_ws(' ', s.seq, s.ordered_by, s.org) FROM peoplecall.supervision AS s WHERE s.complaint_id = :n ORDER BY s.seq), '{1 61 12}', 'one goes along');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
