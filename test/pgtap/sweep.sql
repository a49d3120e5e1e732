-- The ladder and the sweep: who is told what and when, each step once and in
-- order, however late, however often and whoever else works. Times are reckoned
-- by hand for calendar 'office': Monday to Friday, 08:30-12:00 and 14:00-17:30.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.at(moment text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('peoplecall.as_of', moment || '+08', true);
	RETURN;
END
$$;

CREATE FUNCTION pg_temp.minute(at timestamptz) RETURNS text LANGUAGE sql STABLE
	AS $$SELECT to_char(at, 'MM-DD HH24:MI')$$;

-- Every district's ticks until nothing is left, at most 50 of them.
CREATE FUNCTION pg_temp.sweep(batch int DEFAULT 500) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	district int;
	done record;
	steps int := 0;
	ticks int := 0;
BEGIN
	FOR district IN SELECT d FROM peoplecall.due_districts() AS d LOOP
		LOOP
			SELECT t.* INTO done FROM peoplecall.tick(district, batch) AS t;
			steps := steps + done.steps;
			EXIT WHEN done.due = 0;
			ticks := ticks + 1;
			IF ticks > 50 THEN
				RAISE 'the sweep does not come to an end';
			END IF;
		END LOOP;
	END LOOP;
	RETURN steps;
END
$$;

CREATE FUNCTION pg_temp.sweep_at(moment text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('peoplecall.as_of', moment || '+08', true);
	RETURN pg_temp.sweep();
END
$$;

-- What the ladder did: 'task clock step: was due > ran, whom it told, act'.
CREATE FUNCTION pg_temp.ladder(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT CASE e.verb
	       WHEN 'alarm' THEN concat(coalesce(e.task_seq::text, '-'), ' ', e.detail ->> 'clock', ' ', e.detail ->> 'step_seq', ': ',
	              pg_temp.minute((e.detail ->> 'was_due')::timestamptz), ' > ', pg_temp.minute((e.detail ->> 'ran_at')::timestamptz),
	              ' ', e.detail ->> 'light', ' ' || (e.detail ->> 'told'), ' ' || (e.detail ->> 'act'))
	       WHEN 'command_up' THEN concat('up ', pg_temp.minute(e.at), ' ', e.detail #>> '{command_org,old}', ' to ', e.detail #>> '{command_org,new}',
	              ', lead ', e.detail #>> '{lead,old}', ' to ', e.detail #>> '{lead,new}')
	       WHEN 'supervise' THEN concat('supervise ', pg_temp.minute(e.at), ' org ', e.detail ->> 'org', ' by ', e.detail ->> 'ordered_by', ' tells ', e.detail ->> 'told')
	       END
	  FROM peoplecall.event AS e
	 WHERE e.complaint_id = c AND e.verb IN ('alarm', 'command_up', 'supervise')
	 ORDER BY e.seq
$$;

CREATE FUNCTION pg_temp.notices(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.seq, n.to_officer, n.template) FROM peoplecall.notice AS n WHERE n.complaint_id = c ORDER BY n.seq
$$;

-- A matter that nobody touches: every step at its time and not a second before.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS a FROM peoplecall.submit('hotline', '花架', '', '420102017020', 'city.facility') \gset
SELECT is(pg_temp.sweep_at('2019-12-05 09:14:59'), 0, 'a second before half of the time nothing is due');
SELECT is(ARRAY(SELECT d FROM peoplecall.due_districts() AS d), '{}', 'in no district');
SELECT * FROM pg_temp.at('2019-12-05 09:15');
SELECT is(ARRAY(SELECT d FROM peoplecall.due_districts() AS d), '{420102}', 'at half it is, in one district');
SELECT is((b.due, b.oldest, b.behind)::text, '(1,"2019-12-05 09:15:00+08",00:00:00)', 'the view of the backlog says so') FROM peoplecall.sweep_backlog AS b;
SELECT is(t::text, '(1,1,1,0)', 'tick takes it') FROM peoplecall.tick(420102) AS t;
SELECT is(t::text, '(0,0,0,0)', 'once') FROM peoplecall.tick(420102) AS t;
SELECT is(t::text, '(0,0,0,0)', 'and not in another district') FROM peoplecall.tick(420106) AS t;
SELECT is(pg_temp.sweep_at('2019-12-05 09:29:59'), 0, 'a second before the deadline');
SELECT is(pg_temp.sweep_at('2019-12-05 09:30'), 1, 'at the deadline');
SELECT is(pg_temp.sweep_at('2019-12-06 08:44:59'), 0, 'before half of the call and of the work');
SELECT is(pg_temp.sweep_at('2019-12-06 08:45'), 2, 'half of both');
SELECT is(pg_temp.sweep_at('2019-12-06 17:29:59'), 0, 'before their deadline');
SELECT is(pg_temp.sweep_at('2019-12-06 17:30'), 3, 'their deadline; a working day after the accept''s');
SELECT is(pg_temp.sweep_at('2019-12-09 17:29:59'), 0, 'the weekend is no working day');
SELECT is(pg_temp.sweep_at('2019-12-09 17:30'), 3, 'a working day later');
SELECT is(pg_temp.sweep_at('2019-12-10 17:29:59'), 0, 'not yet two working days');
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:a)), ARRAY[
	'1 accept 1: 12-05 09:15 > 12-05 09:15 yellow [211]',
	'1 accept 2: 12-05 09:30 > 12-05 09:30 red [212]',
	'1 contact 1: 12-06 08:45 > 12-06 08:45 yellow [211]',
	'1 resolve 1: 12-06 08:45 > 12-06 08:45 yellow [211]',
	'1 accept 3: 12-06 17:30 > 12-06 17:30 red [213]',
	'1 contact 2: 12-06 17:30 > 12-06 17:30 red [212]',
	'1 resolve 2: 12-06 17:30 > 12-06 17:30 red [212]',
	'- total 1: 12-09 17:30 > 12-09 17:30 red [212]',
	'1 contact 3: 12-09 17:30 > 12-09 17:30 red [213]',
	'1 resolve 3: 12-09 17:30 > 12-09 17:30 red [213]'], 'half: the handler; deadline: the leader in charge; a working day later: the chief');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:a)), ARRAY['1 211 half', '2 212 due', '3 211 half', '4 212 due', '5 213 overdue', '6 212 due', '7 213 overdue'],
	'two steps to one person at once are one notice');
