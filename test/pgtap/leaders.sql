-- Leaders and shifts: which officer has a share, handing over, the officer on
-- duty for what is urgent, quiet hours for what is not.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
CREATE FUNCTION pg_temp.with_whom(c bigint) RETURNS text[] LANGUAGE sql AS $$
	SELECT array_agg(concat_ws(' ', t.seq, t.org, t.officer, t.state) ORDER BY t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = c
$$;
CREATE FUNCTION pg_temp.notes(c bigint, t text DEFAULT NULL) RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(concat_ws(' ', n.to_officer, n.template, pg_temp.minute(n.not_before), nullif(n.state, 'waiting')) ORDER BY n.seq), '{}')
	  FROM peoplecall.notice AS n WHERE n.complaint_id = c AND n.template = coalesce(t, n.template)
$$;
CREATE FUNCTION pg_temp.by(officer bigint, call text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.refusal(format('DO $x$ BEGIN PERFORM peoplecall.act_for(%s), peoplecall.%s; END $x$', officer, call))
$$;
-- two colleagues of the education office, one of the police
INSERT INTO peoplecall.officer (id, org, role, name, phone) VALUES
	(3201, 32, 'handler', '小王', '10000003201'), (3202, 32, 'handler', '小张', '10000003202'), (3203, 32, 'handler', '离职者', '10000003203');
UPDATE peoplecall.officer SET active = false WHERE id = 3203;
DO $$
BEGIN
	PERFORM peoplecall.appoint(3201, 'handle', 32), peoplecall.appoint(3202, 'handle', 32), peoplecall.appoint(323, 'dispatch', 32),
	        peoplecall.appoint(33, 'dispatch', 3), peoplecall.appoint(331, 'handle', 33), peoplecall.appoint(123, 'dispatch', 12);
END
$$;

-- assign
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS a FROM peoplecall.submit('hotline', '课程', '', '420106012001', 'education.training') \gset
SELECT FROM peoplecall.dispatch(:a, assist => '{33}') \g /dev/null
SELECT FROM peoplecall.act_for(323) \g /dev/null
SELECT is((r.task_seq, r.org, r.state)::text, '(1,32,dispatched)', 'the office''s chief gives its share to an officer') FROM peoplecall.assign(:a, 3201) AS r;
SELECT is(pg_temp.with_whom(:a), '{"1 32 3201 sent","2 33 sent"}', 'who has it, of a share that is not accepted yet');
SELECT is(pg_temp.event(:a), '{"verb": "assign", "at": "12-05 09:00", "org": 32, "task": 1, "task_org": 32, "told": [3201], "officer": {"new": 3201}}', 'the event');
SELECT is((SELECT n.to_officer || ' ' || n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :a),
	format('3201 【工单指派】诉求%s“课程”已指派您办理，请于2019-12-12 17:30前办结。', peoplecall.complaint_no(:a)), 'he is told until when');
SELECT FROM peoplecall.assign(:a, 3202) \g /dev/null
SELECT is(pg_temp.event(:a) -> 'officer', '{"old": 3201, "new": 3202}', 'and to another');
SELECT throws_ok(format('SELECT peoplecall.assign(%s, 3202)', :a), 'PC001', NULL, 'he has it already');
SELECT throws_ok(format('SELECT peoplecall.assign(%s, 331)', :a), '23514', 'officer 331 is not of org 32', 'an officer of another office');
SELECT throws_ok(format('SELECT peoplecall.assign(%s, 3203)', :a), 'PC005', 'there is no active officer 3203', 'one who left');
SELECT throws_ok(format('SELECT peoplecall.assign(%s, NULL)', :a), '22004', NULL, 'nobody');
SELECT throws_ok(format('SELECT peoplecall.assign(%s, 331, 2)', :a), '42501', NULL, 'the other office''s share is not his to give');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT is(pg_temp.by(33, format('assign(%s, 331, 2)', :a)), 'no error', 'a dispatcher above in the line');
SELECT is(pg_temp.by(123, format('assign(%s, 3201, 1)', :a)), '42501', 'not the street that has the area');
SELECT is(pg_temp.by(331, format('assign(%s, 331)', :a)), 'no error', 'an office names no task: its own');
-- away: the deputy is told, the share is his all the same
INSERT INTO peoplecall.officer_absence (officer, period, deputy) VALUES (3201, '[2019-12-05 00:00+08,2019-12-06 00:00+08)', 321);
SELECT FROM peoplecall.assign(:a, 3201) \g /dev/null
SELECT is(pg_temp.event(:a) -> 'told', '[321]', 'away: the deputy is told');
SELECT is((pg_temp.with_whom(:a))[1], '1 32 3201 sent', 'who is away has it all the same');
DELETE FROM peoplecall.officer_absence;

-- hand_over
SELECT is(pg_temp.by(3202, format('hand_over(%s, 3202, ''x'')', :a)), '42501', 'what is not his he cannot take');
SELECT is(pg_temp.by(3202, format('hand_over(%s, 321, ''x'')', :a)), '42501', 'nor hand on');
SELECT is(pg_temp.by(3201, format('hand_over(%s, 331, ''x'')', :a)), '23514', 'to another office');
SELECT is(pg_temp.by(3201, format('hand_over(%s, 3201, ''x'')', :a)), 'PC001', 'to himself');
SELECT is(pg_temp.by(3201, format('hand_over(%s, 3202, '''')', :a)), '22004', 'without a reason');
SELECT is(pg_temp.by(3201, format('hand_over(%s, NULL, ''x'')', :a)), '22004', 'to nobody');
SELECT is(pg_temp.by(331, format('hand_over(%s, 332, ''x'', 2)', :a)), 'PC001', 'what no officer has');
SELECT is(pg_temp.by(323, format('hand_over(%s, 3202, ''x'')', :a)), '42501', 'dispatching is not handling: he assigns');
SELECT FROM peoplecall.act_for(3201) \g /dev/null
SELECT is((r.task_seq, r.org, r.state)::text, '(1,32,dispatched)', 'to a colleague') FROM peoplecall.hand_over(:a, 3202, '出差') AS r;
SELECT is(pg_temp.event(:a), '{"verb": "hand_over", "at": "12-05 09:00", "org": 32, "task": 1, "task_org": 32, "reason": "出差", "told": [3202], "officer": {"old": 3201, "new": 3202}}', 'the event');
SELECT is((SELECT n.to_officer || ' ' || n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.template = 'hand_over'),
	format('3202 【工单移交】诉求%s“课程”由小王移交您办理（出差），请于2019-12-12 17:30前办结。', peoplecall.complaint_no(:a)), 'from whom and why');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT lives_ok(format('SELECT peoplecall.hand_over(%s, 3201, ''系统'')', :a), 'a role that acts for nobody does it for him');

-- the reminder goes to who has it
SELECT FROM pg_temp.sweep_at('2019-12-05 11:00') \g /dev/null
SELECT is((SELECT e.detail -> 'told' FROM peoplecall.event AS e WHERE e.complaint_id = :a AND e.verb = 'alarm' AND e.detail ->> 'clock' = 'accept' AND e.task_seq = 1 ORDER BY e.seq LIMIT 1), '[3201]', 'and his is the reminder');

-- hand_over_all: over districts, what is open, what is below; one message
SELECT * FROM pg_temp.at('2019-12-05 11:00');
DO $$
DECLARE
	c bigint;
	n int;
BEGIN
	FOR n IN 1..4 LOOP
		SELECT s.complaint_id INTO STRICT c FROM peoplecall.submit('hotline', '课' || n, '',
			(ARRAY['420106012001', '420102017020', '420106015006', '420106012001'])[n]::peoplecall.areacode, 'education.training') AS s;
		PERFORM peoplecall.dispatch(c, lead => 32), peoplecall.assign(c, 3201);
		IF n = 4 THEN
			PERFORM peoplecall.complete(c, '完');
		END IF;
	END LOOP;
END
$$;
-- shelved with its share open, and a share of another office that he took as its superior
SELECT c.id AS shelved FROM peoplecall.complaint AS c WHERE c.title = '课3' \gset
SELECT FROM peoplecall.request(:shelved, 'shelve', '等', plan => '明年') \g /dev/null
SELECT FROM peoplecall.decide(:shelved, 1, true, '同意') \g /dev/null
UPDATE peoplecall.task SET officer = 3201 WHERE complaint_id = :a AND seq = 2;
UPDATE peoplecall.officer SET active = false WHERE id = 3201;
SELECT is(pg_temp.by(331, 'hand_over_all(3201, 3202, ''离职'')'), '42501', 'another office');
SELECT is(pg_temp.by(323, 'hand_over_all(3201, 3203, ''离职'')'), 'PC005', 'to one who left');
SELECT is(pg_temp.by(323, 'hand_over_all(3201, 3202, '' '')'), '22004', 'without a reason');
SELECT is(pg_temp.by(323, 'hand_over_all(NULL, 3202, ''x'')'), '22004', 'from nobody');
SELECT is(pg_temp.by(323, 'hand_over_all(3202, 3202, ''x'')'), '22023', 'to himself');
SELECT FROM peoplecall.act_for(323) \g /dev/null
SELECT is(peoplecall.hand_over_all(3201, 3202, '离职'), 4, 'all that is open, of both districts');
SELECT is((SELECT array_agg(c.title || ' ' || t.seq || ' ' || t.officer ORDER BY c.id, t.seq) FROM peoplecall.task AS t JOIN peoplecall.complaint AS c ON c.id = t.complaint_id WHERE t.officer IN (3201, 3202)),
	'{"课2 1 3202","课程 1 3202","课程 2 3201","课1 1 3202","课3 1 3202","课4 1 3201"}', 'not what is done, nor the other office''s');
SELECT is((SELECT array_agg(e.complaint_id / 1000000000000 || ' ' || (e.detail ->> 'all') ORDER BY e.complaint_id) FROM peoplecall.event AS e WHERE e.verb = 'hand_over' AND e.detail ? 'all'),
	'{"420102 true","420106 true","420106 true","420106 true"}', 'an event for each');
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.body) FROM peoplecall.notice AS n WHERE n.template = 'hand_over_all'),
	ARRAY[format('3202 【工单移交】小王名下在办工单4件移交您办理（离职），首件为诉求%s“课2”。', (SELECT peoplecall.complaint_no(c.id) FROM peoplecall.complaint AS c WHERE c.title = '课2'))], 'one message for all of them');
SELECT is(peoplecall.hand_over_all(3201, 3202, '离职'), 0, 'again: nothing');
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n.template = 'hand_over_all'), 1::bigint, 'and no message');
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT is(c.event_count, (SELECT count(*)::int FROM peoplecall.event AS e WHERE e.complaint_id = c.id), 'events are counted') FROM peoplecall.complaint AS c WHERE c.id = :a;
UPDATE peoplecall.officer SET active = true WHERE id = 3201;

-- The officer on duty.
CREATE FUNCTION pg_temp.duty(at text, org bigint DEFAULT 22) RETURNS bigint LANGUAGE sql AS $$
	SELECT peoplecall.officer_for(org, 'duty_officer', (at || '+08')::timestamptz)
$$;
INSERT INTO peoplecall.officer (id, org, role, name, phone) VALUES (2201, 22, 'handler', '值班甲', '10000002201'), (2202, 22, 'handler', '值班乙', '10000002202'), (1209, 12, 'duty_officer', '街道值班', '10000001209');
SELECT is(pg_temp.duty('2019-12-05 20:00'), 1209::bigint, 'no roster: the duty officer of the org above');
INSERT INTO peoplecall.duty_roster (org, officer, period) VALUES (22, 2201, '[2019-12-05 17:30+08,2019-12-06 08:30+08)'), (22, 2202, '[2019-12-06 17:30+08,2019-12-07 08:30+08)'), (22, 121, '[2019-12-07 08:30+08,2019-12-08 08:30+08)');
SELECT is(pg_temp.duty('2019-12-05 17:29:59'), 1209::bigint, 'before the shift');
SELECT is(pg_temp.duty('2019-12-05 17:30'), 2201::bigint, 'on the shift');
SELECT is(pg_temp.duty('2019-12-06 08:30'), 1209::bigint, 'a shift ends when the next begins');
SELECT is(pg_temp.duty('2019-12-06 20:00'), 2202::bigint, 'the next night');
SELECT is(pg_temp.duty('2019-12-07 12:00'), 121::bigint, 'an officer of another org may take a shift');
INSERT INTO peoplecall.officer_absence (officer, period, deputy) VALUES (2201, '[2019-12-05 18:00+08,2019-12-06 00:00+08)', 2202);
SELECT is(pg_temp.duty('2019-12-05 20:00'), 2202::bigint, 'away on his shift: the deputy');
UPDATE peoplecall.officer_absence SET deputy = NULL;
SELECT is(pg_temp.duty('2019-12-05 20:00'), 1209::bigint, 'without one: above');
DELETE FROM peoplecall.officer_absence;
UPDATE peoplecall.officer SET active = false WHERE id = 2201;
SELECT is(pg_temp.duty('2019-12-05 20:00'), 1209::bigint, 'who left is on no shift');
UPDATE peoplecall.officer SET active = true WHERE id = 2201;
SELECT throws_ok($$INSERT INTO peoplecall.duty_roster (org, officer, period) VALUES (22, 2201, '[2019-12-06 00:00+08,2019-12-06 01:00+08)')$$, '23P01', NULL, 'nobody is twice on one shift');
SELECT is(peoplecall.officer_for(22, 'handler', '2019-12-05 20:00+08'), 221::bigint, 'the roster changes nobody else''s role');

-- Open hours
SELECT is(array_agg(peoplecall.office_open((t || '+08')::timestamptz) ORDER BY t), '{f,t,t,f,t,f,f}', 'office hours: half past eight to twelve, two to half past five, not on a Saturday')
  FROM unnest('{2019-12-05 08:29:59,2019-12-05 08:30,2019-12-05 11:59:59,2019-12-05 12:00,2019-12-05 17:29:59,2019-12-05 17:30,2019-12-07 10:00}'::text[]) AS t;
UPDATE peoplecall.setting SET value = '"nobody''s"' WHERE name = 'office_calendar';
SELECT is(peoplecall.office_open('2019-12-05 10:00+08'), false, 'a calendar that is not there: never open');
INSERT INTO peoplecall.calendar (name, timezone) VALUES ('nobody''s', 'Asia/Shanghai');
SELECT is(peoplecall.office_open('2019-12-05 10:00+08'), false, 'one that never opens: never, and no error');
UPDATE peoplecall.setting SET value = 'null' WHERE name = 'office_calendar';
SELECT is(peoplecall.office_open('2019-12-05 10:00+08'), false, 'none: never');
UPDATE peoplecall.setting SET value = '"office"' WHERE name = 'office_calendar';

-- Whom an urgent matter is told beside
SELECT is(peoplecall.officers_for(22, 'handler', (t || '+08')::timestamptz, NULL, u::peoplecall.urgency), w::bigint[], format('%s at %s', u, t))
  FROM (VALUES ('normal', '2019-12-05 20:00', '{221}'), ('urgent', '2019-12-05 20:00', '{221,2201}'), ('emergency', '2019-12-05 20:00', '{221,2201}'),
	('urgent', '2019-12-05 10:00', '{221}'), ('urgent', '2019-12-07 10:00', '{221,121}')) AS x (u, t, w);
UPDATE peoplecall.officer SET active = false WHERE id = 221;
UPDATE peoplecall.officer SET role = 'duty_officer' WHERE id IN (2201, 2202);
SELECT is(peoplecall.officers_for(22, 'handler', '2019-12-05 10:00+08', NULL, 'urgent'), '{121,2201}', 'nobody of that role: above, and whoever is on duty here');
SELECT is(peoplecall.officers_for(22, 'handler', '2019-12-05 10:00+08', NULL, 'normal'), '{121}', 'a normal matter only above');
UPDATE peoplecall.officer SET active = true WHERE id = 221;
UPDATE peoplecall.officer SET role = 'handler' WHERE id IN (2201, 2202);
SELECT is(peoplecall.officers_for(22, 'handler', '2019-12-05 20:00+08', 2201, 'urgent'), '{2201}', 'who is on duty and has it is told once');
SELECT is(peoplecall.officers_for(71, 'chief', '2019-12-05 20:00+08', NULL, 'urgent'), '{713}', 'where nobody is on duty, who is told anyway');
UPDATE peoplecall.officer SET active = false WHERE org = 71;
SELECT is(peoplecall.officers_for(71, 'chief', '2019-12-05 20:00+08', NULL, 'urgent'), '{}', 'and nobody where there is nobody');

-- so the sweep does, at night
SELECT * FROM pg_temp.at('2019-12-05 20:00');
SELECT complaint_id AS u FROM peoplecall.submit('hotline', '水管爆裂', '', '420106012001', 'city.facility', urgency => 'urgent') \gset
SELECT complaint_id AS n FROM peoplecall.submit('hotline', '路灯', '', '420106012001', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-05 20:15') \g /dev/null
SELECT is(pg_temp.notes(:u), '{"221 half 12-05 20:15","2201 half 12-05 20:15"}', 'the handler and who is on duty');
SELECT is(pg_temp.notes(:n), '{"221 half 12-05 20:15"}', 'of a normal matter the handler alone');
SELECT is((SELECT e.detail -> 'told' FROM peoplecall.event AS e WHERE e.complaint_id = :u AND e.verb = 'alarm'), '[221, 2201]', 'the event says so');

-- Several steps that were missed are one message to one person.
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT complaint_id AS late FROM peoplecall.submit('hotline', '井盖', '', '420106012009', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-09 18:00') \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :late AND e.verb = 'alarm' AND e.detail -> 'told' = '[252]'), '>', 2::bigint, 'several steps told the leader');
SELECT is(pg_temp.notes(:late), '{"251 half 12-09 18:00","252 due 12-09 18:00","253 overdue 12-09 18:00"}', 'by one message each');
SELECT is((SELECT array_length(n.clocks, 1) FROM peoplecall.notice AS n WHERE n.complaint_id = :late AND n.to_officer = 252), 3, 'of three clocks');
UPDATE peoplecall.template SET body = '{no}：{steps}步' WHERE code = 'due';
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT complaint_id AS late FROM peoplecall.submit('hotline', '井盖', '', '420106012009', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-09 18:00') \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :late AND n.to_officer = 252), format('%s：3步', peoplecall.complaint_no(:late)), 'and the text may say how many');

-- Quiet hours.
CREATE FUNCTION pg_temp.quiet(hours text, zone text, at text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE peoplecall.setting SET value = hours::jsonb WHERE name = 'quiet_hours';
	UPDATE peoplecall.setting SET value = to_jsonb(zone) WHERE name = 'timezone';
	RETURN to_char(peoplecall.quiet_until(at::timestamptz) AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS');
END
$$;
SELECT is(pg_temp.quiet(h, z, t), w, format('%s in %s at %s', h, z, t))
  FROM (VALUES
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 21:59:59+08', '12-05 13:59:59'),
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 22:00+08', '12-05 23:00:00'),
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 00:00+08', '12-04 23:00:00'),
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 06:59:59+08', '12-04 23:00:00'),
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 07:00+08', '12-04 23:00:00'),
	('{"from": "22:00", "to": "07:00"}', 'Asia/Shanghai', '2019-12-05 07:00:01+08', '12-04 23:00:01'),
	('{"from": "12:00", "to": "14:00"}', 'Asia/Shanghai', '2019-12-05 11:59+08', '12-05 03:59:00'),
	('{"from": "12:00", "to": "14:00"}', 'Asia/Shanghai', '2019-12-05 12:00+08', '12-05 06:00:00'),
	('{"from": "12:00", "to": "14:00"}', 'Asia/Shanghai', '2019-12-05 14:00+08', '12-05 06:00:00'),
	('null', 'Asia/Shanghai', '2019-12-05 23:00+08', '12-05 15:00:00'),
	-- the zone of the city, not of the session
	('{"from": "22:00", "to": "07:00"}', 'Europe/Berlin', '2019-12-05 22:00+01', '12-06 06:00:00'),
	-- a night of eight hours and one of ten: 7:00 on the wall
	('{"from": "22:00", "to": "07:00"}', 'Europe/Berlin', '2019-03-30 22:00+01', '03-31 05:00:00'),
	('{"from": "22:00", "to": "07:00"}', 'Europe/Berlin', '2019-10-26 22:00+02', '10-27 06:00:00'),
	-- an end that the night skips, and one that it has twice
	('{"from": "22:00", "to": "02:30"}', 'Europe/Berlin', '2019-03-31 01:59+01', '03-31 01:30:00'),
	('{"from": "22:00", "to": "02:30"}', 'Europe/Berlin', '2019-10-27 02:15+02', '10-27 01:30:00'),
	('{"from": "22:00", "to": "02:30"}', 'Europe/Berlin', '2019-10-27 02:15+01', '10-27 01:30:00')) AS x (h, z, t, w);
-- with the setting gone: none
DELETE FROM peoplecall.setting WHERE name = 'quiet_hours';
SELECT is(peoplecall.quiet_until('2019-12-05 23:00+08'), '2019-12-05 23:00+08', 'no setting, no quiet');
INSERT INTO peoplecall.setting (name, value) VALUES ('quiet_hours', '{"from": "22:00", "to": "07:00"}');
UPDATE peoplecall.setting SET value = '"Asia/Shanghai"' WHERE name = 'timezone';

-- A normal matter's reminders wait, and are one message when they come; an
-- urgent one's do not, nor does anything that is not a reminder.
UPDATE peoplecall.notice SET state = 'sent';
SELECT * FROM pg_temp.at('2019-12-10 22:00');
SELECT complaint_id AS q FROM peoplecall.submit('hotline', '噪声', '', '420106012001', 'city.facility') \gset
SELECT complaint_id AS k FROM peoplecall.submit('hotline', '燃气', '', '420106012001', 'city.facility', urgency => 'urgent') \gset
SELECT complaint_id AS z FROM peoplecall.submit('hotline', '垃圾', '', '420106012001', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-10 22:15') \g /dev/null
SELECT is(pg_temp.notes(:q), '{"221 half 12-11 07:00"}', 'held until seven');
SELECT is((SELECT n.not_before FROM peoplecall.notice AS n WHERE n.complaint_id = :k LIMIT 1), '2019-12-10 22:15+08', 'the urgent one is not');
SELECT is((SELECT e.at FROM peoplecall.event AS e WHERE e.complaint_id = :q AND e.verb = 'alarm'), '2019-12-10 22:15+08', 'the step was taken in time, and the light is what it is');
SELECT FROM pg_temp.sweep_at('2019-12-10 22:30') \g /dev/null
SELECT is(pg_temp.notes(:q), '{"221 half 12-11 07:00","222 due 12-11 07:00"}', 'a leader''s too');
SELECT FROM peoplecall.report(:q, '请关注', to_level => 'street') \g /dev/null
SELECT is(pg_temp.notes(:q, 'report'), '{"123 report 12-10 22:30"}', 'what somebody says is sent at once');
SELECT FROM peoplecall.accept(:z) \g /dev/null
SELECT is((SELECT array_agg(n.key ORDER BY n.key) FROM peoplecall.take_notices(1000) AS n WHERE n.key LIKE :q || '-%'), ARRAY[:q || '-3'], 'the gateway gets none of what is held');
SELECT * FROM pg_temp.at('2019-12-11 06:59:59');
SELECT is((SELECT count(*) FROM peoplecall.take_notices(1000) AS n WHERE n.template <> 'report' AND n.key LIKE :q || '-%'), 0::bigint, 'not a second before');
SELECT * FROM pg_temp.at('2019-12-11 07:00');
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.template ORDER BY n.key) FROM peoplecall.take_notices(1000) AS n WHERE n.template <> 'report' AND n.key LIKE :q || '-%'), '{"221 half","222 due"}', 'then it does');
SELECT is(pg_temp.notes(:z), '{"221 half 12-11 07:00 failed","222 due 12-11 07:00 failed"}', 'what was done in the night is not reminded of in the morning');
-- nor what was done late: it is no longer waited for
SELECT * FROM pg_temp.at('2019-12-11 00:00');
SELECT complaint_id AS l FROM peoplecall.submit('hotline', '油烟', '', '420106012001', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-11 00:31') \g /dev/null
SELECT FROM peoplecall.accept(:l) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-11 07:00');
SELECT is((SELECT count(*) FROM peoplecall.take_notices(1000) AS n WHERE n.key LIKE :l || '-%'), 0::bigint, 'accepted late, in the night: nobody reads in the morning that it is not');
-- but what command that moved left behind is told, as nobody made it good
SELECT FROM pg_temp.sweep_at('2019-12-16 17:30') \g /dev/null
SELECT is((SELECT array_agg(n.to_officer || ' ' || n.template ORDER BY n.to_officer) FROM peoplecall.take_notices(1000) AS n WHERE n.key LIKE :l || '-%' AND n.to_officer IN (221, 222, 223)),
	'{"221 half","222 due","223 command_up"}', 'the community that lost the lead reads what it missed');
-- the next night: two reminders of one person
UPDATE peoplecall.notice SET state = 'sent';
UPDATE peoplecall.escalation_step SET tell = '{handler}' WHERE clock = 'accept';
SELECT * FROM pg_temp.at('2019-12-11 22:00');
SELECT complaint_id AS o FROM peoplecall.submit('hotline', '积水', '', '420106012001', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-11 22:15') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-11 22:30') \g /dev/null
SELECT is(pg_temp.notes(:o), '{"221 half 12-12 07:00 failed","221 due 12-12 07:00"}', 'the later one takes the place of the earlier');
SELECT is((SELECT n.error FROM peoplecall.notice AS n WHERE n.complaint_id = :o AND n.template = 'half'), 'a later reminder takes its place', 'and says so');
SELECT is((SELECT n.clocks FROM peoplecall.notice AS n WHERE n.complaint_id = :o AND n.template = 'due'), '{3}', 'of the same clock');
-- graded up in the night: what is told from then on is told at once
SELECT FROM peoplecall.reclassify(:o, urgency => 'emergency') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-11 22:31') \g /dev/null
SELECT is((SELECT bool_and(n.not_before = '2019-12-11 22:31+08') FROM peoplecall.notice AS n WHERE n.complaint_id = :o AND n.created_at = '2019-12-11 22:31+08'), true, 'an emergency waits for no morning');
-- without quiet hours nothing waits
UPDATE peoplecall.setting SET value = 'null' WHERE name = 'quiet_hours';
SELECT * FROM pg_temp.at('2019-12-12 22:00');
SELECT complaint_id AS o FROM peoplecall.submit('hotline', '积水', '', '420106012001', 'city.facility') \gset
SELECT FROM pg_temp.sweep_at('2019-12-12 22:15') \g /dev/null
SELECT is(pg_temp.notes(:o), '{"221 half 12-12 22:15"}', 'null: at once');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
