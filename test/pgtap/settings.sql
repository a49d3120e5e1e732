-- Settings and templates are checked when they are written: every setting that
-- the code reads is known, every text of ours names fields that it gets.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql

-- What the defaults put in is known and right.
SELECT is_empty($$SELECT s.name FROM peoplecall.setting AS s WHERE s.name NOT IN (SELECT k.name FROM peoplecall.known_settings() AS k)$$, 'every default setting is known');
SELECT is_empty($$SELECT s.name, peoplecall.setting_problem(s.name, s.value) FROM peoplecall.setting AS s WHERE peoplecall.setting_problem(s.name, s.value) IS NOT NULL$$, 'and has a value that it takes');
-- what bodies read by name, and the limits of requests, whose names are made
SELECT is_empty($$SELECT DISTINCT m.part[1]
	  FROM pg_proc AS p CROSS JOIN regexp_matches(p.prosrc, '\msetting_(?:value|number|limit)\(''(\w+)''', 'g') AS m (part)
	 WHERE p.pronamespace = 'peoplecall'::regnamespace AND m.part[1] NOT IN (SELECT k.name FROM peoplecall.known_settings() AS k)$$, 'every setting that a body reads is known');
SELECT set_eq($$SELECT k.name FROM peoplecall.known_settings() AS k WHERE k.name ~ '^request_'$$,
	$$SELECT format('request_%s_%s', k, w) FROM unnest(enum_range(NULL::peoplecall.request_kind)) AS k CROSS JOIN unnest('{times,most,before}'::text[]) AS w
	   WHERE w <> 'most' OR k IN ('suspend', 'extend', 'shelve')$$, 'and every limit of a request');
SELECT is((SELECT count(*) - count(DISTINCT k.name) FROM peoplecall.known_settings() AS k), 0::bigint, 'each once');

