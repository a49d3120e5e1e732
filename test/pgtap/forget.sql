-- Forgetting: a person whose name and number went through every verb that takes
-- a text is looked for in every column of every table afterwards, and in every
-- line of the history before that as well.
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
SELECT FROM pg_temp.at('2019-12-05 09:00') \g /dev/null

\ir ../fixture/traces.sql
CREATE FUNCTION pg_temp.events_with(pattern text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT e.verb, ' ') FROM (
		SELECT v.verb, v::text AS line FROM peoplecall.event AS v UNION ALL SELECT 'listing ' || l.verb, l::text FROM peoplecall.listing_event AS l) AS e
	 WHERE e.line ~ pattern
$$;

-- The marker: nobody else has this name or number. As people write both.
\set who '钱验孙'
\set phone '10077712345'
\set marker '钱验孙|10077712345|1007771'
\set text '联系人钱验孙，电话100 7771-2345，或+8610077712345。'

ALTER TABLE peoplecall.complaint ADD COLUMN city_note text;
ALTER TABLE peoplecall.task ADD COLUMN city_note varchar(200);
GRANT ALL ON ALL TABLES IN SCHEMA peoplecall TO city_owner;

--
-- One matter through the verbs, each text with the marker in it.
--
CREATE FUNCTION pg_temp.filed(title text, category text DEFAULT 'police.noise', send boolean DEFAULT NULL, area text DEFAULT '420106012001') RETURNS bigint LANGUAGE sql AS $$
	SELECT s.complaint_id FROM peoplecall.submit('hotline', title, '我是钱验孙，电话100 7771-2345', area::peoplecall.areacode, category::ltree,
		reporter_name => '钱验孙', reporter_phone => '10077712345', external_id => 'call-10077712345-' || title, address => '钱验孙家', auto_dispatch => send) AS s
