-- Reading: a role sees the rows that its posts reach, personal data with the
-- duty for it alone, and every change of what it rests on at once.
\set QUIET on
\pset fieldsep '\n'
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
\ir ../fixture/ledger.sql
SET LOCAL client_min_messages = warning;
\ir ../fixture/small_city.sql
\ir ../fixture/filled_ledger.sql
SELECT * FROM no_plan();

-- The one value that a query gives a role, or its SQLSTATE; a list is joined.
CREATE FUNCTION pg_temp.says(who name, what text) RETURNS text LANGUAGE plpgsql
AS $$
DECLARE
	one record;
	answer text[];
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	BEGIN
		FOR one IN EXECUTE what LOOP
			answer := answer || btrim(one::text, '()"');
		END LOOP;
	EXCEPTION WHEN OTHERS THEN
		answer := ARRAY[SQLSTATE];
	END;
	RESET ROLE;
	RETURN array_to_string(answer, '|', 'null');
END
$$;

CREATE ROLE read_street;
CREATE ROLE read_district;
CREATE ROLE read_personal;
CREATE ROLE read_nothing;
CREATE ROLE read_app;
SELECT peoplecall.appoint('read_street', 'read', 12), peoplecall.appoint('read_district', 'handle', 3),
	peoplecall.appoint('read_personal', 'read', 12), peoplecall.appoint('read_personal', 'personal', 12),
	peoplecall.appoint('read_app', 'delegate', 3) \g /dev/null
INSERT INTO peoplecall.request (district_id, complaint_id, area, seq, kind, reason, asked_at)
SELECT district_id, id, area, 2, 'extend', 'x', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.attachment (district_id, complaint_id, area, seq, uri, sha256, stage, attached_at)
SELECT district_id, id, area, 8, 'file:2', sha256('2'), 'report', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.supplement (district_id, complaint_id, area, seq, kind, body, added_at)
SELECT district_id, id, area, 9, 'urge', 'x', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.supervision (district_id, complaint_id, area, seq, kind, reason, ordered_at)
SELECT district_id, id, area, 2, 'instruction', 'x', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.revisit (district_id, complaint_id, area, seq, epoch, outcome, visited_at)
SELECT district_id, id, area, 9, 0, 'unreached', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.rating (district_id, complaint_id, area, epoch, closing_of, closing_epoch, solved, rated_at)
SELECT district_id, id, area, 9, id, 9, true, received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.coordination (district_id, id, convened_by, area, title, convened_at)
SELECT district_id, id + 100, 1, area, 'x', received_at FROM peoplecall.complaint;
INSERT INTO peoplecall.coordination_party (district_id, coordination_id, area, seq, outsider)
SELECT district_id, id + 100, area, 1, 'x' FROM peoplecall.complaint;
INSERT INTO peoplecall.notice (district_id, complaint_id, area, seq, template, body, created_at, not_before, key)
SELECT district_id, id, area, 9, 'x', 'x', received_at, received_at, id || '-9' FROM peoplecall.complaint;

-- the lists: something in the street, the district and elsewhere, a claim by a volunteer from elsewhere
SELECT peoplecall.join_alliance(a.area::peoplecall.areacode, 71) FROM (VALUES ('420106'), ('420102')) AS a (area) \g /dev/null
SELECT peoplecall.publish('wish', '愿望', a.area::peoplecall.areacode, org => a.org, resident_name => '许愿人') FROM (VALUES ('420106015006', 23), ('420102017020', 21), ('420106', 3)) AS a (area, org) \g /dev/null
SELECT peoplecall.register_volunteer('member', '党员甲', a.area::peoplecall.areacode, 31, '10000000001') FROM (VALUES ('420106015006'), ('420102017020'), ('420106012001')) AS a (area) \g /dev/null
SELECT peoplecall.claim((SELECT id FROM peoplecall.listing WHERE kind = 'wish' AND area OPERATOR(peoplecall.=) w.area::peoplecall.areacode AND title = '愿望'),
	1, (SELECT id FROM peoplecall.volunteer WHERE community OPERATOR(peoplecall.=) w.from_area::peoplecall.areacode AND kind = 'member'))
  FROM (VALUES ('420106015006', '420106012001'), ('420102017020', '420102017020')) AS w (area, from_area) \g /dev/null
SELECT peoplecall.close_listing(id, '不再需要') FROM peoplecall.listing WHERE area OPERATOR(peoplecall.=) '420102017020' \g /dev/null

