-- Story 8: the three lists, registering at home and at work, small wishes.
\ir stage/open.sql
\echo '══ Story 8. The three lists: an alliance''s resources meet residents'' needs; members claim small wishes where they live'

\set at '2019-12-05 09:00' \set by 420106 \ir stage/act.sql
\echo '-- The district''s alliance takes in departments and a firm:'
SELECT o.name AS member, peoplecall.join_alliance('420106', o.id) AS joined
  FROM unnest(pg_temp.orgs('420106.health', '420106.culture', '420106.education', '420106.housing', 'outside.property'))
       WITH ORDINALITY AS m (id, place)
  JOIN peoplecall.org AS o ON o.id = m.id
 ORDER BY m.place;

\set at '2019-12-05 10:00' \set by 420106.health \ir stage/act.sql
SELECT peoplecall.publish('resource', '医生上门义诊，量血压测血糖', '420106', '社区卫生服务中心家庭医生', quantity => 40) AS doctors \gset
\set at '2019-12-05 10:10' \set by 420106.culture \ir stage/act.sql
SELECT peoplecall.publish('resource', '图书与书架，可进小区', '420106', '区图书馆流动书箱', quantity => 300) AS books \gset
\set at '2019-12-05 10:20' \set by 420106.education \ir stage/act.sql
SELECT peoplecall.publish('post', '周末文明劝导岗', '420106', '学校门口，两小时一班', quantity => 2) AS post \gset

\set at '2019-12-05 14:00' \set by 420106015006 \ir stage/act.sql
\echo '-- A community publishes what it needs, and what an old man wishes; who he is, is kept apart:'
SELECT peoplecall.publish('need', '独居老人需要医生上门量血压', '420106015006', '行动不便的老人 25 位', quantity => 25) AS check_up \gset
SELECT peoplecall.publish('need', '小区阅览室缺图书', '420106015006', quantity => 200) AS reading \gset
SELECT peoplecall.publish('wish', '换一只厨房灯泡', '420106015006', '晚上做饭看不清',
	expires_at => '2019-12-20 00:00', resident_name => '余爷爷', resident_phone => '00000000081') AS bulb \gset
SELECT kind, title, org_name, quantity, free FROM peoplecall.lists ORDER BY published_at, listing_id;

\echo
\echo '   Who lives there registers there, and what he does counts back to where he works.'

\set at '2019-12-06 19:00' \set by 420106015006 \ir stage/act.sql
SELECT peoplecall.register_volunteer('branch', '区住房保障和房屋管理局机关党支部', '420106015006', pg_temp.org('420106.housing')) AS branch \gset
SELECT peoplecall.register_volunteer('member', '程立', '420106015006', pg_temp.org('420106.education'), '00000000082') AS cheng \gset
SELECT peoplecall.register_volunteer('resident', '苏敏', '420106015006', phone => '00000000083') AS su \gset
SELECT peoplecall.claim(:bulb, volunteer => :cheng) AS claim_of_cheng;
\set at '2019-12-06 19:01' \set by 420106015006 \ir stage/act.sql
\echo '-- A neighbour wants it too, and comes a minute late: no double claim.'
\set ON_ERROR_STOP off
SELECT peoplecall.claim(:bulb, volunteer => :su);
\set ON_ERROR_STOP on
\set ECHO none
\set refused :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pg_temp.expect('a wish is claimed once', :'refused', 'PC001') \gset

\set at '2019-12-07 10:00' \set by 420106015006 \ir stage/act.sql
SELECT peoplecall.fulfil(:bulb, 1, '灯泡已换，老人在场') AS still_open;
SELECT peoplecall.claim(:post, volunteer => :branch) AS claim_of_the_branch;
SELECT no, title, claimed, fulfilled, free FROM peoplecall.lists WHERE listing_id IN (:bulb, :post) ORDER BY no;

\echo
\echo '   A joint meeting takes the open needs as its agenda, and a resource to each.'

\set at '2019-12-09 09:00' \set by 420106 \ir stage/act.sql
\echo '-- What fits what, nearest first:'
SELECT need_no, need_title, rank, resource_title, org_name, free, why FROM peoplecall.match_needs('420106');
SELECT peoplecall.convene_needs('420106', place => '区党群服务中心', meets_at => '2019-12-10 14:30') AS meeting \gset
SELECT no, title, called, meets_at FROM peoplecall.meetings WHERE coordination_id = :meeting;

\set at '2019-12-10 14:30' \set by 420106 \ir stage/act.sql
SELECT count(peoplecall.attend(:meeting, p.org)) AS present FROM peoplecall.coordination_party AS p WHERE p.coordination_id = :meeting;
SELECT peoplecall.publish_project(:meeting, :check_up, :doctors, '老人上门体检') AS check_up_project,
       peoplecall.publish_project(:meeting, :reading, :books, '阅览室添书', 150) AS reading_project \gset
SELECT peoplecall.end_coordination(:meeting, '两项需求对接立项') AS over;
SELECT kind, title, org_name, quantity, claimed, fulfilled, free FROM peoplecall.lists WHERE kind <> 'post' ORDER BY listing_id;

\set at '2019-12-18 16:00' \set by 420106015006 \ir stage/act.sql
\echo '-- The community, whose need it was, says that it was met; project, need and resource move together:'
SELECT peoplecall.fulfil(:check_up_project, 1, '25 位老人均已上门') AS still_open;
SELECT peoplecall.fulfil(:reading_project, 1, '先到 100 册', 100) AS still_open;
SELECT kind, title, quantity, claimed, fulfilled, free FROM peoplecall.lists WHERE kind <> 'post' ORDER BY listing_id;
\set ECHO none
SELECT pg_temp.expect('the check-ups are done, of need and resource', (SELECT array_agg(l.fulfilled ORDER BY l.listing_id)
	FROM peoplecall.lists AS l WHERE l.listing_id IN (:check_up, :doctors, :check_up_project)), '{25,25,25}') \gset
SELECT pg_temp.expect('of the books 100 came, 50 are held, 150 are free', (SELECT (l.fulfilled, l.claimed, l.free)::text
	FROM peoplecall.lists AS l WHERE l.listing_id = :books), '(100,150,150)') \gset
SELECT pg_temp.expect('fifty books are still needed by nobody''s project', (SELECT l.free
	FROM peoplecall.lists AS l WHERE l.listing_id = :reading), 50) \gset

\set at '2019-12-18 17:00' \set by 420106 \ir stage/act.sql
\echo '-- The counts that the reform reports, for the district and its community:'
SELECT name, alliance_members, needs, needs_fulfilled, resources, resources_claimed, projects, posts, wishes, wishes_fulfilled
  FROM peoplecall.list_counts('420106');
SELECT name, branches, members, residents FROM peoplecall.list_counts('420106', 'community') WHERE branches + members + residents > 0;
\set at '2019-12-18 17:10' \set by 420106.education \ir stage/act.sql
\echo '-- And what counts back to a home unit:'
SELECT name, members, communities, claims, claims_fulfilled FROM peoplecall.home_counts();
\set ECHO none
SELECT pg_temp.expect('the member''s bulb counts back to education', (SELECT (h.members, h.claims, h.claims_fulfilled)::text
	FROM peoplecall.home_counts() AS h), '(1,1,1)') \gset
\ir stage/close.sql
