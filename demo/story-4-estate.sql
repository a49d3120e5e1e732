-- Story 4: one report on one estate, seven bodies, three days.
\ir stage/open.sql
\echo '══ Story 4. Smoke, garages, a road, a gate: one report, seven bodies at nine the next morning, done in three days'

\set at '2019-11-25 15:20' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS estate
  FROM peoplecall.submit('board', '小区油烟扰民、车库改住人、道路破损、大门被占',
	'楼下餐馆油烟直排；车库住着人；主路坑洼；北门被围挡占了一半。', '420106015006', 'property.estate',
	reporter_name => '宋先生', reporter_phone => '00000000041', people => 60) \gset
SELECT no, grade, state, due_at, command_name FROM peoplecall.board WHERE complaint_id = :estate;
\echo '-- C: the district judges first. The list of responsibilities proposes the street and seven to assist:'
SELECT o.name, x.role
  FROM peoplecall.explain_responsibility('property.estate', '420106015006', 'C', '2019-11-25 15:20') AS x
  JOIN peoplecall.org AS o ON o.id = x.org
 WHERE x.why ~ '^(leads|assists)'
 ORDER BY x.rank;
\set ECHO none
SELECT pg_temp.expect('it waits for the district', (SELECT (b.state, b.command_org)::text FROM peoplecall.board AS b
	WHERE b.complaint_id = :estate), format('(received,%s)', pg_temp.org('420106'))) \gset
SELECT pg_temp.expect('seven assist', cardinality(peoplecall.assisting_orgs('property.estate', '420106015006', 'C', '2019-11-25 15:20')), 7) \gset

\set at '2019-11-25 16:05' \set by 420106 \ir stage/act.sql
SELECT no, state FROM peoplecall.dispatch(:estate, lead => pg_temp.org('420106015'), matter => '总协调，三日内答复居民',
	assist => pg_temp.orgs('420106015006', '420106015.team', '420106.environment', '420106.housing',
		'420106.urban', '420106.planning', '420106.traffic'),
	assist_matters => ARRAY['居民代表与入户', '油烟：责令餐馆加装净化器', '油烟：排放监测', '车库：清退住人、恢复原状',
		'道路：修补坑洼', '大门：核查用地', '大门：疏导与标线']);

\set at '2019-11-25 16:30' \set by 420106015 \ir stage/act.sql
SELECT no, state FROM peoplecall.accept(:estate);
SELECT no, state FROM peoplecall.contact(:estate, '明早九点现场会，请居民代表参加');
SELECT peoplecall.convene(
	pg_temp.orgs('420106015006', '420106015.team', '420106.environment', '420106.housing',
		'420106.urban', '420106.planning', '420106.traffic'),
	'{宝安花园物业服务处,居民代表}', :estate, agenda => '油烟、车库、道路、大门', place => '小区北门',
	meets_at => '2019-11-26 09:00') AS meeting \gset
\echo '-- All but the traffic police sign within the hour:'
\set ECHO none
CREATE FUNCTION pg_temp.all_sign(meeting bigint, but text) RETURNS TABLE (signed text, at text) LANGUAGE plpgsql AS $$
DECLARE
	party record;
BEGIN
	FOR party IN
		SELECT o.id, o.code, o.name
		  FROM peoplecall.coordination_party AS p
		  JOIN peoplecall.org AS o ON o.id = p.org
		 WHERE p.coordination_id = meeting AND o.code <> but
		 ORDER BY p.seq
	LOOP
		PERFORM pg_temp.at(peoplecall.as_of() + interval '7 minutes'),
		        peoplecall.act_for(pg_temp.officer(party.code)), peoplecall.sign(meeting, party.id);
		signed := party.name;
		at := to_char(peoplecall.as_of(), 'HH24:MI');
		RETURN NEXT;
	END LOOP;
END
$$;
\set ECHO queries
SELECT * FROM pg_temp.all_sign(:meeting, '420106.traffic');

\set at '2019-11-26 09:00' \set by 420106015 \ir stage/act.sql
\echo '-- Nine o''clock, at the gate. Whoever signed is there; so are the property firm and the residents.'
SELECT o.name AS present, peoplecall.attend(:meeting, p.org)
  FROM peoplecall.coordination_party AS p
  JOIN peoplecall.org AS o ON o.id = p.org
 WHERE p.coordination_id = :meeting AND p.signed_at IS NOT NULL
 ORDER BY p.seq;
SELECT peoplecall.attend(:meeting, outsider => '宝安花园物业服务处') AS property_firm,
       peoplecall.attend(:meeting, outsider => '居民代表') AS residents;
SELECT no, state FROM peoplecall.report(:estate, '九点，小区北门现场会，逐项分工，三日内反馈');

