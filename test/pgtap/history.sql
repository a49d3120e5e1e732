-- The history: each event's digest is what the written form of it says, nothing
-- of it is changed in passing, and whatever a hand changes, takes or adds is
-- found, by itself or against an anchor that was kept elsewhere.
\set QUIET on
\set one_table on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'Asia/Shanghai';
\ir ../fixture/acting.sql

--
-- The form, written a second time.
--
CREATE FUNCTION pg_temp.string(t text) RETURNS bytea LANGUAGE sql AS $$
	SELECT int4send(length(convert_to(t, 'UTF8'))) || convert_to(t, 'UTF8')
$$;
CREATE FUNCTION pg_temp.value(j jsonb) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE jsonb_typeof(j)
		WHEN 'null' THEN 'n'::bytea
		WHEN 'boolean' THEN CASE WHEN j = 'true' THEN 't'::bytea ELSE 'f' END
		WHEN 'number' THEN '#'::bytea || pg_temp.string(j #>> '{}')
		WHEN 'string' THEN '"'::bytea || pg_temp.string(j #>> '{}')
		WHEN 'array' THEN '['::bytea || int4send(jsonb_array_length(j)) || coalesce((
			SELECT string_agg(pg_temp.value(e.value), ''::bytea ORDER BY e.place)
			  FROM jsonb_array_elements(j) WITH ORDINALITY AS e (value, place)), '')
		ELSE '{'::bytea || int4send((SELECT count(*)::int FROM jsonb_object_keys(j))) || coalesce((
			SELECT string_agg(pg_temp.string(e.key) || pg_temp.value(e.value), ''::bytea
			       ORDER BY octet_length(e.key), convert_to(e.key, 'UTF8'))
			  FROM jsonb_each(j) AS e), '') END;
END
$$;
CREATE FUNCTION pg_temp.digest(previous bytea, e peoplecall.event) RETURNS bytea LANGUAGE sql AS $$
	SELECT sha256(coalesce(previous, decode(repeat('00', 32), 'hex')) || '\x01'::bytea
		|| int4send(e.district_id) || int8send(e.complaint_id) || int4send(e.seq)
		|| int8send((extract(epoch FROM e.at - '2000-01-01 00:00+00') * 1000000)::bigint)
		|| pg_temp.string(e.verb) || pg_temp.string(e.actor::text)
		|| coalesce('\x01'::bytea || int8send(e.officer), '\x00') || coalesce('\x01'::bytea || int8send(e.org), '\x00')
		|| coalesce('\x01'::bytea || int4send(e.task_seq), '\x00') || pg_temp.value(e.detail))
$$;

-- written out in bytes, and digested elsewhere: no release changes this
SELECT is(encode(d, 'hex'), '9ce58e78ad909a709471f8730413d163247635e08fb046711697f1aefd9014e0', 'a digest that was reckoned elsewhere')
  FROM peoplecall.event_digest(NULL, 420106, 420106000000000001, 1, '2019-11-25 09:00+08', 'submit', 'clerk', NULL, 12, NULL, '{"n": 1.50}') AS d;
SELECT is(sha256(decode(repeat('00', 32), 'hex') || '\x010006690a05d4842e6202a0010000000100023b200d352400000000067375626d697400000005636c65726b0001000000000000000c007b00000001000000016e2300000004312e3530'), decode('9ce58e78ad909a709471f8730413d163247635e08fb046711697f1aefd9014e0', 'hex'), 'of these bytes');
CREATE TEMPORARY TABLE detail (d jsonb);
INSERT INTO detail VALUES ('{}'), ('[]'), ('{"a": {}}'), ('{"a": []}'), ('{"a": [[]]}'), ('{"a": [{}]}'), ('[1, [2, [3]]]'), ('null'), ('7'), ('"x"'), ('true'), ('false'),
	('{"a": null}'), ('{"a": ""}'), ('{"a": "0"}'), ('{"a": 0}'), ('{"a": 1.0}'), ('{"a": 1.00}'), ('{"a": 1e3}'), ('{"a": -0.000001}'), ('{"a": 12345678901234567890.123456789}'),
	('{"bb": 1, "a": 2, "c": 3}'), ('{"城": "事项\u0001\t\"", "a": "é"}'), ('{"a": "ab", "c": "d"}'), ('{"a": "a", "bc": "d"}'), ('{"ab": "a"}'), ('{"a": "b"}'), ('["a", "b"]'), ('["ab"]'), ('{"a": true}'), ('{"a": "t"}'),
	(to_jsonb(repeat('长', 100000))), ((SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 3000) AS n)), ((SELECT jsonb_agg(n) FROM generate_series(1, 3000) AS n));
SELECT is((SELECT string_agg(left(d::text, 60), ' ') FROM detail
            WHERE peoplecall.event_digest(NULL, 420106, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3, d)
               <> pg_temp.digest(NULL, ROW(420106, 1, '4201', 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3, d, NULL)::peoplecall.event)), NULL, 'every kind of detail');
SELECT is((SELECT count(DISTINCT peoplecall.event_digest(NULL, 420106, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3, d)) FROM detail),
          (SELECT count(*) FROM detail), 'no two of them are one');
SELECT is((SELECT count(DISTINCT peoplecall.event_digest(p, d, c, s, a::timestamptz, v, w, f, o, t, '{}'))
             FROM (VALUES (NULL::bytea, 1, 1::bigint, 1, '2019-11-25 09:00+08', 'v', 'a'::name, 1::bigint, 2::bigint, 3),
                          (sha256(''), 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3), (sha256('1'), 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3),
                          (NULL, 2, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3), (NULL, 1, 2, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3),
                          (NULL, 1, 1, 2, '2019-11-25 09:00+08', 'v', 'a', 1, 2, 3), (NULL, 1, 1, 1, '2019-11-25 09:00:00.000001+08', 'v', 'a', 1, 2, 3),
                          (NULL, 1, 1, 1, 'infinity', 'v', 'a', 1, 2, 3), (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'va', '', 1, 2, 3),
                          (NULL, 1, 1, 1, '2019-11-25 09:00+08', '', 'va', 1, 2, 3), (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', NULL, 2, 3),
                          (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 2, NULL, 3), (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', NULL, 1, 3),
                          (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, NULL, 3), (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 1, 2, NULL),
                          (NULL, 1, 1, 1, '2019-11-25 09:00+08', 'v', 'a', 0, 2, 3)) AS e (p, d, c, s, a, v, w, f, o, t)), 16::bigint, 'each value of an event counts');
SELECT throws_ok(format('SELECT peoplecall.event_digest(NULL, %s, ''{}'')', array_to_string(x.args, ', ')), '22004', NULL, format('no event without %s', x.n))
  FROM (SELECT n, (SELECT array_agg(CASE WHEN a.place = n THEN 'NULL' ELSE a.arg END ORDER BY a.place)
                     FROM unnest(ARRAY['1', '1', '1', 'now()', '''v''', '''a''', '1', '2', '3']) WITH ORDINALITY AS a (arg, place)) AS args FROM generate_series(1, 6) AS n) AS x;
SELECT throws_ok('SELECT peoplecall.event_digest(NULL, 1, 1, 1, now(), ''v'', ''a'', 1, 2, 3, NULL)', '22004', NULL, 'nor without a detail');
SELECT throws_ok('SELECT peoplecall.event_digest(''\x00'', 1, 1, 1, now(), ''v'', ''a'', 1, 2, 3, ''{}'')', '22023', NULL, 'nor on half a digest');

--
-- What verbs and the sweep write.
--
CREATE FUNCTION pg_temp.noise(title text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint;
BEGIN
	SELECT s.complaint_id INTO c FROM peoplecall.submit('hotline', title, '', '420106012001', 'police.noise') AS s;
	PERFORM peoplecall.accept(c);
	PERFORM peoplecall.contact(c);
	RETURN c;
END
$$;
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT pg_temp.noise('一') AS a \gset
SELECT pg_temp.noise('二') AS b \gset
SELECT complaint_id AS n FROM peoplecall.submit('hotline', '三', '', '420102017020', 'city.facility') \gset
SELECT FROM peoplecall.complete(:a, '完') \g /dev/null
SELECT FROM peoplecall.close(:a) \g /dev/null
SELECT FROM peoplecall.rate(:a, false) \g /dev/null
SELECT complaint_id AS d FROM peoplecall.submit('hotline', '四', '', '420102017020', 'consult', nature => 'consult') \gset
SELECT FROM peoplecall.answer(:d, '答') \g /dev/null
SELECT FROM pg_temp.sweep_at('2019-12-27 09:00') \g /dev/null
SELECT cmp_ok((SELECT max(n) FROM (SELECT count(*) AS n FROM peoplecall.event WHERE verb = 'alarm' GROUP BY complaint_id, at) AS x), '>', 2::bigint, 'several steps at once');
SELECT is((SELECT count(*) FROM (SELECT e.digest, pg_temp.digest(lag(e.digest) OVER (PARTITION BY e.complaint_id ORDER BY e.seq), e) AS expected FROM peoplecall.event AS e) AS x
            WHERE x.digest IS DISTINCT FROM x.expected), 0::bigint, 'every event carries the digest of what it says and follows on');
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c
            WHERE c.digest IS DISTINCT FROM (SELECT e.digest FROM peoplecall.event AS e WHERE e.complaint_id = c.id AND e.seq = c.event_count)), 0::bigint, 'and the complaint that of its last');
SELECT is((SELECT count(*) FROM (SELECT e.digest, peoplecall.chain_digest(NULL, e.district_id, e.complaint_id, e.seq, e.at, e.verb, e.actor, e.officer, e.org, e.task_seq, e.detail)
	OVER (PARTITION BY e.complaint_id ORDER BY e.seq) AS chained FROM peoplecall.event AS e) AS x WHERE x.digest <> x.chained), 0::bigint, 'chain_digest() gives those of a whole history at once');
SELECT is((SELECT count(*) FROM (SELECT e.digest, peoplecall.chain_digest((SELECT f.digest FROM peoplecall.event AS f WHERE f.complaint_id = e.complaint_id AND f.seq = 2),
	e.district_id, e.complaint_id, e.seq, e.at, e.verb, e.actor, e.officer, e.org, e.task_seq, e.detail)
	OVER (PARTITION BY e.complaint_id ORDER BY e.seq) AS chained FROM peoplecall.event AS e WHERE e.seq > 2) AS x WHERE x.digest <> x.chained), 0::bigint, 'or goes on from one');

SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'the history is whole');
SELECT is((SELECT count(*) FROM peoplecall.event), count(*), 'and the setting ' || s.name || ' = ' || s.value || ' does not matter')
  FROM (VALUES ('TimeZone', 'Pacific/Apia'), ('DateStyle', 'SQL, DMY'), ('IntervalStyle', 'sql_standard'), ('bytea_output', 'escape'),
               ('extra_float_digits', '-15'), ('lc_numeric', 'C'), ('standard_conforming_strings', 'off'), ('search_path', 'public')) AS s (name, value)
 CROSS JOIN LATERAL set_config(s.name, s.value, true)
 CROSS JOIN LATERAL (SELECT e.digest = peoplecall.event_digest(lag(e.digest) OVER (PARTITION BY e.complaint_id ORDER BY e.seq),
	e.district_id, e.complaint_id, e.seq, e.at, e.verb, e.actor, e.officer, e.org, e.task_seq, e.detail) AS same FROM peoplecall.event AS e) AS x
 WHERE x.same
 GROUP BY s.name, s.value;
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'with all of them');
CREATE TEMPORARY TABLE anchor AS SELECT * FROM peoplecall.history_anchor();
RESET search_path; RESET bytea_output; RESET standard_conforming_strings; RESET datestyle; RESET extra_float_digits; RESET intervalstyle;
SET LOCAL timezone = 'Asia/Shanghai';
SELECT results_eq('SELECT anchor FROM peoplecall.history_anchor()', 'SELECT anchor FROM anchor', 'an anchor is the same, too');