SELECT is(n.body, format('【黄灯提醒】诉求%s“花架”接单时限已过半，请汉广社区于2019-12-05 09:30前接单。', peoplecall.complaint_no(:a)), 'the text at half')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.seq = 1;
SELECT is((n.phone, n.created_at, n.not_before, n.state, n.to_org)::text, '(10000000211,"2019-12-05 09:15:00+08","2019-12-05 09:15:00+08",waiting,21)', 'its address and time')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.seq = 1;
SELECT is((c.command_org, c.lead_org, c.grade)::text, '(21,21,A)', 'the community still leads') FROM peoplecall.complaint AS c WHERE c.id = :a;

-- Two working days later command goes up: the street leads with fresh clocks,
-- the community assists, the difficulty stays.
SELECT is(pg_temp.sweep_at('2019-12-10 17:30'), 1, 'two working days after the deadline');
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:a) OFFSET 10), ARRAY['1 resolve 4: 12-10 17:30 > 12-10 17:30 red [213] command_up', 'up 12-10 17:30 21 to 11, lead 21 to 11'], 'command goes up');
SELECT is((c.grade, c.command_level, c.command_org, c.lead_org, c.state)::text, '(A,street,11,11,dispatched)', 'the street commands and leads') FROM peoplecall.complaint AS c WHERE c.id = :a;
SELECT is((SELECT array_agg(concat_ws(' ', t.seq, t.role, t.org, t.state) ORDER BY t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = :a),
	'{"1 lead 21 superseded","2 lead 11 sent","3 assist 21 sent"}', 'who led assists');
SELECT is((SELECT array_agg(concat_ws(' ', k.task_seq, k.kind, pg_temp.minute(k.started_at), pg_temp.minute(k.due_at), k.verdict) ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :a AND k.task_seq IS NOT NULL), ARRAY[
	'1 accept 12-05 09:00 12-05 09:30 missed', '1 contact 12-05 09:00 12-06 17:30 missed', '1 resolve 12-05 09:00 12-06 17:30 missed',
	'2 accept 12-10 17:30 12-10 18:00', '2 contact 12-10 17:30 12-11 17:30', '2 resolve 12-10 17:30 12-11 17:30',
	'3 accept 12-10 17:30 12-10 17:54', '3 resolve 12-10 17:30 12-11 17:30'], 'late clocks stop with their verdict, the new ones have full time');
SELECT is(n.to_officer || ' ' || n.body, format('213 【提级办理】诉求%s“花架”超期未决，已提级至后湖街道办事处指挥，请于2019-12-11 17:30前办结。', peoplecall.complaint_no(:a)),
	'the community''s chief reads who commands now, and until when')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.template = 'command_up';
SELECT is(e.detail, jsonb_build_object('clock', 'resolve', 'step', (SELECT s.id FROM peoplecall.escalation_step AS s WHERE s.act = 'command_up' AND s.grade::text = 'A'),
	'was_due', '2019-12-10T09:30:00+00:00', 'command_level', '{"old": "community", "new": "street"}'::jsonb, 'command_org', '{"old": 21, "new": 11}'::jsonb,
	'lead', '{"old": 21, "new": 11}'::jsonb, 'assist_task', 3), 'event command_up') FROM peoplecall.event AS e WHERE e.complaint_id = :a AND e.verb = 'command_up';
-- on and on to the city, and where nobody is above, to the inspection; then it
-- is at an end: no alarm for ever (glpi #1996)
DO $$
DECLARE
	hour timestamp;
BEGIN
	FOR hour IN SELECT generate_series(timestamp '2019-12-10 18:00', '2020-02-10 18:00', '30 minutes') LOOP
		PERFORM pg_temp.sweep_at(hour::text);
	END LOOP;
END
$$;
SELECT is((SELECT array_agg(l ORDER BY n) FROM pg_temp.ladder(:a) WITH ORDINALITY AS x (l, n) WHERE l ~ '^(up|supervise)'), ARRAY[
	'up 12-10 17:30 21 to 11, lead 21 to 11', 'up 12-13 17:30 11 to 2, lead 11 to 2', 'up 12-18 17:30 2 to 1, lead 2 to 1',
	'supervise 12-23 17:30 org 1 by 61 tells [12, 13, 613]'], 'level by level, each with full time, at the top to the inspection');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k WHERE k.complaint_id = :a AND k.next_alarm_at IS NOT NULL), 0::bigint, 'the ladder has an end');
SELECT is((SELECT count(*) FROM (SELECT e.detail ->> 'clock_seq', e.detail ->> 'step' FROM peoplecall.event AS e WHERE e.complaint_id = :a AND e.verb = 'alarm' GROUP BY 1, 2 HAVING count(*) > 1) AS x), 0::bigint, 'each step of each clock once');

-- The same, but the sweep was down for days: every step once and in order, one
-- notice a person, each event with when it was due and when it ran.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS b FROM peoplecall.submit('hotline', '坑', '', '420102017017', 'city.facility') \gset
SELECT is(pg_temp.sweep_at('2019-12-10 18:00'), 11, 'eleven steps at once');
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:b)), ARRAY[
	'1 accept 1: 12-05 09:15 > 12-10 18:00 yellow [241]',
	'1 accept 2: 12-05 09:30 > 12-10 18:00 red [242]',
	'1 contact 1: 12-06 08:45 > 12-10 18:00 yellow [241]',
	'1 resolve 1: 12-06 08:45 > 12-10 18:00 yellow [241]',
	'1 accept 3: 12-06 17:30 > 12-10 18:00 red [243]',
	'1 contact 2: 12-06 17:30 > 12-10 18:00 red [242]',
	'1 resolve 2: 12-06 17:30 > 12-10 18:00 red [242]',
	'- total 1: 12-09 17:30 > 12-10 18:00 red [242]',
	'1 contact 3: 12-09 17:30 > 12-10 18:00 red [243]',
	'1 resolve 3: 12-09 17:30 > 12-10 18:00 red [243]',
	'1 resolve 4: 12-10 17:30 > 12-10 18:00 red [243] command_up',
	'up 12-10 18:00 24 to 11, lead 24 to 11'], 'in the order in which they were due');
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:b)), ARRAY['1 241 half', '2 242 due', '3 243 command_up'], 'one notice to each person, of the last step');
SELECT is(pg_temp.sweep(), 0, 'again: nothing');
SELECT is((SELECT array_agg(e.seq ORDER BY e.seq) FROM peoplecall.event AS e WHERE e.complaint_id = :b), ARRAY(SELECT generate_series(1, 14)), 'events without gaps');
SELECT is((SELECT pg_temp.minute(k.started_at) || ' ' || pg_temp.minute(k.due_at) FROM peoplecall.clock AS k WHERE k.complaint_id = :b AND k.task_seq = 2 AND k.kind = 'resolve'),
	'12-10 18:00 12-11 17:30', 'the new lead''s time begins when it gets the matter');