--
-- The case records: exactly the rows in the area.
--
CREATE TEMPORARY TABLE recorded (name text);
INSERT INTO recorded VALUES ('complaint'), ('task'), ('clock'), ('event'), ('request'),
	('attachment'), ('supplement'), ('rating'), ('revisit'), ('supervision'), ('coordination'), ('coordination_party'),
	('alliance_member'), ('listing_event');
CREATE FUNCTION pg_temp.rows_of(name text, area text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n text;
BEGIN
	EXECUTE format('SELECT count(*) FROM peoplecall.%I WHERE area OPERATOR(peoplecall.<@) $1::peoplecall.areacode', name) INTO n USING area;
	RETURN n;
END $$;
SELECT ok(pg_temp.rows_of(name, '420106012')::int > 0
	AND pg_temp.rows_of(name, '420106012')::int < pg_temp.rows_of(name, '420106')::int
	AND pg_temp.rows_of(name, '420106')::int < pg_temp.rows_of(name, '0')::int, name || ' has rows within the street, the district and without')
  FROM (TABLE recorded UNION ALL VALUES ('reporter'), ('notice')) AS r;
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.' || name), pg_temp.rows_of(name, '420106012'), name || ': the street''s rows'),
       is(pg_temp.says('read_street', 'SELECT bool_and(area OPERATOR(peoplecall.<@) ''420106012'') FROM peoplecall.' || name), 't', name || ': no other rows'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.' || name), pg_temp.rows_of(name, '420106'), name || ': the district''s rows'),
       is(pg_temp.says('read_nothing', 'SELECT count(*) FROM peoplecall.' || name), '42501', name || ': not without a post'),
       is(pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.' || name), pg_temp.rows_of(name, '0'), name || ': all of them for the owner')
  FROM recorded;
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.board'),
	pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'''), 'board'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.history'),
	pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.event WHERE area OPERATOR(peoplecall.<@) ''420106012'''), 'history'),
       is(pg_temp.says('read_street', 'SELECT l.open FROM peoplecall.lights AS l WHERE l.area OPERATOR(peoplecall.=) ''4201'''),
	pg_temp.says('city_owner', 'SELECT l.open FROM peoplecall.lights AS l WHERE l.area OPERATOR(peoplecall.=) ''420106012'''), 'lights count what the reader may see'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.my_tasks'), '0', 'my_tasks: none without the duty handle'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.my_tasks WHERE org <> 3'), '0', 'my_tasks: of the org of the post');
SELECT peoplecall.appoint('read_street', 'handle', 31) \g /dev/null
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.my_tasks'),
	pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.task WHERE org = 31 AND state IN (''sent'', ''accepted'')'), 'my_tasks: of another org that was given')
  WHERE pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.task WHERE org = 31 AND state IN (''sent'', ''accepted'')') <> '0';
SELECT peoplecall.dismiss('read_street', 'handle', 31) \g /dev/null

