-- Channels: what a merged one counts as, and intake roles and officers that are
-- bound to theirs.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
SELECT pg_temp.at('2019-12-05 09:00') \g /dev/null
INSERT INTO peoplecall.channel (code, name, merged_into, since) VALUES
	('plane_tree', '梧桐网', 'mini_program', '2019-12-06'), ('web', '网站', NULL, NULL) ON CONFLICT DO NOTHING;
CREATE ROLE chan_hotline; CREATE ROLE chan_mini; CREATE ROLE chan_old; CREATE ROLE chan_free; CREATE ROLE chan_both; CREATE ROLE chan_app;
SELECT peoplecall.appoint(r::name, 'intake', 1) FROM unnest('{chan_hotline,chan_mini,chan_old,chan_free,chan_both}'::text[]) AS r \g /dev/null
SELECT peoplecall.appoint('chan_both'::name, 'verify', 1) \g /dev/null
SELECT peoplecall.appoint('chan_app'::name, 'delegate', 1) \g /dev/null
SELECT peoplecall.appoint(11, 'intake', 1), peoplecall.appoint(12, 'intake', 1) \g /dev/null
INSERT INTO peoplecall.channel_role (channel, role, every_matter) VALUES
	('hotline', 'chan_hotline', true), ('mini_program', 'chan_mini', false), ('plane_tree', 'chan_old', false), ('mini_program', 'chan_both', false);
-- officer 11 takes calls; the application belongs to the mini-program
INSERT INTO peoplecall.channel_role (channel, officer) VALUES ('hotline', 11);