--
-- Nothing is changed in passing.
--
SELECT throws_ok(format(s, :a), '42501', NULL, format('%s: %s', r, left(s, 60)))
  FROM unnest(ARRAY['postgres', 'city_owner']) AS r
 CROSS JOIN unnest(ARRAY['UPDATE peoplecall.event SET detail = detail || ''{"x": 1}'' WHERE complaint_id = %s', 'UPDATE peoplecall.event SET digest = NULL WHERE false', 'UPDATE peoplecall.event SET at = now()',
	'DELETE FROM peoplecall.event WHERE complaint_id = %s', 'TRUNCATE peoplecall.event', 'TRUNCATE peoplecall.complaint CASCADE']) AS s
 CROSS JOIN LATERAL set_config('role', r, true);
RESET ROLE;
SELECT lives_ok('UPDATE peoplecall.event SET area = area', 'the area follows the complaint');
SELECT is((SELECT count(*) FROM peoplecall.event WHERE verb = 'close'), 1::bigint, 'all is there');

--
-- What a hand does, who takes the guard off.
--
-- What is found after statements, undone; $1 is the complaint.
CREATE FUNCTION pg_temp.tampered(statement text, c bigint, anchors jsonb DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found_problems text;
BEGIN
	BEGIN
		PERFORM set_config('session_replication_role', 'replica', true);
		EXECUTE replace(statement, '$1', c::text);
		SELECT string_agg(concat_ws(' ', CASE WHEN f.complaint_id <> c THEN f.complaint_id END, f.finding, f.seq), ', ')
		  INTO found_problems
		  FROM peoplecall.verify_history(anchor => anchors) AS f;
		RAISE EXCEPTION SQLSTATE 'ALLOW';
	EXCEPTION WHEN SQLSTATE 'ALLOW' THEN
		NULL;
	END;
	RETURN coalesce(found_problems, 'nothing');
END
$$;
-- what somebody does who knows everything: digests and counts as they would be
CREATE FUNCTION pg_temp.cover_up(c bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE peoplecall.event AS e
	   SET digest = n.digest
	  FROM (SELECT x.seq, peoplecall.chain_digest(NULL, x.district_id, x.complaint_id, x.seq, x.at, x.verb, x.actor, x.officer, x.org, x.task_seq, x.detail)
	               OVER (ORDER BY x.seq) AS digest FROM peoplecall.event AS x WHERE x.complaint_id = c) AS n
	 WHERE e.complaint_id = c AND e.seq = n.seq;
	UPDATE peoplecall.complaint AS m
	   SET digest = e.digest, event_count = e.seq
	  FROM (SELECT x.seq, x.digest FROM peoplecall.event AS x WHERE x.complaint_id = c ORDER BY x.seq DESC LIMIT 1) AS e
	 WHERE m.id = c;
END
$$;
SELECT event_count AS last FROM peoplecall.complaint WHERE id = :b \gset
SELECT jsonb_agg(anchor) AS anchors FROM anchor \gset
SELECT is(pg_temp.tampered('SELECT 1', :b), 'nothing', 'nothing done, nothing found');
SELECT is(pg_temp.tampered('SELECT 1', :b, :'anchors'), 'nothing', 'nor against the anchor');
CREATE TEMPORARY TABLE deed (id int GENERATED ALWAYS AS IDENTITY, finding text, anchored text, statement text);
INSERT INTO deed (finding, anchored, statement) VALUES
	('edited 3', NULL, 'UPDATE peoplecall.event SET detail = detail || ''{"x": 1}'' WHERE complaint_id = $1 AND seq = 3'),
	('edited 3', NULL, 'UPDATE peoplecall.event SET org = 32 WHERE complaint_id = $1 AND seq = 3'),
	('edited 3', NULL, 'UPDATE peoplecall.event SET officer = 321 WHERE complaint_id = $1 AND seq = 3'),
	('edited 3', NULL, 'UPDATE peoplecall.event SET actor = ''nobody'' WHERE complaint_id = $1 AND seq = 3'),
	('edited 3', NULL, 'UPDATE peoplecall.event SET verb = ''close'' WHERE complaint_id = $1 AND seq = 3'),
	('edited 3', NULL, 'UPDATE peoplecall.event SET task_seq = NULL WHERE complaint_id = $1 AND seq = 3'),
	(format('edited %s', :last), NULL, format('UPDATE peoplecall.event SET at = at + interval ''1 microsecond'' WHERE complaint_id = $1 AND seq = %s', :last)),
	('edited 3, edited 4', NULL, 'UPDATE peoplecall.event SET digest = NULL WHERE complaint_id = $1 AND seq = 3'),
	('edited 1', NULL, 'UPDATE peoplecall.event SET detail = detail - ''grade'' WHERE complaint_id = $1 AND seq = 1'),
	-- in order
	('edited 2, edited 3, edited 4', NULL, 'UPDATE peoplecall.event SET seq = 99 WHERE complaint_id = $1 AND seq = 3; UPDATE peoplecall.event SET seq = 3 WHERE complaint_id = $1 AND seq = 2; UPDATE peoplecall.event SET seq = 2 WHERE complaint_id = $1 AND seq = 99'),
	('edited 2, reordered 3', NULL, 'UPDATE peoplecall.event SET at = at + interval ''1 min'' WHERE complaint_id = $1 AND seq = 2'),
	-- missing
	('gap 3', NULL, 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 3'),
	('gap 2', NULL, 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq IN (2, 3)'),
	('gap 1', NULL, 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq < 3'),
	('gap 1', NULL, 'DELETE FROM peoplecall.event WHERE complaint_id = $1'),
	('truncated ' || :last, NULL, format('DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = %s', :last)),
	((SELECT string_agg('edited ' || n, ', ') FROM generate_series(3, :last - 1) AS n), NULL, 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 3; UPDATE peoplecall.event SET seq = seq - 1 WHERE complaint_id = $1 AND seq > 3; UPDATE peoplecall.complaint SET event_count = event_count - 1 WHERE id = $1'),
	-- more
	(format('added %1$s, edited %1$s', :last + 1), NULL, format('INSERT INTO peoplecall.event SELECT (jsonb_populate_record(e, ''{"seq": %s, "digest": null}'')).* FROM peoplecall.event AS e WHERE complaint_id = $1 AND seq = %s', :last + 1, :last)),
	('head ' || :last, NULL, 'UPDATE peoplecall.complaint SET digest = sha256(''1'') WHERE id = $1'),
	-- with everything covered up: only what is kept elsewhere knows
	('nothing', 'rewritten ' || :last, 'UPDATE peoplecall.event SET detail = detail || ''{"x": 1}'' WHERE complaint_id = $1 AND seq = 3; SELECT pg_temp.cover_up($1)'),
	('nothing', 'truncated ' || :last, format('DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = %s; SELECT pg_temp.cover_up($1)', :last)),
	('nothing', 'truncated ' || :last, 'DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = 3; UPDATE peoplecall.event SET seq = seq - 1 WHERE complaint_id = $1 AND seq > 3; SELECT pg_temp.cover_up($1)'),
	('nothing', 'rewritten ' || :last, 'UPDATE peoplecall.event SET seq = seq + 1000 WHERE complaint_id = $1 AND seq > 2; INSERT INTO peoplecall.event SELECT (jsonb_populate_record(e, ''{"seq": 3, "verb": "report"}'')).* FROM peoplecall.event AS e WHERE complaint_id = $1 AND seq = 2; UPDATE peoplecall.event SET seq = seq - 999 WHERE complaint_id = $1 AND seq > 1000; SELECT pg_temp.cover_up($1)'),
	('nothing', 'missing ' || :last, 'DELETE FROM peoplecall.event WHERE complaint_id = $1; DELETE FROM peoplecall.complaint WHERE id = $1'),
	('nothing', 'missing 1, missing ' || :last, 'DELETE FROM peoplecall.complaint WHERE id = $1');
SELECT is(pg_temp.tampered(d.statement, :b), d.finding, format('%s: %s', d.finding, left(d.statement, 100))) FROM deed AS d ORDER BY d.id;
SELECT cmp_ok(pg_temp.tampered(d.statement, :b, :'anchors'), '<>', 'nothing', format('anchored: %s', left(d.statement, 100))) FROM deed AS d WHERE d.anchored IS NULL ORDER BY d.id;
SELECT ok(d.anchored = ANY (string_to_array(pg_temp.tampered(d.statement, :b, :'anchors'), ', added 1')) OR pg_temp.tampered(d.statement, :b, :'anchors') LIKE d.anchored || '%',
          format('anchored, %s: %s', d.anchored, left(d.statement, 100))) FROM deed AS d WHERE d.anchored IS NOT NULL ORDER BY d.id;

-- What was put in afterwards into a time that is anchored.
SELECT * FROM pg_temp.at('2020-01-06 09:00');
SELECT anchor AS december FROM peoplecall.history_anchor('2019-12-01 00:00+08', '2020-01-01 00:00+08', 420106) \gset
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'december'), 'a month against its anchor');
SELECT FROM pg_temp.sweep() \g /dev/null
SELECT * FROM pg_temp.at('2020-01-06 09:30');
SELECT FROM peoplecall.report(:b, '一月') \g /dev/null
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'december'), 'what came after it is no matter');
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'anchors'), 'nor after the first');
SELECT is(pg_temp.tampered('INSERT INTO peoplecall.complaint SELECT (jsonb_populate_record(c, ''{"id": 420106000000000777, "event_count": 1}'')).* FROM peoplecall.complaint AS c WHERE id = $1;
	INSERT INTO peoplecall.event SELECT (jsonb_populate_record(e, ''{"complaint_id": 420106000000000777}'')).* FROM peoplecall.event AS e WHERE complaint_id = $1 AND seq = 1; SELECT pg_temp.cover_up(420106000000000777)', :b, :'december'),
	'420106000000000777 added 1', 'a complaint that was not there then');
SELECT is(pg_temp.tampered('INSERT INTO peoplecall.event SELECT (jsonb_populate_record(e, jsonb_build_object(''seq'', (SELECT event_count + 1 FROM peoplecall.complaint WHERE id = $1), ''at'', ''2019-12-31 10:00+08''))).* FROM peoplecall.event AS e WHERE complaint_id = $1 AND seq = 3; SELECT pg_temp.cover_up($1)', :a, :'december'),
	format('added %1$s, reordered %1$s', event_count + 1), 'an event that was not there then') FROM peoplecall.complaint WHERE id = :a;
SELECT * FROM pg_temp.at('2020-01-01 00:10');
SELECT anchor AS early FROM peoplecall.history_anchor('2019-12-01 00:00+08', '2020-01-01 00:00+08', 420106) \gset
SELECT is(pg_temp.tampered('INSERT INTO peoplecall.event SELECT (jsonb_populate_record(e, jsonb_build_object(''seq'', (SELECT event_count + 1 FROM peoplecall.complaint WHERE id = $1), ''at'', ''2019-12-31 23:59+08''))).* FROM peoplecall.event AS e WHERE complaint_id = $1 AND seq = 3; SELECT pg_temp.cover_up($1)', :a, :'early'),
	format('reordered %s', event_count + 1), 'but one that was under way when the anchor was taken may have been') FROM peoplecall.complaint WHERE id = :a;

-- What is looked at.
SELECT * FROM pg_temp.at('2020-01-06 10:00');
DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); END $$;
UPDATE peoplecall.event SET org = 32 WHERE complaint_id IN (:a, :n) AND seq = 2;
DO $$ BEGIN PERFORM set_config('session_replication_role', 'origin', true); END $$;
SELECT results_eq('SELECT * FROM peoplecall.verify_history()',
	format('VALUES (420102, %s::bigint, 2, ''edited'', ''verb dispatch is not what its digest says, or does not follow on the event before it''),
		(420106, %s, 2, ''edited'', ''verb dispatch is not what its digest says, or does not follow on the event before it'')', :n, :a), 'whose, which, what');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(:a)), 1::bigint, 'of one complaint');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(:b)), 0::bigint, 'of another');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(from_at => '2019-12-05 00:00+08', to_at => '2019-12-06 00:00+08')), 2::bigint, 'of a day');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(from_at => '2020-01-06 09:30+08')), 0::bigint, 'of a time in which only another had an event');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(anchor => :'december')), 1::bigint, 'of an anchor''s district');
SELECT throws_ok('SELECT * FROM peoplecall.verify_history(420106000000999999)', 'PC005', NULL, 'no such complaint');
DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); END $$;
UPDATE peoplecall.event SET org = CASE complaint_id WHEN :a THEN (SELECT (e.org) FROM peoplecall.event AS e WHERE e.complaint_id = :b AND e.seq = 2) END WHERE complaint_id IN (:a, :n) AND seq = 2;
DO $$ BEGIN PERFORM set_config('session_replication_role', 'origin', true); END $$;
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'put right again');