$$;
SELECT pg_temp.filed('钱验孙家旁噪音', 'market.food', false) AS a \gset
SELECT FROM peoplecall.reclassify(:a, category => 'police.noise') \g /dev/null
SELECT FROM peoplecall.dispatch(:a, lead => 12, assist => '{33}', matter => :'text') \g /dev/null
SELECT FROM peoplecall.withdraw_task(:a, 2) \g /dev/null
SELECT FROM peoplecall.dispatch(:a, lead => 12, assist => '{33,34}', matter => :'text') \g /dev/null
SELECT FROM peoplecall.assign(:a, 121) \g /dev/null
SELECT FROM peoplecall.hand_over(:a, 122, :'text') \g /dev/null
SELECT FROM peoplecall.accept(:a) \g /dev/null
SELECT FROM peoplecall.contact(:a, :'text') \g /dev/null
SELECT FROM peoplecall.report(:a, :'text', NULL, 'street') \g /dev/null
SELECT FROM peoplecall.urge(:a, :'text') \g /dev/null
SELECT FROM peoplecall.supplement(:a, :'text') \g /dev/null
SELECT FROM peoplecall.attach(:a, 'https://files.example/10077712345.jpg', sha256('1'), 'report') \g /dev/null
SELECT FROM peoplecall.attach(:a, 'https://files.example/after-10077712345.jpg', sha256('2'), 'after') \g /dev/null
SELECT FROM peoplecall.request(:a, 'extend', :'text', by => '1wd', plan => NULL) \g /dev/null
SELECT FROM peoplecall.decide(:a, 1, true, :'text') \g /dev/null
SELECT FROM peoplecall.request(:a, 'suspend', :'text', until => '2019-12-09 09:00+08') \g /dev/null
SELECT FROM peoplecall.decide(:a, 2, true, :'text') \g /dev/null
SELECT FROM peoplecall.resume(:a, :'text') \g /dev/null
SELECT FROM peoplecall.request(:a, 'exclude', :'text', evidence => :'text') \g /dev/null
SELECT FROM peoplecall.decide(:a, 3, true, :'text') \g /dev/null
SELECT FROM peoplecall.object_exclusion(:a, :'text') \g /dev/null
SELECT FROM peoplecall.supervise(:a, :'text') \g /dev/null
SELECT FROM peoplecall.answer_supervision(:a, :'text') \g /dev/null
SELECT FROM peoplecall.close_supervision(:a, :'text') \g /dev/null
SELECT FROM peoplecall.instruct(:a, 123, :'text') \g /dev/null
SELECT peoplecall.convene('{33,34}', '{钱验孙}', :a, agenda => :'text', place => :'text', meets_at => '2019-12-06 09:00+08') AS m \gset
SELECT FROM peoplecall.sign(:m, 33) \g /dev/null
SELECT FROM peoplecall.attend(:m, outsider => '钱验孙') \g /dev/null
SELECT FROM peoplecall.attend(:m, 33) \g /dev/null
SELECT FROM peoplecall.rule(:m, 12, NULL, :'text') \g /dev/null
SELECT FROM peoplecall.mark(:m, 33, 4, :'text') \g /dev/null
SELECT FROM peoplecall.escalate(:a, :'text') \g /dev/null
SELECT peoplecall.complete(:a, :'text', t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = :a AND t.state IN ('sent', 'accepted') ORDER BY t.role = 'lead', t.seq \g /dev/null
SELECT FROM peoplecall.revisit(:a, 'reached', true, true, 3) \g /dev/null
SELECT FROM peoplecall.close(:a) \g /dev/null
SELECT FROM peoplecall.rate(:a, false, 1, :'text') \g /dev/null
SELECT FROM peoplecall.take_notices(1) \g /dev/null
SELECT peoplecall.fail_notice(n.key, :'text') FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.state = 'waiting' ORDER BY n.seq LIMIT 1 \g /dev/null
UPDATE peoplecall.complaint SET city_note = :'text' WHERE id = :a;
UPDATE peoplecall.task SET city_note = :'text' WHERE complaint_id = :a;
INSERT INTO peoplecall.sweep_status (district_id, complaint_id, failed_at, retry_at, sqlstate, message) VALUES (420106, :a, now(), now(), 'P0001', :'text');
INSERT INTO peoplecall.staging_complaint (channel, external_id, title, reporter_name, reporter_phone, sqlstate, reason)
	VALUES ('hotline', 'call-10077712345-钱验孙家旁噪音', '旧件', '钱验孙', '1007771-2345', '22004', 'x');
SELECT FROM peoplecall.changes(NULL, 10000) \g /dev/null
SELECT peoplecall.track_code(:a) AS code \gset

SELECT is(pg_temp.events_with(:'marker'), NULL, 'no event has the name or the number, whatever officers wrote');
SELECT cmp_ok((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :a AND detail::text ~ '\*\*\*'), '>', 15::bigint, 'though many wrote them');
SELECT is((SELECT e.detail ->> 'reason' FROM peoplecall.event AS e WHERE e.complaint_id = :a AND e.verb = 'escalate'), '联系人***，电话***，或***。', 'the rest of what they wrote is there');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and the chain of the history is of what was written');
-- what is to be erased is there
CREATE TEMPORARY TABLE had AS SELECT pg_temp.traces(:'marker') AS tables;
SELECT ok(h.tables ~ ('\m' || t || '\M'), format('there is something to erase in %s', t))
  FROM had AS h, unnest('{attachment,change,complaint,coordination,coordination_party,intake_key,notice,rating,reporter,request,ruling,staging_complaint,supervision,supplement,sweep_status,task}'::text[]) AS t;
CREATE TEMPORARY TABLE kept AS SELECT c.id, c.state, c.grade, c.area, c.category, c.lead_org, c.command_org, c.due_at, c.warn_at, c.received_at, c.completed_at, c.closed_at, c.reopened FROM peoplecall.complaint AS c;
CREATE TEMPORARY TABLE kept_events AS SELECT * FROM peoplecall.event;

SELECT pg_temp.at('2019-12-05 10:00') \g /dev/null
SELECT is(pg_temp.receipt(r), pg_temp.receipt(k), 'the receipt says what the matter is, as before')
  FROM peoplecall.forget_reporter(:a) AS r, LATERAL (SELECT r.*) AS k;
SELECT is(pg_temp.traces(:'marker'), NULL, 'forgotten: in no column of no table is a trace of him');
SELECT is(pg_temp.traces(:'code'), NULL, 'nor of his code');
SELECT is((SELECT t.grams FROM peoplecall.complaint_text AS t WHERE t.complaint_id = :a), peoplecall.text_grams('***家旁噪音'), 'nor in what it is found by');
SELECT is((SELECT (c.title, c.body, c.address)::text FROM peoplecall.complaint AS c WHERE c.id = :a), '(***家旁噪音,我是***，电话***,***家)', 'what he said of the matter is there');
SELECT results_eq($$SELECT c.id, c.state, c.grade, c.area, c.category, c.lead_org, c.command_org, c.due_at, c.warn_at, c.received_at, c.completed_at, c.closed_at, c.reopened FROM peoplecall.complaint AS c$$,
	'SELECT * FROM kept', 'and the case');
SELECT bag_eq('SELECT * FROM peoplecall.event WHERE verb <> ''forget_reporter''', 'SELECT * FROM kept_events', 'the history is not touched');
SELECT is(pg_temp.event(:a) - 'texts', '{"at": "12-05 10:00", "verb": "forget_reporter", "people": 1}', 'one event says that somebody was forgotten');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'the history is whole');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'and the ledger');
SELECT is((SELECT r.forgotten_at FROM peoplecall.reporter AS r WHERE r.complaint_id = :a), '2019-12-05 10:00+08', 'when, is with the row');
SELECT is_empty(format('SELECT * FROM peoplecall.track(%L)', :'code'), 'his code opens nothing');
SELECT is(peoplecall.track_code(:a), NULL, 'and there is none any more');
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.to_reporter AND n.state IN ('waiting', 'taken')), 0::bigint, 'nothing waits to be sent to him');
SELECT FROM pg_temp.at('2020-03-05 10:00') \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.take_notices(1000) AS t JOIN peoplecall.notice AS n USING (key) WHERE n.complaint_id = :a AND (t.phone IS NULL OR n.to_reporter)), 0::bigint, 'nor is handed out once more');
SELECT is((SELECT k.external_id FROM peoplecall.intake_key AS k WHERE k.complaint_id = :a), format('*** %s 1', :a), 'the channel''s number was made of his');