-- What comes of a statement for a role, undone: ok, or SQLSTATE and detail.
CREATE FUNCTION pg_temp.try(who name, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	detail text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE what;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	RETURN CASE state WHEN 'ZZ001' THEN 'ok' ELSE concat_ws(' ', state, substring(detail FROM 'bound to.*')) END;
END
$$;
CREATE FUNCTION pg_temp.send(who name, channel text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.try(who, format('SELECT peoplecall.submit(%L, ''事'', '''', ''420106012001'', ''market.food'')', channel))
$$;

-- What a channel counts as.
SELECT is(ARRAY(SELECT peoplecall.channel_of(c, t::timestamptz) FROM (VALUES ('hotline', '2019-12-05 09:00'), ('mayor_mailbox', '2002-12-31 23:59'),
	('mayor_mailbox', '2003-01-01 00:00'), ('plane_tree', '2019-12-05 23:59:59.999'), ('plane_tree', '2019-12-06 00:00'), ('unknown', '2019-12-06 00:00')) AS v (c, t)),
	'{hotline,mayor_mailbox,hotline,plane_tree,mini_program,unknown}', 'a merged one counts as the other from midnight of its day, in the city');
UPDATE peoplecall.channel SET since = NULL WHERE code = 'plane_tree';
SELECT is(peoplecall.channel_of('plane_tree', '-infinity'), 'mini_program', 'without a day: always; the change is seen at once');
UPDATE peoplecall.channel SET since = '2019-12-06' WHERE code = 'plane_tree';
SELECT is(peoplecall.channel_of(NULL, now()), NULL, 'nothing of nothing');
SELECT is(pg_temp.refusal($$UPDATE peoplecall.channel SET merged_into = 'plane_tree' WHERE code = 'web'$$), '23503', 'never into one that was merged itself');

-- Both are recorded, and rules ask for the one that it counts as.
INSERT INTO peoplecall.grade_rule (id, channel, grade, reason) VALUES (2001, 'mini_program', 'C', '小程序'), (2002, 'plane_tree', 'D', '梧桐网');
SELECT complaint_id AS before FROM peoplecall.submit('plane_tree', '甲', '', '420106012001', 'market.food') \gset
SELECT pg_temp.at('2019-12-06 09:00') \g /dev/null
SELECT complaint_id AS after FROM peoplecall.submit('plane_tree', '乙', '', '420106012001', 'market.food') \gset
SELECT is(ARRAY(SELECT concat_ws(' ', i.channel, i.channel_name, i.counts_as, c.grade) FROM peoplecall.intake AS i JOIN peoplecall.complaint AS c ON c.id = i.complaint_id
	WHERE i.complaint_id IN (:before, :after) ORDER BY i.complaint_id), '{"plane_tree 梧桐网 plane_tree D","plane_tree 梧桐网 mini_program C"}', 'graded by what the channel counts as when it comes');
SELECT is(ARRAY(SELECT concat_ws(' ', e.detail ->> 'channel', e.detail ->> 'asked_channel') FROM peoplecall.event AS e WHERE e.complaint_id IN (:before, :after) AND e.verb = 'submit' ORDER BY e.complaint_id), '{plane_tree,"mini_program plane_tree"}', 'the event says both where they differ');
SELECT FROM peoplecall.reclassify(:before, people => 3) \g /dev/null
SELECT is(c.grade::text, 'D', 'judged anew, it is still what came in before the merging') FROM peoplecall.complaint AS c WHERE c.id = :before;
DELETE FROM peoplecall.grade_rule WHERE id IN (2001, 2002);

-- Who may send through what.
SELECT pg_temp.at('2019-12-05 10:00') \g /dev/null
SELECT is(pg_temp.send(who, channel), outcome, format('%s sends through %s', who, channel))
  FROM (VALUES ('chan_hotline', 'hotline', 'ok'), ('chan_hotline', 'mayor_mailbox', 'ok'), ('chan_hotline', 'mini_program', 'bound'), ('chan_hotline', 'plane_tree', 'bound'),
	('chan_mini', 'mini_program', 'ok'), ('chan_mini', 'hotline', 'bound'), ('chan_mini', 'plane_tree', 'bound'),
	('chan_old', 'plane_tree', 'ok'), ('chan_old', 'mini_program', 'bound'), ('chan_free', 'hotline', 'ok'), ('chan_free', 'plane_tree', 'ok'),
	('chan_both', 'hotline', 'bound'), ('postgres', 'plane_tree', 'ok'), ('city_owner', 'web', 'ok'), ('chan_mini', 'fax', 'PC005')) AS v (who, channel, expected)
 CROSS JOIN LATERAL (SELECT CASE expected WHEN 'bound' THEN format('42501 bound to other channels than "%s".', channel) ELSE expected END AS outcome) AS o;
SELECT pg_temp.at('2019-12-06 10:00') \g /dev/null
SELECT is(ARRAY[pg_temp.send('chan_old', 'mini_program'), pg_temp.send('chan_old', 'plane_tree'), pg_temp.send('chan_mini', 'plane_tree')], '{ok,ok,ok}', 'from the day of the merging on bindings follow it, both ways');
SELECT is(pg_temp.try('chan_mini', $$INSERT INTO peoplecall.channel_role (channel, role) VALUES ('hotline', 'chan_mini')$$), '42501', 'nobody binds himself anew');
INSERT INTO peoplecall.channel_role (channel, role) VALUES ('web', 'chan_mini');
SELECT is(ARRAY[pg_temp.send('chan_mini', 'web'), pg_temp.send('chan_mini', 'mini_program'), pg_temp.send('chan_mini', 'hotline')], '{ok,ok,"42501 bound to other channels than \"hotline\"."}', 'a second binding adds');
DELETE FROM peoplecall.channel_role WHERE channel = 'web';
CREATE ROLE chan_member IN ROLE chan_mini;
SELECT is(ARRAY[pg_temp.send('chan_member', 'mini_program'), pg_temp.send('chan_member', 'hotline')], '{ok,"42501 bound to other channels than \"hotline\"."}', 'a member has its group''s post as the group has it');
SELECT peoplecall.appoint('chan_member'::name, 'intake', 1) \g /dev/null
SELECT is(pg_temp.send('chan_member', 'hotline'), 'ok', 'and a post of its own besides');
INSERT INTO peoplecall.channel_role (channel, role) VALUES ('web', 'chan_member');
SELECT is(ARRAY[pg_temp.send('chan_member', 'web'), pg_temp.send('chan_member', 'mini_program')], '{ok,"42501 bound to other channels than \"mini_program\"."}', 'unless it is bound itself');

-- For whom an application acts.
SELECT is(pg_temp.try('chan_app', format('SELECT peoplecall.act_for(%s); SELECT peoplecall.submit(%L, ''事'', '''', ''420106012001'')', officer, channel)), outcome, format('for officer %s through %s: %s', officer, channel, note))
  FROM (VALUES (11, 'hotline', 'ok', 'his'), (11, 'mini_program', '42501 bound to other channels than "mini_program".', 'not his'), (12, 'mini_program', 'ok', 'he is free')) AS v (officer, channel, outcome, note);
INSERT INTO peoplecall.channel_role (channel, role) VALUES ('mini_program', 'chan_app');
SELECT is(pg_temp.try('chan_app', format('SELECT peoplecall.act_for(%s); SELECT peoplecall.submit(%L, ''事'', '''', ''420106012001'')', officer, channel)), outcome, format('the application bound, officer %s, %s', officer, channel))
  FROM (VALUES (11, 'hotline', '42501 bound to other channels than "hotline".'), (12, 'hotline', '42501 bound to other channels than "hotline".'), (12, 'mini_program', 'ok')) AS v (officer, channel, outcome);

-- What is there already: an application speaks for its own citizens, the
-- hotline for all, whoever has another duty by that.
SELECT complaint_id AS h FROM peoplecall.submit('hotline', '问', '', '420106012001', 'consult', 'consult') \gset
SELECT complaint_id AS m FROM peoplecall.submit('mini_program', '询', '', '420106012001', 'consult', 'consult') \gset
SELECT is(pg_temp.try(who, format('SELECT peoplecall.answer(%s, ''好'')', CASE matter WHEN 'h' THEN :h ELSE :m END)), outcome, format('%s answers %s', who, matter))
  FROM (VALUES ('chan_hotline', 'h', 'ok'), ('chan_hotline', 'm', 'ok'), ('chan_mini', 'm', 'ok'), ('chan_mini', 'h', '42501 bound to other channels than "hotline".'),
	('chan_old', 'm', 'ok'), ('chan_free', 'h', 'ok'), ('chan_both', 'h', '42501 bound to other channels than "hotline".'), ('postgres', 'h', 'ok')) AS v (who, matter, outcome);
SELECT peoplecall.answer(:h, '好') \g /dev/null
SELECT is(pg_temp.try(who, format('SELECT peoplecall.rate(%s, true, 5)', :h)), outcome, format('%s rates a matter of the hotline', who))
  FROM (VALUES ('chan_hotline', 'ok'), ('chan_mini', '42501 bound to other channels than "hotline".'), ('chan_both', 'ok'), ('chan_free', 'ok')) AS v (who, outcome);
SELECT is(pg_temp.try('chan_mini', 'SELECT peoplecall.rate(420106000000999999, true)'), 'PC005', 'of one that is not there nobody is told anything else');
UPDATE peoplecall.channel_role SET every_matter = true WHERE role = 'chan_mini';
SELECT is(ARRAY[pg_temp.try('chan_mini', format('SELECT peoplecall.rate(%s, true)', :h)), pg_temp.send('chan_mini', 'hotline')],
	'{ok,"42501 bound to other channels than \"hotline\"."}', 'every matter is not every channel');
-- the same call through another channel urges the one that is open
SELECT complaint_id AS c FROM peoplecall.submit('hotline', '噪声', '夜里', '420106012001', 'police.noise', reporter_phone => '10000000009') \gset
SELECT is(pg_temp.try('chan_mini', $$SELECT peoplecall.submit('mini_program', '噪声', '夜里', '420106012001', 'police.noise', reporter_phone => '10000000009')$$), 'ok', 'a call made again comes through the caller''s channel');
-- a sent number tells nothing to another channel
SELECT FROM peoplecall.submit('hotline', '事', '', '420106012001', external_id => 'n1') \g /dev/null
SELECT is(pg_temp.try('chan_mini', $$SELECT peoplecall.submit('hotline', '事', '', '420106012001', external_id => 'n1')$$), '42501 bound to other channels than "hotline".', 'nor is a number of it found');

-- The table.
SELECT is(ARRAY[pg_temp.refusal($$INSERT INTO peoplecall.channel_role (channel) VALUES ('hotline')$$), pg_temp.refusal($$INSERT INTO peoplecall.channel_role (channel, role, officer) VALUES ('hotline', 'x', 11)$$),
	pg_temp.refusal($$INSERT INTO peoplecall.channel_role (channel, role) VALUES ('fax', 'x')$$), pg_temp.refusal($$INSERT INTO peoplecall.channel_role (channel, role) VALUES ('hotline', 'chan_hotline')$$)],
	'{23514,23514,23503,23505}', 'a role or an officer, of a channel, once');
SELECT is(pg_temp.try('chan_mini', 'SELECT FROM peoplecall.channel_role'), '42501', 'who is bound to what is nobody else''s business');
TRUNCATE peoplecall.channel_role;
SELECT is(pg_temp.send('chan_mini', 'hotline'), 'ok', 'without bindings everybody is free');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
