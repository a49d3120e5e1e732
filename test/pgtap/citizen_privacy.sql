-- Confidential and anonymous citizens: handlers never see them, by no way; and
-- a matter about an org is out of its hands.
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
-- Each has the duty personal; some handle for an org, some for one below it.
CREATE ROLE pr_city; CREATE ROLE pr_police; CREATE ROLE pr_handler; CREATE ROLE pr_district; CREATE ROLE pr_community; CREATE ROLE pr_street; CREATE ROLE pr_inspection; CREATE ROLE pr_app; CREATE ROLE pr_both;
SELECT peoplecall.appoint('pr_city', 'personal', 1), peoplecall.appoint('pr_police', 'personal', 33), peoplecall.appoint('pr_district', 'personal', 3),
	peoplecall.appoint('pr_handler', 'personal', 1), peoplecall.appoint('pr_handler', 'handle', 33),
	peoplecall.appoint('pr_community', 'personal', 22), peoplecall.appoint('pr_street', 'personal', 12), peoplecall.appoint('pr_inspection', 'personal', 61),
	peoplecall.appoint('pr_app', 'delegate', 1), peoplecall.appoint(331, 'personal', 1), peoplecall.appoint(331, 'handle', 33), peoplecall.appoint(31, 'personal', 3) \g /dev/null
GRANT pr_city, pr_police TO pr_both;
CREATE FUNCTION pg_temp.file(privacy peoplecall.privacy, phone text, category text DEFAULT 'police.noise', about bigint DEFAULT NULL, send boolean DEFAULT true) RETURNS bigint LANGUAGE sql AS $$
	SELECT s.complaint_id FROM peoplecall.submit('hotline', '事', phone, '420106012001', category::ltree, reporter_name => '王某', reporter_phone => phone,
		privacy => privacy, subject_org => about, auto_dispatch => send) AS s
