-- replay(): a month of forty matters, worked on in many ways and swept in time,
-- under the same rules, other limits, calendars and ladders, compared with what
-- due_at() and ladder_steps() say of each clock.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
UPDATE peoplecall.setting SET value = '2' WHERE name = 'similar_threshold';

-- Everything that was done, in the order of time; the sweep runs as it falls due.
CREATE TEMPORARY TABLE matter (n int PRIMARY KEY, id bigint);
CREATE TEMPORARY TABLE act (at timestamptz, n int, call text);
CREATE FUNCTION pg_temp.act_out() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	a act;
	alarm timestamptz;
	district int;
BEGIN
	FOR a IN SELECT * FROM act ORDER BY at, n LOOP
		LOOP
			SELECT min(t.at) INTO alarm FROM (SELECT min(k.next_alarm_at) AS at FROM peoplecall.clock AS k
				UNION ALL SELECT min(r.until) FROM peoplecall.request AS r WHERE r.granted AND r.ended_at IS NULL) AS t;
			EXIT WHEN alarm IS NULL OR alarm > a.at;
			PERFORM set_config('peoplecall.as_of', (alarm + interval '20 seconds')::text, true);
			PERFORM pg_temp.sweep();
		END LOOP;
		PERFORM set_config('peoplecall.as_of', a.at::text, true);
		IF a.call = 'submit' THEN
			INSERT INTO matter SELECT a.n, s.complaint_id FROM peoplecall.submit('hotline', '事项' || a.n, '',
				(ARRAY['420102017020', '420106012001', '420106015006', '420106012009'])[1 + a.n % 4]::peoplecall.areacode,
				(ARRAY['market.food', 'police.noise', 'property.garage', 'market.prepaid', 'property.garage'])[1 + a.n % 5]::ltree,
				people => 1 + a.n % 3, auto_dispatch => true) AS s;
		ELSE
			BEGIN
				EXECUTE replace('SELECT peoplecall.' || a.call, '%s', (SELECT m.id::text FROM matter AS m WHERE m.n = a.n));
			EXCEPTION WHEN SQLSTATE 'PC001' THEN
				NULL;			-- the ladder was there before
			END;
		END IF;
	END LOOP;
END
$$;
INSERT INTO act SELECT timestamptz '2019-11-01 09:07+08' + n * interval '17 hours 11 minutes', n, 'submit' FROM generate_series(1, 40) AS n;
INSERT INTO act SELECT s.at + v.after, s.n, v.call FROM act AS s CROSS JOIN LATERAL (VALUES
	(interval '1 hour' * (s.n % 4) + interval '13 minutes', 'accept(%s)', s.n % 6 <> 0),
	(interval '9 hours' * (s.n % 5) + interval '19 minutes', 'contact(%s)', s.n % 7 <> 0),
	(interval '2 hours', $q$request(%s, 'extend', '材料不全', by => '2wd')$q$, s.n % 8 = 1),
	(interval '5 hours', 'decide(%s, 1, true, ''同意'')', s.n % 8 = 1),
	(interval '3 hours', format($q$request(%%s, 'suspend', '等待鉴定', until => %L)$q$, s.at + interval '30 hours'), s.n % 8 = 2),
	(interval '4 hours', 'decide(%s, 1, true, ''同意'')', s.n % 8 = 2),
	(interval '6 hours', 'reclassify(%s, grade => ''C'', reason => ''复杂'')', s.n % 9 = 3),
	(interval '31 hours' * (s.n % 8) + interval '1 hour 3 minutes', 'complete(%s, ''好'')', s.n % 10 <> 9),
	(interval '31 hours' * (s.n % 8) + interval '3 hours', 'complete(%s, ''好'')', s.n % 5 = 3),
	(interval '31 hours' * (s.n % 8) + interval '7 hours', 'send_back(%s, ''没办好'')', s.n % 11 = 4),
	(interval '31 hours' * (s.n % 8) + interval '30 hours', 'complete(%s, ''好'')', s.n % 11 = 4),
	(interval '31 hours' * (s.n % 8) + interval '33 hours', 'close(%s)', s.n % 3 <> 0),
	(interval '31 hours' * (s.n % 8) + interval '40 hours', 'rate(%s, false)', s.n % 13 = 1),
	(interval '31 hours' * (s.n % 8) + interval '44 hours', 'reopen(%s, ''未解决'')', s.n % 13 = 2),
	(interval '31 hours' * (s.n % 8) + interval '2 hours', 'reclassify(%s, grade => ''B'', category => ''police.noise'', urgency => ''urgent'', reason => ''更正'')', s.n % 10 = 7)) AS v (after, call, happens)
 WHERE v.happens;
