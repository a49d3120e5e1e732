-- Following a matter by its code: what is seen, by whom, and what is not.
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
SELECT * FROM pg_temp.at('2019-12-05 09:00');
CREATE ROLE tr_app; CREATE ROLE tr_intake; CREATE ROLE tr_far; CREATE ROLE tr_handler; CREATE ROLE tr_reader;
SELECT peoplecall.appoint('tr_app', 'delegate', 1), peoplecall.appoint('tr_intake', 'intake', 3), peoplecall.appoint('tr_far', 'intake', 2),
	peoplecall.appoint('tr_handler', 'handle', 33), peoplecall.appoint('tr_reader', 'read', 1), peoplecall.appoint('tr_reader', 'personal', 1) \g /dev/null
CREATE FUNCTION pg_temp.code(c bigint) RETURNS text LANGUAGE sql AS $$SELECT peoplecall.track_code(c)$$;
CREATE FUNCTION pg_temp.steps(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', e ->> 'step', e ->> 'org'), ', ' ORDER BY n)
	  FROM peoplecall.track(pg_temp.code(c)) AS t, jsonb_array_elements(t.events) WITH ORDINALITY AS v (e, n)
$$;

--
-- The code.
--
CREATE TEMPORARY TABLE codes AS SELECT peoplecall.new_track_code() AS code FROM generate_series(1, 10000);
SELECT is(count(DISTINCT code), 10000::bigint, 'no two are alike') FROM codes;
SELECT is(bool_and(code ~ '^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$'), true, 'five groups of four, without I, L, O, U') FROM codes;
SELECT is(count(*), 32::bigint, 'of 32 letters, so 100 bits') FROM (SELECT DISTINCT l FROM codes, regexp_split_to_table(replace(code, '-', ''), '') AS l) AS d;
SELECT is(array_agg(peoplecall.read_track_code(t)), ARRAY['0A1B-2C3D-4E5F-6G7H-8J9K', '0A1B-2C3D-4E5F-6G7H-8J9K', '0A1B-2C3D-4E5F-6G7H-8J9K', NULL, ''], 'read as people write them')
  FROM unnest(ARRAY['0A1B-2C3D-4E5F-6G7H-8J9K', ' oalb 2c3d4e5f 6g7h 8j9k ', '0AIB—2C3D—4E5F—6G7H—8J9K', NULL, '—']) AS t;

SELECT s.complaint_id AS c FROM peoplecall.submit('hotline', '张三夜间施工', '李四证言', '420106012001', 'police.noise', reporter_name => '王五', reporter_phone => '10000001001') AS s \gset
SELECT pg_temp.code(:c) AS code \gset
SELECT is(pg_temp.says('tr_intake', format('SELECT peoplecall.track_code(%s)', :c)), :'code', 'whoever takes calls in the area may say it again');
SELECT is(pg_temp.says(r, format('SELECT peoplecall.track_code(%s)', :c)), '42501', r || ' may not') FROM unnest('{tr_far,tr_handler,tr_reader,tr_app}'::name[]) AS r;
SELECT is(pg_temp.says('tr_intake', 'SELECT peoplecall.track_code(NULL)'), '22004', 'of nothing'), is(pg_temp.says('tr_intake', 'SELECT peoplecall.track_code(420106999999999999)'), 'PC005', 'of what is not there');
SELECT is(pg_temp.says(r, 'SELECT code FROM peoplecall.track_key'), '42501', r || ' reads no codes') FROM unnest('{tr_app,tr_intake,tr_handler,tr_reader}'::name[]) AS r;
SELECT is_empty($$SELECT 1 FROM pg_attribute AS a JOIN pg_class AS k ON k.oid = a.attrelid WHERE k.relnamespace = 'peoplecall'::regnamespace AND k.relkind IN ('r', 'v') AND a.attname ~ 'code$' AND a.attname ~ 'track'$$, 'nor stands a code in any other table');
SELECT is_empty(format($$SELECT 1 FROM peoplecall.event AS e WHERE e.detail::text ~ %L$$, :'code'), 'nor in an event');

--
-- Who may ask, and what an unknown code says.
--
SELECT is(pg_temp.says(r, format('SELECT no FROM peoplecall.track(%L)', :'code')), peoplecall.complaint_no(:c), r || ' may ask') FROM unnest('{tr_app,tr_intake}'::name[]) AS r;
SELECT is(pg_temp.says(r, format('SELECT no FROM peoplecall.track(%L)', :'code')), '42501', r || ' may not') FROM unnest('{tr_handler,tr_reader}'::name[]) AS r;
SELECT is(pg_temp.says('tr_far', format('SELECT no FROM peoplecall.track(%L)', :'code')), NULL, 'a post elsewhere sees no row'),
       is(pg_temp.says('tr_far', 'SELECT no FROM peoplecall.track(''0000-0000-0000-0000-0000'')'), NULL, 'as of an unknown code');
SELECT is(pg_temp.says('tr_app', format('SELECT count(*) FROM peoplecall.track(%L)', t)), '0', coalesce(left(t, 30), 'null') || ' finds nothing')
  FROM unnest(ARRAY['0000-0000-0000-0000-0000', '', NULL, '%', ''' OR true', 'x' || repeat('9', 100000), left(:'code', 19), :'code' || '0']) AS t;
SELECT is(pg_temp.says('tr_app', format('SELECT no FROM peoplecall.track(%L)', t)), peoplecall.complaint_no(:c), 'in any writing')
  FROM unnest(ARRAY[lower(:'code'), replace(:'code', '-', ''), replace(:'code', '-', ' '), ' ' || :'code' || ' ', translate(:'code', '01', 'OL')]) AS t;
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :c), 2::bigint, 'asking leaves no trace in the history');

--
-- The public course.
--
SELECT is(to_jsonb(t) - 'events', jsonb_build_object('no', peoplecall.complaint_no(:c), 'category', '噪声扰民', 'area', '水果湖街道', 'state', 'dispatched', 'grade', 'B', 'sla', 'green',
	'received_at', '2019-12-05T09:00:00+08:00'::timestamptz, 'due_at', '2019-12-05T11:00:00+08:00'::timestamptz, 'completed_at', NULL, 'closed_at', NULL, 'orgs', '["武昌区公安分局"]'::jsonb), 'what is seen: the street, not the house')
  FROM peoplecall.track(:'code') AS t;
SELECT FROM peoplecall.accept(:c) \g /dev/null
SELECT FROM peoplecall.contact(:c, '告知王五') \g /dev/null
SELECT FROM peoplecall.report(:c, '内部：王五常投诉') \g /dev/null
SELECT FROM peoplecall.urge(:c, '请快') \g /dev/null
SELECT FROM peoplecall.request(:c, 'extend', '内部理由', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:c, 1, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:c, 'exclude', '恶意', evidence => '录音') \g /dev/null
SELECT FROM peoplecall.decide(:c, 2, true, '同意') \g /dev/null
SELECT FROM peoplecall.request(:c, 'extend', '内部理由', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:c, 3, false, '不同意') \g /dev/null
SELECT FROM peoplecall.dispatch(:c, assist => '{34}') \g /dev/null
SELECT FROM peoplecall.complete(:c, '已约谈张三', 2) \g /dev/null
SELECT FROM peoplecall.complete(:c, '已约谈张三') \g /dev/null
SELECT FROM peoplecall.revisit(:c, 'unreached') \g /dev/null
SELECT FROM peoplecall.close(:c) \g /dev/null
SELECT FROM peoplecall.rate(:c, true, 5, '李四谢谢') \g /dev/null
SELECT is(pg_temp.steps(:c), 'submit, dispatch 武昌区公安分局, accept 武昌区公安分局, contact 武昌区公安分局, urge, extend, dispatch, complete 武昌区城市管理执法局, complete 武昌区公安分局, close, rate',
	'the steps: no report, no refusal, no exclusion, no call in vain');
SELECT is(t.events -> 0, '{"at": "2019-12-05T01:00:00+00:00", "step": "submit"}', 'each has its time and no more') FROM peoplecall.track(:'code') AS t;
SELECT is((t.state, t.orgs, t.sla, t.closed_at)::text, '(closed,"{武昌区公安分局,武昌区城市管理执法局}",,"2019-12-05 09:00:00+08")', 'who handled it, and when it ended') FROM peoplecall.track(:'code') AS t;
SELECT is(to_jsonb(t)::text ~ '张三|李四|王五|10000001001|内部|恶意|谢谢|请快|夜间施工', false, 'nobody is named, nothing that anybody wrote') FROM peoplecall.track(:'code') AS t;

-- At district level the place is the district; without a category there is none.
SELECT s.complaint_id AS d FROM peoplecall.submit('hotline', '事', '', '420106', auto_dispatch => false) AS s \gset
SELECT is((t.area, t.category, t.orgs)::text, '(武昌区,,{})', 'a matter of the district') FROM peoplecall.track(pg_temp.code(:d)) AS t;

--
-- Merged: the course of the work, under the citizen's own number.
--
SELECT s.complaint_id AS p FROM peoplecall.submit('hotline', '甲', '', '420106012001', 'police.noise', reporter_phone => '10000001002') AS s \gset
SELECT FROM peoplecall.accept(:p) \g /dev/null
SELECT FROM peoplecall.urge(:p) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT s.complaint_id AS a FROM peoplecall.submit('hotline', '乙', '', '420106012001', 'police.noise', reporter_phone => '10000001003') AS s \gset
SELECT * FROM pg_temp.at('2019-12-05 11:00');
SELECT FROM peoplecall.merge(:a, :p, '同一事') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 12:00');
SELECT peoplecall.urge(:p), peoplecall.supplement(:p, '又'), peoplecall.contact(:p), peoplecall.urge(:a) \g /dev/null
SELECT is(pg_temp.steps(:a), 'submit, dispatch 武昌区公安分局, merge, urge', 'while it is merged: his own steps, not the other citizen''s');
SELECT * FROM pg_temp.at('2019-12-05 13:00');
SELECT FROM peoplecall.complete(:p, '好') \g /dev/null
SELECT is((t.no, t.state, t.received_at, t.completed_at, t.orgs)::text, format('(%s,completed,"2019-12-05 10:00:00+08","2019-12-05 13:00:00+08",{武昌区公安分局})', peoplecall.complaint_no(:a)), 'the state and times of the work, his own number and receipt') FROM peoplecall.track(pg_temp.code(:a)) AS t;
SELECT FROM peoplecall.close(:p) \g /dev/null
SELECT is(pg_temp.steps(:a), 'submit, dispatch 武昌区公安分局, merge, urge, complete 武昌区公安分局, close', 'the closing once');
SELECT is(t.state, 'closed', 'closed') FROM peoplecall.track(pg_temp.code(:a)) AS t;
SELECT is(to_jsonb(t)::text ~ peoplecall.complaint_no(:p), false, 'the other''s number is nowhere') FROM peoplecall.track(pg_temp.code(:a)) AS t;
SELECT is(pg_temp.steps(:p), 'submit, dispatch 武昌区公安分局, accept 武昌区公安分局, urge, urge, supplement, contact 武昌区公安分局, complete 武昌区公安分局, close', 'nor is the one merged into it in the principal''s');

-- Withdrawn, though others carry it on.
SELECT s.complaint_id AS w FROM peoplecall.submit('hotline', '丙', '', '420106012001', 'police.noise', reporter_phone => '10000001004') AS s \gset
SELECT s.complaint_id AS x FROM peoplecall.submit('hotline', '丁', '', '420106012001', 'police.noise', reporter_phone => '10000001005') AS s \gset
SELECT peoplecall.merge(:x, :w, '同一事'), peoplecall.withdraw(:w, '算了') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 13:00');
SELECT FROM peoplecall.accept(:w) \g /dev/null
SELECT is((t.state, t.sla, t.due_at, t.closed_at)::text, '(withdrawn,,,"2019-12-05 13:00:00+08")', 'whoever withdrew sees that he did') FROM peoplecall.track(pg_temp.code(:w)) AS t;
SELECT is(pg_temp.steps(:w), 'submit, dispatch 武昌区公安分局, withdraw', 'and nothing since');
SELECT is((t.state, pg_temp.steps(:x))::text, '(dispatched,"submit, dispatch 武昌区公安分局, merge, accept 武昌区公安分局")', 'who is left sees the work') FROM peoplecall.track(pg_temp.code(:x)) AS t;

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