-- B with an assistant: only the lead's resolve clock moves command; the late
-- assistant's chief is told.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS p FROM peoplecall.submit('hotline', '预付卡', '', '420106012001', 'market.prepaid') \gset
SELECT FROM peoplecall.accept(:p, 1) \g /dev/null
SELECT FROM peoplecall.accept(:p, 2) \g /dev/null
SELECT FROM peoplecall.contact(:p) \g /dev/null
SELECT FROM peoplecall.complete(:p, '已退', 1) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-16 18:00') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:p)), ARRAY[
	'2 resolve 1: 12-09 08:45 > 12-16 18:00 yellow [331]',
	'2 resolve 2: 12-10 17:30 > 12-16 18:00 red [332]',
	'2 resolve 3: 12-11 17:30 > 12-16 18:00 red [333]',
	'- total 1: 12-12 17:30 > 12-16 18:00 red [312]',
	'2 resolve 4: 12-12 17:30 > 12-16 18:00 red [333]'], 'the assistant''s clock only tells');
SELECT is((c.command_org, c.lead_org)::text, '(12,31)', 'command stays') FROM peoplecall.complaint AS c WHERE c.id = :p;
SELECT is(ARRAY(SELECT * FROM pg_temp.notices(:p)), ARRAY['1 312 due', '2 331 half', '3 332 due', '4 333 overdue'], 'and says overdue');

