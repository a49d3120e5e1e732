-- Complaints that say the same: finding them, the same call again, merge and
-- split, hot matters; who sees and who may do which. Texts are invented.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL peoplecall.as_of = '2019-12-05 09:00+08';

\ir ../fixture/acting.sql
-- evidence has a test of its own
UPDATE peoplecall.category SET needs_evidence = false;
CREATE FUNCTION pg_temp.file(title text, body text DEFAULT '', area text DEFAULT '420106012001', phone text DEFAULT NULL, channel text DEFAULT 'hotline', people int DEFAULT 1, category text DEFAULT 'city.facility') RETURNS bigint LANGUAGE sql AS $$
	SELECT s.complaint_id FROM peoplecall.submit(channel, title, body, area::peoplecall.areacode, category::ltree, reporter_phone => phone, people => people) AS s
$$;
CREATE FUNCTION pg_temp.state(c bigint) RETURNS text LANGUAGE sql AS
	'SELECT state::text FROM peoplecall.complaint WHERE id = c';
CREATE FUNCTION pg_temp.last_event(c bigint) RETURNS jsonb LANGUAGE sql AS
	'SELECT detail || jsonb_build_object(''verb'', verb) FROM peoplecall.event WHERE complaint_id = c ORDER BY seq DESC LIMIT 1';
CREATE ROLE sim_street;
CREATE ROLE sim_other;
CREATE ROLE sim_handler;
CREATE ROLE sim_district;
CREATE ROLE sim_nobody;
SELECT peoplecall.appoint('sim_street', 'dispatch', 12), peoplecall.appoint('sim_other', 'read', 11),
	peoplecall.appoint('sim_handler', 'handle', 22), peoplecall.appoint('sim_district', 'dispatch', 3) \g /dev/null

--
-- Finding.
--
CREATE TEMPORARY TABLE filed AS SELECT
	pg_temp.file('东湖路十二号门前路灯不亮', '连续三个晚上路灯都不亮，老人出门摔倒了。') AS lamp,
	pg_temp.file('东湖路１２号门前的路灯坏了', '晚上没有灯，看不见路。', '420106012009') AS lamp_next,
	pg_temp.file('放鹰台菜场门口垃圾成堆', '一周没有清运，气味很大。', '420106012009', category => 'city.garbage') AS garbage,
	pg_temp.file('东湖路路灯', '', '420106', category => NULL) AS lamp_district,
	pg_temp.file('东湖路十二号门前路灯不亮', '', '420102017020') AS lamp_elsewhere;
SELECT is((SELECT s.complaint_id FROM peoplecall.similar_complaints('东湖路十二号路灯不亮了', '', '420106012001') AS s LIMIT 1), lamp, 'the likest first') FROM filed;
SELECT results_eq($$SELECT s.complaint_id FROM peoplecall.similar_complaints('东湖路十二号路灯不亮', '晚上不亮', '420106012001') AS s$$,
	$$SELECT unnest(ARRAY[lamp, lamp_district, lamp_next]) FROM filed$$, 'of the street, and those filed for the district alone; not of another district');
SELECT results_eq($$SELECT s.no, s.title, s.state::text, s.likeness, s.received_at FROM peoplecall.similar_complaints('东湖路十二号门前路灯不亮', '连续三个晚上路灯都不亮，老人出门摔倒了。', '420106012001') AS s LIMIT 1$$,
	$$SELECT peoplecall.complaint_no(c.id), c.title, c.state::text, 1.0::float8, c.received_at FROM peoplecall.complaint AS c JOIN filed ON c.id = lamp$$, 'every column; the same text is 1');