-- Once more: nothing, and no event.
SELECT is((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :a), (SELECT count(*) + 1 FROM kept_events WHERE complaint_id = :a), 'one event');
SELECT FROM peoplecall.forget_reporter(:a) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :a), (SELECT count(*) + 1 FROM kept_events WHERE complaint_id = :a), 'a second time nothing is written');
SELECT is((SELECT r.forgotten_at FROM peoplecall.reporter AS r WHERE r.complaint_id = :a), '2019-12-05 10:00+08', 'nor when');

--
-- His words too.
--
SELECT FROM peoplecall.forget_reporter(:a, words => true) \g /dev/null
SELECT is((SELECT (c.title, c.body, c.address)::text FROM peoplecall.complaint AS c WHERE c.id = :a), '(噪声扰民,"",)', 'words: the category''s name is left');
SELECT is((SELECT string_agg(DISTINCT s.body, '|') FROM peoplecall.supplement AS s WHERE s.complaint_id = :a), '***', 'no supplement');
SELECT is((SELECT count(*) FROM peoplecall.rating AS r WHERE r.complaint_id = :a AND r.comment IS NOT NULL), 0::bigint, 'no comment');
SELECT is((SELECT string_agg(a.stage || ' ' || a.uri, '|' ORDER BY a.seq) FROM peoplecall.attachment AS a WHERE a.complaint_id = :a), 'report urn:forgotten|after https://files.example/after-***.jpg', 'his evidence is kept nowhere, the org''s is');
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n.complaint_id = :a AND n.body ~ '家旁噪音'), 0::bigint, 'no message with what he called it');
SELECT is((SELECT r.solved || ' ' || r.satisfaction FROM peoplecall.rating AS r WHERE r.complaint_id = :a), 'false 1', 'his marks count');
SELECT is(pg_temp.event(:a) ->> 'verb', 'forget_reporter', 'an event says so');
SELECT is(pg_temp.traces('家旁噪音'), NULL, 'there is no trace of them');
SELECT count(*) AS n FROM peoplecall.event WHERE complaint_id = :a \gset
SELECT FROM peoplecall.forget_reporter(:a, true) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :a), :n::bigint, 'a second time nothing');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');