-- An anchor is what it was.
SELECT is((SELECT array_agg(DISTINCT jsonb_object_keys) FROM anchor, jsonb_object_keys(anchor)), '{district_id,from_at,heads,seal,taken_at,to_at}', 'what an anchor holds');
SELECT throws_ok(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', x.bad), '22023', NULL, 'a bad anchor: ' || left(x.bad::text, 60))
  FROM (VALUES ('{}'::jsonb), ('[{}]'), ('[1]'), ('"x"'), (:'december'::jsonb - 'seal'), (jsonb_set(:'december', '{heads,0,1}', '2')), (jsonb_set(:'december', '{heads}', '[]')),
	(jsonb_set(:'december', '{to_at}', '"2020-02-01 00:00+08"')), (jsonb_set(:'december', '{district_id}', '420102'))) AS x (bad);
SELECT is_empty('SELECT * FROM peoplecall.history_anchor(''2018-01-01'', ''2019-01-01'')', 'of a time without events: none');
SELECT throws_ok('SELECT * FROM peoplecall.history_anchor(NULL)', '22004', NULL, 'since when');

--
-- Old events are moved away with their partition.
--
DROP FUNCTION pg_temp.digest(bytea, peoplecall.event);
SELECT cmp_ok(peoplecall.partition_ledger(since => '2020-01-01 00:00+08'), '>', 12, 'partitioned by months, and guarded');
SELECT throws_ok('DELETE FROM peoplecall.event', '42501', NULL, 'which holds');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'the history is whole');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'and the ledger');
SELECT jsonb_agg(anchor) AS cut FROM peoplecall.history_anchor(to_at => '2020-01-01 00:00+08') \gset
SELECT jsonb_agg(anchor) AS early_cut FROM peoplecall.history_anchor(to_at => '2019-12-06 00:00+08') \gset
SELECT results_eq('SELECT part, from_at, to_at, events FROM peoplecall.detach_history(''2020-01-31 00:00+08'', open_too => true)',
	format('VALUES (''event_before''::name, ''-infinity''::timestamptz, ''2020-01-01 00:00+08''::timestamptz, %s::bigint)', (SELECT count(*) FROM peoplecall.event WHERE at < '2020-01-01 00:00+08')), 'what ended before a time is moved away');