$$;
-- Who of them sees the citizen of a complaint.
CREATE FUNCTION pg_temp.seen_by(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(substr(w, 4), ' ' ORDER BY w)
	  FROM unnest('{pr_both,pr_city,pr_community,pr_district,pr_handler,pr_inspection,pr_police,pr_street}'::name[]) AS w
	 WHERE pg_temp.says(w, format('SELECT count(*) FROM peoplecall.reporter WHERE complaint_id = %s', c)) = '1'
$$;

--
-- Reporters.
--
SELECT pg_temp.file('open', '10000001001') AS o, pg_temp.file('confidential', '10000001002') AS c, pg_temp.file('anonymous', '10000001003') AS y, pg_temp.file('confidential', '10000001004', send => false) AS w \gset
SELECT is(pg_temp.seen_by(:o), 'both city community district handler inspection police street', 'open: whoever has the duty in the area');
SELECT is(pg_temp.seen_by(:w), 'both city community district handler inspection police street', 'confidential, and nobody handles it yet');
SELECT is(pg_temp.seen_by(:c), 'city community district inspection street', 'confidential: not who handles it, whatever else he holds');
SELECT is(pg_temp.seen_by(:y), 'city community district inspection street', 'nor an anonymous one who left a number');
SELECT FROM peoplecall.dispatch(:w, lead => 12, assist => '{34}') \g /dev/null
SELECT is(pg_temp.seen_by(:w), 'both city district handler inspection police', 'the street has it: not the street, nor its communities');
SELECT FROM peoplecall.dispatch(:w, lead => 33) \g /dev/null
SELECT is(pg_temp.seen_by(:w), 'city district inspection', 'nor who has it now, nor who had it');
SELECT is(r.barred, '{12,34,33}', 'each once') FROM peoplecall.reporter AS r WHERE r.complaint_id = :w;
SELECT is(r.barred, '{}', 'an open one bars nobody') FROM peoplecall.reporter AS r WHERE r.complaint_id = :o;
-- by command that moves up, and by reopening
SELECT pg_temp.file('confidential', '10000001005') AS e \gset
SELECT FROM peoplecall.escalate(:e, '难') \g /dev/null
SELECT is(pg_temp.seen_by(:e) ~ 'district|street|police|handler|both', false, 'escalated: not the district, nor anybody below it');
-- an officer for whom an application acts
SELECT is(pg_temp.says('pr_app', format('SELECT (SELECT count(*) FROM peoplecall.reporter WHERE complaint_id = %s) FROM (SELECT peoplecall.act_for(331)) AS a', :c)), '0', 'an officer who handles it');
SELECT is(pg_temp.says('pr_app', format('SELECT (SELECT count(*) FROM peoplecall.reporter WHERE complaint_id = %s) FROM (SELECT peoplecall.act_for(331)) AS a', :o)), '1', 'sees the open one');
SELECT is(pg_temp.says('pr_app', format('SELECT (SELECT count(*) FROM peoplecall.reporter WHERE complaint_id = %s) FROM (SELECT peoplecall.act_for(31)) AS a', :c)), '1', 'another officer, of the district');
SELECT peoplecall.act_for(NULL) \g /dev/null
SELECT is(pg_temp.says('city_owner', format('SELECT count(*) FROM peoplecall.reporter WHERE complaint_id = %s', :c)), '1', 'the owner');
SELECT is(pg_temp.says('pr_police', 'SELECT count(*) FROM peoplecall.reporter WHERE phone = ''10000001002'''), '0', 'nor by the number'),
       is(pg_temp.says('pr_police', 'SELECT string_agg(phone, '','' ORDER BY phone) FROM peoplecall.reporter'), '10000001001', 'nor among all');
-- a function that errs on what it sees is not shown what is not to be seen
CREATE FUNCTION pg_temp.tattle(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN IF t = '10000001002' THEN RAISE SQLSTATE 'TATTL'; END IF; RETURN true; END $$;
SELECT is(pg_temp.says('pr_police', 'SELECT count(*) FROM peoplecall.reporter WHERE pg_temp.tattle(phone)'), '1', 'nor by a function that runs before the policy');

--
-- Merged: who handles the principal does not see those merged into it.
--
SELECT pg_temp.file('open', '10000001010', 'property.garage') AS p, pg_temp.file('confidential', '10000001011', send => false) AS a \gset
SELECT is(pg_temp.seen_by(:a), 'both city community district handler inspection police street', 'before it is merged');
SELECT FROM peoplecall.merge(:a, :p, '同一事') \g /dev/null
SELECT is(pg_temp.seen_by(:a), 'both city district handler inspection police', 'merged: not the street that has the principal');
SELECT FROM peoplecall.dispatch(:p, lead => 33) \g /dev/null
SELECT is(pg_temp.seen_by(:a), 'city district inspection', 'nor who gets it later');
SELECT pg_temp.file('open', '10000001012', 'city.garbage') AS q \gset
SELECT FROM peoplecall.merge(:p, :q, '同一事') \g /dev/null
SELECT is(r.barred, '{12,33,22}', 'nor who has the one that they both go with then') FROM peoplecall.reporter AS r WHERE r.complaint_id = :a;

--
-- The org that a matter is about.
--
SELECT pg_temp.file('confidential', '10000001020', 'property.garage', 33, false) AS s, pg_temp.file('open', '10000001021', 'property.garage', 33, false) AS t \gset
SELECT is(pg_temp.seen_by(:s), 'city community district inspection street', 'confidential: not who it is about');
SELECT is(pg_temp.seen_by(:t), 'both city community district handler inspection police street', 'open: it may call him');

--
-- No other way: the outbox, events, views, tracking.
--
SELECT is(count(*), 0::bigint, 'no number in the outbox') FROM peoplecall.notice AS n WHERE n.to_reporter AND n.phone IS NOT NULL;
SELECT is(count(*), 0::bigint, 'nor a name, in what is said') FROM peoplecall.notice AS n WHERE n.body ~ '王某|10000001';
SELECT is(count(*), 0::bigint, 'nor in the history') FROM peoplecall.history AS h WHERE h.detail::text ~ '王某|10000001';
SELECT is_empty($$SELECT c.oid::regclass || '.' || a.attname
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'v') AND a.attname ~ 'phone|reporter_name'
	  AND has_column_privilege('pr_handler', c.oid, a.attname, 'SELECT') AND c.relname NOT IN ('reporter', 'volunteer_person', 'listing_resident')$$, 'a handler reads no number anywhere else');
SELECT is(to_jsonb(t)::text ~ '王某|10000001', false, 'nor does who has the code') FROM peoplecall.track(peoplecall.track_code(:c)) AS t;
-- a city that lets a role read the outbox shows it no number
GRANT SELECT ON peoplecall.notice TO pr_police;
SELECT is(pg_temp.says('pr_police', format('SELECT string_agg(phone, '','') FROM peoplecall.notice WHERE to_reporter AND complaint_id = %s', :c)), NULL, 'nor does a reader of the outbox'),
       is(pg_temp.says('pr_police', format('SELECT count(*) FROM peoplecall.notice WHERE to_reporter AND complaint_id = %s', :c)), '1', 'who sees that he is told');

--
-- Who commands a matter about an org.
--
CREATE FUNCTION pg_temp.command(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', m.grade, m.command_level, m.command_org, 'lead ' || m.lead_org) FROM peoplecall.complaint AS m WHERE m.id = c
$$;
SELECT is(pg_temp.command(pg_temp.file('open', '1000000' || (1100 + n), category, about)), expected, format('%s about %s', category, about))
  FROM (VALUES (1, 'property.garage', 12::bigint, 'B district 3 lead 3'),           -- its superior
	(2, 'property.garage', 22, 'B street 12 lead 12'),                          -- a community: the street is above it
	(3, 'police.noise', 33, 'B district 3 lead 3'),                              -- a department of the district: not the street
	(4, 'city.garbage', 52, 'A street 12 lead 22'),                              -- the street commands its team
	(5, 'police.noise', 41, 'B city 1 lead 33'),                                 -- another district's department: the city
	(6, 'property.garage', 71, 'B street 12 lead 12'),                           -- a company: as any other matter
	(7, 'property.garage', 3, 'B city 1 lead 1'),
	(8, 'police.noise', 1, 'B city 61')) AS v (n, category, about, expected);    -- the top: who inspects
SELECT is(array_agg(m.template || ' ' || m.to_officer) FILTER (WHERE m.to_officer IS NOT NULL), '{"subject 612"}', 'about the top org: who inspects is told')
  FROM peoplecall.notice AS m JOIN peoplecall.complaint AS c ON c.id = m.complaint_id WHERE c.subject_org = 1;
SELECT is((SELECT e.detail -> 'told' FROM peoplecall.event AS e JOIN peoplecall.complaint AS c ON c.id = e.complaint_id WHERE c.subject_org = 1 AND e.verb = 'submit'), '612', 'as the event says');
SELECT is((SELECT m.body FROM peoplecall.notice AS m WHERE m.template = 'subject'), format('【涉及单位】诉求%s“事”反映武汉市的问题，该单位无上级单位，请督查部门受理。', (SELECT peoplecall.complaint_no(c.id) FROM peoplecall.complaint AS c WHERE c.subject_org = 1)), 'in words');
-- what changes afterwards does not bring it back
SELECT pg_temp.file('open', '10000001200', 'education.training', 12, false) AS r \gset
SELECT is(pg_temp.command(:r), 'C district 3', 'C is the district''s anyway');
SELECT FROM peoplecall.reclassify(:r, grade => 'B') \g /dev/null
SELECT is(pg_temp.command(:r), 'B district 3', 'reclassified to B, it is not the street''s');
SELECT FROM peoplecall.reclassify(:r, grade => 'D') \g /dev/null
SELECT is(pg_temp.command(:r), 'D city 1', 'nor to D anything but the city''s');
SELECT pg_temp.file('open', '10000001201', 'police.noise', 12) AS l \gset
SELECT FROM peoplecall.escalate(:l, '难') \g /dev/null
SELECT FROM peoplecall.request(:l, 'lower', '易', task => 2) \g /dev/null
SELECT FROM peoplecall.decide(:l, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.command(:l), 'B district 3 lead 1', 'lowered, it comes down to the superior');
SELECT is(peoplecall.command_for('420106012001', 'street', 12, now())::text, '(district,3)', 'which is as low as it goes');
-- without anybody above and anybody who inspects
UPDATE peoplecall.org SET active = false WHERE id = 61;
SELECT is(pg_temp.command(pg_temp.file('open', '10000001202', 'police.noise', 1)), 'B street', 'nobody commands it but the ledger''s owner');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