-- The lists: what is open is published to all, what was closed is of the area.
-- A claim is read where it was made and where its claimer is.
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.listing'), (SELECT count(*)::text FROM peoplecall.listing WHERE closed_at IS NULL), 'listing: the open ones, of the whole city'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.lists WHERE closed IS NOT NULL'), '0', 'listing: none that was closed elsewhere'),
       is(pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.lists WHERE closed IS NOT NULL'), '1', 'the owner sees that there is one'),
       is(pg_temp.says('read_nothing', 'SELECT count(*) FROM peoplecall.listing'), '42501', 'listing: not without a post'),
       is(pg_temp.says('read_street', 'SELECT string_agg(area || '' by '' || claimer_area, ''+'' ORDER BY area) FROM peoplecall.claim'), '420106012001 by 420106012001+420106015006 by 420106012001', 'claim: made in the street, or by one of its volunteers'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.claim'), '2', 'claim: the district''s'),
       is(pg_temp.says('read_street', 'SELECT string_agg(name || coalesce(home_org::text, ''''), ''+'' ORDER BY id) FROM peoplecall.volunteer'), '志**+党**31', 'volunteer: the street''s, by the first character of their names'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.' || t), '42501', t || ': not without the duty personal'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.' || t), '42501', t || ': nor with another'),
       is(pg_temp.says('read_personal', 'SELECT string_agg(name, ''+'' ORDER BY name) FROM peoplecall.' || t), w, t || ': with it, where the post reaches'),
       is(pg_temp.says('read_street', 'SELECT claims || '' '' || claims_open FROM peoplecall.home_counts(31)'), '42501', 'home_counts: for the org''s line alone')
  FROM (VALUES ('volunteer_person', '党员甲+志愿者'), ('listing_resident', '许愿人')) AS p (t, w);
SELECT peoplecall.appoint('read_street', 'handle', 31) \g /dev/null
SELECT is(pg_temp.says('read_street', 'SELECT concat_ws('' '', members, communities, claims, claims_open) FROM peoplecall.home_counts(31)'), '3 3 2 1', 'home_counts: its members count back, wherever they serve');
SELECT peoplecall.dismiss('read_street', 'handle', 31) \g /dev/null
SELECT is(pg_temp.says('read_street', 'SELECT concat_ws('' '', wishes, wishes_claimed, members, residents) FROM peoplecall.list_counts(''420106012'')'), '1 1 1 1', 'list_counts: an area that the reader''s posts reach'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.list_counts(''420106'')'), '0', 'list_counts: no half of the truth about another'),
       is(pg_temp.says('read_street', 'SELECT string_agg(name, ''+'') FROM peoplecall.list_counts(''4201'', ''community'')'), '东湖路社区+放鹰台社区', 'list_counts: of the communities, his'),
       is(pg_temp.says('city_owner', 'SELECT concat_ws('' '', wishes, wishes_claimed, members, residents) FROM peoplecall.list_counts(''4201'')'), '4 2 3 1', 'list_counts: all of it for the owner');
-- a post of the owner gives and takes him nothing
SELECT peoplecall.dismiss('city_owner', 'configure', 1) \g /dev/null
SELECT is(pg_temp.says('city_owner', 'SELECT count(*) > 0 FROM peoplecall.' || t), 't', t || ': the owner reads it after he was dismissed from a post')
  FROM unnest(ARRAY['complaint', 'reporter', 'volunteer_person', 'listing_resident']) AS t;

-- What tells of other places, or of people, is closed.
SELECT is(pg_temp.says('read_personal', 'SELECT * FROM peoplecall.' || t), '42501', t || ' is not for reading')
  FROM unnest(ARRAY['notice', 'intake_key', 'track_key', 'post', 'setting', 'template', 'officer', 'officer_absence', 'duty_roster',
	'appraisal_fact', 'appraisal_sum', 'appraisal_mark']) AS t;
SELECT is(pg_temp.says('read_personal', 'SELECT phone FROM peoplecall.officer'), '42501', 'officers'' phones are not for reading'),
       is(pg_temp.says('read_street', 'SELECT name FROM peoplecall.officer WHERE id = 121'), '水果湖街道办事处经办', 'their names are');
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.reporter'), '42501', 'reporter: not without the duty'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.reporter'), '42501', 'reporter: nor with another'),
       is(pg_temp.says('read_personal', 'SELECT count(*) FROM peoplecall.reporter'), pg_temp.rows_of('reporter', '420106012'), 'reporter: with it, where the post reaches');
-- a post takes no right from the owner, as whom verbs read
SELECT peoplecall.appoint('city_owner', 'configure', 1), peoplecall.dismiss('city_owner', 'configure', 1) \g /dev/null
SELECT is(pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.reporter'), pg_temp.rows_of('reporter', '0'), 'reporter: a post takes no right from the owner'),
       is(pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.board'), (SELECT count(*)::text FROM peoplecall.board), 'board: nor does one that ended');
INSERT INTO peoplecall.post (role, duty, org) VALUES ('read_personal', 'read', 1);
SELECT is(pg_temp.says('read_personal', 'SELECT count(*) FROM peoplecall.complaint'), pg_temp.rows_of('complaint', '0'), 'a wider post for another duty'),
       is(pg_temp.says('read_personal', 'SELECT count(*) FROM peoplecall.reporter'), pg_temp.rows_of('reporter', '420106012'), 'brings no more of the reporters');
DELETE FROM peoplecall.post WHERE role = 'read_personal' AND org = 1;
-- the sweep's errors of another district tell numbers and messages
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.sweep_status'), '0', 'sweep_status: nothing of a district that the post does not hold'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.sweep_status'), '1', 'sweep_status: the district''s own');
-- frozen figures: of orgs in the area, and of the reader's own
SELECT is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.appraisal'), '0', 'appraisal: nothing of a department of the district'),
       is(pg_temp.says('read_district', 'SELECT count(*) FROM peoplecall.appraisal'), '1', 'appraisal: the district''s own');
SELECT peoplecall.appoint('read_street', 'handle', 31) \g /dev/null
SELECT is(pg_temp.says('read_street', 'SELECT org FROM peoplecall.frozen_scores'), '31', 'appraisal: with a post there the department''s');
SELECT peoplecall.dismiss('read_street', 'handle', 31) \g /dev/null

-- Every table that a post opens is a rule for all, or has a row policy.
SELECT is(array_agg(c.relname ORDER BY c.relname), NULL, 'no case record is open without a row policy')
  FROM pg_class AS c
 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p')
   AND has_table_privilege('read_personal', c.oid, 'SELECT')
   AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid))
   AND c.relname NOT IN ('area', 'org', 'org_kind', 'jurisdiction', 'category', 'channel', 'responsibility',
	'grade_rule', 'calendar', 'calendar_window', 'calendar_day', 'sla_policy', 'escalation_step', 'ruling');
SELECT is(array_agg(c.relname), NULL, 'every view asks with its reader''s rights')
  FROM pg_class AS c
 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'v' AND c.relname <> 'ledger'
   AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false);

-- A cheap function of the reader's own is not shown the others' rows.
CREATE FUNCTION public.reads_peek(title text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('reads.peeked', current_setting('reads.peeked', true) || '|' || title, true);
	RETURN true;
END $$;
SELECT set_config('reads.peeked', '', true) \g /dev/null
SELECT pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.complaint WHERE public.reads_peek(title)') \g /dev/null
SELECT is(cardinality(string_to_array(current_setting('reads.peeked'), '|')) - 1, pg_temp.rows_of('complaint', '420106012')::int,
	'a reader''s function sees his rows alone');
SELECT is(pg_temp.says('read_street', 'SELECT 1 / (count(*) - count(*)) FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420102'''), '22012', 'the function that fails'),
       is(pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420102'' AND 1 / length(title) = 0'), '0', 'and one that does not reach the others'' rows');

--
-- What changes is seen at once, in this session. The scope is asked before and
-- after, so that one that is kept too long fails.
--
CREATE FUNCTION pg_temp.seen() RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.says('read_street', 'SELECT count(*) FROM peoplecall.complaint') $$;
CREATE FUNCTION pg_temp.after(change text, who name DEFAULT 'read_street') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	PERFORM pg_temp.says(who, 'SELECT count(*) FROM peoplecall.complaint');
	EXECUTE change;
	answer := pg_temp.says(who, 'SELECT count(*) FROM peoplecall.complaint');
	RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.after('SELECT peoplecall.appoint(''read_street'', ''read'', 13)'), pg_temp.rows_of('complaint', '420106'), 'a new post is seen'),
       is(pg_temp.seen(), pg_temp.rows_of('complaint', '420106012'), 'its rollback too'),
       is(pg_temp.after('SELECT peoplecall.dismiss(''read_street'', ''read'', 12)'), '42501', 'a post that ended is seen'),
       is(pg_temp.after('DELETE FROM peoplecall.post WHERE role = ''read_street'''), '0', 'a post that was deleted leaves no rows'),
       is(pg_temp.after('UPDATE peoplecall.org SET active = false WHERE id = 12'), '0', 'an org that closed leaves none'),
       is(pg_temp.after('UPDATE peoplecall.org SET area = ''420106015'' WHERE id = 12'), pg_temp.rows_of('complaint', '420106015'), 'an org that moved'),
       is(pg_temp.after('INSERT INTO peoplecall.jurisdiction (area, org) VALUES (''420102'', 12)'),
	(pg_temp.rows_of('complaint', '420106012')::int + pg_temp.rows_of('complaint', '420102')::int)::text, 'a jurisdiction is seen'),
       is(pg_temp.after('UPDATE peoplecall.org_kind SET level = ''community'' WHERE kind = ''street'''), '0', 'a kind that changed its level');
CREATE ROLE read_group;
SELECT peoplecall.appoint('read_group', 'read', 2) \g /dev/null
SELECT is(pg_temp.after('GRANT read_group TO read_street'),
	(pg_temp.rows_of('complaint', '420106012')::int + pg_temp.rows_of('complaint', '420102')::int)::text, 'a membership that is granted is seen');
GRANT read_group TO read_street;
SELECT is(pg_temp.after('REVOKE read_group FROM read_street'), pg_temp.rows_of('complaint', '420106012'), 'one that is revoked too');
REVOKE read_group FROM read_street;
SELECT is(pg_temp.after('ALTER ROLE read_group RENAME TO read_none; CREATE ROLE read_group; GRANT SELECT ON peoplecall.complaint TO read_group; GRANT read_group TO read_street'),
	pg_temp.rows_of('complaint', '420106012'), 'a role that got the name of one with posts has none of them');
SELECT is(pg_temp.after('GRANT city_owner TO read_street'), pg_temp.rows_of('complaint', '0'), 'a member of the owner sees all');
-- a jurisdiction ends while nothing is written
INSERT INTO peoplecall.jurisdiction (area, org, valid) VALUES ('420102', 12, '[2019-01-01,2020-01-01)');
SET LOCAL peoplecall.as_of = '2019-06-01 00:00+08';
SELECT is(pg_temp.seen(), (pg_temp.rows_of('complaint', '420106012')::int + pg_temp.rows_of('complaint', '420102')::int)::text, 'while a jurisdiction is valid');
SET LOCAL peoplecall.as_of = '2020-01-01 00:00+08';
SELECT is(pg_temp.seen(), pg_temp.rows_of('complaint', '420106012'), 'when it has ended, with nothing written');
SET LOCAL peoplecall.as_of = '2018-12-31 23:59:59+08';
SELECT is(pg_temp.seen(), pg_temp.rows_of('complaint', '420106012'), 'before it begins');
SET LOCAL peoplecall.as_of = '2019-01-01 00:00+08';
SELECT is(pg_temp.seen(), (pg_temp.rows_of('complaint', '420106012')::int + pg_temp.rows_of('complaint', '420102')::int)::text, 'from its first moment');
SET LOCAL peoplecall.as_of = '';

-- dismiss takes the rights as well
CREATE FUNCTION pg_temp.rights(who name) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'v', 'p')
	   AND (has_table_privilege(who, c.oid, 'SELECT') OR has_any_column_privilege(who, c.oid, 'SELECT, INSERT, UPDATE'))
$$;
SELECT is(pg_temp.rights('read_nothing'), 0::bigint, 'a role without a post has no right on any table'),
       cmp_ok(pg_temp.rights('read_personal'), '>', 20::bigint, 'a post brings some');
SELECT peoplecall.dismiss('read_personal', 'personal', 12) \g /dev/null
SELECT is(pg_temp.says('read_personal', 'SELECT count(*) FROM peoplecall.reporter'), '42501', 'without the duty personal, the reporters are closed'),
       is(pg_temp.says('read_personal', 'SELECT count(*) FROM peoplecall.complaint'), pg_temp.rows_of('complaint', '420106012'), 'the rest is not');
SELECT peoplecall.dismiss('read_personal', 'read', 12) \g /dev/null
SELECT is(pg_temp.rights('read_personal'), 0::bigint, 'with the last post every right is gone');

--
-- Acting for an officer: his scope, and his alone.
--
SELECT peoplecall.appoint(121, 'read', 12), peoplecall.appoint(121, 'personal', 22), peoplecall.appoint(121, 'handle', 22) \g /dev/null
CREATE FUNCTION pg_temp.acting(officer bigint, what text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.says('read_app', 'SELECT peoplecall.act_for(' || coalesce(officer::text, 'NULL') || ')') || pg_temp.says('read_app', what)
$$;
SELECT is(pg_temp.acting(NULL, 'SELECT count(*) FROM peoplecall.complaint'), pg_temp.rows_of('complaint', '420106'), 'the application by itself'),
       is(pg_temp.acting(121, 'SELECT count(*) FROM peoplecall.complaint'), pg_temp.rows_of('complaint', '420106012'), 'for an officer: his area'),
       is(pg_temp.acting(121, 'SELECT count(*) FROM peoplecall.board'),
	pg_temp.says('city_owner', 'SELECT count(*) FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'''), 'his board'),
       is(pg_temp.acting(121, 'SELECT peoplecall.my_orgs()'), '{22}', 'his orgs'),
       is(pg_temp.acting(122, 'SELECT count(*) FROM peoplecall.complaint'), '0', 'an officer without a post sees nothing'),
       is(pg_temp.acting(121, 'SELECT count(*) FROM peoplecall.reporter'), pg_temp.rows_of('reporter', '420106012001'), 'personal data of those that his post reaches'),
       is(pg_temp.acting(122, 'SELECT count(*) FROM peoplecall.reporter'), '0', 'none for one without the duty'),
       is(pg_temp.acting(NULL, 'SELECT count(*) FROM peoplecall.reporter'), '0', 'none for the application by itself');
SELECT pg_temp.acting(121, 'SELECT 1') \g /dev/null
UPDATE peoplecall.officer SET active = false WHERE id = 121;
SELECT is(pg_temp.says('read_app', 'SELECT count(*) FROM peoplecall.complaint'), '0', 'an officer who left sees nothing more');
UPDATE peoplecall.officer SET active = true WHERE id = 121;
SELECT is(pg_temp.says('read_app', 'SELECT count(*) FROM peoplecall.complaint'), pg_temp.rows_of('complaint', '420106012'), 'one who came back does');
SELECT peoplecall.appoint('read_app', 'read', 71), peoplecall.dismiss('read_app', 'delegate', 3) \g /dev/null
SELECT is(pg_temp.says('read_app', 'SELECT count(*) FROM peoplecall.complaint'), '0', 'nor does a delegate who was dismissed');
SELECT pg_temp.acting(NULL, 'SELECT 1') \g /dev/null

--
-- Cursors and prepared statements over a change of identity.
--
PREPARE board_count AS SELECT count(*) FROM peoplecall.complaint;
SET LOCAL ROLE read_street;
CREATE TEMPORARY TABLE answers (who text, n bigint);
GRANT ALL ON answers TO PUBLIC;
INSERT INTO answers SELECT 'street', count(*) FROM peoplecall.complaint;
DECLARE kept CURSOR FOR SELECT area FROM peoplecall.complaint;
RESET ROLE;
SET LOCAL ROLE read_district;
CREATE TEMPORARY TABLE prepared AS EXECUTE board_count;
RESET ROLE;
SELECT is((SELECT n FROM answers)::text, pg_temp.rows_of('complaint', '420106012'), 'the first role''s rows'),
       is((SELECT count FROM prepared)::text, pg_temp.rows_of('complaint', '420106'), 'a prepared statement asks anew for the next role');
SET LOCAL ROLE read_nothing;
SELECT is_empty('FETCH ALL FROM kept', 'a cursor fetched by a role without posts shows it nothing');
RESET ROLE;
DEALLOCATE board_count;

--
-- The indexes serve under the policies.
--
INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, area, grade, command_level, received_at, due_at, last_event_at)
SELECT 420106, 420106000000100000 + n, 'hotline', 'complaint', 'x', CASE WHEN n % 50 = 0 THEN '420106012001' ELSE '420106015006' END::peoplecall.areacode,
       'A', 'community', '2019-11-25 09:00+08', '2019-11-26 09:00+08', '2019-11-25 09:00+08'
  FROM generate_series(1, 20000) AS n;
ANALYZE peoplecall.complaint;
CREATE FUNCTION pg_temp.plan(who name, query text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.says(who, 'EXPLAIN ' || query) $$;
SELECT matches(pg_temp.plan('read_district', 'SELECT * FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) ''420106012'' AND state IN (''received'', ''dispatched'', ''completed'')'),
	'complaint_open', 'an area''s open matters, by index'),
       matches(pg_temp.plan('read_district', 'SELECT * FROM peoplecall.board WHERE area OPERATOR(peoplecall.<@) ''420106012'' ORDER BY due_at LIMIT 20'),
	'complaint_open', 'an area''s board, by index'),
       matches(pg_temp.plan('read_district', 'SELECT * FROM peoplecall.history WHERE district_id = 420106 AND complaint_id = 420106000000100001'),
	'event(_before)?_pkey', 'a matter''s history, by index'),
       matches(pg_temp.plan('read_district', 'SELECT * FROM peoplecall.complaint WHERE id = 420106000000100001'), 'complaint_id|complaint_pkey', 'a matter by its number');
SELECT is((SELECT array_agg(p.oid::regprocedure::text) FROM pg_proc AS p
	WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.proname IN ('may_read', 'may_read_personal') AND NOT p.proleakproof), NULL, 'what the policies ask is leakproof');

SELECT * FROM finish();
ROLLBACK;