SELECT is((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :d), 0::bigint, 'one is gone altogether');
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'cut'), 'the anchor of what was moved says so: no gap');
SELECT results_eq('SELECT complaint_id, finding, seq FROM peoplecall.verify_history() ORDER BY 1',
	format('VALUES (%s::bigint, ''gap'', 1), (%s, ''gap'', 1), (%s, ''gap'', 1), (%s, ''gap'', 1)', :n, :d, :a, :b), 'without it, it might have been anybody');
SELECT is((SELECT count(*) FROM peoplecall.verify_history(anchor => :'early_cut')), 3::bigint, 'one of an earlier time knows only the one that had ended by then');
SELECT is(pg_temp.tampered(format('DELETE FROM peoplecall.event WHERE complaint_id = $1 AND seq = %s', (SELECT min(seq) FROM peoplecall.event)), :b, :'cut'), 'gap 1', 'more is missing than was moved');
SELECT is(pg_temp.tampered('UPDATE peoplecall.event SET detail = ''{}'' WHERE complaint_id = $1', :b, :'cut') ~ '^edited', true, 'the first that is left follows on what was moved');
SELECT is(pg_temp.tampered('UPDATE peoplecall.complaint SET digest = sha256(''1'') WHERE id = $1', :d, :'cut'), 'head ' || (SELECT event_count FROM peoplecall.complaint WHERE id = :d), 'one that is gone altogether still has its head');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole without them');
-- and it goes on
SELECT FROM peoplecall.report(:b, '又一') \g /dev/null
SELECT FROM peoplecall.rate(:d, true) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.accept(%s)', :a)), 'no error', 'verbs go on');
SELECT FROM peoplecall.accept(:a) \g /dev/null
SELECT is((SELECT array_agg(seq) FROM peoplecall.event WHERE complaint_id = :d), '{3}', 'numbered on');
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(anchor => %L)', :'cut'), 'and chained on what was moved');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');

