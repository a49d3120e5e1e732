-- A year of a city in appraise(): 7.3 million shares in 13 districts, 160
-- streets and 3,000 communities. Run it with psql -X in a database of its own
-- that has nothing of ours yet. It prints how long the figures of a year, a
-- month and other periods take, and how large the tables are. -v shares=N for
-- another number of shares.
\set QUIET on
SET client_min_messages = error;
\if :{?shares} \else \set shares 7300000 \endif
CREATE EXTENSION peoplecall CASCADE;
SELECT peoplecall.create_ledger() \g /dev/null
SELECT peoplecall.install_defaults() \g /dev/null
SET search_path = peoplecall, public;
SET peoplecall.as_of = '2025-01-05 10:00+08';
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';
SELECT setseed(0.25) \g /dev/null

INSERT INTO area (code, name, residents) VALUES ('42', 'province', NULL), ('4201', 'city', 13700000);
INSERT INTO area (code, name) SELECT ('4201' || lpad(d::text, 2, '0'))::areacode, 'district' FROM generate_series(1, 13) AS d;
INSERT INTO area (code, name) SELECT (420100 + s % 13 + 1 || lpad((s / 13 + 1)::text, 3, '0'))::areacode, 'street' FROM generate_series(0, 159) AS s;
INSERT INTO area (code, name)
SELECT (a.code::text || lpad(c::text, 3, '0'))::areacode, 'community'
  FROM (SELECT code, row_number() OVER (ORDER BY code) AS n FROM area WHERE level(code) = 'street') AS a,
       generate_series(1, 18 + (a.n % 4 = 0)::int * 3) AS c;
INSERT INTO org (id, name, kind, area) SELECT row_number() OVER (ORDER BY level(code), code), 'office', level(code)::text, code FROM area WHERE level(code) > 'province';
INSERT INTO org (id, name, kind, area) SELECT 10000 + d * 100 + n, 'department', 'department', ('4201' || lpad(d::text, 2, '0'))::areacode FROM generate_series(1, 13) AS d, generate_series(1, 25) AS n;
INSERT INTO org (id, name, kind, area) SELECT 20000 + n, 'department', 'city_department', '4201' FROM generate_series(1, 30) AS n;
UPDATE org SET superior = (SELECT o.id FROM org AS o WHERE o.kind IN ('city', 'district', 'street') AND o.area = parent(org.area)) WHERE kind IN ('district', 'street', 'community');
UPDATE org SET superior = (SELECT o.id FROM org AS o WHERE o.kind = 'district' AND o.area = org.area) WHERE kind = 'department';
CREATE TEMP TABLE place AS
SELECT (row_number() OVER (ORDER BY a.code))::int AS n, a.code, c.id AS community, s.id AS street, d.id AS district, district_of_area(a.code) AS district_id
  FROM area AS a
  JOIN org AS c ON c.area = a.code AND c.kind = 'community'
  JOIN org AS s ON s.area = ancestor(a.code, 'street') AND s.kind = 'street'
  JOIN org AS d ON d.area = ancestor(a.code, 'district') AND d.kind = 'district'
 WHERE level(a.code) = 'community';
CREATE INDEX ON place (n);
ANALYZE place;