-- B whose lead is the street already, while the community commands: command
-- passes it over, so that it does not get back what it is late with.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS l FROM peoplecall.submit('hotline', '车库', '', '420106015006', 'property.garage') \gset
UPDATE peoplecall.complaint SET command_level = 'community', command_org = 23 WHERE id = :l;
SELECT FROM pg_temp.sweep_at('2019-12-12 17:30') \g /dev/null
SELECT is((SELECT l FROM pg_temp.ladder(:l) AS l WHERE l ~ '^up'), 'up 12-12 17:30 23 to 3, lead 13 to 3', 'to the next that is not late already');

-- What the matter is about never gets the lead by lateness either.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS g FROM peoplecall.submit('hotline', '办事处推诿', '', '420106012001', 'city.facility', subject_org => 3, auto_dispatch => false) \gset
SELECT is(c.command_org, 1::bigint, 'past the district it is about and the street below: the city commands') FROM peoplecall.complaint AS c WHERE c.id = :g;
SELECT FROM peoplecall.dispatch(:g, lead => 51) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-10 17:30') \g /dev/null
SELECT is((SELECT c.lead_org FROM peoplecall.complaint AS c WHERE c.id = :g), 51::bigint, 'and above it is nobody to take the lead');

-- C: two working days after the deadline the inspection is called, once.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS c FROM peoplecall.submit('hotline', '课程', '', '420106012001', 'education.training') \gset
SELECT FROM peoplecall.dispatch(:c, assist => '{33}') \g /dev/null
SELECT FROM peoplecall.accept(:c, 1) \g /dev/null
SELECT FROM peoplecall.accept(:c, 2) \g /dev/null
SELECT FROM peoplecall.contact(:c) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-12 17:30') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-13 17:29:59') \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.ladder(:c)), 5::bigint, 'not yet');
SELECT FROM pg_temp.sweep_at('2019-12-13 17:30') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:c)), ARRAY[
	'2 resolve 1: 12-09 14:15 > 12-12 17:30 yellow [331]',
	'1 resolve 1: 12-10 08:45 > 12-12 17:30 yellow [321]',
	'2 resolve 2: 12-11 17:30 > 12-12 17:30 red [332]',
	'1 resolve 2: 12-12 17:30 > 12-12 17:30 red [322]',
	'2 resolve 3: 12-12 17:30 > 12-12 17:30 red [333]',
	'1 resolve 3: 12-13 17:30 > 12-13 17:30 red [323]',
	'2 resolve 4: 12-13 17:30 > 12-13 17:30 red [333] supervise',
	'supervise 12-13 17:30 org 32 by 61 tells [322, 323, 333, 613]'], 'the assistant, whose time was 4wd, is two days late: supervision is ordered');
SELECT is((s.kind, s.ordered_by, s.org, s.reason, s.ordered_at, s.closed_at)::text, '(supervision,61,32,"the ladder","2019-12-13 17:30:00+08",)', 'the order')
  FROM peoplecall.supervision AS s WHERE s.complaint_id = :c;
SELECT is(concat_ws(' ', k.kind, pg_temp.minute(k.started_at), pg_temp.minute(k.due_at)), 'answer 12-13 17:30 12-18 17:30', 'has a clock of its own')
  FROM peoplecall.supervision AS s JOIN peoplecall.clock AS k ON k.complaint_id = s.complaint_id AND k.seq = s.clock_seq WHERE s.complaint_id = :c;
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.body ORDER BY n.to_officer) FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.template = 'supervise'), ARRAY[
	format('322 【督办通知】诉求%s“课程”超期未决，已移送督查，请武昌区教育局于2019-12-18 17:30前答复。', peoplecall.complaint_no(:c)),
	format('323 【督办通知】诉求%s“课程”超期未决，已移送督查，请武昌区教育局于2019-12-18 17:30前答复。', peoplecall.complaint_no(:c)),
	format('333 【督办通知】诉求%s“课程”超期未决，已移送督查，请武昌区教育局于2019-12-18 17:30前答复。', peoplecall.complaint_no(:c)),
	format('613 【督办通知】诉求%s“课程”超期未决，已移送督查，请武昌区教育局于2019-12-18 17:30前答复。', peoplecall.complaint_no(:c))], 'the leaders who are to answer, the late org''s chief and the inspection''s are told who answers until when');
