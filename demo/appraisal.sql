-- The month's appraisal, after the stories and the day: live, by area and by
-- line, down to the shares behind a number, frozen when the month is over.
\ir stage/open.sql
\echo '══ The appraisal of November 2019'
\set ECHO none
COMMIT;
-- what a job does every five minutes
SELECT pg_temp.at('2019-11-29 18:00') \g /dev/null
CALL peoplecall.refresh_appraisals();
BEGIN;

\set at '2019-11-29 18:00' \set by 4201 \ir stage/act.sql
\echo '-- The city and its districts so far. Numerator and denominator are columns.'
SELECT name, due, closed, closed_rate, on_time, on_time_rate, contact_rate, solved_rate, satisfied_rate
  FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'all')
 UNION ALL
SELECT name, due, closed, closed_rate, on_time, on_time_rate, contact_rate, solved_rate, satisfied_rate
  FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'district');
\echo '-- How much is settled at community and street:'
SELECT lead_closed, settled_below, below_rate
  FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'all');
\echo '-- By kind of org, the ten with most to do:'
SELECT name, due, on_time, on_time_rate, overturned
  FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'kind')
 ORDER BY due DESC
 LIMIT 10;
\echo '-- Patrols'' finds and consultations are counted apart:'
SELECT 'patrol' AS course, filed, due, on_time_rate FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', course => 'patrol', by => 'all')
 UNION ALL
SELECT 'consult', filed, due, on_time_rate FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', course => 'consult', by => 'all');

\set at '2019-11-29 18:10' \set by 420106 \ir stage/act.sql
\echo '-- A district sees its own. Its streets, the five most on time:'
SELECT name, due, closed_rate, on_time_rate, satisfied_rate
  FROM peoplecall.appraise('2019-11-01', '2019-11-30', '420106', by => 'street')
 ORDER BY on_time_rate DESC NULLS LAST
 LIMIT 5;
\echo '-- Down to the shares behind a number: the late ones of the police stations there'
SELECT s.no, o.name, s.grade, s.due_at
  FROM peoplecall.appraised_shares('late', '2019-11-01', '2019-11-30', '420106') AS s
  JOIN peoplecall.org AS o ON o.id = s.of_org
 WHERE o.kind = 'station_police'
 ORDER BY s.due_at, s.no
 LIMIT 5;

\set at '2019-12-02 09:00' \set by 4201 \ir stage/act.sql
\echo '-- The month is over. What is frozen does not change, whatever is reopened or excluded later. The best of'
\echo '-- those with ten or more shares due, by a score whose weights the city sets (view score_weights):'
SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30', '4201') AS frozen;
SELECT name, figures ->> 'due' AS due, figures ->> 'on_time_rate' AS on_time_rate, score
  FROM peoplecall.frozen_scores
 WHERE course = 'handled' AND (figures ->> 'due')::int >= 10
 ORDER BY score DESC NULLS LAST
 LIMIT 5;
\set ECHO none
SELECT pg_temp.expect('the districts add up to the city', (SELECT (sum(a.due), sum(a.closed), sum(a.on_time))::text
	FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'district') AS a),
	(SELECT (a.due, a.closed, a.on_time)::text FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'all') AS a)) \gset
SELECT pg_temp.expect('over 95 % were settled at community and street', (SELECT a.below_rate > 95
	FROM peoplecall.appraise('2019-11-01', '2019-11-30', '4201', by => 'all') AS a), true) \gset
SELECT pg_temp.expect('no fact and no sum differs from a full recount', (SELECT count(*) FROM peoplecall.check_appraisal()), 0) \gset
SELECT pg_temp.expect('the ledger agrees with itself', (SELECT count(*) FROM peoplecall.check_ledger()), 0) \gset
SELECT current_setting('demo.held') AS held \gset
COMMIT;
\echo
\echo '   ' :held 'expectations held.'