-- Facts as refresh_appraisal() stores them: two in five are the community's,
-- the rest the street's and those of a few departments that each place has to
-- do with; 0.9 in time, one in ten moved by a grant.
DROP INDEX appraisal_fact_org, appraisal_fact_area, appraisal_fact_due, appraisal_fact_late, appraisal_fact_moved;
ALTER TABLE appraisal_fact DROP CONSTRAINT appraisal_fact_pkey;
INSERT INTO appraisal_fact
SELECT p.district_id, p.district_id * 1000000000000 + f.n, CASE WHEN f.answers THEN -1 ELSE 1 END, 1,
       CASE WHEN f.answers THEN p.district_id * 1000000000000 + f.n END,
       CASE WHEN f.a < 0.4 THEN p.community WHEN f.a < 0.6 THEN p.street
            WHEN f.a < 0.95 THEN 10000 + (p.district_id - 420100) * 100 + 1 + floor(f.b * f.b * 25)::int
            ELSE 20001 + floor(f.b * f.b * 30)::int END,
       p.code, (CASE WHEN f.a < 0.4 THEN 'A' WHEN f.a < 0.8 THEN 'B' WHEN f.a < 0.97 THEN 'C' ELSE 'D' END)::grade,
       CASE WHEN f.c < 0.85 THEN 'handled' WHEN f.c < 0.93 THEN 'patrol' ELSE 'consult' END,
       CASE WHEN f.answers THEN NULL ELSE (f.sent + f.takes + CASE WHEN f.moved THEN 5 ELSE 0 END)::timestamptz + interval '17 hours 30 minutes' END,
       CASE WHEN f.answers THEN NULL ELSE f.sent END,
       CASE WHEN f.answers THEN NULL ELSE f.sent + f.takes + CASE WHEN f.moved THEN 5 ELSE 0 END END,
       CASE WHEN f.answers THEN NULL WHEN f.d < 0.75 THEN f.sent + f.takes WHEN f.d < 0.94 THEN f.sent + f.takes + 5 + 1 + floor(f.b * 8)::int END,
       CASE WHEN f.answers OR NOT f.moved THEN NULL ELSE f.sent + f.takes END,
       NULL, CASE WHEN f.answers THEN f.sent + f.takes + 3 END, NOT f.answers AND f.d BETWEEN 0.75 AND 0.94,
       (NOT f.answers)::int, (NOT f.answers)::int, 0, 0, (NOT f.answers)::int, (NOT f.answers AND f.d < 0.94)::int,
       (NOT f.answers AND f.d < 0.75)::int, 0, 0, 0, (NOT f.answers AND f.d < 0.94)::int, (NOT f.answers AND f.d < 0.94)::int,
       (NOT f.answers AND f.d < 0.94)::int, 0, f.answers::int, (f.answers AND f.b < 0.9)::int, f.answers::int, (f.answers AND f.b < 0.8)::int,
       f.answers::int, (f.answers AND f.b < 0.85)::int, 0
  FROM (SELECT x.*, k.answers, 1 + floor(x.b * 5)::int AS takes, x.e < 0.1 AS moved
          FROM (SELECT n, date '2024-01-01' + (n * 366 / :shares)::int AS sent, random() AS a, random() AS b, random() AS c, random() AS d,
                       random() AS e, random() AS f, 1 + floor(random() * (SELECT count(*) FROM place))::int AS place
                  FROM generate_series(0::bigint, :shares - 1) AS n) AS x
         CROSS JOIN LATERAL (SELECT false AS answers UNION ALL SELECT true WHERE x.f < 0.4) AS k) AS f
  JOIN place AS p ON p.n = f.place;
ALTER TABLE appraisal_fact ADD PRIMARY KEY (district_id, complaint_id, entry);
SELECT ledger_appraisal() \g /dev/null
\echo the sums, from the facts, as recount_appraisal() makes them
SELECT clock_timestamp() AS t0 \gset
INSERT INTO appraisal_sum SELECT d.id, s.* FROM (SELECT DISTINCT district_id AS id FROM place) AS d, sums_of_facts(d.id) AS s;
VACUUM (ANALYZE) appraisal_sum;
VACUUM (ANALYZE) appraisal_fact;
SELECT clock_timestamp() - :'t0' AS took;
SELECT span, count(*) AS rows FROM appraisal_sum GROUP BY 1;
SELECT c.relname, pg_size_pretty(pg_table_size(c.oid)) AS heap, pg_size_pretty(pg_indexes_size(c.oid)) AS indexes
  FROM pg_class AS c WHERE c.relname IN ('appraisal_fact', 'appraisal_day', 'appraisal_month');
\timing on
\echo year, cold and warm
SELECT count(*), sum(due) AS due, sum(closed) AS closed, sum(on_time) AS on_time FROM appraise('2024-01-01', '2024-12-31');
\g
\echo year, all courses, one row
SELECT due, closed_rate, on_time_rate, satisfied_rate FROM appraise('2024-01-01', '2024-12-31', course => NULL, by => 'all');
\echo year by street
SELECT count(*) FROM appraise('2024-01-01', '2024-12-31', by => 'street');
\echo year of a district
SELECT count(*) FROM appraise('2024-01-01', '2024-12-31', '420106');
\echo year of a department
SELECT due FROM appraise('2024-01-01', '2024-12-31', NULL, 10605);
\echo month
SELECT count(*), sum(due) AS due FROM appraise('2024-11-01', '2024-11-30');
\echo 15 October to 14 November
SELECT count(*), sum(due) AS due FROM appraise('2024-10-15', '2024-11-14');
\echo 15 January to 14 December
SELECT count(*), sum(due) AS due FROM appraise('2024-01-15', '2024-12-14');
\echo this month so far, live
SELECT count(*), sum(due) AS due FROM appraise();
\echo year of a community
SELECT count(*), sum(due) AS due FROM appraise('2024-01-01', '2024-12-31', '420106001001');
\echo year by community, from the facts
SELECT count(*), sum(due) AS due FROM appraise('2024-01-01', '2024-12-31', '420106', by => 'community');
\echo the late shares of a department in November
SELECT count(*) FROM appraised_shares('late', '2024-11-01', '2024-11-30', org => 10605);
\echo trend of the city, December
SELECT count(*) FROM trend('4201', '2024-12-01', '2024-12-31');
\echo the same counted from the facts alone
SELECT count(*) FROM (SELECT org, count(*) FILTER (WHERE due = 1 AND due_day BETWEEN '2024-01-01' AND '2024-12-31') FROM appraisal_fact WHERE course = 'handled' GROUP BY 1) AS x;