SELECT is(pg_temp.sweep_at('2019-12-16 17:30'), 4, 'the lead is two days late: it is supervised already; half of the answer''s time is gone, total, verify')
  WHERE false;
SELECT FROM pg_temp.sweep_at('2019-12-16 17:30') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.supervision AS s WHERE s.complaint_id = :c), 1::bigint, 'one order at a time');
SELECT is((SELECT n.template FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.to_officer = 323 ORDER BY n.seq DESC LIMIT 1), 'overdue', 'its chief reads that it is overdue');
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.to_officer = 323 ORDER BY n.seq DESC LIMIT 1),
	format('【超期通报】诉求%s“课程”已超过办结时限（2019-12-12 17:30），武昌区教育局仍未办结，请主要负责人过问。', peoplecall.complaint_no(:c)), 'and of which clock');
SELECT is((c.command_org, c.lead_org, c.command_level)::text, '(3,32,district)', 'command and lead stay') FROM peoplecall.complaint AS c WHERE c.id = :c;

-- What is stopped, paused or closed fires nothing (glpi #7946).
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS s FROM peoplecall.submit('hotline', '停', '', '420106012001', 'property') \gset
SELECT complaint_id AS z FROM peoplecall.submit('hotline', '暂停', '', '420106012001', 'property') \gset
SELECT FROM peoplecall.accept(:s) \g /dev/null
SELECT FROM peoplecall.contact(:s) \g /dev/null
SELECT FROM peoplecall.complete(:s, '完') \g /dev/null
SELECT FROM peoplecall.close(:s) \g /dev/null
UPDATE peoplecall.clock SET paused_at = '2019-12-05 09:00+08', next_alarm_at = NULL, pauses = '{["2019-12-05 09:00+08",)}' WHERE complaint_id = :z AND stopped_at IS NULL;
SELECT FROM pg_temp.sweep_at('2019-12-20 18:00') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id IN (:s, :z) AND e.verb = 'alarm'), 0::bigint, 'neither closed nor paused');
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n.complaint_id IN (:s, :z)), 0::bigint, 'nobody is told');

-- Sent back: the alarms go on with the time that was left.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS k FROM peoplecall.submit('hotline', '返工', '', '420106012001', 'property') \gset
SELECT FROM peoplecall.accept(:k) \g /dev/null
SELECT FROM peoplecall.contact(:k) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-09 08:45') \g /dev/null
SELECT FROM peoplecall.complete(:k, '完') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-10 09:00');
SELECT FROM peoplecall.send_back(:k, '未完') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-11 17:30') \g /dev/null
SELECT is(ARRAY(SELECT l FROM pg_temp.ladder(:k) AS l WHERE l ~ 'resolve'), ARRAY[
	'1 resolve 1: 12-09 08:45 > 12-09 08:45 yellow [121]',
	'1 resolve 2: 12-11 17:30 > 12-11 17:30 red [122]'], 'half not again; the deadline a day later, as Monday''s close was in the claim');

-- People who are away, and orgs without them.
CREATE FUNCTION pg_temp.told(role text) RETURNS bigint LANGUAGE sql AS
	$$SELECT peoplecall.officer_for(21, role::peoplecall.officer_role, '2019-12-05 09:00+08')$$;
