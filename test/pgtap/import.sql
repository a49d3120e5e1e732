-- import_complaints(): what is taken in and as what, what is refused and why,
-- that nothing is lost, and that the sum of it is right for 5,000 rows.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT no_plan();
-- the procedure commits, so nothing here is in a transaction
SET peoplecall.as_of = '2019-12-05 10:00+08';
SET TimeZone = 'Asia/Shanghai';
CREATE FUNCTION pg_temp.minute(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$SELECT to_char(at, 'YYYY-MM-DD HH24:MI')$$;
CREATE FUNCTION pg_temp.refused() RETURNS text[] LANGUAGE sql AS $$SELECT array_agg(concat_ws(' ', s.external_id, s.sqlstate, s.reason) ORDER BY s.line) FROM peoplecall.staging_complaint AS s$$;
CREATE FUNCTION pg_temp.imported(number text) RETURNS bigint LANGUAGE sql AS $$SELECT complaint_id FROM peoplecall.intake_key WHERE external_id = number$$;

-- One of each state, with its own times.
INSERT INTO peoplecall.staging_complaint (channel, external_id, title, body, area, category, people, reporter_name, reporter_phone, state, lead, result, received_at, dispatched_at, accepted_at, contacted_at, completed_at, closed_at, due_at) VALUES
	('hotline', 'closed', '路灯不亮', '三盏', '420102017020', 'city.facility', NULL, '李女士', '10000000001', NULL, 'hanguang', '已修复', '2018-03-01 09:00', '2018-03-01 09:10', '2018-03-01 09:30', '2018-03-01 10:00', '2018-03-02 10:00', '2018-03-02 15:00', '2018-03-02 17:30'),
	('hotline', 'late', '路灯不亮', '五盏', '420102017020', 'city.facility', NULL, NULL, NULL, 'closed', '21', '已修复', '2018-03-01 09:00+08:00', NULL, NULL, NULL, '2018-03-05T10:00:00Z', '2018-03-06', '2018-03-02 17:30'),
	('mayor_mailbox', 'spoken', '问', '', '420106', NULL, NULL, NULL, NULL, 'closed', NULL, '已答复', '2018-04-01 09:00', NULL, NULL, NULL, NULL, '2018-04-01 09:05', NULL),
	('hotline', 'rejected', '诉讼', '', '420106012001', NULL, NULL, NULL, NULL, 'rejected', NULL, '不属受理', '2018-04-01 09:00', NULL, NULL, NULL, NULL, '2018-04-01 10:00', NULL),
	('hotline', 'referred', '外地', '', '420106012001', NULL, NULL, NULL, NULL, 'referred', NULL, '法院', '2018-04-01 09:00', NULL, NULL, NULL, NULL, '2018-04-01 10:00', NULL),
	('hotline', 'withdrawn', '算了', '', '420106012001', NULL, NULL, NULL, NULL, 'withdrawn', NULL, NULL, '2018-04-01 09:00', NULL, NULL, NULL, NULL, '2018-04-01 10:00', NULL),
	('hotline', 'received', '欠薪', '', '420106012001', 'labour.part_time', '3', '王先生', '10000000003', NULL, NULL, NULL, '2019-12-05 09:00', NULL, NULL, NULL, NULL, NULL, NULL),
	('mini_program', 'sent', '油烟', '', '420106012001', 'market.food', NULL, NULL, NULL, 'dispatched', NULL, NULL, '2019-12-04 16:00', '2019-12-04 16:20', NULL, NULL, NULL, NULL, NULL),
	('mini_program', 'accepted', '噪声', '', '420106012001', 'police.noise', NULL, NULL, NULL, NULL, 'wuchang_police', NULL, '2019-12-04 16:00', '2019-12-04 16:20', '2019-12-04 16:30', NULL, NULL, NULL, NULL),
	('mini_program', 'completed', '噪声', '又', '420106012001', 'police.noise', NULL, NULL, NULL, NULL, 'wuchang_police', '已制止', '2019-12-02 09:00', NULL, NULL, NULL, '2019-12-04 11:00', NULL, '2019-12-03 17:30'),
	('grid', NULL, '井盖', '', '420102017020001', 'city.facility', NULL, NULL, NULL, 'closed', 'hanguang', '已盖', '2019-11-01 09:00', NULL, NULL, NULL, NULL, '2019-11-01 10:00', NULL);
CALL peoplecall.import_complaints() \gset done_
SELECT is(:'done_imported' || ' ' || :'done_known' || ' ' || :'done_refused', '11 0 0', 'all are taken in');
SELECT is((SELECT count(*) FROM peoplecall.staging_complaint), 0::bigint, 'and nothing is left');
SELECT is((SELECT array_agg(concat_ws(' ', coalesce(c.external_id, '-'), c.channel, c.state, c.grade, 'by ' || c.command_org, 'lead ' || c.lead_org, pg_temp.minute(c.received_at), pg_temp.minute(c.completed_at), pg_temp.minute(c.closed_at), c.result) ORDER BY c.id)
	FROM peoplecall.complaint AS c),
	'{"closed hotline closed A by 21 lead 21 2018-03-01 09:00 2018-03-02 10:00 2018-03-02 15:00 已修复","late hotline closed A by 21 lead 21 2018-03-01 09:00 2018-03-05 18:00 2018-03-06 00:00 已修复","- grid closed A by 21 lead 21 2019-11-01 09:00 2019-11-01 10:00 2019-11-01 10:00 已盖",
	"spoken mayor_mailbox closed B by 3 2018-04-01 09:00 2018-04-01 09:05 已答复","rejected hotline rejected B by 12 2018-04-01 09:00 2018-04-01 10:00 不属受理","referred hotline referred B by 12 2018-04-01 09:00 2018-04-01 10:00 法院","withdrawn hotline withdrawn B by 12 2018-04-01 09:00 2018-04-01 10:00",
	"received hotline received C by 3 2019-12-05 09:00","sent mini_program dispatched B by 12 lead 31 2019-12-04 16:00","accepted mini_program dispatched B by 12 lead 33 2019-12-04 16:00","completed mini_program completed B by 12 lead 33 2019-12-02 09:00 2019-12-04 11:00 已制止"}', 'each with its own times, graded, with who commands and who leads');
SELECT is((SELECT array_agg(concat_ws(' ', c.external_id, t.state, 'org ' || t.org, pg_temp.minute(t.sent_at), pg_temp.minute(t.accepted_at), pg_temp.minute(t.done_at)) ORDER BY c.id) FROM peoplecall.task AS t JOIN peoplecall.complaint AS c ON c.id = t.complaint_id WHERE c.external_id IS NOT NULL),
	'{"closed done org 21 2018-03-01 09:10 2018-03-01 09:30 2018-03-02 10:00","late done org 21 2018-03-01 09:00 2018-03-05 18:00 2018-03-05 18:00","sent sent org 31 2019-12-04 16:20","accepted accepted org 33 2019-12-04 16:20 2019-12-04 16:30","completed done org 33 2019-12-02 09:00 2019-12-04 11:00 2019-12-04 11:00"}', 'the share of who led');
SELECT is((SELECT array_agg(concat_ws(' ', c.external_id, k.kind, pg_temp.minute(k.started_at), pg_temp.minute(k.due_at), coalesce(k.verdict::text, 'alarm ' || pg_temp.minute(k.next_alarm_at))) ORDER BY c.id, k.seq) FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id WHERE k.stopped_at IS NOT NULL),
	'{"closed resolve 2018-03-01 09:10 2018-03-02 17:30 met","late resolve 2018-03-01 09:00 2018-03-02 17:30 missed","completed resolve 2019-12-02 09:00 2019-12-03 17:30 missed"}', 'a verdict where the deadline was known, none that was not given');
-- the clocks of an open one are those that submit() and dispatch() would have started then
SELECT is((SELECT array_agg(concat_ws(' ', c.external_id, k.kind, k.task_seq, pg_temp.minute(k.started_at)) ORDER BY c.id, k.seq) FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id WHERE k.stopped_at IS NULL),
	'{"received total 2019-12-05 09:00","received dispatch 2019-12-05 09:00","sent total 2019-12-04 16:00","sent accept 1 2019-12-04 16:20","sent contact 1 2019-12-04 16:20","sent resolve 1 2019-12-04 16:20",
	"accepted total 2019-12-04 16:00","accepted contact 1 2019-12-04 16:20","accepted resolve 1 2019-12-04 16:20","completed total 2019-12-02 09:00","completed verify 2019-12-04 11:00"}', 'what is open runs on');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id CROSS JOIN LATERAL peoplecall.clock_plan(k.kind, c.category, c.grade, c.urgency, c.nature, k.started_at) AS p
	WHERE k.stopped_at IS NULL AND (k.policy, k.calendar, k.allowed::text, k.due_at, k.warn_at, k.next_alarm_at) IS DISTINCT FROM (p.policy, p.calendar, p.allowed::text, p.due_at, p.warn_at, p.next_alarm_at)), 0::bigint, 'by the rules in force');
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c CROSS JOIN LATERAL peoplecall.tightest_clock(c.district_id, c.id) AS l WHERE (c.warn_at, c.due_at, c.paused_at) IS DISTINCT FROM (l.warn_at, l.due_at, l.paused_at)), 0::bigint, 'and the light follows');
SELECT is((SELECT array_agg(b.no || ' ' || b.sla ORDER BY b.no) FROM peoplecall.board AS b), '{"420106-10 yellow","420106-7 yellow","420106-8 red","420106-9 green"}', 'the board shows them');
SELECT is((SELECT array_agg(DISTINCT concat_ws(' ', e.seq, e.verb, pg_temp.minute(e.at), c.event_count)) FROM peoplecall.event AS e JOIN peoplecall.complaint AS c ON c.id = e.complaint_id), '{"1 import 2019-12-05 10:00 1"}', 'one event each, of when it was done');
SELECT is((SELECT e.detail - 'channel' - 'nature' FROM peoplecall.event AS e WHERE e.complaint_id = pg_temp.imported('closed')), '{"lead": 21, "grade": "A", "state": "closed", "graded": true, "category": "city.facility", "promised": "2018-03-02T09:30:00+00:00", "received_at": "2018-03-01T01:00:00+00:00"}', 'that says what came');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.detail::text ~ '李女士|王先生|1000000000|三盏'), 0::bigint, 'and nobody''s data');
SELECT is((SELECT array_agg(r.name || r.phone ORDER BY r.complaint_id) FROM peoplecall.reporter AS r), '{李女士10000000001,王先生10000000003}', 'reporters are where they belong');
SELECT is((SELECT count(DISTINCT k.code) FROM peoplecall.track_key AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id), 11::bigint, 'everyone has a code');
SELECT is((SELECT count(*) FROM peoplecall.changes()), 0::bigint, 'channels are told of what happens from now on');
SELECT is((SELECT count(DISTINCT m.complaint_id) FROM peoplecall.appraisal_mark AS m), (SELECT count(*) FROM peoplecall.complaint), 'the appraisal knows all of them');
SELECT is((SELECT count(*) FROM peoplecall.check_appraisal()), 0::bigint, 'and counts them as a recount does');
-- they are found by likeness, as far back as texts are kept
SELECT is((SELECT array_agg(t.complaint_id ORDER BY t.complaint_id) FROM peoplecall.complaint_text AS t), (SELECT array_agg(c.id ORDER BY c.id) FROM peoplecall.complaint AS c WHERE c.received_at > timestamptz '2019-12-05 10:00+08' - interval '400 days'), 'texts of the last 400 days');
SELECT is((SELECT array_agg(s.complaint_id ORDER BY s.complaint_id) FROM peoplecall.similar_complaints('噪声', '', '420106012001') AS s), ARRAY[pg_temp.imported('accepted'), pg_temp.imported('completed')], 'the twins are found');
SELECT is((SELECT r.complaint_id FROM peoplecall.submit('hotline', '欠薪', '', '420106012001', 'labour.part_time', reporter_phone => '10000000003') AS r), pg_temp.imported('received'), 'who calls again');
SELECT is((SELECT c.urged FROM peoplecall.complaint AS c WHERE c.id = pg_temp.imported('received')), 1, 'urges what was imported');
SELECT is((SELECT r.complaint_id FROM peoplecall.submit('mini_program', '油烟', '', '420106012001', 'market.food', external_id => 'sent') AS r), pg_temp.imported('sent'), 'and a number sent again finds it');
-- and worked on
SELECT FROM peoplecall.accept(pg_temp.imported('sent')) \g /dev/null
SELECT is((SELECT r.state::text FROM peoplecall.complete(pg_temp.imported('accepted'), '已处理') AS r), 'completed', 'the work goes on');
SELECT is((SELECT r.state::text FROM peoplecall.close(pg_temp.imported('completed')) AS r), 'closed', 'to its end');
SELECT is((SELECT r.state::text FROM peoplecall.reopen(pg_temp.imported('closed'), '又坏了') AS r), 'dispatched', 'and begins again');
SELECT is((SELECT array_agg(c.verb || ' ' || c.external_id ORDER BY c.verb) FROM peoplecall.changes() AS c), '{"accept sent","close completed","complete accepted","reopen closed","urge received"}', 'as the channels hear');
SELECT is((SELECT count(*) > 0 FROM peoplecall.due_districts() AS d, peoplecall.tick(d) AS t WHERE t.steps > 0), true, 'and the sweep takes what fell due meanwhile');