--
-- One that moved to another district, under both its numbers; and one that was
-- merged, from whose principal it goes too.
--
SELECT FROM pg_temp.at('2020-03-05 11:00') \g /dev/null
SELECT pg_temp.filed('迁出', 'market.food', false) AS b \gset
SELECT FROM peoplecall.supplement(:b, :'text') \g /dev/null
SELECT FROM peoplecall.transfer(:b, '420102017020', :'text') \g /dev/null
SELECT is(pg_temp.events_with(:'marker'), NULL, 'transfer: neither of the two events has him');
SELECT FROM peoplecall.forget_reporter(:b, true) \g /dev/null
SELECT is(pg_temp.traces(:'marker'), NULL, 'by its first number: nothing is left under either');
SELECT is(pg_temp.event(peoplecall.current_complaint(:b)) ->> 'verb', 'forget_reporter', 'the event is where it goes on');
SELECT pg_temp.filed('并入一') AS c \gset
SELECT complaint_id AS p FROM peoplecall.submit('hotline', '主件', '', '420106012001', 'police.noise', reporter_name => '李某某', reporter_phone => '10000000077') \gset
SELECT FROM peoplecall.merge(:c, :p, :'text') \g /dev/null
SELECT FROM peoplecall.contact(:p, :'text') \g /dev/null
SELECT FROM peoplecall.urge(:c, :'text') \g /dev/null
SELECT FROM peoplecall.complete(:p, :'text') \g /dev/null
SELECT is(pg_temp.events_with(:'marker'), NULL, 'merged: nor has the principal''s history');
SELECT FROM peoplecall.forget_reporter(:c) \g /dev/null
SELECT is(pg_temp.traces(:'marker'), NULL, 'nor the principal');
SELECT is((SELECT name || phone FROM peoplecall.reporter WHERE complaint_id = :p), '李某某10000000077', 'whose own citizen is remembered');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
-- forgotten, he may call again; and what is taken in then is another matter
SELECT pg_temp.filed('并入一') AS again \gset
SELECT isnt(:again::bigint, :c::bigint, 'whoever was forgotten is not known again by his number');
SELECT FROM peoplecall.forget_reporter(:again) \g /dev/null