INSERT INTO peoplecall.officer_absence (officer, period, deputy) VALUES (212, '[2019-12-05 00:00+08,2019-12-06 00:00+08)', 211);
SELECT is(pg_temp.told('leader_in_charge'), 211::bigint, 'away: the deputy');
INSERT INTO peoplecall.officer_absence (officer, period) VALUES (211, '[2019-12-05 08:00+08,2019-12-05 12:00+08)');
SELECT is(pg_temp.told('leader_in_charge'), 112::bigint, 'the deputy is away too: the org above');
SELECT is(pg_temp.told('handler'), 111::bigint, 'away without a deputy: the org above');
INSERT INTO peoplecall.officer (id, org, role, name, phone) VALUES (9001, 21, 'leader_in_charge', '副书记', '10000009001');
SELECT is(pg_temp.told('leader_in_charge'), 9001::bigint, 'another who is present comes first');
UPDATE peoplecall.officer SET active = false WHERE id IN (213, 9001);
SELECT is(pg_temp.told('chief'), 113::bigint, 'who left the service is nobody');
UPDATE peoplecall.officer SET active = false WHERE id IN (113, 23, 13);
SELECT is(pg_temp.told('chief'), NULL, 'nobody in the whole line');
UPDATE peoplecall.officer SET active = true WHERE id IN (213, 113, 23, 13);
-- the share's own officer, his deputy, else the org's
INSERT INTO peoplecall.officer (id, org, role, name, phone) VALUES (9002, 12, 'handler', '小李', '10000009002');
SELECT is(peoplecall.officer_for(12, 'handler', '2019-12-05 09:00+08', 9002), 9002::bigint, 'the assigned');
INSERT INTO peoplecall.officer_absence (officer, period, deputy) VALUES (9002, '[2019-12-05 00:00+08,2019-12-06 00:00+08)', 122);
SELECT is(peoplecall.officer_for(12, 'handler', '2019-12-05 09:00+08', 9002), 122::bigint, 'his deputy');
UPDATE peoplecall.officer SET active = false WHERE id = 9002;
SELECT is(peoplecall.officer_for(12, 'handler', '2019-12-05 09:00+08', 9002), 121::bigint, 'who left: the org''s handler');
UPDATE peoplecall.officer SET active = true WHERE id = 9002;
-- and so the sweep tells them
SELECT * FROM pg_temp.at('2019-12-05 09:00');
DO $$
BEGIN
	PERFORM peoplecall.appoint(9002, 'handle', 12);
END
$$;
SELECT complaint_id AS d FROM peoplecall.submit('hotline', '代理', '', '420106012001', 'property') \gset
SELECT complaint_id AS f FROM peoplecall.submit('hotline', '无人', '', '420102017020', 'city.facility') \gset
SELECT FROM peoplecall.act_for(9002) \g /dev/null
SELECT FROM peoplecall.accept(:d) \g /dev/null
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
UPDATE peoplecall.officer_absence SET period = '[2019-12-06 00:00+08,2019-12-10 00:00+08)' WHERE officer = 9002;
SELECT FROM pg_temp.sweep_at('2019-12-05 09:30') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:f)), ARRAY['1 accept 1: 12-05 09:15 > 12-05 09:30 yellow [111]', '1 accept 2: 12-05 09:30 > 12-05 09:30 red [112]'], 'the sweep goes to the org above');
UPDATE peoplecall.officer_absence SET period = '[2019-12-05 00:00+08,2019-12-05 01:00+08)' WHERE officer IN (211, 212);
UPDATE peoplecall.officer SET active = true WHERE id = 9001;
SELECT FROM pg_temp.sweep_at('2019-12-09 08:45') \g /dev/null
SELECT is((SELECT l FROM pg_temp.ladder(:d) AS l WHERE l ~ 'resolve'), '1 resolve 1: 12-09 08:45 > 12-09 08:45 yellow [122]', 'to the deputy of who accepted it');

-- So far only one was paused by hand.
SELECT is_empty(format('SELECT * FROM peoplecall.check_ledger() WHERE complaint_id <> %s', :z), 'the ledger is whole');

-- A complaint whose alarms fail does not stop the others; it waits, longer each
-- time, and recovers.
SELECT * FROM pg_temp.at('2019-12-20 09:00');
UPDATE peoplecall.clock SET next_alarm_at = NULL;	-- the matters so far are out of the way
SELECT complaint_id AS x FROM peoplecall.submit('hotline', '坏', '', '420102017020', 'city.facility') \gset
SELECT complaint_id AS y FROM peoplecall.submit('hotline', '好', '', '420102017020', 'city.facility') \gset
CREATE FUNCTION pg_temp.hostile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.body LIKE '%“坏”%' THEN
		RAISE 'no more paper';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER hostile BEFORE INSERT ON peoplecall.notice FOR EACH ROW EXECUTE FUNCTION pg_temp.hostile();
SELECT * FROM pg_temp.at('2019-12-20 09:15');
SELECT is(t::text, '(2,1,1,1)', 'of two one fails') FROM peoplecall.tick(420102) AS t;
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:y)), ARRAY['1 accept 1: 12-20 09:15 > 12-20 09:15 yellow [211]'], 'the other is done');
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:x)), '{}', 'of the failing one nothing stays');
SELECT is((s.complaint_id = :x, s.attempts, s.sqlstate, s.message, s.failed_at, s.retry_at)::text, '(t,1,P0001,"no more paper","2019-12-20 09:15:00+08","2019-12-20 09:16:00+08")', 'it is in sweep_status')
  FROM peoplecall.sweep_status AS s;