SELECT is((SELECT s.likeness FROM peoplecall.similar_complaints('东湖路十二号门前路灯不亮', '', '420106012001') AS s LIMIT 1), 1.0::float8, 'where either has no body, the title speaks for all');
SELECT ok((SELECT s.likeness FROM peoplecall.similar_complaints('东湖路十二号门前路灯不亮', '完全无关', '420106012001') AS s LIMIT 1) BETWEEN 0.66 AND 0.67, 'the title is two thirds of it');
SELECT is((SELECT array_agg(s.complaint_id) FROM peoplecall.similar_complaints('东湖路路灯', '', '420106012001', 'market.food') AS s), ARRAY[lamp_district], 'of another category at the first level: none but what has no category') FROM filed;
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('东湖路路灯', '', '420106012001', 'city.garbage') AS s), 3::bigint, 'within the first level: all');
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '4201') AS s), 4::bigint, 'a larger area: every district below it');
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '0') AS s), 4::bigint, 'the root');
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('！？', 'x', '420106012001') AS s), 0::bigint, 'a title of nothing finds nothing');
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('', '', '420106012001') AS s), 0::bigint, 'nor an empty one');
SELECT throws_ok($$SELECT peoplecall.similar_complaints(NULL, '', '420106012001')$$, '22004', NULL, 'no title');
SELECT throws_ok($$SELECT peoplecall.similar_complaints('x', '', NULL)$$, '22004', NULL, 'no area');
SELECT lives_ok($$SELECT peoplecall.similar_complaints(repeat('很长的文字', 100000), repeat('更长', 100000), '420106012001')$$, 'a text without end');
SET LOCAL peoplecall.as_of = '2020-01-10 09:00+08';
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '420106012001') AS s), 0::bigint, 'not what is older than 30 days');
SELECT is((SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '420106012001', within => '60 days') AS s), 3::bigint, 'unless one says so');
SET LOCAL peoplecall.as_of = '2019-12-05 09:00+08';