INSERT INTO act VALUES ('2019-12-20 09:00+08', 1, 'report(%s, ''月底'')');
SELECT pg_temp.act_out() \g /dev/null
-- one that came from elsewhere, with a deadline of its own
INSERT INTO peoplecall.staging_complaint (channel, title, area, category, lead, received_at, completed_at, closed_at, due_at)
VALUES ('hotline', '旧件', '420102017020', 'property.garage', 'hanguang', '2019-11-10 09:00', '2019-11-12 09:00', '2019-11-12 10:00', '2019-11-11 09:00');
SELECT peoplecall.import_batch() \g /dev/null
CREATE FUNCTION pg_temp.all_kinds() RETURNS peoplecall.clock_kind[] LANGUAGE sql AS 'SELECT enum_range(NULL::peoplecall.clock_kind)';
CREATE FUNCTION pg_temp.detail() RETURNS TABLE (id bigint, clock_seq int, due timestamptz, verdict peoplecall.sla_state, steps int, told int, ups int, sups int, was text, is_now text) LANGUAGE sql AS $$
	SELECT r.complaint_id, r.clock_seq, r.due_after, r.verdict_after, r.steps_after, r.told_after, r.command_ups_after, r.supervisions_after,
	       (r.due_before, r.verdict_before, r.steps_before, r.told_before, r.command_ups_before, r.supervisions_before)::text,
	       (r.due_after, r.verdict_after, r.steps_after, r.told_after, r.command_ups_after, r.supervisions_after)::text
	  FROM peoplecall.replay_detail('2019-11-01', '2019-12-01', NULL, pg_temp.all_kinds()) AS r
$$;
SELECT ok((count(*) > 250 AND count(DISTINCT k.kind) = 7 AND count(DISTINCT k.verdict) = 3 AND count(*) FILTER (WHERE k.stopped_at IS NULL) > 10), 'there is enough to look at')
  FROM peoplecall.clock AS k;
SELECT ok((count(*) FILTER (WHERE e.detail ->> 'act' = 'command_up') > 2 AND count(*) FILTER (WHERE e.detail ->> 'act' = 'supervise') > 0 AND count(*) > 100), 'and the ladder was busy')
  FROM peoplecall.event AS e WHERE e.verb = 'alarm';

--
-- The same rules: the same month.
--
SELECT is((SELECT array_agg(DISTINCT concat_ws(' ', d.id, d.clock_seq, d.was, d.is_now)) FROM pg_temp.detail() AS d WHERE d.was <> d.is_now), NULL, 'under the same rules every clock is as it was');
SELECT is((SELECT count(*) FROM pg_temp.detail()), (SELECT count(*) FROM peoplecall.clock AS k WHERE k.started_at >= '2019-11-01' AND k.started_at < '2019-12-01'), 'every clock of the month is there');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k JOIN pg_temp.detail() AS d ON d.id = k.complaint_id AND d.clock_seq = k.seq
	WHERE d.due <> k.due_at OR d.steps <> cardinality(k.fired) OR k.stopped_at IS NOT NULL AND d.verdict IS DISTINCT FROM k.verdict), 0::bigint, 'and as it was is what the ledger says');
SELECT is((SELECT count(*) FROM peoplecall.replay('2019-11-01', '2019-12-01', NULL, pg_temp.all_kinds()) AS r WHERE r.moved <> 0 OR
	(r.due_before, r.on_time_before, r.rate_before, r.steps_before, r.told_before, r.command_ups_before, r.supervisions_before)
	IS DISTINCT FROM (r.due_after, r.on_time_after, r.rate_after, r.steps_after, r.told_after, r.command_ups_after, r.supervisions_after)), 0::bigint, 'as every org is');
