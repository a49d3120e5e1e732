-- The three lists, wishes and volunteers: alliances, publishing, claiming,
-- keeping and giving back, expiry by the sweep, registering at home and at the
-- community, matching, the meeting that takes needs as its agenda and the
-- project that joins need and resource, and the reform's figures. What many
-- random verbs leave is compared with a recount after each.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
\ir ../fixture/acting.sql
SET LOCAL timezone = 'Asia/Shanghai';
SELECT no_plan();
SELECT pg_temp.at('2019-12-05 09:00');

-- 'quantity claimed fulfilled state' of a listing, and 'held kept how' of claims
CREATE FUNCTION pg_temp.listing(l bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', x.quantity, x.claimed, x.fulfilled, coalesce(x.closed, 'open')) FROM peoplecall.listing AS x WHERE x.id = l
$$;
CREATE FUNCTION pg_temp.claims(l bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', k.seq || ':', k.quantity, k.fulfilled, coalesce(k.ended, 'open')), ', ' ORDER BY k.seq) FROM peoplecall.claim AS k WHERE k.listing_id = l
$$;
CREATE FUNCTION pg_temp.listed(l bigint, back int DEFAULT 0) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', e.verb, 'claim ' || e.claim_seq, 'org ' || e.org, nullif(e.detail, '{}'))
	  FROM peoplecall.listing_event AS e WHERE e.listing_id = l ORDER BY e.seq DESC OFFSET back LIMIT 1
$$;
-- What notices of a listing say to whom, the latest first.
CREATE FUNCTION pg_temp.told(l bigint, back int DEFAULT 0) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.to_officer, n.body) FROM peoplecall.notice AS n WHERE n.complaint_id = l ORDER BY n.seq DESC OFFSET back LIMIT 1
$$;
-- A statement by an officer, in a transaction's part of its own where refused.
CREATE FUNCTION pg_temp.by(officer bigint, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	PERFORM peoplecall.act_for(officer);
	BEGIN
		EXECUTE statement INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE;
	END;
	PERFORM peoplecall.act_for(NULL);
	RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.says(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m text;
	d text;
	h text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
	RETURN concat_ws(' / ', SQLSTATE, m, nullif(d, ''), nullif(h, ''));
END
$$;
-- Everything that must hold of every listing, by a recount of its claims.
CREATE FUNCTION pg_temp.wrong() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s, recount %s %s', l.id, pg_temp.listing(l.id), r.claimed, r.fulfilled)
	  FROM peoplecall.listing AS l
	 CROSS JOIN LATERAL (
		SELECT coalesce(sum(CASE WHEN k.ended IS NULL THEN k.quantity ELSE k.fulfilled END), 0) AS claimed,
		       coalesce(sum(k.fulfilled), 0) AS fulfilled,
		       min(k.expires_at) FILTER (WHERE k.ended IS NULL) AS first_due
		  FROM peoplecall.claim AS k WHERE k.listing_id = l.id) AS r
	 WHERE (l.claimed, l.fulfilled) <> (r.claimed, r.fulfilled)
	    OR l.claimed > l.quantity OR l.fulfilled > l.claimed
	    OR l.next_alarm_at IS DISTINCT FROM least(CASE WHEN l.closed IS NULL THEN l.expires_at END, r.first_due)
	    OR (l.fulfilled = l.quantity AND l.closed IS NULL)
	UNION ALL
	SELECT format('%s: events %s', l.id, e.seqs)
	  FROM peoplecall.listing AS l
	  LEFT JOIN (SELECT x.listing_id, array_agg(x.seq ORDER BY x.seq) AS seqs, array_agg(x.at ORDER BY x.seq) AS ats,
	                    array_agg(x.at ORDER BY x.at, x.seq) AS sorted FROM peoplecall.listing_event AS x GROUP BY 1) AS e ON e.listing_id = l.id
	 WHERE e.seqs IS DISTINCT FROM ARRAY(SELECT generate_series(1, l.event_count)) OR e.ats <> e.sorted
	UNION ALL
	-- what a project holds, it holds of both or, once one ended by itself, of neither more than it has
	SELECT format('project %s: claim %s of %s', p.id, k.seq, k.listing_id)
	  FROM peoplecall.claim AS k
	  JOIN peoplecall.listing AS p ON p.id = k.project_id
	 WHERE k.fulfilled > p.fulfilled OR k.listing_id NOT IN (p.need_id, p.resource_id)
$$;

-- Alliances at district, street and community.
SELECT ok(peoplecall.join_alliance('420106', 31), 'an org joins the district''s alliance'),
       ok(NOT peoplecall.join_alliance('420106', 31), 'a member joins no second time'),
       ok(peoplecall.join_alliance('420106012', 31), 'another alliance is another matter'),
       ok(peoplecall.join_alliance('420106012001', 52), 'a community has one as well'),
       ok(peoplecall.leave_alliance('420106', 31), 'it leaves'),
       ok(NOT peoplecall.leave_alliance('420106', 31), 'once'),
       ok(peoplecall.join_alliance('420106', 31), 'and comes back');
SELECT is((SELECT string_agg(concat_ws(' ', seq, joined_by, left_by), ', ' ORDER BY seq) FROM peoplecall.alliance_member WHERE org = 31 AND area OPERATOR(peoplecall.=) '420106'),
	'1 postgres postgres, 2 postgres', 'with a row for each time');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.join_alliance(%s, %s)', a.area, a.org)), a.code, a.what)
  FROM (VALUES ('''4201''', '31', '22023', 'no alliance of the city'), ('''420102017020001''', '31', '22023', 'nor of a grid'), ('''420199''', '31', 'PC005', 'nor of an area that is not there'),
	('NULL', '31', '22004', 'nor of none'), ('''420106''', 'NULL', '22004', 'nor of nobody'), ('''420106''', '999', 'PC005', 'nor of an org that is not there')) AS a (area, org, code, what);
SELECT ok(count(peoplecall.appoint(p.officer, p.duty::peoplecall.duty, p.org)) = 12, 'posts')
  FROM (VALUES (221, 'handle', 22), (121, 'dispatch', 12), (311, 'handle', 31), (31, 'dispatch', 3), (211, 'dispatch', 21), (331, 'handle', 33),
	(521, 'handle', 52), (11, 'intake', 1), (231, 'handle', 23), (711, 'handle', 71), (61 * 10 + 1, 'supervise', 61), (341, 'handle', 34)) AS p (officer, duty, org);
SELECT is(pg_temp.by(121, 'SELECT peoplecall.join_alliance(''420106012'', 71)'), 'true', 'the street takes into its own'),
       is(pg_temp.by(121, 'SELECT peoplecall.join_alliance(''420106012009'', 71)'), 'true', 'and into those below'),
       is(pg_temp.by(121, 'SELECT peoplecall.join_alliance(''420106'', 71)'), '42501', 'not into the district''s'),
       is(pg_temp.by(121, 'SELECT peoplecall.join_alliance(''420106015'', 71)'), '42501', 'nor the neighbour''s'),
       is(pg_temp.by(221, 'SELECT peoplecall.join_alliance(''420106012001'', 71)'), '42501', 'handling is not enough');

-- Publishing: who for where.
CREATE TEMPORARY TABLE l (name text PRIMARY KEY, id bigint);
INSERT INTO l VALUES ('need', peoplecall.publish('need', ' 家庭适老化改造 ', '420106012001', '三户独居老人家庭', 3, NULL, 'property', 22));
SELECT is(concat_ws(' ', x.kind, x.org, x.title, x.body, x.category, x.quantity, x.claimed, x.fulfilled, x.district_id), 'need 22 家庭适老化改造 三户独居老人家庭 property 3 0 0 420106', 'a need is published')
  FROM peoplecall.listing AS x JOIN l ON l.id = x.id;
SELECT is(peoplecall.district_of(id), 420106, 'its number tells its district'), is(pg_temp.listed(id), 'publish org 22 {"org": 22, "kind": "need", "category": "property", "quantity": 3}', 'its history begins') FROM l;
SELECT is(pg_temp.by(p.officer, format('SELECT peoplecall.publish(%s) > 0', p.args)), p.answer, p.what)
  FROM (VALUES
	(221, '''need'', ''t'', ''420106012001''', 'true', 'a community for itself, without naming an org'),
	(221, '''need'', ''t'', ''420106012009''', '42501', 'not for the one beside it'),
	(221, '''need'', ''t'', ''420106012001'', org => 52', '42501', 'nor for another org'),
	(121, '''need'', ''t'', ''420106012001'', org => 22', 'true', 'the street for its community'),
	(311, '''resource'', ''t'', ''420106015''', 'true', 'a department within its district'),
	(311, '''resource'', ''t'', ''420102''', '42501', 'not beyond it'),
	(521, '''resource'', ''t'', ''420106012001''', 'true', 'a team within its street'),
	(521, '''resource'', ''t'', ''420106''', '42501', 'a team of the street, for the district'),
	(711, '''resource'', ''t'', ''420106012'', org => 71', 'true', 'a body from elsewhere, where it is in the alliance'),
	(711, '''resource'', ''t'', ''420106012001'', org => 71', 'true', 'and below'),
	(711, '''resource'', ''t'', ''420106'', org => 71', '42501', 'not above'),
	(711, '''resource'', ''t'', ''420106015'', org => 71', '42501', 'not beside'),
	(211, '''resource'', ''t'', ''420106012'', org => 71', 'true', 'the community where an outside body sits speaks for it'),
	(121, '''resource'', ''t'', ''420106012'', org => 71', '42501', 'the street where it only is a member does not'),
	(311, '''wish'', ''t'', ''420106012001''', '42501', 'a department has no residents'' wishes'),
	(711, '''wish'', ''t'', ''420106012'', org => 71', '42501', 'nor has a company'),
	(221, '''wish'', ''t'', ''420106012001''', 'true', 'a community has'),
	(121, '''wish'', ''t'', ''420106012009''', 'true', 'or its street'),
	(11, '''post'', ''t'', ''420106012001''', '42501', 'intake publishes nothing'),
	(611, '''post'', ''t'', ''420106012001''', '42501', 'nor does inspection')) AS p (officer, args, answer, what);
SELECT is(pg_temp.refusal(format('SELECT peoplecall.publish(%s)', p.args)), p.code, p.what)
  FROM (VALUES
	('NULL, ''t'', ''420106012001''', '22004', 'no kind'), ('''thing'', ''t'', ''420106012001''', '22023', 'an unknown kind'),
	('''need'', ''  '', ''420106012001''', '22004', 'an empty title'), ('''need'', ''t'', NULL', '22004', 'no area'), ('''need'', ''t'', ''420199''', 'PC005', 'an unknown area'),
	('''need'', ''t'', ''420106012001'', quantity => 0', '22023', 'a quantity of nothing'), ('''need'', ''t'', ''420106012001'', quantity => NULL', 'no error', 'no quantity is one'),
	('''need'', ''t'', ''420106012001'', category => ''no.such''', 'PC004', 'an unknown category'), ('''need'', ''t'', ''420106012001'', org => 999', 'PC005', 'an unknown org'),
	('''need'', ''t'', ''420106012001'', expires_at => ''2019-12-05 09:00+08''', '22023', 'an expiry that is now'),
	('''need'', ''t'', ''420106012001'', resource_name => ''x''', '42883', 'an unknown argument'),
	('''need'', ''t'', ''420106012001'', resident_name => ''王大妈''', '22023', 'a resident of a need')) AS p (args, code, what);
SELECT is(pg_temp.by(311, 'SELECT peoplecall.publish(''need'', ''t'', ''420106012001'', org => 999)'), '42501', 'whoever is not the owner is not told which orgs there are');

-- A wish: whose it is stays in a table of its own, and in no text.
INSERT INTO l VALUES ('wish', peoplecall.publish('wish', '一盏台灯', '420106012001', quantity => 2, org => 22, resident_name => '许愿大妈', resident_phone => '10000000099'));
SELECT is((SELECT concat_ws(' ', r.name, r.phone, r.area) FROM peoplecall.listing_resident AS r JOIN l ON l.id = r.listing_id), '许愿大妈 10000000099 420106012001', 'the resident is noted');

-- Volunteers.
CREATE TEMPORARY TABLE v (name text PRIMARY KEY, id bigint);
INSERT INTO v VALUES
	('member', peoplecall.register_volunteer('member', '张伟', '420106012001', 31, '10000000001')),
	('namesake', peoplecall.register_volunteer('member', '张伟', '420106012001', 31, '10000000002')),
	('colleague', peoplecall.register_volunteer('member', '李娜', '420102017020', 31)),
	('branch', peoplecall.register_volunteer('branch', '市场监管局第一党支部', '420106012001', 31)),
	('resident', peoplecall.register_volunteer('resident', '欧阳明', '420106012009'));
SELECT is((SELECT string_agg(concat_ws(' ', v.name, x.kind, x.name, x.community, x.home_org), ', ' ORDER BY x.id) FROM peoplecall.volunteer AS x JOIN v USING (id)),
	'colleague member 李** 420102017020 31, member member 张** 420106012001 31, namesake member 张** 420106012001 31, branch branch 市场监管局第一党支部 420106012001 31, resident resident 欧** 420106012009', 'what everybody reads of them');
SELECT is((SELECT string_agg(concat_ws(' ', p.name, p.phone), ', ' ORDER BY p.volunteer_id) FROM peoplecall.volunteer_person AS p), '李娜, 张伟 10000000001, 张伟 10000000002, 欧阳明', 'who they are; a branch is no person');
SELECT is(peoplecall.register_volunteer(a.kind, a.name, a.community::peoplecall.areacode, a.org, a.phone), v.id, a.what)
  FROM (VALUES ('member', 'member', ' 张伟 ', '420106012001', 31, '+86 100 0000 0001', 'the same once more: his phone written otherwise'),
	('colleague', 'member', '李娜', '420102017020', 31, '10000000003', 'one whose phone was not known'),
	('member', 'member', '张伟', '420106012001', 31, NULL, 'or is not'),
	('branch', 'branch', '市场监管局第一党支部', '420106012001', 31, NULL, 'a branch'),
	('resident', 'resident', '欧阳明', '420106012009', NULL, NULL, 'without a home unit')) AS a (who, kind, name, community, org, phone, what)
  JOIN v ON v.name = a.who;
SELECT isnt(peoplecall.register_volunteer(a.kind, a.name, a.community::peoplecall.areacode, a.org), v.id, a.what)
  FROM (VALUES ('branch', 'branch', '市场监管局第一党支部', '420106012009', 31, 'another community is another registration'), ('branch', 'branch', '市场监管局第一党支部', '420106012001', 33, 'another unit another branch'),
	('member', 'resident', '张伟', '420106012001', 31, 'a resident is no member')) AS a (who, kind, name, community, org, what)
  JOIN v ON v.name = a.who;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.register_volunteer(%s)', a.args)), a.code, a.what)
  FROM (VALUES ('''member'', ''某'', ''420106012''', '22023', 'at a street'), ('''member'', ''某'', ''420102017020001''', '22023', 'at a grid'), ('''leader'', ''某'', ''420106012001''', '22023', 'an unknown kind'),
	('''member'', '' '', ''420106012001''', '22004', 'without a name'), ('''member'', ''某'', NULL', '22004', 'nowhere'), ('''member'', ''某'', ''420106012099''', 'PC005', 'at no community'),
	('''member'', ''某'', ''420106012001'', 999', 'PC005', 'of no org'), ('''member'', ''某'', ''420106012001'', 31, ''none''', '22023', 'a phone that is none')) AS a (args, code, what);
SELECT is(pg_temp.by(11, 'SELECT peoplecall.register_volunteer(''member'', ''网上'', ''420102017017'', 41) > 0'), 'true', 'the mini-program registers in the whole city'),
       is(pg_temp.by(221, 'SELECT peoplecall.register_volunteer(''member'', ''现场'', ''420106012001'', 41) > 0'), 'true', 'a community on site'),
       is(pg_temp.by(221, 'SELECT peoplecall.register_volunteer(''member'', ''现场'', ''420106012009'', 41) > 0'), '42501', 'not for another');

-- Claiming.
SELECT is(peoplecall.claim(l.id, 1, v.id), 1, 'a member claims a wish'), is(pg_temp.listing(l.id), '2 1 0 open', 'half is left'), is(pg_temp.told(l.id), '221 【认领通知】一名报到党员认领了“一盏台灯”（' || peoplecall.complaint_no(l.id) || '）1份，余1份，期限2019-12-12 09:00，请对接落实。', 'the publisher is told, and not who it is')
  FROM l, v WHERE l.name = 'wish' AND v.name = 'member';
SELECT is((SELECT concat_ws(' ', k.home_org, k.claimer_area, k.expires_at AT TIME ZONE 'Asia/Shanghai') FROM peoplecall.claim AS k JOIN l ON l.id = k.listing_id), '31 420106012001 2019-12-12 09:00:00', 'the claim knows his home unit, his community, and when it lapses');
SELECT matches(pg_temp.says(format('SELECT peoplecall.claim(%s, 1, %s)', l.id, v.id)), '^23505 / volunteer \d+ has claimed listing 420106-\d+ already / It is claim 1\.$', 'nobody claims a wish twice')
  FROM l, v WHERE l.name = 'wish' AND v.name = 'member';
SELECT matches(pg_temp.says(format('SELECT peoplecall.claim(%s, 2, %s)', l.id, v.id)), '^PC001 / listing 420106-\d+ has not that much left / Of 2, 1 are free; 2 were asked for\.$', 'nor more than is left')
  FROM l, v WHERE l.name = 'wish' AND v.name = 'namesake';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.claim(%s)', replace(a.args, 'W', l.id::text))), a.code, a.what)
  FROM l, (VALUES ('W', '22004', 'the owner must say for whom'), ('W, 1, org => 22', '23514', 'the publisher claims nothing of its own'), ('W, 0, org => 12', '22023', 'nothing'), ('W, 1, 420106000000999999', 'PC005', 'by a volunteer who is not there'),
	('W, 1, org => 997', 'PC005', 'by an org that is not there'), ('420106000000999999, 1, org => 12', 'PC005', 'of what is not there'), ('NULL, 1, org => 12', '22004', 'of nothing'), ('W, 1, 1, 12', '22023', 'for two at once'),
	('W, 1, org => 12, expires_at => ''2019-12-05 09:00+08''', '22023', 'until now')) AS a (args, code, what)
 WHERE l.name = 'wish';
SELECT is(pg_temp.by(a.officer, format('SELECT peoplecall.claim(%s, 1%s)', l.id, replace(a.who, 'R', v.id::text))), a.answer, a.what)
  FROM l, v, (VALUES (221, ', R', '42501', 'a community does not claim for another''s resident'), (331, ', org => 31', '42501', 'nor an org for another'), (11, ', R', '2', 'the mini-program for everybody')) AS a (officer, who, answer, what)
 WHERE l.name = 'wish' AND v.name = 'resident';
SELECT is(pg_temp.by(331, format('SELECT peoplecall.claim(%s, 1)', l.id)), 'PC001', 'now it is gone') FROM l WHERE l.name = 'wish';

-- Fulfilling: the publisher's side says so.
SELECT is(pg_temp.by(a.officer, format('SELECT peoplecall.fulfil(%s, 1, ''已送到'')', l.id)), a.answer, a.what)
  FROM l, (VALUES (311, '42501', 'the claimer''s home unit does not confirm'), (231, '42501', 'nor another community'), (11, '42501', 'nor the mini-program'), (221, '0', 'the community does'), (221, 'PC001', 'once')) AS a (officer, answer, what)
 WHERE l.name = 'wish';
SELECT is(pg_temp.listing(id), '2 2 1 open', 'one lamp is there'), is(pg_temp.listed(id), 'fulfil claim 1 org 22 {"note": "已送到", "open": 0, "quantity": 1}', 'and it is written down') FROM l WHERE l.name = 'wish';
SELECT is(peoplecall.fulfil(id, 2), 0, 'the other') , is(pg_temp.listing(id), '2 2 2 fulfilled', 'and the wish is done') FROM l WHERE l.name = 'wish';

-- An org's claim, in parts; nobody confirms his own.
INSERT INTO l VALUES ('desks', peoplecall.publish('need', '课桌', '420106012', quantity => 10, org => 12));
SELECT is(pg_temp.by(221, format('SELECT peoplecall.claim(%s, 6)', id)), '1', 'a community takes six of its street''s'), is(pg_temp.told(id), '121 【认领通知】东湖路社区认领了“课桌”（' || peoplecall.complaint_no(id) || '）6份，余4份，期限2019-12-12 09:00，请对接落实。', 'an org is named') FROM l WHERE name = 'desks';
SELECT is(pg_temp.by(221, format('SELECT peoplecall.fulfil(%s, 1)', id)), '42501', 'it does not confirm them') FROM l WHERE name = 'desks';
SELECT ok(peoplecall.appoint(221, 'handle', 12) > 0, 'not even with a post of the publisher beside');
SELECT matches((SELECT pg_temp.by(221, format('SELECT peoplecall.fulfil(%s, 1)', id)) FROM l WHERE name = 'desks'), '42501', 'refused');
SELECT ok(peoplecall.dismiss(221, 'handle', 12), 'that post ends');
SELECT is(pg_temp.by(121, format('SELECT peoplecall.fulfil(%s, 1, quantity => 4)', id)), '2', 'four came, two are open'), is(pg_temp.claims(id), '1: 6 4 open', 'in the claim'), is(pg_temp.listing(id), '10 6 4 open', 'and in the listing') FROM l WHERE name = 'desks';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.fulfil(%s, 1, quantity => %s)', id, q)), '22023', 'not ' || q) FROM l, unnest(ARRAY[3, 0, -1]) AS q WHERE name = 'desks';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.fulfil(%s, %s)', id, q)), code, 'claim ' || q) FROM l, (VALUES ('9', 'PC005'), ('NULL', '22004')) AS q (q, code) WHERE name = 'desks';
-- giving back
SELECT is(pg_temp.by(311, format('SELECT peoplecall.release(%s, 1, ''无货'')', id)), '42501', 'a stranger gives nothing back'),
       is(pg_temp.by(221, format('SELECT peoplecall.release(%s, 1, '' '')', id)), '22004', 'nor anybody without a reason'),
       is(pg_temp.by(221, format('SELECT peoplecall.release(%s, 1, ''无货'')', id)), '2', 'the claimer what is open'),
       is(pg_temp.by(221, format('SELECT peoplecall.release(%s, 1, ''无货'')', id)), 'PC001', 'once'),
       is(pg_temp.listing(id), '10 4 4 open', 'it is free again, what came stays'),
       is(pg_temp.claims(id), '1: 6 4 released', 'also of the claim'),
       matches(pg_temp.told(id), '^121 【认领取消】东湖路社区认领的“课桌”.*无货', 'the publisher is told')
  FROM l WHERE name = 'desks';
SELECT is(pg_temp.by(221, format('SELECT peoplecall.claim(%s, 1)', id)), '2', 'after that the claimer may try again'),
       is(pg_temp.by(121, format('SELECT peoplecall.release(%s, 2, ''不合适'')', id)), '1', 'the publisher takes it back'),
       matches(pg_temp.told(id), '^221 .*不合适', 'the claimer is told')
  FROM l WHERE name = 'desks';
-- closing
SELECT is(pg_temp.by(311, format('SELECT peoplecall.claim(%s, 3)', id)), '3', 'a department takes three') FROM l WHERE name = 'desks';
SELECT is(pg_temp.by(221, format('SELECT peoplecall.close_listing(%s, ''已解决'')', id)), '42501', 'only the publisher closes'),
       is(pg_temp.by(121, format('SELECT peoplecall.close_listing(%s, ''已解决'')', id)), 'true', 'the street does'),
       is(pg_temp.by(121, format('SELECT peoplecall.close_listing(%s, ''已解决'')', id)), 'false', 'once'),
       is(pg_temp.listing(id), '10 4 4 withdrawn', 'what was promised is not owed any more'),
       matches(pg_temp.told(id), '^311 【清单下架】“课桌”.*武昌区市场监督管理局的认领随之终止：已解决', 'and who promised is told'),
       is(pg_temp.listed(id), 'close_listing org 12 {"claims": [3], "reason": "已解决"}', 'the history says which'),
       is(pg_temp.refusal(format('SELECT peoplecall.claim(%s, 1, org => 31)', id)), 'PC001', 'nobody claims it'),
       is(pg_temp.refusal(format('SELECT peoplecall.fulfil(%s, 3)', id)), 'PC001', 'nor confirms')
  FROM l WHERE name = 'desks';

-- A post is taken more than once where setting claim_again says so.
INSERT INTO l VALUES ('post', peoplecall.publish('post', '护学岗', '420106', quantity => 4, org => 33));
SELECT is(peoplecall.claim(l.id, 1, v.id), 1, 'a shift'), is(peoplecall.claim(l.id, 1, v.id), 2, 'and another') FROM l, v WHERE l.name = 'post' AND v.name = 'member';
UPDATE peoplecall.setting SET value = '[]' WHERE name = 'claim_again';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.claim(%s, 1, %s)', l.id, v.id)), '23505', 'not where it does not') FROM l, v WHERE l.name = 'post' AND v.name = 'member';
UPDATE peoplecall.setting SET value = '["wish", "post"]' WHERE name = 'claim_again';

-- Expiry by the sweep, and without it.
INSERT INTO l VALUES ('short', peoplecall.publish('resource', '会议室', '420106012', quantity => 2, expires_at => '2019-12-08 09:00+08', org => 12));
SELECT is(peoplecall.claim(id, 1, org => 33, expires_at => '2019-12-07 09:00+08'), 1, 'until the 7th'), is(peoplecall.claim(id, 1, org => 31, expires_at => '2019-12-20 09:00+08'), 2, 'until after the listing itself') FROM l WHERE name = 'short';
SELECT is(next_alarm_at, '2019-12-07 09:00+08'::timestamptz, 'the first of these wakes the sweep') FROM peoplecall.listing JOIN l USING (id) WHERE l.name = 'short';
SELECT pg_temp.at('2019-12-07 08:59');
SELECT is_empty('SELECT * FROM peoplecall.due_list_districts()', 'not before');
SELECT pg_temp.at('2019-12-07 09:00');
SELECT set_eq('SELECT * FROM peoplecall.due_list_districts()', ARRAY[420106], 'then that district is due');
SELECT is((SELECT (b.district_id, b.due, b.oldest)::text FROM peoplecall.sweep_backlog AS b), '(420106,1,"2019-12-07 09:00:00+08")', 'as the backlog says');
SAVEPOINT before_sweep;
SELECT is(peoplecall.tick_lists(420106)::text, '(1,1,1,0,0)', 'one listing, one claim lapses'), is(pg_temp.listing(id), '2 1 0 open', 'and its part is free'), is(pg_temp.listed(id), 'lapse claim 1 {"free": 1, "was_due": "2019-12-07T01:00:00+00:00"}', 'it says when it was due'),
       matches(pg_temp.told(id), '^331 【认领失效】武昌区公安分局认领的“会议室”', 'the claimer is told'), matches(pg_temp.told(id, 1), '^121 【认领失效】', 'and the publisher'), is(peoplecall.tick_lists(420106)::text, '(0,0,0,0,0)', 'once') FROM l WHERE name = 'short';
ROLLBACK TO before_sweep;
SELECT is(peoplecall.claim(id, 1, org => 34), 3, 'what lapsed is free before the sweep comes'), is(pg_temp.claims(id), '1: 1 0 lapsed, 2: 1 0 open, 3: 1 0 open', 'the claim that takes it ends the other') FROM l WHERE name = 'short';
SELECT pg_temp.at('2019-12-08 09:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.claim(%s, 1, org => 31)', id)), 'PC001', 'an expired listing is closed before the sweep comes') FROM l WHERE name = 'short';
SELECT is((SELECT free FROM peoplecall.lists JOIN l ON l.id = listing_id WHERE l.name = 'short'), 0, 'as the view says');
SELECT pg_temp.at('2019-12-30 09:00');
SELECT is(peoplecall.tick_lists(420106, 500)::text, '(2,2,4,1,0)', 'late, the sweep ends all at once'), is(pg_temp.listing(id), '2 0 0 expired', 'the listing closed, its claims lapsed') FROM l WHERE name = 'short';
SELECT is(pg_temp.refusal('SELECT peoplecall.tick_lists(NULL)'), '22004', 'no district'), is(pg_temp.refusal('SELECT peoplecall.tick_lists(420106, 0)'), '22023', 'no batch');
-- a claim that was kept after all
SELECT is(peoplecall.fulfil(id, 2), 0, 'what lapsed can be confirmed while it is free'), is(pg_temp.listing(id), '2 1 1 expired', 'and counts'), is(peoplecall.fulfil(id, 1), 0, 'also of a listing that expired'), is(pg_temp.refusal(format('SELECT peoplecall.fulfil(%s, 3)', id)), 'PC001', 'not once others kept theirs') FROM l WHERE name = 'short';
SELECT is_empty('SELECT pg_temp.wrong()', 'all counts are what a recount finds');

-- One that fails does not keep the others.
INSERT INTO l VALUES ('bad', peoplecall.publish('need', '坏', '420106012', expires_at => '2019-12-31 09:00+08', org => 12)), ('good', peoplecall.publish('need', '好', '420106012', expires_at => '2019-12-31 09:00+08', org => 12));
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no such day'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON peoplecall.listing FOR EACH ROW WHEN (OLD.title = '坏') EXECUTE FUNCTION pg_temp.refuse();
GRANT EXECUTE ON FUNCTION pg_temp.refuse() TO PUBLIC;
SELECT pg_temp.at('2020-01-01 09:00');
SELECT is(peoplecall.tick_lists(420106)::text, '(2,1,0,1,1)', 'one is closed, one failed');
SELECT is((SELECT concat_ws(' ', attempts, sqlstate, message, retry_at > failed_at) FROM peoplecall.sweep_status JOIN l ON l.id = complaint_id WHERE l.name = 'bad'), '1 P0001 no such day t', 'and says why'), is(peoplecall.tick_lists(420106)::text, '(0,0,0,0,0)', 'it waits');
SELECT pg_temp.at('2020-01-01 09:01');
SELECT ok((SELECT count(*) = 0 FROM peoplecall.due_districts()), 'the ladder''s sweep goes by'), is(peoplecall.tick_lists(420106)::text, '(1,0,0,0,1)', 'is tried again');
DROP TRIGGER refuse ON peoplecall.listing;
SELECT pg_temp.at('2020-01-01 09:09');
SELECT is(peoplecall.tick_lists(420106)::text, '(1,1,0,1,0)', 'and done'), is_empty('SELECT * FROM peoplecall.sweep_status', 'with nothing left of it');

-- Leaving.
SELECT pg_temp.at('2020-01-02 09:00');
INSERT INTO l VALUES ('book', peoplecall.publish('wish', '图书', '420106015006', org => 23));
SELECT is(peoplecall.claim(l.id, 1, v.id), 1, 'a claim in another community') FROM l, v WHERE l.name = 'book' AND v.name = 'namesake';
SELECT matches(pg_temp.says(format('SELECT peoplecall.unregister_volunteer(%s)', v.id)), '^PC001 / volunteer \d+ has open claims / Open are claim 1 of 420106-\d+\. / Release', 'nobody leaves with a promise open') FROM v WHERE v.name = 'namesake';
SELECT is(pg_temp.by(221, format('SELECT peoplecall.release(%s, 1, ''搬家'')', l.id)), '1', 'his community gives it back for him') FROM l WHERE l.name = 'book';
SELECT is(pg_temp.by(231, format('SELECT peoplecall.unregister_volunteer(%s)', id)), '42501', 'another community ends no registration'), is(pg_temp.by(221, format('SELECT peoplecall.unregister_volunteer(%s, ''搬家'')', id)), 'true', 'his own does'), is(pg_temp.by(221, format('SELECT peoplecall.unregister_volunteer(%s)', id)), 'false', 'once') FROM v WHERE name = 'namesake';
SELECT is(pg_temp.refusal(format('SELECT peoplecall.claim((SELECT id FROM l WHERE name = ''book''), 1, %s)', id)), 'PC001', 'he claims no more'), is((SELECT count(*) FROM peoplecall.volunteer_person WHERE volunteer_id = id), 0::bigint, 'his name and phone are gone'),
       is((SELECT left_reason FROM peoplecall.volunteer AS x WHERE x.id = v.id), '搬家', 'that he was there is not'),
       isnt(peoplecall.register_volunteer('member', '张伟', '420106012001', 31, '10000000002'), id, 'if he comes back he is registered anew') FROM v WHERE name = 'namesake';
SELECT is(pg_temp.refusal('SELECT peoplecall.unregister_volunteer(NULL)'), '22004', 'nobody'), is(pg_temp.refusal('SELECT peoplecall.unregister_volunteer(420106000000999999)'), 'PC005', 'one who is not there');

-- Back to the home unit.
SELECT is((SELECT concat_ws(' ', h.home_org, h.branches, h.members, h.residents, h.communities, h.claims, h.claims_open, h.claims_fulfilled, h.claims_lapsed) FROM peoplecall.home_counts(31) AS h), '31 2 3 1 3 4 0 1 2', 'what counts back to the department');
SELECT is((SELECT string_agg(h.home_org::text, ' ' ORDER BY h.home_org) FROM peoplecall.home_counts(3) AS h), '31 33', 'to the district by its departments'), is(pg_temp.by(311, 'SELECT members FROM peoplecall.home_counts()'), '3', 'each for itself'), is(pg_temp.by(311, 'SELECT members FROM peoplecall.home_counts(33)'), '42501', 'not for another'),
       is((SELECT h.claims FROM peoplecall.home_counts(31, '2020-01-01', '2020-02-01') AS h), 1::bigint, 'the claims of a month');

-- No name and no phone in what anybody reads.
SELECT is_empty($$SELECT t.x FROM (SELECT detail::text AS x FROM peoplecall.listing_event UNION ALL SELECT body || coalesce(phone, '') FROM peoplecall.notice WHERE to_officer IS NULL
	UNION ALL SELECT body FROM peoplecall.notice UNION ALL SELECT l::text FROM peoplecall.listing AS l UNION ALL SELECT k::text FROM peoplecall.claim AS k UNION ALL SELECT v::text FROM peoplecall.volunteer AS v) AS t
	WHERE t.x ~ '张伟|李娜|欧阳明|许愿大妈|1000000000[1-9]|10000000099'$$, 'no event, notice or list names a person');

-- Matching: the nearest first, by category, by likeness, enough left.
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'so far the ledger is whole');
DELETE FROM peoplecall.listing_event; DELETE FROM peoplecall.claim; DELETE FROM peoplecall.listing_resident; DELETE FROM peoplecall.listing;
DELETE FROM peoplecall.notice;
TRUNCATE l;
INSERT INTO l VALUES ('N', peoplecall.publish('need', '社区养老食堂需要厨师', '420106012001', quantity => 2, category => 'property', org => 22));
SELECT is_empty('SELECT * FROM peoplecall.match_needs(''420106'')', 'nothing answers');
INSERT INTO l SELECT r.name, peoplecall.publish('resource', r.title, r.area::peoplecall.areacode, quantity => r.q, category => r.category::ltree, org => r.org)
  FROM (VALUES ('city', '养老食堂厨师', '4201', 9, 'property', 1), ('district', '养老食堂厨师', '420106', 2, 'property', 3), ('other street', '厨师', '420106015006', 2, 'property', 23), ('same street', '水电维修', '420106012009', 5, 'property.garage', 25),
	('same street, likelier', '养老食堂厨师', '420106012', 5, 'property.garage', 12), ('near, too little', '养老食堂厨师', '420106012001', 1, 'property', 12), ('near', '社区食堂', '420106012001', 2, NULL, 12), ('unlike', '法律咨询', '420106012001', 9, 'market', 12),
	('elsewhere in the city', '养老食堂厨师', '420102017020', 9, 'property', 21), ('its own', '社区养老食堂需要厨师', '420106012001', 9, 'property', 22)) AS r (name, title, area, q, category, org);
SELECT results_eq('SELECT m.rank, l.name, m.nearness::text, m.free FROM peoplecall.match_needs(''420106'', 20) AS m JOIN l ON l.id = m.resource_id ORDER BY m.rank',
	$$VALUES (1, 'near', 'community', 2), (2, 'same street, likelier', 'street', 5), (3, 'same street', 'street', 5), (4, 'district', 'district', 2), (5, 'other street', 'district', 2), (6, 'city', 'city', 9), (7, 'elsewhere in the city', 'city', 9), (8, 'near, too little', 'community', 1)$$,
	'up the hierarchy; what has nothing to do with it, and the need''s own org''s, are left out');
SELECT matches((SELECT m.why FROM peoplecall.match_needs() AS m WHERE m.rank = 2), '^same street, category above or below, likeness 0\.\d+, enough: 5 for 2$', 'and why'), is((SELECT count(*) FROM peoplecall.match_needs()), 5::bigint, 'the best five'), is((SELECT count(*) FROM peoplecall.match_needs('420106', 1)), 1::bigint, 'or as many as asked for'),
       is_empty('SELECT * FROM peoplecall.match_needs(''420102'')', 'of the area''s needs'), is_empty('SELECT * FROM peoplecall.match_needs(NULL)', 'none for NULL');
SELECT is(peoplecall.claim(id, 2, org => 31, expires_at => '2020-02-01'), 1, 'one is taken') FROM l WHERE name = 'near';
SELECT is((SELECT l.name FROM peoplecall.match_needs() AS m JOIN l ON l.id = m.resource_id WHERE m.rank = 1), 'same street, likelier', 'and no more proposed');
UPDATE peoplecall.setting SET value = '0' WHERE name = 'match_likeness';
SELECT ok(EXISTS (SELECT FROM peoplecall.match_needs('420106', 20) AS m JOIN l ON l.id = m.resource_id WHERE l.name = 'unlike'), 'setting match_likeness says from where on words are enough');
UPDATE peoplecall.setting SET value = '0.1' WHERE name = 'match_likeness';

-- A meeting takes the open needs as its agenda; out of it comes a project.
SELECT is(pg_temp.refusal('SELECT peoplecall.convene_needs(''420106015'')'), 'PC001', 'no need, no meeting'), is(pg_temp.refusal(format('SELECT peoplecall.convene_needs(''420106015'', needs => ARRAY[%s])', id)), '22023', 'nor about another area''s'), is(pg_temp.refusal('SELECT peoplecall.convene_needs(''420106'', needs => ''{420106000000999999}'')'), '22023', 'or about none'),
       is(pg_temp.refusal('SELECT peoplecall.convene_needs(''420106'', meets_at => ''2020-01-01'')'), '22023', 'nor yesterday'), is(pg_temp.refusal('SELECT peoplecall.convene_needs(''420106'', ''{999}'')'), 'PC005', 'nor with an org that is not there'), is(pg_temp.refusal('SELECT peoplecall.convene_needs(NULL)'), '22004', 'nor nowhere'),
       is(pg_temp.refusal(format('SELECT peoplecall.close_listing(%1$s, ''x''), peoplecall.convene_needs(''420106'', needs => ARRAY[%1$s])', id)), 'PC001', 'nor about one that is closed'),
       is(pg_temp.refusal('SELECT peoplecall.convene_needs(''420106012001'', ''{22}'')'), '22004', 'nor alone'), is(pg_temp.by(221, 'SELECT peoplecall.convene_needs(''420106012001'')'), '42501', 'nor by a handler')
  FROM l WHERE name = 'N';
INSERT INTO l SELECT 'meeting', pg_temp.by(31, 'SELECT peoplecall.convene_needs(''420106'', meets_at => ''2020-01-03 09:00+08'', place => ''区政府'')')::bigint;
SELECT is((SELECT concat_ws(' / ', m.convened_by, m.title, m.agenda) FROM peoplecall.coordination AS m JOIN l ON l.id = m.id), '3 / 需求对接会 / 1. ' || peoplecall.complaint_no(id) || ' 社区养老食堂需要厨师 ×2（东湖路社区）', 'the agenda is the needs'),
       is((SELECT array_agg(p.org ORDER BY p.org) FROM peoplecall.coordination_party AS p), '{22,31}', 'whose they are and the alliance are called'), is(pg_temp.listed(id), 'convene org 3 ' || jsonb_build_object('coordination', (SELECT id FROM l WHERE name = 'meeting'))::text, 'the need''s history tells it')
  FROM l WHERE name = 'N';
CREATE FUNCTION pg_temp.project(resource text, args text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT peoplecall.publish_project(%s, %s, %s%s)', (SELECT id FROM l WHERE name = 'meeting'), (SELECT id FROM l WHERE name = 'N'), (SELECT id FROM l WHERE name = resource), args)
$$;
SELECT is(pg_temp.refusal(pg_temp.project(a.resource, a.args)), a.code, a.what)
  FROM (VALUES ('near', '', 'PC001', 'nothing is left of that'), ('district', ', quantity => 3', 'PC001', 'more than both have'), ('district', ', quantity => 0', '22023', 'nothing'), ('its own', '', '23514', 'with itself'), ('N', '', '22023', 'a need is no resource'),
	('district', ', expires_at => ''2020-01-01''', '22023', 'until yesterday')) AS a (resource, args, code, what);
SELECT is(pg_temp.by(221, pg_temp.project('district')), '42501', 'only the convenor publishes it'), is(pg_temp.refusal(format('SELECT peoplecall.publish_project(%s, %s, %s)', (SELECT id FROM l WHERE name = 'meeting'), (SELECT id FROM l WHERE name = 'district'), (SELECT id FROM l WHERE name = 'city'))), '22023', 'a resource is no need');
INSERT INTO l SELECT 'project', pg_temp.by(31, pg_temp.project('same street, likelier', ', title => ''社区食堂开灶'', expires_at => ''2020-03-01 00:00+08'''))::bigint;
SELECT is((SELECT concat_ws(' ', x.kind, x.org, x.area, x.title, x.quantity, x.claimed, x.coordination_id = (SELECT id FROM l WHERE name = 'meeting'), x.need_id = (SELECT id FROM l WHERE name = 'N')) FROM peoplecall.listing AS x JOIN l USING (id) WHERE l.name = 'project'), 'project 3 420106 社区食堂开灶 2 2 t t', 'a project joins both'),
       is((SELECT string_agg(concat_ws(' ', l.name, k.org, k.quantity, k.project_id IS NOT NULL), ', ' ORDER BY k.listing_id) FROM peoplecall.claim AS k JOIN l ON l.id = k.listing_id WHERE l.name <> 'near'), 'N 12 2 t, same street, likelier 22 2 t, project 12 2 f', 'and holds what it needs of each'),
       is((SELECT count(*) FROM peoplecall.open_needs('420106')), 0::bigint, 'the need is open no more'), is((SELECT string_agg(n.to_officer::text, ' ' ORDER BY n.seq) FROM peoplecall.notice AS n JOIN l ON l.id = n.complaint_id WHERE l.name = 'project'), '221 121', 'both are told');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.%s', replace(a.call, 'N', (SELECT id::text FROM l WHERE name = 'N')))), 'PC001', 'what a project holds goes with the project: ' || a.call) FROM (VALUES ('fulfil(N, 1)'), ('release(N, 1, ''x'')')) AS a (call);
SELECT is(pg_temp.by(121, format('SELECT peoplecall.fulfil(%s, 1, quantity => 1)', id)), '42501', 'who carries it out does not confirm it'), is(pg_temp.by(221, format('SELECT peoplecall.fulfil(%s, 1, quantity => 1)', id)), '1', 'whom it serves may'), is(pg_temp.listing(id), '2 2 1 open', 'a half') FROM l WHERE name = 'project';
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 2 1 open, 5 2 1 open', 'of need and resource as well') FROM l WHERE name IN ('N', 'same street, likelier');
SAVEPOINT half;
SELECT is(peoplecall.fulfil(id, 1), 0, 'the rest') FROM l WHERE name = 'project';
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 2 2 fulfilled, 5 2 2 open, 2 2 2 fulfilled', 'the need is met, the resource used, the project done') FROM l WHERE name IN ('N', 'same street, likelier', 'project');
ROLLBACK TO half;
SELECT ok(peoplecall.close_listing(id, '取消'), 'a project that is called off') FROM l WHERE name = 'project';
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 1 1 open, 5 1 1 open, 2 1 1 withdrawn', 'frees both') FROM l WHERE name IN ('N', 'same street, likelier', 'project');
ROLLBACK TO half;
SELECT is(peoplecall.release(id, 1, '厨师病了'), 1, 'one that is given back') FROM l WHERE name = 'project';
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 1 1 open, 5 1 1 open, 2 1 1 open', 'too') FROM l WHERE name IN ('N', 'same street, likelier', 'project');
ROLLBACK TO half;
SELECT pg_temp.at('2020-03-01 00:00');
SELECT is((SELECT (t.due, t.lapsed, t.closed)::text FROM peoplecall.tick_lists(420106) AS t), '(4,4,1)', 'one that ran out lapses everywhere');
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 1 1 open, 5 1 1 open, 2 1 1 expired', 'too') FROM l WHERE name IN ('N', 'same street, likelier', 'project');
SELECT is(peoplecall.fulfil(id, 1), 0, 'done after all'), is(pg_temp.listing(id), '2 2 2 expired', 'it counts') FROM l WHERE name = 'project';
SELECT is(string_agg(pg_temp.listing(id), ', ' ORDER BY id), '2 2 2 fulfilled, 5 2 2 open', 'for both') FROM l WHERE name IN ('N', 'same street, likelier');
SELECT is_empty('SELECT pg_temp.wrong()', 'all counts are what a recount finds');

-- The reform's figures: a district alliance took in 102 bodies and published
-- 102 resources and 23 shared posts; branches and members at communities.
SAVEPOINT figures;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'so far the ledger is whole');
DELETE FROM peoplecall.listing_event; DELETE FROM peoplecall.claim; DELETE FROM peoplecall.listing; DELETE FROM peoplecall.notice;
DELETE FROM peoplecall.volunteer_person; DELETE FROM peoplecall.volunteer; DELETE FROM peoplecall.alliance_member;
INSERT INTO peoplecall.org (id, code, name, kind, area) SELECT 1000 + n, 'body' || n, '成员单位' || n, 'company', '420106' FROM generate_series(1, 102) AS n;
SELECT is((SELECT count(*) FROM generate_series(1, 102) AS n WHERE peoplecall.join_alliance('420106', 1000 + n) AND peoplecall.publish('resource', '资源' || n, '420106', org => 1000 + n) > 0), 102::bigint, '102 bodies with a resource each'),
       is((SELECT count(peoplecall.publish('post', '共享岗位' || n, CASE n % 2 WHEN 0 THEN '420106' ELSE '420106012001' END::peoplecall.areacode, org => 1000 + n)) FROM generate_series(1, 23) AS n), 23::bigint, '23 posts'),
       is((SELECT count(peoplecall.register_volunteer('branch', '支部' || n, c.code::peoplecall.areacode, 31)) FROM generate_series(1, 5) AS n, (VALUES ('420106012001'), ('420106015006'), ('420102017020')) AS c (code)), 15::bigint, 'branches'),
       is((SELECT count(peoplecall.register_volunteer('member', '党员' || n, c.code::peoplecall.areacode, 31)) FROM generate_series(1, 40) AS n, (VALUES ('420106012001'), ('420106015006'), ('420102017020')) AS c (code)), 120::bigint, 'members');
SELECT ok(peoplecall.join_alliance('420106012', 1001), 'a body of the district''s alliance that is in a street''s as well');
SELECT is((SELECT concat_ws(' ', c.name, c.alliance_members, c.resources, c.posts, c.communities, c.branches, c.members) FROM peoplecall.list_counts('420106') AS c), '武昌区 102 102 23 2 10 80', 'as the district reports them'),
       is((SELECT concat_ws(' ', c.name, c.alliance_members, c.resources, c.posts, c.communities, c.branches, c.members) FROM peoplecall.list_counts('4201') AS c), '武汉市 102 102 23 3 15 120', 'and the city'),
       results_eq('SELECT c.name, c.posts, c.branches, c.members FROM peoplecall.list_counts(''4201'', ''community'') AS c WHERE c.communities > 0', $$VALUES ('汉广社区', 0::bigint, 5::bigint, 40::bigint), ('东湖路社区', 12, 5, 40), ('宝安社区', 0, 5, 40)$$, 'by community'),
       is((SELECT string_agg(concat_ws(' ', c.name, c.alliance_members), ', ') FROM peoplecall.list_counts('4201', 'street') AS c), '后湖街道 0, 水果湖街道 1, 南湖街道 0', 'by street'),
       is((SELECT count(*) FROM peoplecall.list_counts('4201', 'community')), (SELECT count(*) FROM peoplecall.area WHERE peoplecall.level(code) = 'community'), 'each area has its row');
ROLLBACK TO figures;

-- Random verbs, many of them refused: no quantity is ever exceeded.
SELECT setseed(0.42) \g /dev/null
CREATE FUNCTION pg_temp.some(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	one bigint;
BEGIN
	EXECUTE query || ' ORDER BY random() LIMIT 1' INTO one;
	RETURN one;
END
$$;
CREATE TEMPORARY TABLE tried (verb text, outcome text);
INSERT INTO l SELECT 'random ' || n, peoplecall.publish((ARRAY['need', 'resource', 'post', 'wish', 'need', 'resource'])[1 + n % 6], '随机' || n,
	'420106012001', quantity => 1 + n % 7, org => CASE WHEN n % 2 = 0 THEN 22 ELSE 12 END, expires_at => CASE WHEN n % 5 = 0 THEN '2020-03-06 09:00+08'::timestamptz END) FROM generate_series(1, 24) AS n;
DO $$
DECLARE
	n int;
	call text;
	what text;
	listing bigint;
	bad text;
BEGIN
	FOR n IN 1 .. 800 LOOP
		PERFORM set_config('peoplecall.as_of', (timestamptz '2020-03-01 01:00+08' + n * interval '9 min')::text, true);
		listing := pg_temp.some('SELECT id FROM peoplecall.listing WHERE ' || CASE WHEN random() < 0.1 THEN 'true' WHEN random() < 0.2 THEN 'kind = ''project''' ELSE 'closed_at IS NULL' END);
		what := (ARRAY['claim', 'claim', 'claim', 'fulfil', 'fulfil', 'release', 'project', 'close', 'tick'])[1 + floor(random() * 9)];
		call := CASE what
			WHEN 'claim' THEN format('peoplecall.claim(%s, %s, %s, %s, peoplecall.as_of() + interval ''%s h'')', listing, floor(random() * 4)::int,
				CASE WHEN n % 2 = 0 THEN pg_temp.some('SELECT id FROM peoplecall.volunteer')::text ELSE 'NULL' END,
				CASE WHEN n % 2 = 1 THEN (ARRAY[12, 22, 31, 33, 34, 52])[1 + floor(random() * 6)]::text ELSE 'NULL' END, floor(random() * 48)::int)
			WHEN 'fulfil' THEN format('peoplecall.fulfil(%s, %s, quantity => %s)', listing, coalesce(pg_temp.some('SELECT seq FROM peoplecall.claim WHERE (ended IS NULL OR random() < 0.2) AND listing_id = ' || listing), 1), CASE WHEN random() < 0.5 THEN 'NULL' ELSE floor(random() * 4)::text END)
			WHEN 'release' THEN format('peoplecall.release(%s, %s, ''x'')', listing, coalesce(pg_temp.some('SELECT seq FROM peoplecall.claim WHERE (ended IS NULL OR random() < 0.2) AND listing_id = ' || listing), 1))
			WHEN 'project' THEN format('peoplecall.publish_project(%s, %s, %s, quantity => %s, expires_at => peoplecall.as_of() + interval ''%s h'')', (SELECT id FROM l WHERE name = 'meeting'),
				pg_temp.some('SELECT id FROM peoplecall.listing WHERE kind = ''need'''), pg_temp.some('SELECT id FROM peoplecall.listing WHERE kind = ''resource'''), 1 + floor(random() * 3)::int, 1 + floor(random() * 48)::int)
			WHEN 'close' THEN CASE WHEN random() < 0.08 THEN format('peoplecall.close_listing(%s, ''x'')', listing) ELSE 'peoplecall.as_of()' END
			ELSE 'peoplecall.tick_lists(420106)' END;
		BEGIN
			EXECUTE 'SELECT ' || call;
			INSERT INTO tried VALUES (what, 'done');
		EXCEPTION WHEN SQLSTATE 'PC001' OR SQLSTATE 'PC005' OR unique_violation OR invalid_parameter_value THEN
			INSERT INTO tried VALUES (what, SQLSTATE);
		WHEN check_violation THEN
			-- what the verb refuses, not what only the table's constraint stopped
			IF SQLERRM ~ 'violates check constraint' THEN
				RAISE;
			END IF;
			INSERT INTO tried VALUES (what, SQLSTATE);
		END;
		SELECT string_agg(w, E'\n') INTO bad FROM pg_temp.wrong() AS w;
		IF bad IS NOT NULL THEN
			RAISE 'after % verbs, %: %', n, call, bad;
		END IF;
		IF n % 50 = 0 THEN
			PERFORM peoplecall.publish((ARRAY['need', 'resource'])[1 + n / 50 % 2], '新' || n, '420106012001', quantity => 5, org => CASE WHEN n % 100 = 0 THEN 22 ELSE 12 END);
		END IF;
	END LOOP;
END
$$;
SELECT cmp_ok((SELECT count(*) FROM tried AS t WHERE t.verb = w.verb AND t.outcome = w.outcome), '>', 0::bigint, format('%s: %s', w.verb, w.outcome))
  FROM (VALUES ('claim', 'done'), ('claim', 'PC001'), ('claim', '23505'), ('claim', '23514'), ('claim', '22023'), ('fulfil', 'done'), ('fulfil', 'PC001'), ('fulfil', 'PC005'), ('fulfil', '22023'), ('release', 'done'), ('release', 'PC001'),
	('project', 'done'), ('project', 'PC001'), ('close', 'done'), ('tick', 'done')) AS w (verb, outcome);
SELECT cmp_ok((SELECT count(*) FROM peoplecall.claim WHERE ended = w.ended), '>', 0::bigint, 'claims that are ' || w.ended) FROM (VALUES ('fulfilled'), ('lapsed'), ('released'), ('closed')) AS w (ended);
SELECT is_empty('SELECT pg_temp.wrong()', 'and after all of it the counts are what a recount finds');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