\set at '2019-11-26 10:20' \set by 420106015 \ir stage/act.sql
SELECT peoplecall.end_coordination(:meeting, '油烟、车库、道路、大门分工到单位，三日内反馈') AS over;
\echo '-- The street marks how each worked along, 1 to 5; who did not come gets a 1.'
SELECT peoplecall.mark(:meeting, p.org, CASE WHEN p.absent THEN 1 WHEN o.kind IN ('team', 'community') THEN 5 ELSE 4 END) AS marked
  FROM peoplecall.coordination_party AS p
  JOIN peoplecall.org AS o ON o.id = p.org
 WHERE p.coordination_id = :meeting
 ORDER BY p.seq \g /dev/null
SELECT o.name, p.sign_by, p.signed_at, p.attended_at, p.absent, p.mark
  FROM peoplecall.coordination_party AS p
  JOIN peoplecall.org AS o ON o.id = p.org
 WHERE p.coordination_id = :meeting
 ORDER BY p.seq;
SELECT no, called, signed, attended, absent, mark FROM peoplecall.meetings WHERE coordination_id = :meeting;
SELECT name, called, signed, attended, absent, mark
  FROM peoplecall.attendance('2019-11-25', '2019-11-27', '420106015')
 WHERE absent > 0;
\set ECHO none
SELECT pg_temp.expect('seven and two were called, one did not come', (SELECT (m.called, m.signed, m.attended, m.absent)::text
	FROM peoplecall.meetings AS m WHERE m.coordination_id = :meeting), '(9,6,8,1)') \gset
SELECT pg_temp.expect('it was the traffic police', (SELECT array_agg(a.org) FROM peoplecall.attendance('2019-11-25', '2019-11-27', '420106015') AS a
	WHERE a.absent > 0), ARRAY[pg_temp.org('420106.traffic')]) \gset

\echo
\echo '   Each does its share, and says so on its own clock.'

\set at '2019-11-26 17:00' \set by 420106015006 \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '走访 60 户，居民代表全程参与');
\set at '2019-11-26 17:10' \set by 420106.traffic \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '北门外划设网格线，早晚高峰派员疏导');
\set at '2019-11-27 10:30' \set by 420106.environment \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '两家餐馆排放超标，已立案');
\set at '2019-11-27 11:00' \set by 420106.planning \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '围挡超出红线 2.4 米，限期拆除');
\set at '2019-11-27 15:00' \set by 420106015.team \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '围挡已拆除；两家餐馆停业加装净化器');
\set at '2019-11-27 16:00' \set by 420106.housing \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '五间车库已清退，恢复停车');
\set at '2019-11-27 17:00' \set by 420106.urban \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:estate, '主路坑洼已修补 180 平方米');
\set at '2019-11-28 09:30' \set by 420106015 \ir stage/act.sql
\echo '-- The street is the last; with its share the complaint is completed.'
SELECT no, state FROM peoplecall.complete(:estate, '四项均已办结，已逐户反馈');
SELECT s.role, s.org_name, s.matter, s.due_at, s.done_at, s.verdict
  FROM peoplecall.shares AS s
 WHERE s.complaint_id = :estate
 ORDER BY s.task_seq;
\set ECHO none
SELECT pg_temp.expect('eight shares, all in time', (SELECT (count(*), count(*) FILTER (WHERE s.verdict = 'met'))::text
	FROM peoplecall.shares AS s WHERE s.complaint_id = :estate), '(8,8)') \gset
SELECT pg_temp.expect('all feedback within three days', (SELECT max(s.done_at) - min(c.received_at) <= interval '3 days'
	FROM peoplecall.shares AS s JOIN peoplecall.complaint AS c ON c.id = s.complaint_id WHERE c.id = :estate), true) \gset

\set at '2019-11-28 15:00' \set by 420106 \ir stage/act.sql
\echo '-- The district, which commands, asks the citizen and closes.'
SELECT no, state FROM peoplecall.revisit(:estate, 'reached', true, true, 5);
SELECT no, state FROM peoplecall.close(:estate, '油烟、车库、道路、大门四项均已解决');

\set at '2019-11-28 20:15' \set by 4201.hotline \ir stage/act.sql
\echo '-- And the citizen''s own word, once for each closing:'
SELECT no, state FROM peoplecall.rate(:estate, true, 5, '没想到这么快');
SELECT k.kind, k.allowed, k.due_at, k.stopped_at, k.verdict
  FROM peoplecall.clock AS k
 WHERE k.complaint_id = :estate AND k.task_seq IS NULL
 ORDER BY k.seq;
\set ECHO none
SELECT pg_temp.expect('the complaint''s own clocks were met', (SELECT array_agg(k.verdict::text)
	FROM peoplecall.clock AS k WHERE k.complaint_id = :estate AND k.task_seq IS NULL), '{met,met,met}') \gset
SELECT pg_temp.expect('one rating, 5', (SELECT array_agg(r.satisfaction) FROM peoplecall.rating AS r WHERE r.complaint_id = :estate), '{5}') \gset
\ir stage/close.sql