-- What is refused stays, each row with its reason.
INSERT INTO peoplecall.staging_complaint (external_id, channel, title, area, category, nature, grade, urgency, privacy, people, state, lead, received_at, dispatched_at, completed_at, closed_at, due_at)
SELECT v.* FROM (VALUES
	('r01', NULL::text, 't', '420102017020', NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, '2019-12-01', NULL::text, NULL::text, NULL::text, NULL::text),
	('r02', 'hotline', ' ', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r03', 'hotline', 't', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r04', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('r05', 'fax', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r06', 'hotline', 't', '420102017099', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r07', 'hotline', 't', '后湖', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r08', 'hotline', 't', '420102017020', 'no.such', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r09', 'hotline', 't', '420102017020', NULL, 'rumour', NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r10', 'hotline', 't', '420102017020', NULL, NULL, 'E', NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r11', 'hotline', 't', '420102017020', NULL, NULL, NULL, 'high', NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r12', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, 'secret', NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r13', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, '0', NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r14', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'merged', NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r15', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'nobody', '2019-12-01', NULL, NULL, NULL, NULL),
	('r16', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'yesterday', NULL, NULL, NULL, NULL),
	('r17', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'closed', NULL, '2019-12-01', NULL, NULL, '01.12.2019', NULL),
	('r18', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-06', NULL, NULL, NULL, NULL),
	('r19', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'hanguang', '2019-12-01', '2019-11-30', NULL, NULL, NULL),
	('r20', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'rejected', NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('r21', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'received', NULL, '2019-12-01', NULL, NULL, '2019-12-02', NULL),
	('r22', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'completed', NULL, '2019-12-01', NULL, '2019-12-02', NULL, NULL),
	('r23', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, 'completed', 'hanguang', '2019-12-01', NULL, NULL, NULL, NULL),
	('r24', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-02-29 10:00', NULL, NULL, NULL, NULL),
	('r25', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01 25:00', NULL, NULL, NULL, NULL),
	('closed', 'hotline', '另一事', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('good', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('good', 'hotline', 't', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL),
	('good', 'hotline', 'other', '420102017020', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2019-12-01', NULL, NULL, NULL, NULL)) AS v;
CALL peoplecall.import_complaints() \gset done_
SELECT is(:'done_imported' || ' ' || :'done_known' || ' ' || :'done_refused', '1 1 27', 'one is good, one says the same again, the others are refused');
SELECT is(pg_temp.refused(), ARRAY['r01 22004 channel must not be null', 'r02 22004 title must not be null or empty', 'r03 22004 area must not be null', 'r04 22004 received_at must not be null',
	'r05 PC005 there is no channel "fax"', 'r06 PC005 there is no area 420102017099', 'r07 PC005 there is no area 后湖', 'r08 PC004 there is no category no.such', 'r09 22023 there is no nature "rumour"',
	'r10 22P02 there is no grade "E"', 'r11 22P02 there is no urgency "high"', 'r12 22P02 there is no privacy "secret"', 'r13 22023 people must be at least 1, not "0"', 'r14 22023 a matter cannot be imported as "merged"',
	'r15 PC005 there is no org "nobody"', 'r16 22007 received_at is not a time: "yesterday"', 'r17 22007 closed_at is not a time: "01.12.2019"', 'r18 22008 a time lies in the future', 'r19 23514 the times are not in the order of the work',
	'r20 22004 closed_at must not be null for one that is rejected', 'r21 23514 closed_at must be null for one that is received', 'r22 22004 lead must not be null for one that is completed', 'r23 22004 completed_at must not be null for one that is completed',
	'r24 22008 date/time field value out of range: "2019-02-29 10:00"', 'r25 22008 date/time field value out of range: "2019-12-01 25:00"',
	format('closed 23505 external_id "closed" is that of complaint %s, which is another matter', peoplecall.complaint_no(pg_temp.imported('closed'))),
	format('good 23505 external_id "good" is that of complaint %s, which is another matter', peoplecall.complaint_no(pg_temp.imported('good')))], 'each with SQLSTATE and reason');
-- what is put right is taken in, the rest is tried again
UPDATE peoplecall.staging_complaint SET channel = 'hotline' WHERE external_id = 'r01';
UPDATE peoplecall.staging_complaint SET received_at = '2019-02-28 10:00' WHERE external_id = 'r24';
SELECT count(*) AS events FROM peoplecall.event \gset
CALL peoplecall.import_complaints(batch => 2) \gset done_
SELECT is(:'done_imported' || ' ' || :'done_known' || ' ' || :'done_refused', '2 0 25', 'in small batches too');
SELECT is((SELECT count(*) FROM peoplecall.event) - :events, 2::bigint, 'only what is new leaves a trace');

-- Who may.
CREATE ROLE import_street;
SELECT peoplecall.appoint('import_street'::name, 'configure', 11) \g /dev/null
TRUNCATE peoplecall.staging_complaint;
INSERT INTO peoplecall.staging_complaint (channel, external_id, title, area, received_at) VALUES ('hotline', 's1', 't', '420102017020', '2019-12-01'), ('hotline', 's2', 't', '420106012001', '2019-12-01');
SET ROLE import_street;
SELECT is((imported, known, refused)::text, '(1,0,1)', 'a street''s configurer takes in its own') FROM peoplecall.import_batch();
RESET ROLE;
SELECT is(pg_temp.refused(), '{"s2 42501 no post of the caller reaches area 420106012001"}', 'and nothing else');
DROP OWNED BY import_street;
SELECT peoplecall.dismiss('import_street'::name, 'configure', 11) \g /dev/null
DROP ROLE import_street;
SELECT throws_ok('SELECT peoplecall.import_batch(0, 0)', '22023', NULL, 'a batch has rows');

-- Five thousand rows, counted independently; every tenth cannot be taken in.
TRUNCATE peoplecall.staging_complaint;
SELECT count(*) AS before FROM peoplecall.complaint \gset
INSERT INTO peoplecall.staging_complaint (channel, external_id, title, body, area, category, lead, result, received_at, completed_at, closed_at, due_at)
SELECT 'board', 'k' || n, '事项' || n, CASE WHEN n % 50 = 5 THEN repeat('长', 3000) ELSE '正文' END, '420106012001', 'market.food', 'wuchang_market', '好',
       CASE n % 10 WHEN 0 THEN '2019-02-30 09:00' ELSE to_char(timestamp '2019-01-01 09:00' + n * interval '1 hour', 'YYYY-MM-DD HH24:MI') END,
       CASE WHEN n % 3 <> 0 THEN to_char(timestamp '2019-01-01 09:00' + n * interval '1 hour' + (n % 7) * interval '1 day', 'YYYY-MM-DD HH24:MI') END,
       CASE WHEN n % 3 <> 0 THEN to_char(timestamp '2019-01-01 09:00' + n * interval '1 hour' + interval '8 days', 'YYYY-MM-DD HH24:MI') END,
       to_char(timestamp '2019-01-01 09:00' + n * interval '1 hour' + interval '3 days', 'YYYY-MM-DD HH24:MI')
  FROM generate_series(1, 5000) AS n;
CALL peoplecall.import_complaints(batch => 1000) \gset done_
SELECT is(:'done_imported' || ' ' || :'done_known' || ' ' || :'done_refused', '4500 0 500', 'a tenth is refused, row by row, and no good row with it');
SELECT is((SELECT count(*) FROM peoplecall.complaint) - :before + (SELECT count(*) FROM peoplecall.staging_complaint), 5000::bigint, 'nothing is lost');
SELECT is((SELECT array_agg(DISTINCT s.sqlstate) FROM peoplecall.staging_complaint AS s WHERE s.external_id ~ '0$'), '{22008}', 'each for its date');
SELECT is((SELECT (count(*) FILTER (WHERE k.verdict = 'met'), count(*) FILTER (WHERE k.verdict = 'missed'), count(*) FILTER (WHERE k.verdict IS NULL))::text
	FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id WHERE c.channel = 'board' AND k.kind = 'resolve'),
	(SELECT (count(*) FILTER (WHERE n % 3 <> 0 AND n % 7 <= 3), count(*) FILTER (WHERE n % 3 <> 0 AND n % 7 > 3), count(*) FILTER (WHERE n % 3 = 0))::text FROM generate_series(1, 5000) AS n WHERE n % 10 <> 0), 'on time, late and open, as counted from the rows');
INSERT INTO peoplecall.staging_complaint (channel, external_id, title, area, received_at)
SELECT 'board', c.external_id, c.title, c.area::text, c.received_at::text FROM peoplecall.complaint AS c WHERE c.channel = 'board';
CALL peoplecall.import_complaints() \gset done_
SELECT is(:'done_imported' || ' ' || :'done_known', '0 4500', 'read again, every matter is known');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
