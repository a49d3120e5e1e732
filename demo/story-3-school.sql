-- Story 3: a training school's refunds, which many may handle and nobody does.
-- It bounces; the street blows its whistle; the district fixes the owner.
\ir stage/open.sql
\echo '══ Story 3. A training school keeps the fees: many may deal with it, nobody does'

\set at '2019-12-09 09:30' \set by 4201.hotline \ir stage/act.sql
SELECT complaint_id AS school
  FROM peoplecall.submit('hotline', '培训学校课程停开不退费', '交了一年学费，英语课上了两个月就停了。',
	'420106012001', 'shared.training.refund', reporter_name => '孙女士', reporter_phone => '00000000031',
	people => 12, subject_org => pg_temp.org('outside.school')) \gset
SELECT no, grade, state, command_name, lead_name FROM peoplecall.board WHERE complaint_id = :school;
\echo '-- Who should answer? No list says so; the street gets it because somebody must:'
SELECT rank, o.name, x.role, x.responsibility, x.why
  FROM peoplecall.explain_responsibility('shared.training.refund', '420106012001', 'B', '2019-12-09 09:30') AS x
  LEFT JOIN peoplecall.org AS o ON o.id = x.org;
\set ECHO none
SELECT pg_temp.expect('no rule names an owner', (SELECT count(*)
	FROM peoplecall.explain_responsibility('shared.training.refund', '420106012001', 'B', '2019-12-09 09:30') AS x
	WHERE x.responsibility IS NOT NULL), 0) \gset
SELECT pg_temp.expect('the street leads', (SELECT b.lead_org FROM peoplecall.board AS b WHERE b.complaint_id = :school),
	pg_temp.org('420106012')) \gset

\echo
\echo '   It bounces: sent to one body after another, each gives it back.'

\set at '2019-12-09 10:00' \set by 420106012 \ir stage/act.sql
SELECT no, state FROM peoplecall.dispatch(:school, lead => pg_temp.org('420106012.market'));

\set at '2019-12-09 10:20' \set by 420106012.market \ir stage/act.sql
SELECT no, state FROM peoplecall.request(:school, 'return', '办学许可归教育部门，与我所无关');

\set at '2019-12-09 10:40' \set by 420106012 \ir stage/act.sql
SELECT no, state FROM peoplecall.decide(:school, 1, true, '同意退单');
SELECT no, state FROM peoplecall.dispatch(:school, lead => pg_temp.org('420106.education'));

\set at '2019-12-09 11:20' \set by 420106.education \ir stage/act.sql
SELECT no, state FROM peoplecall.request(:school, 'return', '无证机构不在名录，收费纠纷归市场监管');

\set at '2019-12-09 11:40' \set by 420106012 \ir stage/act.sql
SELECT no, state FROM peoplecall.decide(:school, 2, true, '同意退单');
SELECT no, state FROM peoplecall.dispatch(:school, lead => pg_temp.org('420106012.police'));

\set at '2019-12-09 14:10' \set by 420106012.police \ir stage/act.sql
SELECT no, state FROM peoplecall.request(:school, 'return', '民事纠纷，不涉案件');

\set at '2019-12-09 14:30' \set by 420106012 \ir stage/act.sql
\echo '-- Enough. Refused: whoever has it keeps it, and meets with the others.'
SELECT no, state FROM peoplecall.decide(:school, 3, false, '首接负责，先稳住群众，街道召集各家');
SELECT r.seq, o.name AS asked_by, r.kind, r.reason, r.granted
  FROM peoplecall.request AS r
  JOIN peoplecall.org AS o ON o.id = r.asked_by
 WHERE r.complaint_id = :school
 ORDER BY r.seq;
\set ECHO none
SELECT pg_temp.expect('two returns granted, one refused', (SELECT array_agg(r.granted ORDER BY r.seq)
	FROM peoplecall.request AS r WHERE r.complaint_id = :school), '{t,t,f}') \gset
SELECT pg_temp.expect('after the refusal the police station has it still', (SELECT b.lead_org
	FROM peoplecall.board AS b WHERE b.complaint_id = :school), pg_temp.org('420106012.police')) \gset

\echo
\echo '   The street blows its whistle.'