-- One who left nothing but has a code; names that are no names.
SELECT complaint_id AS d FROM peoplecall.submit('hotline', '匿名', '', '420106012001', 'police.noise') \gset
SELECT peoplecall.track_code(:d) AS code \gset
SELECT FROM peoplecall.forget_reporter(:d) \g /dev/null
SELECT is_empty(format('SELECT * FROM peoplecall.track(%L)', :'code'), 'one who left nothing has no code any more');
SELECT ok(r.forgotten_at IS NOT NULL, 'and a row says so') FROM peoplecall.reporter AS r WHERE r.complaint_id = :d;
SELECT complaint_id AS e FROM peoplecall.submit('hotline', 'Lee 说 Leeward 街 12345 号', '王', '420106012001', 'police.noise', reporter_name => 'Lee', reporter_phone => '12345') \gset
SELECT FROM peoplecall.forget_reporter(:e) \g /dev/null
SELECT is((SELECT c.title FROM peoplecall.complaint AS c WHERE c.id = :e), '*** 说 Leeward 街 *** 号', 'a word that begins like a name is another word');
SELECT is(peoplecall.person_pattern('王', NULL), NULL, 'one character names nobody');
SELECT is(regexp_replace(t.text, peoplecall.person_pattern(t.name, t.phone), '***', 'g'), t.result, format('%s %s in %s', t.name, t.phone, t.text))
  FROM (VALUES ('a.b (c)', NULL, 'axb (c), a.b (c)', 'axb (c), ***'), ('Ann  Lee', NULL, 'Ann Lee Annabel', '*** Annabel'), ('O''Neil\', NULL, 'O''Neil\d', '***d'),
	(NULL, '+86 100 0000 0001', '10000000001, 0086-100-0000-0001; 110000000001', '***, ***; 110000000001'), (NULL, '110', '110/119', '***/119'),
	('[]^$*', 'a|b', 'x[]^$*y a|b', 'x***y ***')) AS t (name, phone, text, result);
SELECT is(peoplecall.without_person('{"10000000001": [1, "于10000000001", {"a": null}], "n": 10000000001}', peoplecall.person_pattern(NULL, '10000000001')),
	'{"10000000001": [1, "于***", {"a": null}], "n": 10000000001}', 'texts alone, of a document');

--
-- Who may: with the duty, where it reaches, and only whom he may see.
--
CREATE ROLE fg_city; CREATE ROLE fg_police; CREATE ROLE fg_other; CREATE ROLE fg_intake;
SELECT peoplecall.appoint('fg_city', 'personal', 1), peoplecall.appoint('fg_police', 'personal', 33), peoplecall.appoint('fg_other', 'personal', 2), peoplecall.appoint('fg_intake', 'intake', 1) \g /dev/null
SELECT complaint_id AS f FROM peoplecall.submit('hotline', '事', '', '420106012001', 'police.noise', reporter_name => '证人', reporter_phone => '10000000088', privacy => 'confidential') \gset
SELECT is(pg_temp.says('fg_police', format('SELECT peoplecall.forget_reporter(%s)', :f)), '42501', 'nobody does away with a witness whom he may not see'),
       is(pg_temp.says('fg_other', format('SELECT peoplecall.forget_reporter(%s)', :f)), '42501', 'nor elsewhere'),
       is(pg_temp.says('fg_intake', format('SELECT peoplecall.forget_reporter(%s)', :f)), '42501', 'nor without the duty');
SELECT is((SELECT name FROM peoplecall.reporter WHERE complaint_id = :f), '证人', 'he is there');
SELECT matches(pg_temp.says('fg_city', format('SELECT r.state FROM peoplecall.forget_reporter(%s) AS r', :f)), 'dispatched', 'whoever may see him may');
SELECT is((SELECT e.actor::text FROM peoplecall.event AS e WHERE e.complaint_id = :f AND e.verb = 'forget_reporter'), 'fg_city', 'and the history says who did');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.forget_reporter(%s, NULL)', :f)), '22004', 'words');

--
-- The lists: whose wish it is, and who registered.
--
SELECT peoplecall.publish('wish', '钱验孙的台灯', '420106012001', body => :'text', org => 22, resident_name => :'who', resident_phone => :'phone') AS w \gset
SELECT peoplecall.register_volunteer('resident', :'who', '420106012001', phone => :'phone') AS v \gset
SELECT FROM peoplecall.claim(:w, 1, :v) \g /dev/null
SELECT FROM peoplecall.release(:w, 1, :'text') \g /dev/null
SELECT FROM peoplecall.close_listing(:w, :'text') \g /dev/null
SELECT is(pg_temp.events_with(:'marker'), NULL, 'nor has a listing''s history');
SELECT is(peoplecall.forget_resident(:w), true, 'a resident is forgotten');
SELECT is(peoplecall.forget_resident(:w), false, 'once');
SELECT is(pg_temp.traces(:'marker'), 'volunteer_person 1', 'and is left as a volunteer alone');
SELECT is(peoplecall.unregister_volunteer(:v, :'text'), true, 'who leaves');
SELECT is(pg_temp.traces(:'marker'), NULL, 'and leaves nothing');
SELECT is((SELECT l.title FROM peoplecall.listing AS l WHERE l.id = :w), '***的台灯', 'the wish is there');
SELECT is(pg_temp.says('fg_other', format('SELECT peoplecall.forget_resident(%s)', :w)), '42501', 'a resident elsewhere');
SELECT is(pg_temp.refusal('SELECT peoplecall.forget_resident(420106000000999999)'), 'PC005', 'no such listing'),
       is(pg_temp.refusal('SELECT peoplecall.forget_resident(NULL)'), '22004', 'no listing');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');

SELECT * FROM finish();
ROLLBACK;