SELECT is(t::text, '(0,0,0,0)', 'and waits') FROM peoplecall.tick(420102) AS t;
SELECT * FROM pg_temp.at('2019-12-20 09:16');
SELECT is(t::text, '(1,0,0,1)', 'tried again') FROM peoplecall.tick(420102) AS t;
SELECT is((s.attempts, s.retry_at)::text, '(2,"2019-12-20 09:18:00+08")', 'it waits twice as long') FROM peoplecall.sweep_status AS s;
SELECT * FROM pg_temp.at('2019-12-20 09:18');
SELECT FROM peoplecall.tick(420102) \g /dev/null
SELECT is((s.attempts, s.retry_at)::text, '(3,"2019-12-20 09:22:00+08")', 'and twice again') FROM peoplecall.sweep_status AS s;
DROP TRIGGER hostile ON peoplecall.notice;
SELECT * FROM pg_temp.at('2019-12-20 09:31');
SELECT is(t::text, '(2,2,3,0)', 'mended: it catches up, and the other has its next') FROM peoplecall.tick(420102) AS t;
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:x)), ARRAY['1 accept 1: 12-20 09:15 > 12-20 09:31 yellow [211]', '1 accept 2: 12-20 09:30 > 12-20 09:31 red [212]'], 'each step once, in order');
SELECT is((SELECT count(*) FROM peoplecall.sweep_status), 0::bigint, 'and is no longer in sweep_status');
-- one that ended by hand meanwhile has no alarm to try again
INSERT INTO peoplecall.sweep_status (district_id, complaint_id, failed_at, retry_at, sqlstate, message)
VALUES (420106, 420106000000099999, '2019-12-20 09:15+08', '2019-12-20 09:16+08', 'P0001', 'ended by hand');
SELECT FROM peoplecall.due_districts() \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.sweep_status), 0::bigint, 'and does not stay in sweep_status');

-- Small batches come to the same.
SELECT * FROM pg_temp.at('2019-12-20 10:00');
SELECT complaint_id AS m FROM peoplecall.submit('hotline', '一', '', '420102017020', 'city.facility') \gset
SELECT complaint_id AS n FROM peoplecall.submit('hotline', '二', '', '420102017020', 'city.facility') \gset
SELECT * FROM pg_temp.at('2019-12-20 10:30');
SELECT is(t::text, '(1,1,2,0)', 'a batch of one') FROM peoplecall.tick(420102, 1) AS t;
SELECT is(t::text, '(1,1,2,0)', 'and one') FROM peoplecall.tick(420102, 1) AS t;
SELECT is(t::text, '(0,0,0,0)', 'and none') FROM peoplecall.tick(420102, 1) AS t;
SELECT throws_ok('SELECT peoplecall.tick(NULL)', '22004');
SELECT throws_ok('SELECT peoplecall.tick(420102, 0)', '22023');
SELECT throws_ok('SELECT peoplecall.tick(420102, NULL)', '22023');
SELECT throws_ok('SELECT peoplecall.tick(-5)');

-- Never before what was done last.
SELECT complaint_id AS o FROM peoplecall.submit('hotline', '时', '', '420102017020', 'city.facility') \gset
SELECT * FROM pg_temp.at('2019-12-20 10:50');
SELECT FROM peoplecall.contact(:o) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-20 10:45') \g /dev/null
SELECT is((e.at, e.detail ->> 'ran_at', c.last_event_at = e.at)::text, '("2019-12-20 10:50:00+08",2019-12-20T02:45:00+00:00,t)', 'an alarm is not written before the event that was')
  FROM peoplecall.event AS e JOIN peoplecall.complaint AS c ON c.id = e.complaint_id WHERE e.complaint_id = :o AND e.verb = 'alarm';

-- A clock whose alarm is due but which has no step left: looked at once.
UPDATE peoplecall.clock AS k SET next_alarm_at = '2019-12-20 10:45+08', fired = ARRAY(SELECT s.id FROM peoplecall.escalation_step AS s)
 WHERE k.complaint_id = :o AND k.kind = 'total';
SELECT is(t::text, '(1,1,0,0)', 'no step left') FROM peoplecall.tick(420102) AS t;
SELECT is(t::text, '(0,0,0,0)', 'and no loop') FROM peoplecall.tick(420102) AS t;