-- readers
SELECT is(pg_temp.says('sim_street', $$SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '420106012001')$$), '2', 'a street sees its own, not what the district keeps');
SELECT is(pg_temp.says('sim_other', $$SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '420106012001')$$), '0', 'another street sees nothing of it');
SELECT is(pg_temp.says('sim_other', $$SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '4201')$$), '1', 'however wide it looks');
SELECT is(pg_temp.says('sim_nobody', $$SELECT count(*) FROM peoplecall.similar_complaints('东湖路十二号门前路灯', '', '420106012001')$$), '42501', 'no post, nothing');
SELECT is(pg_temp.says('sim_street', $$SELECT count(*) FROM peoplecall.complaint_text$$), '3', 'texts by post too');
SELECT is(pg_temp.says('sim_street', $$SELECT count(*) FROM peoplecall.gram_rarity$$), '42501', 'the counts are the owner''s');
-- the index serves a reader: the condition is leakproof
SET LOCAL enable_seqscan = off;
CREATE FUNCTION pg_temp.plan(who name, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RESET ROLE;
	RETURN plan;
END
$$;
SELECT matches(pg_temp.plan(w, $$SELECT FROM peoplecall.complaint_text AS t WHERE peoplecall.gram_keys(t.district_id, t.received_at, t.grams) OPERATOR(peoplecall.~&) '{1,2}'$$),
	'Index Scan on complaint_text_keys\s+Index Cond: ', 'the index serves ' || w) FROM unnest('{sim_street,city_owner}'::name[]) AS w;
RESET enable_seqscan;

-- submit notes them, ids and likeness alone
SELECT is((SELECT detail -> 'similar' FROM peoplecall.event WHERE complaint_id = lamp AND verb = 'submit'), NULL, 'the first has none') FROM filed;
SELECT is(jsonb_path_query_array(detail, '$.similar[*].complaint'), jsonb_build_array(lamp), 'the second the first') FROM filed JOIN peoplecall.event ON complaint_id = lamp_next AND verb = 'submit';
SELECT is((SELECT array_agg(DISTINCT k ORDER BY k) FROM peoplecall.event, jsonb_array_elements(detail -> 'similar') AS s, jsonb_object_keys(s) AS k WHERE verb = 'submit'), '{complaint,likeness}'::text[], 'no text in an event');
UPDATE peoplecall.setting SET value = '1.1' WHERE name = 'similar_threshold';
SELECT is((SELECT detail -> 'similar' FROM peoplecall.event WHERE complaint_id = pg_temp.file('东湖路十二号门前路灯不亮呢') AND verb = 'submit'), NULL, 'a threshold above 1 looks for none');
UPDATE peoplecall.setting SET value = '0.2' WHERE name = 'similar_threshold';

--
-- The same call again.
--
CREATE TEMPORARY TABLE call AS SELECT pg_temp.file('楼下车库渗水', '负二层渗水。', phone => '10011112222') AS first;
SELECT is(pg_temp.file('楼下 车库渗水！', '负二层渗水', phone => '+86 100-1111-2222', channel => 'mini_program'), first, 'the same phone with the same text, by another channel') FROM call;
SELECT is(pg_temp.last_event(first) - 'urged', '{"verb": "urge", "channel": "mini_program", "same_call": true}', 'is an urge') FROM call;
SELECT is((SELECT c.urged FROM peoplecall.complaint AS c WHERE c.id = first), 1, 'and counted') FROM call;
SELECT is((SELECT s.complaint_id FROM peoplecall.submit('hotline', '楼下车库渗水', '负二层渗水', '420106012001', reporter_phone => '10011112222', external_id => 'sim-1') AS s), first, 'with a number of its channel') FROM call;
SELECT is((SELECT s.complaint_id FROM peoplecall.submit('hotline', 'x', '', '420106012001', external_id => 'sim-1') AS s), first, 'which finds it again') FROM call;
SELECT is((SELECT c.urged FROM peoplecall.complaint AS c WHERE c.id = first), 2, 'a number sent twice urges once') FROM call;
SELECT isnt(pg_temp.file('楼下车库渗水', '负二层渗水', phone => '10011112223'), first, 'another phone is another complaint') FROM call;
SELECT isnt(pg_temp.file('楼下车库渗水', '负三层渗水', phone => '10011112222'), first, 'another text too') FROM call;
SELECT isnt(pg_temp.file('楼下车库渗水', '负二层渗水', '420102017020', phone => '10011112222'), first, 'another street too') FROM call;
SELECT isnt(pg_temp.file('楼下车库渗水', '负二层渗水'), first, 'nobody''s phone is nobody''s call') FROM call;
SELECT is(peoplecall.phone_digits(p), d, format('digits of %s', p)) FROM (VALUES ('+86 100-1111-2222', '10011112222'), ('0086 10011112222', '10011112222'), ('027-88888888', '02788888888'), ('8612345', '8612345'), ('无', NULL), ('110', NULL), (NULL, NULL)) AS v (p, d);
SELECT peoplecall.reject(complaint_id, '不受理') FROM peoplecall.submit('hotline', '楼下车库渗水', '已拒绝', '420106012001', reporter_phone => '10011112222', auto_dispatch => false) \g /dev/null
SELECT is(pg_temp.state(pg_temp.file('楼下车库渗水', '已拒绝', phone => '10011112222')), 'dispatched', 'one that is over is not urged');
SELECT is(pg_temp.says('sim_handler', $$SELECT peoplecall.same_call('420106012001', '10011112222', '楼下车库渗水', '负二层渗水')$$), '42501', 'nobody asks outside a verb who called');

--
-- Merge.
--
UPDATE peoplecall.sla_policy SET allowed = '2d', calendar = NULL WHERE clock IN ('dispatch', 'total', 'resolve') AND grade::text IN ('A', 'B');
CREATE TEMPORARY TABLE m AS SELECT
	pg_temp.file('消防通道被占', '车停在消防通道。') AS p,
	pg_temp.file('消防通道停车', '有车停着。', phone => '10033330001') AS a,
	pg_temp.file('有车停在消防通道', '堵住了。', phone => '10033330002') AS b,
	(SELECT complaint_id FROM peoplecall.submit('hotline', '消防通道堵了', '', '420106012001', 'city.facility', auto_dispatch => false)) AS w,
	pg_temp.file('消防通道堵住', '', '420102017020') AS far;
SELECT is(pg_temp.says('sim_handler', format('SELECT peoplecall.merge(%s, %s, ''同一事'')', a, p)), '42501', 'handlers cannot merge') FROM m;
SELECT is(pg_temp.says('sim_other', format('SELECT peoplecall.merge(%s, %s, ''同一事'')', a, p)), '42501', 'nor can readers') FROM m;
SELECT is(pg_temp.says('sim_street', format('SELECT peoplecall.merge(%s, %s, ''同一事'')', a, far)), '42501', 'nor a command that reaches one of them') FROM m;
SELECT is(pg_temp.says('sim_street', format('SELECT peoplecall.merge(%s, %s, ''同一事'')', far, p)), '42501', 'nor the other') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, %s, ''同一事'')', a, a), '22023', NULL, 'not with itself') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, %s, '' '')', a, p), '22004', NULL, 'not without a reason') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, NULL, ''同一事'')', a), '22004', NULL, 'not with nothing') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, 420106000000999999, ''同一事'')', a), 'PC005', NULL, 'not with what is not there') FROM m;
SET LOCAL peoplecall.as_of = '2019-12-05 09:20+08';
SELECT is(pg_temp.says('sim_street', format('SELECT state FROM peoplecall.merge(%s, %s, ''同一事'')', a, p)), 'merged', 'the command that reaches both merges') FROM m;
SELECT results_eq(format('SELECT c.state::text, c.principal_id, c.lead_org, c.due_at FROM peoplecall.complaint AS c WHERE c.id = %s', a), format('SELECT ''merged'', %s::bigint, NULL::bigint, NULL::timestamptz', p), 'it has a principal and no work') FROM m;
SELECT is((SELECT array_agg(DISTINCT t.state::text) FROM peoplecall.task AS t WHERE t.complaint_id = a), '{superseded}', 'its shares are superseded') FROM m;
SELECT is((SELECT array_agg(DISTINCT k.verdict::text) FROM peoplecall.clock AS k WHERE k.complaint_id = a AND k.kind <> 'dispatch'), '{void}', 'its clocks void') FROM m;
SELECT is((SELECT k.verdict::text FROM peoplecall.clock AS k WHERE k.complaint_id = a AND k.kind = 'dispatch'), 'met', 'what was stopped before stays') FROM m;
SELECT is(pg_temp.last_event(a) - 'tasks' - 'clocks', jsonb_build_object('verb', 'merge', 'principal', p, 'reason', '同一事', 'state', 'dispatched', 'lead', 22), 'its event') FROM m;
SELECT is(pg_temp.last_event(p), jsonb_build_object('verb', 'merge', 'merged', a, 'reason', '同一事'), 'its principal''s event') FROM m;
SELECT is((SELECT count(*) FROM peoplecall.reporter AS r WHERE r.complaint_id = a), 1::bigint, 'its citizen stays its own') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, %s, ''同一事'')', a, p), 'PC001', NULL, 'once is enough') FROM m;
SELECT throws_ok(format('SELECT peoplecall.merge(%s, %s, ''同一事'')', b, a), 'PC001', NULL, 'not into a merged one') FROM m;
SELECT throws_ok(format('SELECT peoplecall.rate(%s, true, 5)', a), 'PC001', NULL, 'no rating while the principal is open') FROM m;
-- a principal that is merged takes its own along
SELECT peoplecall.merge(p, b, '并到后一件') FROM m \g /dev/null
SELECT results_eq('SELECT c.principal_id FROM peoplecall.complaint AS c, m WHERE c.id IN (p, a)', 'SELECT b FROM m, generate_series(1, 2)', 'both go with the new principal');
SELECT is(pg_temp.last_event(a), jsonb_build_object('verb', 'merge', 'principal', b, 'old_principal', p), 'and say so') FROM m;
-- the same call reaches the principal, and the citizen keeps his number
SELECT is(pg_temp.file('消防通道停车', '有车停着', phone => '10033330001'), a, 'the merged citizen''s call is his own complaint''s') FROM m;
SELECT is((SELECT c.urged FROM peoplecall.complaint AS c WHERE c.id = a), 1, 'urges it') FROM m;
SELECT is((SELECT c.urged FROM peoplecall.complaint AS c WHERE c.id = b), 1, 'and the principal') FROM m;
SELECT is(pg_temp.last_event(b), jsonb_build_object('verb', 'urge', 'merged', a, 'urged', 1), 'whose event says by whom') FROM m;

