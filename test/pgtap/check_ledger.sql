-- check_ledger(): nothing to say of a ledger that verbs filled, and of each
-- thing that a hand damages exactly that.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'Asia/Shanghai';
\ir ../fixture/acting.sql

-- A matter in every state, with everything that may hang on one.
CREATE FUNCTION pg_temp.noise(moment text, title text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	PERFORM pg_temp.at(moment);
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', title, '', '420106012001', 'police.noise',
		reporter_name => '李某', reporter_phone => '10000000001', external_id => title) AS s;
	PERFORM peoplecall.accept(c);
	PERFORM peoplecall.contact(c);
	RETURN c;
END
$$;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'an empty ledger is whole');
SELECT * FROM pg_temp.at('2019-11-01 09:00');
SELECT complaint_id AS late FROM peoplecall.submit('hotline', '逾期', '', '420106012001', 'education.training', people => 60) \gset
SELECT FROM peoplecall.dispatch(:late) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS received FROM peoplecall.submit('hotline', '待派', '', '420106012001', 'education.training', auto_dispatch => false) \gset
SELECT complaint_id AS sent FROM peoplecall.submit('hotline', '待接', '', '420106012001', 'police.noise') \gset
SELECT complaint_id AS spot FROM peoplecall.submit('hotline', '咨询', '', '420106012001', 'consult', nature => 'consult') \gset
SELECT FROM peoplecall.answer(:spot, '答') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '在办') AS working \gset
SELECT FROM peoplecall.dispatch(:working, assist => '{31}') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '办结') AS completed \gset
SELECT FROM peoplecall.complete(:completed, '完') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '办完') AS closed \gset
SELECT FROM peoplecall.complete(:closed, '完') \g /dev/null
SELECT FROM peoplecall.close(:closed) \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '重办') AS reopened \gset
SELECT FROM peoplecall.complete(:reopened, '完') \g /dev/null
SELECT FROM peoplecall.close(:reopened) \g /dev/null
SELECT FROM peoplecall.rate(:reopened, false) \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '暂停') AS suspended \gset
SELECT FROM peoplecall.request(:suspended, 'suspend', '等鉴定', until => '2020-01-03 10:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:suspended, 1, true, '同意') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '挂账') AS shelved \gset
SELECT FROM peoplecall.request(:shelved, 'shelve', '待改造', plan => '明年改造') \g /dev/null
SELECT FROM peoplecall.decide(:shelved, 1, true, '同意') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '退回') AS returned \gset
SELECT FROM peoplecall.request(:returned, 'return', '非职责') \g /dev/null
SELECT FROM peoplecall.decide(:returned, 1, true, '同意') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '剔除') AS excluded \gset
SELECT FROM peoplecall.request(:excluded, 'exclude', '无理', evidence => '录音') \g /dev/null
SELECT FROM peoplecall.decide(:excluded, 1, true, '同意') \g /dev/null
SELECT pg_temp.noise('2019-12-05 09:00', '并一') AS principal \gset
SELECT pg_temp.noise('2019-12-05 09:00', '并二') AS merged \gset
SELECT FROM peoplecall.merge(:merged, :principal, '同一件') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-05 09:30') \g /dev/null
SELECT peoplecall.publish('wish', '台灯', '420106012001', quantity => 5, org => 22, resident_name => '许愿人', resident_phone => '10000000099') AS wish \gset
SELECT peoplecall.claim(:wish, 2, org => 33), peoplecall.claim(:wish, 1, org => 34), peoplecall.claim(:wish, 2, org => 12) \g /dev/null
SELECT peoplecall.fulfil(:wish, 2), peoplecall.release(:wish, 3, '无力') \g /dev/null
SELECT pg_temp.noise('2019-12-05 10:00', '转走') AS moved \gset
SELECT FROM peoplecall.transfer(:moved, '420102017020', '在江岸') \g /dev/null
SELECT peoplecall.current_complaint(:moved) AS arrived \gset
SELECT FROM peoplecall.supplement(:arrived, '又一处') \g /dev/null
SELECT pg_temp.noise('2019-12-05 10:00', '批示') AS instructed \gset
SELECT FROM peoplecall.instruct(:instructed, 333, '限期办结', '2d') \g /dev/null
SELECT pg_temp.noise('2019-12-05 10:00', '批示后并入') AS absorbed \gset
SELECT FROM peoplecall.instruct(:absorbed, 333, '限期办结', '2d') \g /dev/null
SELECT FROM peoplecall.merge(:absorbed, pg_temp.noise('2019-12-05 10:00', '主件'), '同一件') \g /dev/null
SELECT pg_temp.noise('2019-12-05 10:00', '批示后办结') AS answered \gset
SELECT FROM peoplecall.instruct(:answered, 333, '回头看', '2d') \g /dev/null
SELECT FROM peoplecall.complete(:answered, '好') \g /dev/null
SELECT FROM peoplecall.close(:answered) \g /dev/null
SELECT pg_temp.noise('2019-12-05 10:00', '忘记') AS forgotten \gset
SELECT FROM peoplecall.forget_reporter(:forgotten) \g /dev/null
SELECT FROM peoplecall.changes(NULL, 20) \g /dev/null
SELECT FROM peoplecall.urge(:instructed) \g /dev/null
SELECT FROM peoplecall.urge(:instructed) \g /dev/null
SELECT FROM peoplecall.refresh_appraisal(420106, 5) \g /dev/null

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'a ledger that verbs filled is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and its history');
SELECT set_eq('SELECT DISTINCT state::text FROM peoplecall.complaint',
	'{received,dispatched,completed,closed,shelved,merged,moved}'::text[], 'it has a matter in every state that these verbs lead to');