-- The ladder is edited between: a step that is gone is not taken, one that was
-- added is, and what was taken is not taken again.
SELECT * FROM pg_temp.at('2019-12-23 09:00');
SELECT FROM pg_temp.sweep() \g /dev/null
SELECT complaint_id AS e FROM peoplecall.submit('hotline', '改', '', '420106012001', 'property') \gset
SELECT FROM peoplecall.contact(:e) \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-23 10:00') \g /dev/null
DELETE FROM peoplecall.escalation_step WHERE clock = 'accept' AND seq = 2;
INSERT INTO peoplecall.escalation_step (clock, seq, fraction, tell) VALUES ('accept', 9, 0.25, '{chief}'), ('accept', 10, 0.75, '{chief}');
SELECT FROM pg_temp.sweep_at('2019-12-23 11:00') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.ladder(:e)), ARRAY[
	'1 accept 1: 12-23 10:00 > 12-23 10:00 yellow [121]',
	'1 accept 9: 12-23 09:30 > 12-23 11:00 yellow [123]',
	'1 accept 10: 12-23 10:30 > 12-23 11:00 yellow [123]'], 'the ladder that stands when it runs');
-- ... also in the middle of the one statement that tells and marks as fired
CREATE FUNCTION peoplecall.edits_the_ladder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM peoplecall.escalation_step AS s WHERE s.clock = 'accept';
	RETURN new;
END
$$;
SELECT complaint_id AS e2 FROM peoplecall.submit('hotline', '改', '', '420106012001', 'property') \gset
SELECT FROM peoplecall.contact(:e2) \g /dev/null
CREATE TRIGGER edits BEFORE UPDATE ON peoplecall.complaint FOR EACH ROW EXECUTE FUNCTION peoplecall.edits_the_ladder();
SELECT cmp_ok(pg_temp.sweep_at('2019-12-23 17:29'), '>', 0, 'steps are taken while the ladder is edited');
DROP TRIGGER edits ON peoplecall.complaint;
DROP FUNCTION peoplecall.edits_the_ladder();
SELECT is_empty($$
	SELECT e.complaint_id, e.detail FROM peoplecall.event AS e
	  JOIN peoplecall.clock AS k ON k.district_id = e.district_id AND k.complaint_id = e.complaint_id
	   AND k.seq = (e.detail ->> 'clock_seq')::int
	 WHERE e.verb = 'alarm' AND (e.detail ->> 'step')::bigint <> ALL (k.fired)$$, 'what was told is marked as fired');
-- an empty ladder, and a new one
DELETE FROM peoplecall.escalation_step;
SELECT cmp_ok((SELECT count(*) FROM peoplecall.clock WHERE next_alarm_at <= '2019-12-30 09:00+08'), '>', 1::bigint, 'alarms are due');
SELECT is(pg_temp.sweep_at('2019-12-30 09:00'), 0, 'but no step is left');
SELECT is((SELECT count(*) FROM peoplecall.clock WHERE next_alarm_at <= '2019-12-30 09:00+08'), 0::bigint, 'and none is looked at again');

-- An idle tick reads no case record at all; the look for due districts reads
-- one alarm for each district that has any, however many are open.
-- (plans made for the small tables so far would scan them)
SET LOCAL enable_seqscan = off;
DISCARD PLANS;
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT sum(s.seq_scan + s.seq_tup_read + coalesce(s.idx_tup_fetch, 0))::bigint
	  FROM pg_stat_xact_user_tables AS s
	 WHERE s.schemaname = 'peoplecall'
	   AND s.relname IN ('complaint', 'clock', 'task', 'event', 'notice', 'sweep_status')
$$;
SELECT pg_temp.rows_read() AS before \gset
SELECT cmp_ok(:before, '>', 100, 'what was done so far is counted');
SELECT is(t::text, '(0,0,0,0)', 'an idle tick') FROM peoplecall.tick(420106) AS t;
SELECT is(ARRAY(SELECT d FROM peoplecall.due_districts() AS d), '{}', 'and no district is due');
SELECT cmp_ok(pg_temp.rows_read() - :before,'<=',
	(SELECT count(DISTINCT k.district_id) FROM peoplecall.clock AS k WHERE k.next_alarm_at IS NOT NULL),
	'they read next to nothing');
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || statement;
END
$$;
SELECT matches(string_agg(p, E'\n'), 'Index Scan using clock_alarm on clock', 'by the index of alarms')
  FROM pg_temp.plan_of($$SELECT complaint_id FROM peoplecall.clock WHERE district_id = 420106 AND next_alarm_at <= '2019-12-30 09:00+08' ORDER BY next_alarm_at LIMIT 500$$) AS p;

SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'the history is whole');
SELECT * FROM finish();
ROLLBACK;