-- closing the principal
SELECT peoplecall.merge(w, b, '同一事') FROM m \g /dev/null
SELECT peoplecall.accept(b), peoplecall.complete(b, '已清理'), peoplecall.close(b) FROM m \g /dev/null
SELECT results_eq('SELECT c.state::text, c.closed_at IS NOT NULL, c.result FROM peoplecall.complaint AS c, m WHERE c.id IN (p, a, w)', $$SELECT 'merged', true, '已清理' FROM generate_series(1, 3)$$, 'the merged ones have the day and the result');
SELECT is(pg_temp.last_event(a), jsonb_build_object('verb', 'close', 'principal', b, 'result', '已清理'), 'and the event') FROM m;
SELECT lives_ok(format('SELECT peoplecall.rate(%s, true, 5)', a), 'each citizen rates') FROM m;
SELECT throws_ok(format('SELECT peoplecall.rate(%s, true, 5)', a), 'PC006', NULL, 'once') FROM m;
SELECT lives_ok(format('SELECT peoplecall.rate(%s, false, 1)', p), 'and may be unsatisfied') FROM m;
SELECT is(pg_temp.state(p), 'merged', 'which opens nothing by itself') FROM m;
SELECT is(pg_temp.last_event(p) ->> 'told', '122', 'the leader in charge of the org above the command is told') FROM m;
SELECT peoplecall.reopen(b, '又停了') FROM m \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c, m WHERE c.id IN (p, a, w) AND c.closed_at IS NULL AND c.epoch = 1), 3::bigint, 'opened again with their principal') FROM m;
SELECT peoplecall.complete(b, '再次清理'), peoplecall.close(b) FROM m \g /dev/null
SELECT lives_ok(format('SELECT peoplecall.rate(%s, true, 4)', a), 'and asked again at the next closing') FROM m;