SELECT cmp_ok((SELECT count(*) FROM peoplecall.supervision), '>', 0::bigint, 'supervision');
SELECT cmp_ok((SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'), '>', 10::bigint, 'and steps of the ladder');
SELECT cmp_ok((SELECT count(*) FROM peoplecall.clock WHERE paused_at IS NOT NULL AND stopped_at IS NULL), '>', 3::bigint, 'and paused clocks');

-- What is found after a statement that nothing stands against, undone.
CREATE FUNCTION pg_temp.damaged(statement text, c bigint DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found_problems text;
	rows bigint;
BEGIN
	BEGIN
		PERFORM set_config('session_replication_role', 'replica', true);
		EXECUTE statement;
		GET DIAGNOSTICS rows = ROW_COUNT;
		SELECT string_agg(DISTINCT f.problem || ' ' || coalesce(f.complaint_id::text, '-'), ', ')
		  INTO found_problems
		  FROM peoplecall.check_ledger(complaint => c) AS f;
		RAISE EXCEPTION SQLSTATE 'ALLOW';
	EXCEPTION WHEN SQLSTATE 'ALLOW' THEN
		NULL;
	END;
	RETURN CASE WHEN rows = 0 THEN 'nothing was damaged' ELSE coalesce(found_problems, 'nothing') END;
END
$$;
SELECT is(pg_temp.damaged('UPDATE peoplecall.event SET area = area'), 'nothing', 'what changes nothing is not found');

-- Each damage: to which complaint, what is found, the statement ($1 is the id).
CREATE TEMPORARY TABLE damage (id int GENERATED ALWAYS AS IDENTITY, c bigint, finding text, statement text);
INSERT INTO damage (c, finding, statement) VALUES
	-- events
	(:working, 'digest event', 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 2; UPDATE peoplecall.complaint SET digest = ''\x00'' WHERE id = $1'),
	(:working, 'event', 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 2'),
	(:working, 'event', 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 1'),
	(:working, 'event', 'DELETE FROM peoplecall.event WHERE complaint_id = $1'),
	(:working, 'event last_event', 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 4; UPDATE peoplecall.complaint SET last_event_at = last_event_at - interval ''1 min'' WHERE id = $1'),
	(:working, 'event', 'UPDATE peoplecall.complaint SET event_count = 99 WHERE id = $1'),
	(:working, 'last_event', 'UPDATE peoplecall.complaint SET last_event_at = last_event_at + interval ''1 min'' WHERE id = $1'),
	(:working, 'digest', 'UPDATE peoplecall.complaint SET digest = NULL WHERE id = $1'),
	(:working, 'digest', 'UPDATE peoplecall.event SET digest = sha256(''x'') WHERE complaint_id = $1 AND seq = 5'),
	-- counters
	(:working, 'counter', 'UPDATE peoplecall.complaint SET urged = 1 WHERE id = $1'),
	(:reopened, 'counter', 'UPDATE peoplecall.complaint SET reopened = 2 WHERE id = $1'),
	(:returned, 'counter', 'UPDATE peoplecall.complaint SET returned = 0 WHERE id = $1'),
	-- states
	(:received, 'clock lead state', 'UPDATE peoplecall.complaint SET state = ''dispatched'', lead_org = 31 WHERE id = $1'),
	(:working, 'state', 'UPDATE peoplecall.complaint SET state = ''received'' WHERE id = $1'),
	(:working, 'lead state times', 'UPDATE peoplecall.complaint SET state = ''completed'' WHERE id = $1'),
	(:working, 'lead', 'UPDATE peoplecall.complaint SET lead_org = 34 WHERE id = $1'),
	(:working, 'lead', 'UPDATE peoplecall.task SET role = ''lead'' WHERE complaint_id = $1 AND role = ''assist'' AND org = 31; UPDATE peoplecall.complaint SET lead_org = 31 WHERE id = $1'),
	(:completed, 'times', 'UPDATE peoplecall.complaint SET completed_at = NULL WHERE id = $1'),
	(:working, 'times', 'UPDATE peoplecall.complaint SET closed_at = last_event_at WHERE id = $1'),
	(:closed, 'times', 'UPDATE peoplecall.complaint SET closed_at = NULL WHERE id = $1'),
	(:excluded, 'excluded', 'UPDATE peoplecall.complaint SET excluded = false WHERE id = $1'),
	(:working, 'excluded', 'UPDATE peoplecall.complaint SET excluded = true WHERE id = $1'),
	(:shelved, 'pause', 'UPDATE peoplecall.complaint SET state = ''dispatched'' WHERE id = $1'),
	-- tasks
	(:completed, 'task', 'UPDATE peoplecall.task SET done_at = NULL WHERE complaint_id = $1'),
	(:working, 'task', 'UPDATE peoplecall.task SET accepted_at = NULL WHERE complaint_id = $1 AND seq = 1'),
	(:sent, 'task', 'UPDATE peoplecall.task SET accepted_at = sent_at WHERE complaint_id = $1'),
	(:sent, 'lead task', 'UPDATE peoplecall.task SET epoch = 1 WHERE complaint_id = $1'),
	(:completed, 'clock lead state task', 'UPDATE peoplecall.task SET state = ''accepted'' WHERE complaint_id = $1'),
	-- which clocks run
	(:sent, 'clock light', 'UPDATE peoplecall.clock SET stopped_at = started_at, verdict = ''met'', next_alarm_at = NULL WHERE complaint_id = $1 AND kind = ''accept'''),
	(:working, 'clock', 'UPDATE peoplecall.clock SET stopped_at = started_at, verdict = ''met'', next_alarm_at = NULL WHERE complaint_id = $1 AND kind = ''total'''),
	(:working, 'clock', 'DELETE FROM peoplecall.clock WHERE complaint_id = $1 AND kind = ''total'''),
	(:closed, 'clock deadline light', 'UPDATE peoplecall.clock SET stopped_at = NULL, verdict = NULL WHERE complaint_id = $1 AND kind = ''verify'''),
	(:working, 'clock', 'INSERT INTO peoplecall.clock SELECT (jsonb_populate_record(k, ''{"seq": 99}'')).* FROM peoplecall.clock AS k WHERE complaint_id = $1 AND kind = ''total'''),
	(:sent, 'clock', 'INSERT INTO peoplecall.clock SELECT (jsonb_populate_record(k, ''{"seq": 99, "task_seq": 7}'')).* FROM peoplecall.clock AS k WHERE complaint_id = $1 AND kind = ''resolve'''),
	-- times
	(:late, 'deadline light', 'UPDATE peoplecall.clock SET due_at = ''2019-11-01 09:10+08'' WHERE complaint_id = $1 AND stopped_at IS NULL AND kind = ''answer'''),
	(:working, 'deadline', 'UPDATE peoplecall.clock SET due_at = due_at + interval ''1 s'' WHERE complaint_id = $1 AND kind = ''total'''),
	(:working, 'deadline', 'UPDATE peoplecall.clock SET extensions = ''{1wd}'' WHERE complaint_id = $1 AND kind = ''total'''),
	(:working, 'deadline', 'UPDATE peoplecall.clock SET next_alarm_at = ''2020-01-01 09:00+08'' WHERE complaint_id = $1 AND kind = ''total'''),
	(:late, 'alarm deadline', 'UPDATE peoplecall.clock SET fired = ''{}'' WHERE complaint_id = $1 AND kind = ''total'''),
	(:closed, 'verdict', 'UPDATE peoplecall.clock SET verdict = ''missed'' WHERE complaint_id = $1 AND kind = ''resolve'''),
	(:closed, 'verdict', 'UPDATE peoplecall.clock SET stopped_at = ''2020-01-10 09:00+08'' WHERE complaint_id = $1 AND kind = ''resolve'''),
	-- steps of the ladder: twice, unknown, out of order, without an event
	(:late, 'alarm', 'UPDATE peoplecall.clock AS k SET fired = k.fired || k.fired[1] WHERE complaint_id = $1 AND k.fired <> ''{}'''),
	(:late, 'alarm', 'UPDATE peoplecall.clock AS k SET fired = k.fired || 4711::bigint WHERE complaint_id = $1 AND k.fired <> ''{}'''),
	(:late, 'alarm', 'UPDATE peoplecall.clock AS k SET fired = ARRAY[k.fired[2], k.fired[1]] || k.fired[3:] WHERE complaint_id = $1 AND cardinality(k.fired) > 1'),
	(:late, 'alarm', 'UPDATE peoplecall.event AS e SET detail = jsonb_set(e.detail, ''{step}'', (SELECT f.detail -> ''step'' FROM peoplecall.event AS f WHERE f.complaint_id = $1 AND f.verb = ''alarm'' AND f.detail -> ''clock_seq'' = e.detail -> ''clock_seq'' ORDER BY f.seq LIMIT 1)) WHERE e.complaint_id = $1 AND e.verb = ''alarm'''),
	(:late, 'alarm', 'UPDATE peoplecall.event SET detail = detail || ''{"clock_seq": 55}'' WHERE complaint_id = $1 AND verb = ''alarm'''),
	-- lights
	(:working, 'light', 'UPDATE peoplecall.complaint SET due_at = due_at + interval ''1 s'' WHERE id = $1'),
	(:working, 'light', 'UPDATE peoplecall.complaint SET warn_at = NULL WHERE id = $1'),
	(:suspended, 'light', 'UPDATE peoplecall.complaint SET paused_at = NULL WHERE id = $1'),
	(:closed, 'light', 'UPDATE peoplecall.complaint SET due_at = closed_at WHERE id = $1'),
	-- pauses
	(:suspended, 'pause', 'UPDATE peoplecall.request SET ended_at = decided_at WHERE complaint_id = $1'),
	(:suspended, 'pause', 'UPDATE peoplecall.request SET task_seq = 9 WHERE complaint_id = $1'),
	(:shelved, 'pause', 'UPDATE peoplecall.request SET ended_at = decided_at WHERE complaint_id = $1'),
	(:suspended, 'lead pause', 'UPDATE peoplecall.task SET role = ''assist'' WHERE complaint_id = $1'),
	(:suspended, 'pause', 'UPDATE peoplecall.request SET until = until - interval ''1 min'' WHERE complaint_id = $1'),
	(:suspended, 'deadline light pause', 'UPDATE peoplecall.clock SET paused_at = NULL WHERE complaint_id = $1 AND kind = ''resolve'''),
	(:suspended, 'deadline pause', 'UPDATE peoplecall.clock SET pauses = ''{}'' WHERE complaint_id = $1 AND kind = ''resolve'''),
	-- orders
	(:late, 'order', 'UPDATE peoplecall.supervision SET closed_at = ordered_at, conclusion = ''x'' WHERE complaint_id = $1'),
	(:late, 'order', 'UPDATE peoplecall.supervision SET clock_seq = 1 WHERE complaint_id = $1'),
	-- links
	(:merged, 'principal', 'UPDATE peoplecall.complaint SET principal_id = NULL WHERE id = $1'),
	(:working, 'principal', format('UPDATE peoplecall.complaint SET principal_id = %s WHERE id = $1', :principal)),
	(:merged, 'principal', 'UPDATE peoplecall.complaint SET principal_id = 420106000000999999 WHERE id = $1'),
	(:merged, 'principal', 'UPDATE peoplecall.complaint SET principal_id = $1 WHERE id = $1'),
	(:merged, 'principal', 'UPDATE peoplecall.complaint SET closed_at = last_event_at WHERE id = $1'),
	(:working, 'origin', format('UPDATE peoplecall.complaint SET origin_id = %s WHERE id = $1', :closed)),
	-- moved
	(:moved, 'moved', 'UPDATE peoplecall.complaint SET state = ''withdrawn'' WHERE id = $1'),
	(:arrived, 'origin', format('UPDATE peoplecall.complaint SET origin_id = %s WHERE id = $1; UPDATE peoplecall.complaint SET state = ''withdrawn'', moved_to = NULL WHERE id = %s', :closed, :moved)),
	(:closed, 'moved', format('UPDATE peoplecall.complaint SET moved_to = %s WHERE id = $1; DELETE FROM peoplecall.reporter WHERE complaint_id = $1; DELETE FROM peoplecall.track_key WHERE complaint_id = $1', :sent)),
	(:moved, 'moved', 'INSERT INTO peoplecall.reporter (district_id, complaint_id, area) VALUES (420106, $1, ''420106012001'')'),
	-- codes, and who was forgotten
	(:working, 'track_key', 'DELETE FROM peoplecall.track_key WHERE complaint_id = $1'),
	(:working, 'track_key', 'INSERT INTO peoplecall.track_key (code, district_id, complaint_id) VALUES (''X'', 420106, $1)'),
	(:moved, 'track_key', 'INSERT INTO peoplecall.track_key (code, district_id, complaint_id) VALUES (''X'', 420106, $1)'),
	(:forgotten, 'track_key', 'INSERT INTO peoplecall.track_key (code, district_id, complaint_id) VALUES (''X'', 420106, $1)'),
	(:forgotten, 'forgotten', 'UPDATE peoplecall.reporter SET phone = ''1'' WHERE complaint_id = $1'),
	(:working, 'track_key', 'UPDATE peoplecall.reporter SET name = NULL, phone = NULL, forgotten_at = now() WHERE complaint_id = $1'),
	-- orders
	(:instructed, 'order', 'UPDATE peoplecall.supervision SET answer = ''x'', answered_at = ordered_at WHERE complaint_id = $1'),
	(:instructed, 'light order', 'UPDATE peoplecall.clock SET stopped_at = started_at, verdict = ''met'', next_alarm_at = NULL WHERE complaint_id = $1 AND kind = ''answer'''),
	(:instructed, 'order', 'UPDATE peoplecall.supervision SET leader = NULL WHERE complaint_id = $1'),
	-- the feed
	(:late, 'change', 'UPDATE peoplecall.change SET verb = ''x'' WHERE complaint_id = $1 AND seq = 1'),
	(:late, 'change', 'UPDATE peoplecall.change SET seq = 900 + seq WHERE complaint_id = $1'),
	(:instructed, 'change', 'UPDATE peoplecall.change_queue SET seq = seq + 90 WHERE complaint_id = $1'),
	(:instructed, 'change', 'UPDATE peoplecall.change_queue SET events = 2 WHERE complaint_id = $1 AND seq = (SELECT max(q.seq) FROM peoplecall.change_queue AS q WHERE q.complaint_id = $1)'),
	(:instructed, 'change', 'UPDATE peoplecall.change_queue SET events = 0 WHERE complaint_id = $1'),
	(:instructed, 'change', 'UPDATE peoplecall.change_queue SET events = 2 WHERE complaint_id = $1 AND seq = (SELECT min(q.seq) FROM peoplecall.change_queue AS q WHERE q.complaint_id = $1)'),
	(:late, 'change', 'INSERT INTO peoplecall.change_queue (district_id, complaint_id, seq, events, at, state, grade) VALUES (420106, $1, 1, 1, now(), ''received'', ''A'')'),
	(:working, 'intake_key', 'UPDATE peoplecall.intake_key SET complaint_id = 420106000000999999 WHERE complaint_id = $1'),
	-- areas
	(:working, 'area', 'UPDATE peoplecall.complaint SET area = ''420106012009'' WHERE id = $1'),
	-- the outbox
	(:late, 'notice', 'INSERT INTO peoplecall.setting VALUES (''quiet_hours'', ''{"from": "20:00", "to": "08:00"}'') ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value; UPDATE peoplecall.complaint SET urgency = ''normal'' WHERE id = $1; UPDATE peoplecall.notice SET not_before = ''2019-12-05 23:00+08'', attempts = 0 WHERE complaint_id = $1 AND template IN (''half'', ''due'', ''overdue'')'),
	(:late, 'notice', 'UPDATE peoplecall.notice SET key = (SELECT n.key FROM peoplecall.notice AS n WHERE n.complaint_id = $1 ORDER BY n.seq LIMIT 1) WHERE complaint_id = $1');
INSERT INTO damage (c, finding, statement)
SELECT :late, 'area', format('UPDATE peoplecall.%I SET area = ''420106012009'' WHERE complaint_id = $1', t)
  FROM unnest('{clock,complaint_text,event,notice,supervision,task}'::text[]) AS t;
INSERT INTO damage (c, finding, statement)
SELECT :reopened, 'area', format('UPDATE peoplecall.%I SET area = ''420106012009'' WHERE complaint_id = $1', t)
  FROM unnest('{rating,reporter}'::text[]) AS t;

SELECT is(pg_temp.damaged(replace(d.statement, '$1', d.c::text)),
          CASE d.finding WHEN 'intake_key' THEN 'intake_key 420106000000999999'
          ELSE (SELECT string_agg(w || ' ' || d.c, ', ' ORDER BY w) FROM regexp_split_to_table(d.finding, ' ') AS w) END,
          d.finding || ': ' || left(d.statement, 120))
  FROM damage AS d
 ORDER BY d.id;
SELECT is((SELECT string_agg(format('%s: %s', d.statement, f), E'\n')
             FROM damage AS d CROSS JOIN LATERAL pg_temp.damaged(replace(d.statement, '$1', d.c::text), d.c) AS f
            WHERE d.finding NOT IN ('intake_key')
              AND f <> (SELECT string_agg(w || ' ' || d.c, ', ' ORDER BY w) FROM regexp_split_to_table(d.finding, ' ') AS w)), NULL,
          'looking at that complaint alone says the same');
SELECT is((SELECT string_agg(format('%s: %s', d.statement, f), E'\n')
             FROM damage AS d CROSS JOIN LATERAL pg_temp.damaged(replace(d.statement, '$1', d.c::text), :spot) AS f
            WHERE f <> 'nothing'), NULL, 'and at another one nothing');

-- What belongs to no complaint, or to one that is not there.
SELECT is(pg_temp.damaged('UPDATE peoplecall.listing SET claimed = 4'), 'listing -', 'more claimed than claims');
SELECT is(pg_temp.damaged('UPDATE peoplecall.claim SET quantity = 3 WHERE seq = 1'), 'listing -', 'a claim that is not counted');
SELECT is(pg_temp.damaged('UPDATE peoplecall.listing SET fulfilled = 0'), 'listing -', 'fulfilled');
SELECT is(pg_temp.damaged('DELETE FROM peoplecall.listing_event WHERE seq = 2'), 'listing -', 'a line of a listing''s history');
SELECT is(pg_temp.damaged('UPDATE peoplecall.listing_event SET seq = 99 WHERE seq = 2'), 'listing -', 'one out of its place');
SELECT is(pg_temp.damaged('UPDATE peoplecall.listing SET last_event_at = last_event_at + interval ''1 s'''), 'listing -', 'when the last one was');
SELECT is(pg_temp.damaged('DELETE FROM peoplecall.change WHERE no = 7'), 'change -', 'a number that is missing');
SELECT is(pg_temp.damaged('DELETE FROM peoplecall.change WHERE no = 1'), 'change -', 'the first one');
SELECT is(pg_temp.damaged('UPDATE peoplecall.change_head SET last_no = last_no + 1'), 'change -', 'a number that nobody got');
SELECT is(pg_temp.damaged('UPDATE peoplecall.change_head SET forgotten = 3'), 'change -', 'more forgotten than is gone');
SELECT is(pg_temp.damaged('DELETE FROM peoplecall.change_head'), 'change -', 'no head');
SELECT is(pg_temp.damaged('UPDATE peoplecall.appraisal_mark SET complaint_id = 420106000000999999 WHERE district_id = 420106'), 'appraisal 420106000000999999', 'a mark of nothing');
SELECT is(pg_temp.damaged('UPDATE peoplecall.appraisal_fact SET complaint_id = 420106000000999999 WHERE (complaint_id, entry) = (SELECT f.complaint_id, f.entry FROM peoplecall.appraisal_fact AS f LIMIT 1)'), 'appraisal 420106000000999999', 'a fact of nothing');
SELECT is(pg_temp.damaged('UPDATE peoplecall.track_key SET complaint_id = 420106000000999999 WHERE complaint_id = ' || :closed), 'track_key 420106000000999999', 'a code of nothing');
SELECT is(pg_temp.damaged('UPDATE peoplecall.notice SET complaint_id = 420106000000999999 WHERE (complaint_id, seq) = (SELECT n.complaint_id, n.seq FROM peoplecall.notice AS n LIMIT 1)'),
	'notice 420106000000999999', 'a notice of nothing');

-- After the rulebook changed, the deadlines are those of before until somebody
-- reckons them again.
UPDATE peoplecall.calendar_window SET closes = '17:00' WHERE closes = '17:30';
SELECT is((SELECT array_agg(DISTINCT f.problem) FROM peoplecall.check_ledger() AS f), '{deadline}', 'another calendar: deadlines');
SELECT peoplecall.recompute(420102), peoplecall.recompute(420106) \g /dev/null
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'recomputed: nothing');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'nor in the history');

-- What is found says what is wrong.
DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); END $$;
UPDATE peoplecall.complaint SET event_count = 99 WHERE id = :working;
SELECT results_eq('SELECT * FROM peoplecall.check_ledger()',
	format($$VALUES ('event', 420106, %s::bigint, 'counts 99 events, has 6 from 1 to 6')$$, :working), 'the problem, the complaint, what and how much');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger(420102)', 'not in another district');
SELECT is((SELECT count(*) FROM peoplecall.check_ledger(420106)), 1::bigint, 'but in its own');
UPDATE peoplecall.complaint SET event_count = 6 WHERE id = :working;
DO $$ BEGIN PERFORM set_config('session_replication_role', 'origin', true); END $$;

-- Who may ask.
SELECT is(pg_temp.refusal('SELECT * FROM peoplecall.check_ledger(complaint => 420106000000999999)'), 'PC005', 'no such complaint');
CREATE ROLE auditor;
SELECT peoplecall.appoint('auditor', 'read', 3) \g /dev/null
SET LOCAL ROLE auditor;
SELECT throws_ok('SELECT * FROM peoplecall.check_ledger()', '42501', 'the whole ledger is needed for this', 'not one from whom policies hide something');
RESET ROLE;
SET LOCAL ROLE pg_monitor;
SELECT throws_ok('SELECT * FROM peoplecall.check_ledger()', '42501', NULL, 'nor a stranger');
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA peoplecall TO auditor;
ALTER ROLE auditor BYPASSRLS;
SET LOCAL ROLE auditor;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'one who may read everything');
RESET ROLE;
SET LOCAL ROLE city_owner;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the owner');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