-- Each kind: what it takes and what it does not.
CREATE FUNCTION pg_temp.set(name text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	why text;
BEGIN
	INSERT INTO peoplecall.setting AS s (name, value) VALUES ($1, $2::jsonb)
	ON CONFLICT ON CONSTRAINT setting_pkey DO UPDATE SET value = EXCLUDED.value;
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || why;
END
$$;
SELECT is(pg_temp.set(n, v), w, format('%s = %s', n, v))
  FROM (VALUES
	('warn_fraction', '0', 'taken'), ('warn_fraction', '1', 'taken'), ('warn_fraction', '0.75', 'taken'),
	('warn_fraction', '1.01', '22023 It must be from 0 to 1.'), ('warn_fraction', '-0.1', '22023 It must be from 0 to 1.'),
	('warn_fraction', '"0.5"', '22023 It must be a number, not a JSON string.'), ('warn_fraction', 'null', '22023 It must be a number, not null.'),
	('reopen_limit', '0', 'taken'), ('reopen_limit', '2', 'taken'), ('reopen_limit', '1.0', 'taken'), ('reopen_limit', '1.5', '22023 It must be a whole number.'),
	('reopen_limit', '-1', '22023 It must be from 0 to 2147483647.'), ('reopen_limit', '3000000000', '22023 It must be from 0 to 2147483647.'),
	('reopen_limit', '1e400', '22023 It must be from 0 to 2147483647.'), ('reopen_limit', 'true', '22023 It must be a whole number, not a JSON boolean.'),
	('return_limit', '0', '22023 It must be from 1 to 2147483647.'),
	('auto_dispatch', 'false', 'taken'), ('auto_dispatch', '"no"', '22023 It must be a boolean, not a JSON string.'), ('auto_dispatch', '0', '22023 It must be a boolean, not a JSON number.'),
	('default_grade', '"C"', 'taken'), ('default_grade', '"丙"', 'taken'), ('default_grade', '"E"', '22023 Invalid input syntax for type grade: "E".'), ('default_grade', '["A"]', '22023 It must be a grade, not a JSON array.'),
	('shelve_review', '"30d"', 'taken'), ('shelve_review', 'null', 'taken'), ('shelve_review', '"a month"', '22023 Invalid input syntax for type timelimit: "a month".'), ('shelve_review', '30', '22023 It must be a time limit, not a JSON number.'),
	('request_extend_times', 'null', 'taken'), ('request_extend_times', '{}', '22023 It must be a whole number, not a JSON object.'),
	('timezone', '"Europe/Berlin"', 'taken'), ('timezone', '"Asia/Wuhan"', '22023 There is no time zone "Asia/Wuhan".'), ('timezone', 'null', '22023 It must be a time zone, not null.'),
	('office_calendar', '"hotline"', 'taken'), ('office_calendar', 'null', 'taken'), ('office_calendar', '" "', '22023 It must name something.'),
	('quiet_hours', 'null', 'taken'), ('quiet_hours', '{"from": "22:00", "to": "07:00"}', 'taken'), ('quiet_hours', '{"from": "00:00", "to": "23:59"}', 'taken'),
	('quiet_hours', '{"from": "22:00", "to": "22:00"}', '22023 From and to are the same: neither no hours nor all of them are meant.'),
	('quiet_hours', '{"from": "22:00"}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '{}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '{"from": "22:00", "to": "24:00"}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '{"from": "22:00", "to": "7 am"}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '{"from": "22:00", "to": null}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '{"from": "22:00", "to": "07:00", "but": "Sunday"}', '22023 It must be an object such as {"from": "22:00", "to": "07:00"}.'),
	('quiet_hours', '"22:00-07:00"', '22023 It must be a span of hours, not a JSON string.'),
	('similar_keep', '0', '22023 It must be from 1 to 36500.'),
	('a setting of the city', '{"whatever": [1, null]}', 'taken'), ('a setting of the city', 'null', 'taken')) AS x (n, v, w);
SELECT throws_ok($$UPDATE peoplecall.setting SET value = '2' WHERE name = 'warn_fraction'$$, '22023', 'invalid value for setting "warn_fraction": 2', 'an update too');
SELECT throws_ok($$UPDATE peoplecall.setting SET name = 'reopen_limit' WHERE name = 'timezone'$$, NULL, NULL, 'and a name that changes');
SELECT is(peoplecall.setting_problem(NULL, '1'), NULL, 'no name');
SELECT is(peoplecall.setting_problem('reopen_limit', NULL), 'It must be a whole number, not a JSON null.', 'no value');
SELECT is((SELECT s.value FROM peoplecall.setting AS s WHERE s.name = 'warn_fraction'), '0.75', 'what was refused changed nothing');

-- Templates: each text of ours names what it gets, and nothing else.
SELECT is_empty($$SELECT t.code, peoplecall.template_problem(t.code, t.body) FROM peoplecall.template AS t WHERE peoplecall.template_problem(t.code, t.body) IS NOT NULL$$, 'every default text is right');
SELECT is_empty($$SELECT DISTINCT c FROM peoplecall.template_fields() AS f CROSS JOIN unnest(f.templates) AS c WHERE c NOT IN (SELECT t.code FROM peoplecall.template AS t)$$, 'fields are of templates that there are');
SELECT is_empty($$SELECT t.code FROM peoplecall.template AS t
	WHERE t.code !~ '^((clock|request|urgency|claim|claimer)\.|needs_meeting$)' AND NOT EXISTS (SELECT FROM peoplecall.template_fields(t.code))$$, 'every template has fields');
SELECT is_empty($$SELECT f.field FROM peoplecall.template_fields() AS f WHERE f.field ~ 'address|phone|reporter|body'$$, 'none of them is a citizen''s own');
SELECT is((SELECT count(*) - count(DISTINCT f.field) FROM peoplecall.template_fields() AS f), 0::bigint, 'each field once');
CREATE FUNCTION pg_temp.text(code text, body text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	why text;
BEGIN
	INSERT INTO peoplecall.template AS t (code, body) VALUES ($1, $2)
	ON CONFLICT ON CONSTRAINT template_pkey DO UPDATE SET body = EXCLUDED.body;
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || regexp_replace(why, '; .*', '');
END
$$;
SELECT is(pg_temp.text(c, b), w, format('%s: %s', c, b))
  FROM (VALUES
	('half', '{no} {title} {org} {due_at} {area} {category} {grade} {urgency} {command} {people} {received_at} {officer} {clock} {promise} {steps}', 'taken'),
	('half', '没有字段', 'taken'), ('half', '', 'taken'),
	('half', '{deadline}', '22023 It has no field {deadline}'), ('half', '{no} {Title}', '22023 It has no field {Title}'), ('half', '{标题}', '22023 It has no field {标题}'),
	('half', '{}', '22023 It has no field {}'), ('half', '{reason}', '22023 It has no field {reason}'), ('half', '{address}', '22023 It has no field {address}'),
	('supervised', '{orderer}{reason}{org}{due_at}', 'taken'), ('supervised', '{promise}', '22023 It has no field {promise}'),
	('convene', '{convenor}{called}{meets_at}{place}{sign_by}{officer}{no}{title}', 'taken'), ('convene', '{grade}', '22023 It has no field {grade}'),
	('receipt', '{no}{org}', 'taken'), ('receipt', '{officer}', '22023 It has no field {officer}'),
	('clock.resolve', '办结', 'taken'), ('clock.resolve', '{org}办结', '22023 It has no field {org}'), ('urgency.urgent', '{no}', '22023 It has no field {no}'),
	('a text of the city', '{no}{convenor}{reason}', 'taken'), ('a text of the city', '{nonsense}', '22023 It has no field {nonsense}')) AS x (c, b, w);
SELECT throws_ok($$UPDATE peoplecall.template SET body = '{x}' WHERE code = 'due'$$, '22023', 'invalid text of template "due"', 'an update too');

-- Each field of a complaint is filled.
UPDATE peoplecall.setting SET value = '"Asia/Shanghai"' WHERE name = 'timezone';
UPDATE peoplecall.setting SET value = 'true' WHERE name = 'auto_dispatch';
UPDATE peoplecall.setting SET value = '0.5' WHERE name = 'warn_fraction';
UPDATE peoplecall.setting SET value = 'null' WHERE name = 'quiet_hours';
UPDATE peoplecall.template SET body = (SELECT string_agg(format('%s={%s}', f.field, f.field), '|') FROM peoplecall.template_fields('half') AS f) WHERE code = 'half';
UPDATE peoplecall.template SET body = '紧急' WHERE code = 'urgency.urgent';
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS c FROM peoplecall.submit('hotline', '车库{no}', '', '420106012001', 'property.garage', people => 3, urgency => 'urgent',
	address => '某号楼', reporter_name => '某人', reporter_phone => '10000000001') \gset
SELECT FROM pg_temp.sweep_at('2019-12-05 09:15') \g /dev/null
SELECT is((SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = :c AND n.template = 'half' LIMIT 1),
	format('no=%s|title=车库{no}|org=水果湖街道办事处|due_at=2019-12-05 09:30|area=东湖路社区|category=车库|grade=B|urgency=紧急|command=水果湖街道办事处|people=3|received_at=2019-12-05 09:00|officer=水果湖街道办事处经办|clock=accept|promise=接单|steps=1', peoplecall.complaint_no(:c)),
	'every field of a reminder');
-- and no text has a field that its message leaves empty
UPDATE peoplecall.template AS t SET body = (SELECT string_agg(format('%s={%s}', f.field, f.field), '|') FROM peoplecall.template_fields(t.code) AS f
	WHERE f.field NOT IN ('leader', 'category', 'plan', 'due_at', 'subject', 'growth', 'meets_at', 'place'))
 WHERE t.code IN ('supervised', 'instruct', 'answered', 'answer_refused', 'order_closed', 'assign', 'hand_over', 'hand_over_all', 'request', 'refused', 'report', 'convene');
SELECT FROM peoplecall.supervise(:c, '查') \g /dev/null
SELECT FROM peoplecall.answer_supervision(:c, '好') \g /dev/null
SELECT FROM peoplecall.close_supervision(:c, '不够', accepted => false) \g /dev/null
SELECT FROM peoplecall.close_supervision(:c, '销') \g /dev/null
SELECT FROM peoplecall.instruct(:c, 33, '办') \g /dev/null
SELECT FROM peoplecall.assign(:c, 122) \g /dev/null
SELECT FROM peoplecall.hand_over(:c, 121, '轮岗') \g /dev/null
SELECT peoplecall.hand_over_all(121, 122, '离职') \g /dev/null
SELECT FROM peoplecall.request(:c, 'extend', '难', by => '1wd') \g /dev/null
SELECT FROM peoplecall.decide(:c, 1, false, '否') \g /dev/null
SELECT FROM peoplecall.report(:c, '在办', to_level => 'district') \g /dev/null
SELECT peoplecall.convene('{31}', complaint => :c) \g /dev/null
SELECT set_eq(format('SELECT DISTINCT n.template FROM peoplecall.notice AS n WHERE n.complaint_id = %s AND NOT n.to_reporter', :c),
	ARRAY['half', 'supervised', 'instruct', 'answered', 'answer_refused', 'order_closed', 'assign', 'hand_over', 'hand_over_all', 'request', 'refused', 'report', 'convene'], 'each was sent');
SELECT is_empty(format($$SELECT n.template, n.body FROM peoplecall.notice AS n WHERE n.complaint_id = %s AND n.body ~ '=(\||$)'$$, :c), 'and no field was empty');
SELECT is_empty(format($$SELECT n.body FROM peoplecall.notice AS n WHERE n.complaint_id = %s AND n.body ~ '某号楼|某人|10000000001'$$, :c), 'nor told where or who the citizen is');

-- A restore puts rows in whatever is checked, and the triggers check only.
SELECT is((SELECT count(*) FROM pg_trigger AS t WHERE t.tgname IN ('setting_guard', 'template_guard') AND t.tgenabled = 'O' AND (t.tgtype & 2) = 0), 2::bigint, 'the guards are ordinary triggers after the row');

SELECT * FROM finish();
ROLLBACK;