--
-- Split.
--
SET LOCAL peoplecall.as_of = '2019-12-05 10:00+08';
CREATE TEMPORARY TABLE s AS SELECT
	pg_temp.file('电梯停运', '三单元。') AS p, pg_temp.file('电梯坏了', '四单元。') AS sent,
	(SELECT complaint_id FROM peoplecall.submit('hotline', '电梯不动', '', '420106012001', 'city.facility', auto_dispatch => false)) AS waiting;
CREATE TEMPORARY TABLE clock_before AS SELECT k.* FROM peoplecall.clock AS k, s WHERE k.complaint_id IN (sent, waiting) AND k.task_seq IS NULL;
SELECT peoplecall.merge(sent, p, '同一事'), peoplecall.merge(waiting, p, '同一事') FROM s \g /dev/null
SELECT is(pg_temp.says('sim_handler', format('SELECT peoplecall.split(%s, ''两件事'')', sent)), '42501', 'handlers cannot split') FROM s;
SELECT throws_ok(format('SELECT peoplecall.split(%s, ''两件事'')', p), 'PC001', NULL, 'what is not merged is not split') FROM s;
SET LOCAL peoplecall.as_of = '2019-12-05 18:00+08';
SELECT is(pg_temp.says('sim_street', format('SELECT state FROM peoplecall.split(%s, ''两件事'')', sent)), 'received', 'back to received') FROM s;
SELECT peoplecall.split(waiting, '两件事') FROM s \g /dev/null
SELECT results_eq(
	$$SELECT k.complaint_id, k.seq, k.kind::text, k.started_at, k.due_at, k.warn_at, k.next_alarm_at, k.stopped_at, k.verdict::text FROM peoplecall.clock AS k, s
	   WHERE k.complaint_id = waiting AND k.task_seq IS NULL ORDER BY 1, 2$$,
	$$SELECT k.complaint_id, k.seq, k.kind::text, k.started_at, k.due_at, k.warn_at, k.next_alarm_at, k.stopped_at, k.verdict::text FROM clock_before AS k, s
	   WHERE k.complaint_id = waiting ORDER BY 1, 2$$, 'its clocks as they would have been');
SELECT results_eq(
	$$SELECT k.kind::text, k.started_at, k.verdict::text FROM peoplecall.clock AS k, s WHERE k.complaint_id = sent AND k.task_seq IS NULL ORDER BY k.seq$$,
	$$VALUES ('dispatch', timestamptz '2019-12-05 10:00+08', 'met'), ('total', '2019-12-05 10:00+08', NULL), ('dispatch', '2019-12-05 18:00+08', NULL)$$,
	'one that was dispatched waits to be dispatched again, its total runs from receipt');