-- By the real clock, which goes on within a verb: what a merged citizen says is
-- written at his principal too, and what is done there follows on it.
SELECT set_config('peoplecall.as_of', '', true) \g /dev/null
SELECT complaint_id AS p FROM peoplecall.submit('hotline', '主件', '', '420106012001', 'police.noise') \gset
SELECT complaint_id AS m FROM peoplecall.submit('hotline', '并件', '', '420106012001', 'police.noise') \gset
SELECT FROM peoplecall.merge(:m, :p, '同一件') \g /dev/null
SELECT FROM peoplecall.supplement(:m, '又响了') \g /dev/null
SELECT FROM peoplecall.accept(:p) \g /dev/null
SELECT FROM peoplecall.urge(:m, '还在响') \g /dev/null
SELECT FROM peoplecall.complete(:p, '已劝') \g /dev/null
SELECT FROM peoplecall.close(:p) \g /dev/null
SELECT FROM peoplecall.rate(:m, false) \g /dev/null
SELECT FROM peoplecall.decide_unsolved(:m, true, '属实') \g /dev/null
SELECT FROM peoplecall.supplement(:m, '仍响') \g /dev/null
SELECT FROM peoplecall.withdraw(:m, '算了') \g /dev/null
SELECT FROM peoplecall.report(:p, '在办') \g /dev/null
SELECT is_empty(format('SELECT * FROM peoplecall.verify_history(%s)', c), 'verbs on two matters at once leave both whole') FROM unnest(ARRAY[:p, :m]) AS c;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'and the ledger');

-- Who may ask.
CREATE ROLE auditor;
SELECT peoplecall.appoint('auditor', 'read', 3) \g /dev/null
SET LOCAL ROLE auditor;
SELECT throws_ok('SELECT * FROM peoplecall.verify_history()', '42501', 'the whole ledger is needed for this', 'not one from whom policies hide something');
SELECT throws_ok('SELECT * FROM peoplecall.history_anchor()', '42501', 'the whole ledger is needed for this', 'nor for an anchor');
RESET ROLE;
SET LOCAL ROLE city_owner;
SELECT lives_ok('SELECT * FROM peoplecall.history_anchor()', 'the owner');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