SELECT is((SELECT array_agg((r.org, r.clocks, r.due_before, r.on_time_before, r.rate_before, r.steps_before)::text ORDER BY r.org) FROM peoplecall.replay('2019-11-01', '2019-12-01') AS r),
	(SELECT array_agg((x.org, x.clocks, x.due, x.met, round(100.0 * x.met / nullif(x.due, 0), 2), x.steps)::text ORDER BY x.org)
	   FROM (SELECT t.org, count(*) AS clocks,
	                count(*) FILTER (WHERE k.verdict IN ('met', 'missed', 'overturned') OR k.stopped_at IS NULL AND peoplecall.stands_at(k.pauses, '2019-12-20 09:00+08') > k.due_at) AS due,
	                count(*) FILTER (WHERE k.verdict = 'met') AS met, sum(cardinality(k.fired)) AS steps
	           FROM peoplecall.clock AS k JOIN peoplecall.task AS t ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id AND t.seq = k.task_seq
	          WHERE k.kind = 'resolve' AND k.started_at >= '2019-11-01' AND k.started_at < '2019-12-01' GROUP BY t.org) AS x), 'counted from the clocks themselves');

--
-- Other limits.
--
SAVEPOINT before;
UPDATE peoplecall.sla_policy SET allowed = '1wd' WHERE clock = 'resolve' AND grade::text = 'B' AND urgency IS NULL;
CREATE TEMPORARY TABLE expected AS
SELECT k.complaint_id AS id, k.seq, CASE WHEN k.policy = p.id
	THEN peoplecall.due_at(k.started_at, CASE WHEN t.role = 'assist' THEN peoplecall.scale('1wd', 0.8) ELSE '1wd' END, k.extensions, k.pauses, k.calendar) ELSE k.due_at END AS due, k.stopped_at, k.pauses, k.verdict, t.state, t.role, k.policy = p.id AS hit
  FROM peoplecall.clock AS k
  JOIN peoplecall.sla_policy AS p ON p.clock = 'resolve' AND p.grade::text = 'B' AND p.urgency IS NULL
  JOIN peoplecall.task AS t ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id AND t.seq = k.task_seq
 WHERE k.kind = 'resolve' AND k.started_at >= '2019-11-01' AND k.started_at < '2019-12-01';
SELECT cmp_ok((SELECT count(*) FROM expected WHERE hit AND role = 'lead'), '>', 15::bigint, 'many of grade B');
SELECT is((SELECT array_agg((e.id, e.due, d.due)::text) FROM expected AS e JOIN pg_temp.detail() AS d ON d.id = e.id AND d.clock_seq = e.seq WHERE e.role = 'lead' AND d.due <> e.due), NULL, 'one working day for grade B: the deadlines that due_at() gives');
SELECT is((SELECT array_agg((e.id, e.seq, e.verdict, d.verdict)::text) FROM expected AS e JOIN pg_temp.detail() AS d ON d.id = e.id AND d.clock_seq = e.seq
	WHERE d.verdict IS DISTINCT FROM CASE WHEN e.verdict = 'overturned' THEN e.verdict
		WHEN peoplecall.stands_at(e.pauses, coalesce(e.stopped_at, '2019-12-20 09:00+08')) > d.due THEN 'missed'
		WHEN e.stopped_at IS NULL THEN NULL WHEN e.verdict = 'missed' THEN CASE WHEN e.state = 'done' THEN 'met' ELSE 'void' END::peoplecall.sla_state ELSE e.verdict END), NULL, 'and the verdicts that follow from them');
SELECT ok(sum(r.on_time_after) < sum(r.on_time_before) AND sum(r.due_after) >= sum(r.due_before) AND sum(r.moved) = (SELECT count(*) FROM expected WHERE hit) AND sum(r.steps_after) > sum(r.steps_before),
	'less time, fewer on time') FROM peoplecall.replay('2019-11-01', '2019-12-01') AS r;
SELECT is((SELECT sum(r.on_time_after)::bigint FROM peoplecall.replay('2019-11-01', '2019-12-01') AS r), (SELECT count(*) FROM pg_temp.detail() AS d JOIN expected AS e ON e.id = d.id AND e.seq = d.clock_seq WHERE d.verdict = 'met'), 'summed up');
SELECT is((SELECT array_agg(DISTINCT r.clock::text) FROM peoplecall.replay('2019-11-01', '2019-12-01', NULL, pg_temp.all_kinds()) AS r WHERE r.moved > 0), '{resolve}', 'nothing else moves');
ROLLBACK TO before;
SELECT is((SELECT count(*) FROM pg_temp.detail() AS d WHERE d.was <> d.is_now), 0::bigint, 'rolled back, it is the month that was');
UPDATE peoplecall.sla_policy SET allowed = '15wd' WHERE clock = 'resolve' AND grade::text IN ('A', 'B');
SELECT ok(sum(r.on_time_after) > sum(r.on_time_before) AND sum(r.steps_after) < sum(r.steps_before) AND sum(r.command_ups_after) < sum(r.command_ups_before), 'more time, more on time, fewer steps')
  FROM peoplecall.replay('2019-11-01', '2019-12-01') AS r;