SELECT is((SELECT c.principal_id FROM peoplecall.complaint AS c WHERE c.id = sent), NULL, 'no principal') FROM s;
SELECT is(pg_temp.last_event(sent), jsonb_build_object('verb', 'split', 'old_principal', p, 'reason', '两件事'), 'its event') FROM s;
SELECT is((SELECT state::text FROM peoplecall.dispatch(sent)), 'dispatched', 'it can be dispatched') FROM s;
SELECT is((SELECT state::text FROM peoplecall.merge(waiting, p, '还是一件事')), 'merged', 'and merged again') FROM s;
-- late ones stay late
CREATE TEMPORARY TABLE late AS SELECT pg_temp.file('围墙开裂', '一') AS p, (SELECT complaint_id FROM peoplecall.submit('hotline', '围墙裂了', '', '420106012001', 'city.facility', auto_dispatch => false)) AS c;
SET LOCAL peoplecall.as_of = '2019-12-20 09:00+08';
SELECT peoplecall.merge(c, p, '同一事') FROM late \g /dev/null
SELECT is((SELECT array_agg(k.verdict::text) FROM peoplecall.clock AS k, late WHERE k.complaint_id = c), '{missed,missed}', 'merging does not undo that it is late');
SELECT peoplecall.split(c, '两件事') FROM late \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.clock AS k, late WHERE k.complaint_id = c AND k.stopped_at IS NULL AND k.due_at < '2019-12-20'), 2::bigint, 'and split it is late again, not twice');

--
-- Hot matters.
--
SET LOCAL peoplecall.as_of = '2020-03-02 09:00+08';
UPDATE peoplecall.category SET base_grade = 'B' WHERE path = 'education.training';
CREATE TEMPORARY TABLE storm (n int, id bigint);
DO $$
BEGIN
	FOR n IN 1 .. 6 LOOP
		PERFORM set_config('peoplecall.as_of', (timestamptz '2020-03-02 09:00+08' + make_interval(hours => n * n))::text, true);
		INSERT INTO storm VALUES (n, pg_temp.file(format('晨光培训学校关门不退学费%s', repeat('了', n % 3)), format('第%s位家长', n), CASE n % 2 WHEN 0 THEN '420106012001' ELSE '420106012009' END, people => n, category => 'education.training'));
		PERFORM pg_temp.file((SELECT string_agg(chr(20000 + (n * 7919 + k * 104729) % 15000), '') FROM generate_series(1, 6) AS k), '', category => 'education.training');
	END LOOP;
END
$$;
SET LOCAL peoplecall.as_of = '2020-03-04 09:00+08';
SELECT results_eq($$SELECT h.sample, h.title, h.complaints, h.people, h.growth, h.subject, h.category::text, h.ids FROM peoplecall.hot_matters('420106', '2020-03-02') AS h$$,
	$$SELECT min(id), '晨光培训学校关门不退学费了', count(*), 21::bigint, 0.5::float8, NULL, 'education.training', array_agg(id ORDER BY n) FROM storm$$, 'one school, six complaints');
SELECT is((SELECT count(*) FROM peoplecall.hot_matters('420106012001', '2020-03-02')), 0::bigint, 'not enough of them in one community');
SELECT is(pg_temp.says('sim_street', $$SELECT complaints FROM peoplecall.hot_matters('4201', '2020-03-02')$$), '6', 'the street sees it');
SELECT is(pg_temp.says('sim_other', $$SELECT complaints FROM peoplecall.hot_matters('4201', '2020-03-02')$$), NULL, 'another does not');
SELECT is(pg_temp.says('sim_nobody', $$SELECT complaints FROM peoplecall.hot_matters('4201', '2020-03-02')$$), '42501', 'nobody nothing');
SELECT throws_ok($$SELECT peoplecall.hot_matters('4201', NULL)$$, '22004', NULL, 'since when?');
-- by subject, whatever they say of it
DO $$
BEGIN
	FOR n IN 1 .. 3 LOOP
		PERFORM peoplecall.submit('hotline', (ARRAY['外墙脱落', '屋顶漏雨', '地下室返潮'])[n], '', '420102017020', 'property', people => 20, subject_org => 71);
	END LOOP;
END
$$;
SELECT results_eq($$SELECT h.complaints, h.people, h.subject FROM peoplecall.hot_matters('420102', '2020-03-02') AS h$$,
	$$VALUES (3::bigint, 60::bigint, '汉口城市广场')$$, 'one builder, many people');

