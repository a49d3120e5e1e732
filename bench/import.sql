-- import_complaints(): a million invented matters of a city and three years,
-- most of them over, 5,000 still open, and one in a thousand that must be
-- refused. Run it with psql -X in a database of its own that has nothing of
-- ours yet. It prints how long it takes, what was taken in and refused, and
-- whether anything was lost. -v rows=N for another number of rows.
\set QUIET on
SET client_min_messages = error;
\if :{?rows} \else \set rows 1000000 \endif
CREATE EXTENSION peoplecall CASCADE;
SELECT peoplecall.create_ledger() \g /dev/null
SELECT peoplecall.install_defaults() \g /dev/null
SET search_path = peoplecall, public;
SET TimeZone = 'Asia/Shanghai';
SELECT setseed(0.5) \g /dev/null

-- 13 districts of 15 streets, an office for each and a department of each kind
INSERT INTO area (code, name) VALUES ('42', 'province'), ('4201', 'city');
INSERT INTO area (code, name)
SELECT ('4201' || lpad(n::text, 2, '0'))::areacode, 'district' FROM generate_series(1, 13) AS n;
INSERT INTO area (code, name)
SELECT ('4201' || lpad(d::text, 2, '0') || lpad(s::text, 3, '0'))::areacode, 'street'
  FROM generate_series(1, 13) AS d, generate_series(1, 15) AS s;
INSERT INTO org (id, code, name, kind, area) VALUES (1, 'city', 'city', 'city', '4201');
SELECT setval(pg_get_serial_sequence('peoplecall.org', 'id'), 1) \g /dev/null
INSERT INTO org (code, name, kind, area, superior)
SELECT 'd' || code::text, 'district', 'district', code, 1 FROM area WHERE level(code) = 'district';
INSERT INTO org (code, name, kind, area, superior)
SELECT 's' || a.code::text, 'street', 'street', a.code, o.id
  FROM area AS a JOIN org AS o ON o.area = parent(a.code) AND o.kind = 'district' WHERE level(a.code) = 'street';
INSERT INTO category (path, name, base_grade)
SELECT ('kind' || k || CASE WHEN s = 0 THEN '' ELSE '.sub' || s END)::ltree, 'category', CASE WHEN s % 3 = 0 THEN 'A' ELSE 'B' END::grade
  FROM generate_series(1, 15) AS k, generate_series(0, 9) AS s;
INSERT INTO responsibility (category, area, kind, at_level)
SELECT path, '4201', 'street', 'street' FROM category WHERE nlevel(path) = 1;

CREATE FUNCTION pg_temp.words(n int, seed int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg((ARRAY['路灯', '垃圾', '物业', '停车', '电梯', '下水道', '噪声', '绿化', '消防', '井盖', '食堂', '供暖', '自来水', '燃气', '公交站', '红绿灯', '违建', '占道', '施工', '油烟', '门禁', '充电桩', '单车', '预付卡', '小区', '不亮', '堵塞', '破损', '扰民', '无人管'])
	                  [1 + abs(hashint4(seed * 131 + i)) % 30], '') FROM generate_series(1, n) AS i
$$;
\timing on
\echo staging:
INSERT INTO staging_complaint (channel, external_id, title, body, area, address, category, people,
	reporter_name, reporter_phone, lead, result, received_at, dispatched_at, accepted_at, completed_at, closed_at, due_at)
SELECT (ARRAY['hotline', 'board', 'mini_program', 'visit'])[1 + r.n % 4], 'old-' || r.n,
       pg_temp.words(5, r.n), pg_temp.words(20, r.n + 7),
       CASE WHEN r.n % 1000 = 0 THEN '999999' ELSE r.code::text END, '门牌' || r.n % 500 || '号',
       'kind' || 1 + r.n % 15 || '.sub' || 1 + r.n % 9, (1 + r.n % 3)::text,
       '来电人' || r.n, '100' || lpad(r.n::text, 8, '0'), 's' || r.code::text, '已办结' || r.n,
       to_char(r.at, 'YYYY-MM-DD HH24:MI:SS'), to_char(r.at + interval '20 min', 'YYYY-MM-DD HH24:MI:SS'),
       to_char(r.at + interval '1 hour', 'YYYY-MM-DD HH24:MI:SS'),
       CASE WHEN r.over THEN to_char(r.at + r.took, 'YYYY-MM-DD HH24:MI:SS') END,
       CASE WHEN r.over THEN to_char(r.at + r.took + interval '2 hours', 'YYYY-MM-DD HH24:MI:SS') END,
       to_char(r.at + interval '3 days', 'YYYY-MM-DD HH24:MI:SS')
  FROM (SELECT g.n, now() - interval '5 days' - interval '3 years' * ((:rows - g.n)::float8 / :rows) AS at, interval '2 hours' + random() * interval '4 days' AS took,
               g.n <= :rows - 5000 AS over, s.code
          FROM generate_series(1, :rows) AS g (n)
          JOIN (SELECT row_number() OVER (ORDER BY code) AS n, code FROM area WHERE level(code) = 'street') AS s ON s.n = 1 + g.n % 195) AS r;
ANALYZE staging_complaint;
\echo import:
CALL import_complaints();
\timing off
SELECT (SELECT count(*) FROM complaint) AS complaints, (SELECT count(*) FROM complaint WHERE state = 'closed') AS closed,
       (SELECT count(*) FROM clock WHERE stopped_at IS NULL) AS running_clocks, (SELECT count(*) FROM clock WHERE verdict = 'met') AS met,
       (SELECT count(*) FROM complaint_text) AS texts,
       (SELECT count(*) FROM complaint) + (SELECT count(*) FROM staging_complaint) = :rows AS nothing_lost;
SELECT sqlstate, min(reason) AS reason, count(*) FROM staging_complaint GROUP BY sqlstate;
SELECT pg_size_pretty(pg_database_size(current_database())) AS size;