ROLLBACK TO before;
-- a finer rule wins, as it would have
INSERT INTO peoplecall.sla_policy (id, clock, category, grade, allowed, calendar) VALUES (9001, 'resolve', 'police.noise', 'B', '4h', NULL);
SELECT is((SELECT count(*) FROM pg_temp.detail() AS d JOIN peoplecall.clock AS k ON k.complaint_id = d.id AND k.seq = d.clock_seq JOIN peoplecall.task AS t ON t.complaint_id = k.complaint_id AND t.seq = k.task_seq
	WHERE k.kind = 'resolve' AND t.role = 'lead' AND d.due = peoplecall.due_at(k.started_at, '4h', k.extensions, k.pauses, NULL)),
	(SELECT count(*) FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id JOIN peoplecall.task AS t ON t.complaint_id = k.complaint_id AND t.seq = k.task_seq JOIN matter AS m ON m.id = c.id
	  WHERE k.kind = 'resolve' AND t.role = 'lead' AND k.started_at < '2019-12-01' AND m.n % 5 = 1 AND (SELECT p.grade FROM peoplecall.sla_policy AS p WHERE p.id = k.policy)::text = 'B'), 'a rule of a category goes for what was of it then, not for what became of it later');
ROLLBACK TO before;
DELETE FROM peoplecall.sla_policy WHERE clock = 'contact';
SELECT is((SELECT (sum(r.clocks) > 0, sum(r.due_before) > 0, sum(r.due_after), sum(r.steps_after))::text FROM peoplecall.replay('2019-11-01', '2019-12-01', NULL, '{contact}') AS r), '(t,t,0,0)', 'no limit, no promise');
ROLLBACK TO before;

--
-- Other calendars.
--
INSERT INTO peoplecall.calendar_day (calendar, day, is_workday, name) SELECT 'office', d, false, '停电' FROM generate_series(date '2019-11-11', '2019-11-15', interval '1 day') AS d;
SELECT is((SELECT array_agg((k.complaint_id, k.seq)::text) FROM peoplecall.clock AS k JOIN pg_temp.detail() AS d ON d.id = k.complaint_id AND d.clock_seq = k.seq
	WHERE d.due <> peoplecall.due_at(k.started_at, k.allowed, k.extensions, k.pauses, k.calendar)), NULL, 'a week off: the deadlines of due_at()');
SELECT cmp_ok((SELECT sum(r.moved) FROM peoplecall.replay('2019-11-01', '2019-12-01') AS r), '>', 10::numeric, 'many move');
ROLLBACK TO before;

--
-- Another ladder.
--
UPDATE peoplecall.escalation_step SET fraction = 0.25 WHERE clock = 'resolve' AND seq = 1;
UPDATE peoplecall.escalation_step SET act = 'supervise' WHERE clock = 'resolve' AND seq = 2;
UPDATE peoplecall.escalation_step SET after = '5wd' WHERE clock = 'resolve' AND seq = 4;
CREATE TEMPORARY TABLE stepped AS
SELECT k.complaint_id AS id, k.seq, t.role, k.stopped_at, coalesce(k.stopped_at, timestamptz '2019-12-20 09:00+08') AS ended, array_agg(s.step ORDER BY s.at) AS steps, array_agg(s.at ORDER BY s.at) AS at, array_agg(s.act ORDER BY s.at) AS acts, k.fired
  FROM peoplecall.clock AS k
  JOIN peoplecall.task AS t ON t.complaint_id = k.complaint_id AND t.seq = k.task_seq
  CROSS JOIN LATERAL (SELECT coalesce((SELECT p.grade FROM peoplecall.sla_policy AS p WHERE p.id = k.policy), 'A') AS grade) AS g
  LEFT JOIN LATERAL (SELECT l.* FROM peoplecall.ladder_steps(k.kind, g.grade, k.started_at, k.due_at, k.allowed, k.pauses, k.calendar) AS l) AS s ON s.at <= coalesce(k.stopped_at, timestamptz '2019-12-20 09:00+08') - interval '1 minute'
 WHERE k.kind = 'resolve' AND k.started_at < '2019-12-01' AND k.policy IS NOT NULL
 GROUP BY 1, 2, 3, 4, 5, k.fired;