-- raising
SELECT is(pg_temp.says('sim_handler', $$SELECT peoplecall.raise_hot('420106012')$$), '42501', 'handlers do not raise');
SELECT is(pg_temp.says('sim_street', $$SELECT peoplecall.raise_hot('420106')$$), '42501', 'nor a street the district''s');
CREATE TEMPORARY TABLE grade_before AS SELECT c.id, c.grade, c.command_level FROM peoplecall.complaint AS c JOIN storm USING (id);
SELECT is(pg_temp.says('sim_district', $$SELECT peoplecall.raise_hot('420106')$$), '1', 'the district raises one');
SELECT results_eq('SELECT c.grade::text, c.command_level::text, c.command_org FROM peoplecall.complaint AS c WHERE c.id = (SELECT min(id) FROM storm)',
	$$VALUES ('C', 'district', 3::bigint)$$, 'its oldest is graded up, and the district commands');
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c JOIN grade_before AS g USING (id) WHERE c.grade::text <> g.grade::text), 1::bigint, 'no other one is');
SELECT results_eq($$SELECT n.to_officer, n.template FROM peoplecall.notice AS n WHERE n.complaint_id = (SELECT min(id) FROM storm) AND n.template = 'hot'$$, $$VALUES (33::bigint, 'hot')$$, 'the chief of the district is told');
SELECT matches((SELECT n.body FROM peoplecall.notice AS n WHERE n.template = 'hot' LIMIT 1), '6件、涉及21人', 'how many');
SELECT is((SELECT (e.detail ->> 'complaints', e.detail ->> 'people', e.detail #>> '{grade,old}', e.detail #>> '{grade,new}', jsonb_array_length(e.detail -> 'ids'), e.detail ->> 'told')::text FROM peoplecall.event AS e WHERE e.verb = 'raise_hot'), '(6,21,B,C,6,33)', 'its event has all of it');
SELECT is(peoplecall.raise_hot('420106'), 0, 'once for a group');
SELECT is(pg_temp.file('晨光培训学校关门不退学费', '第七位', category => 'education.training') > 0, true, 'one more');
SELECT is(peoplecall.raise_hot('420106'), 0, 'for as long as it lasts');
SELECT is(peoplecall.raise_hot(), 1, 'everywhere: the builder''s, which nobody raised yet');
SELECT peoplecall.merge(s2.id, s1.id, '同一所学校') FROM storm AS s1, storm AS s2 WHERE s1.n = 1 AND s2.n > 1 \g /dev/null
SELECT is((SELECT h.complaints FROM peoplecall.hot_matters('420106', '2020-03-02') AS h), 7::bigint, 'merged ones count: so many citizens called');

--
-- Upkeep.
--
SELECT is(pg_temp.says('sim_district', 'SELECT peoplecall.refresh_likeness()'), '42501', 'the owner''s alone');
SELECT is(peoplecall.refresh_likeness(), 0, 'few texts are not counted');
DO $$ BEGIN FOR n IN 1 .. 200 LOOP PERFORM pg_temp.file(format('小区%s噪声', chr(20000 + n)), ''); END LOOP; END $$;
SELECT cmp_ok(peoplecall.refresh_likeness(), '>', 10, 'enough are');
SELECT cmp_ok((SELECT r.share FROM peoplecall.gram_rarity AS r WHERE r.gram = (peoplecall.text_grams('小区'))[1]), '>', 0.6::float8, 'a gram that most have');
SELECT cmp_ok(peoplecall.likeness(peoplecall.text_grams('小区噪声'), peoplecall.text_grams('小区渗水')), '<', 0.2::float8, 'weighs little');
SELECT is((peoplecall.rare_grams(peoplecall.text_grams('小区鼍噪声')))[3:4] @> peoplecall.text_grams('噪声'), true, 'and is looked for last');
SELECT is(peoplecall.refresh_likeness(), (SELECT count(*)::int FROM peoplecall.gram_rarity), 'again the same');
DELETE FROM peoplecall.complaint_text WHERE complaint_id = (SELECT lamp FROM filed);
SELECT peoplecall.refresh_likeness() \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.complaint_text WHERE complaint_id = (SELECT lamp FROM filed)), 1::bigint, 'what had no text gets one');
SET LOCAL peoplecall.as_of = '2021-01-20 09:00+08';
SELECT peoplecall.refresh_likeness() \g /dev/null
SELECT is((SELECT min(received_at) >= '2019-12-15' FROM peoplecall.complaint_text), true, 'what is too old is forgotten');
SELECT is(ROW(peoplecall.setting_number('hot_people', 1), peoplecall.setting_number('no such', 7), peoplecall.setting_number('timezone', 8))::text, '(50,7,8)', 'numbers of the settings');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