\set at '2019-12-09 15:00' \set by 420106012 \ir stage/act.sql
SELECT peoplecall.convene(pg_temp.orgs('420106012.market', '420106.education', '420106012.police'),
	'{启明星校外培训中心}', :school, agenda => '联合检查与退费', place => '水果湖街道会议室',
	meets_at => '2019-12-10 09:00') AS meeting \gset
SELECT o.name AS called, to_char(p.sign_by, 'MM-DD HH24:MI') AS sign_by, f.name AS told
  FROM peoplecall.coordination_party AS p
  JOIN peoplecall.org AS o ON o.id = p.org
  JOIN peoplecall.officer AS f ON f.org = o.id AND f.role = 'leader_in_charge'
 WHERE p.coordination_id = :meeting
 ORDER BY p.seq;

\set at '2019-12-09 16:10' \set by 420106012.market \ir stage/act.sql
SELECT peoplecall.sign(:meeting) AS market_signs;
\set at '2019-12-09 16:20' \set by 420106.education \ir stage/act.sql
SELECT peoplecall.sign(:meeting) AS education_signs;
\set at '2019-12-09 16:30' \set by 420106012.police \ir stage/act.sql
SELECT peoplecall.sign(:meeting) AS police_sign;

\set at '2019-12-10 09:00' \set by 420106012 \ir stage/act.sql
SELECT o.name AS present, peoplecall.attend(:meeting, o.id)
  FROM unnest(pg_temp.orgs('420106012.market', '420106.education', '420106012.police')) WITH ORDINALITY AS p (org, place)
  JOIN peoplecall.org AS o ON o.id = p.org
 ORDER BY p.place;
SELECT peoplecall.attend(:meeting, outsider => '启明星校外培训中心') AS school_is_there;

\set at '2019-12-10 10:25' \set by 420106012 \ir stage/act.sql
\echo '-- Can the street settle it for good? No: its ruling binds its case.'
\set ON_ERROR_STOP off
SELECT peoplecall.rule(:meeting, pg_temp.org('420106012.market'), minutes => '今后此类均由市场监管所牵头', precedent => true);
\set ON_ERROR_STOP on
\set ECHO none
\set refused :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pg_temp.expect('a street''s meeting settles no category', :'refused', '42501') \gset

\set at '2019-12-10 10:30' \set by 420106012 \ir stage/act.sql
SELECT peoplecall.rule(:meeting, pg_temp.org('420106012.market'), pg_temp.orgs('420106.education', '420106012.police'),
	'联合执法，各查各的；学费全额退还', '水果湖街纪要〔2019〕7号') AS ruling;
SELECT no, convenor_name, called, signed, attended, absent, document_no, precedent
  FROM peoplecall.meetings
 WHERE coordination_id = :meeting;

\set at '2019-12-10 15:00' \set by 420106.education \ir stage/act.sql
\echo '-- Each finds violations of its own kind.'
SELECT no, state FROM peoplecall.complete(:school, '无办学许可擅自办学，责令停止招生');
\set at '2019-12-10 16:00' \set by 420106012.police \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:school, '安全出口上锁、教职工未登记，限期整改');
\set at '2019-12-12 11:00' \set by 420106012.market \ir stage/act.sql
SELECT no, state FROM peoplecall.complete(:school, '虚假宣传立案处罚；12 户学费已全额退还');

\set at '2019-12-12 15:00' \set by 420106012 \ir stage/act.sql
SELECT no, state FROM peoplecall.revisit(:school, 'reached', true, true, 5);
SELECT no, state FROM peoplecall.close(:school, '学费已全额退还');
SELECT s.role, s.org_name, r.document_no, t.result, s.verdict
  FROM peoplecall.shares AS s
  JOIN peoplecall.task AS t ON t.district_id = s.district_id AND t.complaint_id = s.complaint_id AND t.seq = s.task_seq
  JOIN peoplecall.ruling AS r ON r.id = s.ruling
 WHERE s.complaint_id = :school
 ORDER BY s.task_seq;
\set ECHO none
SELECT pg_temp.expect('three shares under the street''s ruling, all in time', (SELECT array_agg(s.verdict::text)
	FROM peoplecall.shares AS s WHERE s.complaint_id = :school AND s.ruling IS NOT NULL), '{met,met,met}') \gset
SELECT pg_temp.expect('it is closed', (SELECT c.state FROM peoplecall.complaint AS c WHERE c.id = :school), 'closed') \gset

\ir stage/district.sql