SELECT is((SELECT sum(d.sups)::bigint FROM pg_temp.detail() AS d JOIN stepped AS s ON s.id = d.id AND s.seq = d.clock_seq), (SELECT count(*) FROM stepped AS s CROSS JOIN LATERAL unnest(s.acts) AS a (act) WHERE a.act = 'supervise'), 'each that passed its deadline would have been supervised');
SELECT is((SELECT array_agg((s.id, s.seq, d.steps, s.steps)::text) FROM pg_temp.detail() AS d JOIN stepped AS s ON s.id = d.id AND s.seq = d.clock_seq WHERE d.steps <> cardinality(array_remove(s.steps, NULL))), NULL, 'and the steps are those that ladder_steps() has before the end');
SELECT is((SELECT count(*) FROM pg_temp.detail() AS d JOIN stepped AS s ON s.id = d.id AND s.seq = d.clock_seq WHERE d.ups > 0), (SELECT count(*) FROM stepped AS s WHERE 'command_up' = ANY (s.acts) AND s.role = 'lead'), 'command moves later, if at all');
ROLLBACK TO before;
DELETE FROM peoplecall.escalation_step;
SELECT is((SELECT (sum(d.steps), sum(d.told))::text FROM pg_temp.detail() AS d JOIN peoplecall.clock AS k ON k.complaint_id = d.id AND k.seq = d.clock_seq WHERE k.policy IS NOT NULL), '(0,0)', 'without a ladder nobody is told');
ROLLBACK TO before;

--
-- It writes nothing, and asks what it is asked.
--
SET TRANSACTION READ ONLY;
SELECT isnt((SELECT count(*) FROM peoplecall.replay('2019-11-01', '2019-12-01')), 0::bigint, 'it goes in a transaction that reads only');
ROLLBACK TO before;
SELECT is((SELECT (d.was = d.is_now, d.verdict)::text FROM pg_temp.detail() AS d JOIN peoplecall.complaint AS c ON c.id = d.id WHERE c.title = '旧件'), '(t,missed)', 'a deadline from elsewhere stays, whatever the rules');
SELECT is((SELECT count(*) FROM peoplecall.replay_detail('2019-11-05', '2019-11-10') AS r), (SELECT count(*) FROM peoplecall.clock AS k WHERE k.kind = 'resolve' AND k.started_at >= '2019-11-05' AND k.started_at < '2019-11-10'), 'a part of the month');
SELECT is((SELECT array_agg(DISTINCT peoplecall.ancestor(r.place, 'street')::text) FROM peoplecall.replay_detail('2019-11-01', '2019-12-01', '420106012') AS r), '{420106012}', 'a street');
SELECT is((SELECT sum(r.clocks)::bigint FROM peoplecall.replay('2019-11-01', '2019-12-01', NULL, '{accept,contact}') AS r), (SELECT count(*) FROM peoplecall.clock AS k WHERE k.kind IN ('accept', 'contact') AND k.started_at < '2019-12-01'), 'other promises');
SELECT is(ARRAY[pg_temp.refusal($$SELECT peoplecall.replay('2019-11-01', '2019-11-01')$$), pg_temp.refusal($$SELECT peoplecall.replay(NULL, '2019-11-01')$$), pg_temp.refusal($$SELECT peoplecall.replay_detail('2019-10-01', '2019-11-01', NULL, NULL)$$)], '{22023,22004,22004}', 'a period, and kinds');
CREATE ROLE replay_reader;
SELECT peoplecall.appoint('replay_reader'::name, 'read', 3) \g /dev/null
SET LOCAL ROLE replay_reader;
SELECT is((SELECT array_agg(DISTINCT peoplecall.ancestor(r.place, 'district')::text) FROM peoplecall.replay_detail('2019-11-01', '2019-12-01') AS r), '{420106}', 'a reader sees his own areas');
RESET ROLE;

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
