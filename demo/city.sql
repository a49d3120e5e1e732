-- The city of Wuhan for the demo: areas, orgs, officers and their posts,
-- calendar and, from rulebook.sql, categories, responsibilities, grade rules,
-- limits, channels.
--
-- Run by psql from the project's root, as the ledger's owner or a superuser,
-- after create_ledger() and install_defaults():
--     psql -d city -f demo/city.sql
-- Everything is in one transaction; a city that stands already is left alone.
\set ON_ERROR_STOP on
SELECT EXISTS (SELECT FROM peoplecall.org) AS city_stands,
       quote_ident(n.nspname) AS ltree_schema
  FROM pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname = 'ltree'
\gset
\if :city_stands
\echo 'The ledger holds orgs already; the demo city was not loaded.'
\q
\endif

BEGIN;
SET LOCAL search_path = peoplecall, :ltree_schema;
SET LOCAL client_min_messages = warning;

-- 1. Areas (demo/areas/README.md)
CREATE TEMP TABLE stage_area (code text, name text) ON COMMIT DROP;
\copy stage_area FROM 'demo/areas/wuhan.csv' (FORMAT csv, HEADER)

INSERT INTO area (code, name)
SELECT code::areacode, name
  FROM stage_area
 ORDER BY code COLLATE "C";
ANALYZE area;

-- 2. Kinds of org. The general ones are those of install_defaults(); a line
-- of departments (条) has a kind of its own, so that a responsibility can
-- name "the education bureau of the district".
INSERT INTO org_kind (kind, name, level, territorial, inspects, outside)
VALUES ('city', '市', 'city', true, false, false),
       ('district', '区', 'district', true, false, false),
       ('street', '街道', 'street', true, false, false),
       ('community', '社区', 'community', true, false, false),
       ('city_department', '市级部门', 'city', false, false, false),
       ('department', '区级部门', 'district', false, false, false),
       ('team', '街道综合执法中心', 'street', false, false, false),
       ('station', '派驻街道单位', 'street', false, false, false),
       ('station_police', '派出所', 'street', false, false, false),
       ('station_market', '市场监督管理所', 'street', false, false, false),
       ('station_utility', '水电气服务站', 'street', false, false, false),
       ('inspection', '监督检查', NULL, false, true, false),
       ('outside', '社会单位', NULL, false, false, true)
    ON CONFLICT (kind) DO NOTHING;

-- The lines. A vertical one (垂直管理) is led by the city's department, and
-- the district only commands; the others are the district government's own.
CREATE TEMP TABLE line (
	line text PRIMARY KEY,
	city_name text NOT NULL,
	district_name text NOT NULL,
	vertical boolean NOT NULL
) ON COMMIT DROP;
INSERT INTO line
VALUES ('market', '市市场监督管理局', '市场监督管理局', false),
       ('education', '市教育局', '教育局', false),
       ('police', '市公安局', '公安分局', true),
       ('labour', '市人力资源和社会保障局', '人力资源和社会保障局', false),
       ('urban', '市城市管理执法委员会', '城市管理执法局', false),
       ('water', '市水务局', '水务和湖泊局', false),
       ('planning', '市自然资源和规划局', '自然资源和规划分局', true),
       ('traffic', '市公安局交通管理局', '交通管理大队', true),
       ('fire', '市消防救援支队', '消防救援大队', true),
       ('housing', '市住房保障和房屋管理局', '住房保障和房屋管理局', false),
       ('construction', '市城乡建设局', '城乡建设局', false),
       ('environment', '市生态环境局', '生态环境分局', true),
       ('health', '市卫生健康委员会', '卫生健康局', false),
       ('insurance', '市医疗保障局', '医疗保障局', false),
       ('civil', '市民政局', '民政局', false),
       ('culture', '市文化和旅游局', '文化和旅游局', false),
       ('garden', '市园林和林业局', '园林和林业局', false),
       ('transport', '市交通运输局', '交通运输局', false),
       ('emergency', '市应急管理局', '应急管理局', false),
       ('commerce', '市商务局', '商务局', false),
       ('agriculture', '市农业农村局', '农业农村局', false),
       ('service', '市政务服务和大数据管理局', '政务服务和大数据管理局', false),
       ('justice', '市司法局', '司法局', false),
       ('utility', '市水电气联合服务中心', '水电气联合服务中心', true);

INSERT INTO org_kind (kind, name, level)
SELECT 'dept_' || line, '区' || district_name, 'district'
  FROM line
 ORDER BY line;

-- 3. Zones that handle matters and are no unit of the code tree: the streets
-- that they administer belong to other districts by their codes.
CREATE TEMP TABLE zone_street (zone text, area areacode) ON COMMIT DROP;
INSERT INTO zone_street
VALUES ('donghu', '420111080'), -- 关东街道, where the zone has its seat
       ('donghu', '420111081'), -- 花山街道
       ('donghu', '420111082'), -- 左岭街道
       ('donghu', '420111083'), -- 九峰街道
       ('donghu', '420115086'), -- 佛祖岭街道
       ('donghu', '420115087'), -- 豹澥街道
       ('donghu', '420115088'), -- 龙泉街道
       ('donghu', '420115089'), -- 滨湖街道
       ('420113', '420114070'), -- 沌口街道: 武汉经开区, one body with 汉南区
       ('420113', '420114071'), -- 军山街道
       ('420113', '420114072'); -- 沌阳街道

-- 4. Territorial orgs: one for each area, code = the area's code. Each level
-- is inserted after the one above, because it looks its superior up.
INSERT INTO org (code, name, kind, area)
SELECT a.code::text, '武汉市政府（民呼我应中心）', 'city', a.code
  FROM area AS a
 WHERE level(a.code) = 'city';

INSERT INTO org (code, name, kind, area, superior)
SELECT a.code::text,
       CASE a.code::text
       WHEN '420113' THEN '武汉经开区（汉南区）管委会（民呼我应中心）'
       ELSE a.name || '政府（民呼我应中心）'
       END,
       'district', a.code, up.id
  FROM area AS a
  JOIN org AS up ON up.code = parent(a.code)::text
 WHERE level(a.code) = 'district'
 ORDER BY a.code;

-- The zone's area is its seat and not the city, so that a post there reads
-- the zone's matters only.
INSERT INTO org (code, name, kind, area, superior)
SELECT 'donghu', '东湖高新区管委会（民呼我应中心）', 'district', '420111080', up.id
  FROM org AS up
 WHERE up.code = '4201';

INSERT INTO org (code, name, kind, area, superior)
SELECT a.code::text,
       CASE
       WHEN a.name ~ '(管理委员会|管委会|管理处|办事处)$' THEN a.name
       WHEN a.name ~ '管理委员会街道$' THEN left(a.name, -2)
       WHEN a.name ~ '办事处街道$' THEN replace(a.name, '办事处街道', '街道办事处')
       WHEN a.name ~ '[乡镇]$' THEN a.name || '人民政府'
       WHEN a.name ~ '街道?$' THEN a.name || '办事处'
       WHEN a.name ~ '）$' THEN replace(a.name, '（', '办事处（')
       ELSE a.name || '管理办公室'
       END,
       'street', a.code, up.id
  FROM area AS a
  LEFT JOIN zone_street AS z ON z.area = a.code
  JOIN org AS up ON up.code = coalesce(z.zone, parent(a.code)::text)
 WHERE level(a.code) = 'street'
 ORDER BY a.code;

INSERT INTO org (code, name, kind, area, superior)
SELECT a.code::text,
       CASE
       WHEN a.name ~ '委员?会$' THEN a.name
       WHEN a.name ~ '居委$' THEN a.name || '会'
       WHEN a.name ~ '村$' THEN a.name || '委会'
       WHEN a.name ~ '(社区|生活区)$' THEN a.name || '居委会'
       ELSE a.name || '管理委员会'
       END,
       'community', a.code, up.id
  FROM area AS a
  JOIN org AS up ON up.code = parent(a.code)::text
 WHERE level(a.code) = 'community'
 ORDER BY a.code;

-- 5. Departments of the city and of each district or zone
INSERT INTO org (code, name, kind, area, superior)
SELECT '4201.' || l.line, '武汉' || l.city_name, 'city_department', up.area, up.id
  FROM line AS l
 CROSS JOIN org AS up
 WHERE up.code = '4201'
 ORDER BY l.line;

INSERT INTO org (code, name, kind, area, superior)
SELECT '4201.hotline', '武汉市12345热线受理中心', 'city_department', up.area, up.id
  FROM org AS up
 WHERE up.code = '4201';

INSERT INTO org (code, name, kind, area, superior, commanded_by)
SELECT d.code || '.' || l.line,
       CASE d.code
       WHEN 'donghu' THEN '东湖高新区'
       WHEN '420113' THEN '武汉经开区'
       ELSE a.name
       END || l.district_name,
       'dept_' || l.line, d.area,
       CASE WHEN l.vertical THEN city.id ELSE d.id END,
       CASE WHEN l.vertical THEN d.id END
  FROM org AS d
  JOIN area AS a ON a.code = d.area
 CROSS JOIN line AS l
  JOIN org AS city ON city.code = '4201.' || l.line
 WHERE d.kind = 'district'
 ORDER BY d.code, l.line;

-- 6. At each street: its enforcement team, and the stationed units, which
-- belong to their line and obey the street (条 and 块).
INSERT INTO org (code, name, kind, area, superior, commanded_by)
SELECT s.code || '.team', short.name || '综合执法中心', 'team', s.area, s.id, s.id
  FROM org AS s
  JOIN area AS a ON a.code = s.area
 CROSS JOIN LATERAL (SELECT regexp_replace(a.name, '(管理委员会|管委会|办事处)(街道)?$', '\2')) AS short (name)
 WHERE s.kind = 'street'
 ORDER BY s.code;

INSERT INTO org (code, name, kind, area, superior, commanded_by)
SELECT s.code || '.' || u.line, short.name || u.name, 'station_' || u.line, s.area, up.id, s.id
  FROM org AS s
  JOIN area AS a ON a.code = s.area
  LEFT JOIN zone_street AS z ON z.area = s.area
 CROSS JOIN (VALUES ('market', '市场监督管理所'),
                    ('police', '派出所'),
                    ('utility', '水电气服务站')) AS u (line, name)
  JOIN org AS up ON up.code = coalesce(z.zone, parent(s.area)::text) || '.' || u.line
 CROSS JOIN LATERAL (SELECT regexp_replace(a.name, '(管理委员会|管委会|办事处)?(街道?)?$', '')) AS short (name)
 WHERE s.kind = 'street'
 ORDER BY s.code, u.line;

-- 7. Inspection, and the bodies from outside that the story's meetings invite
INSERT INTO org (code, name, kind, area, superior)
SELECT d.code || '.inspection',
       CASE d.code
       WHEN 'donghu' THEN '东湖高新区'
       WHEN '420113' THEN '武汉经开区'
       ELSE a.name
       END || '纪委监委党风政风监督室',
       'inspection', d.area, NULL
  FROM org AS d
  JOIN area AS a ON a.code = d.area
 WHERE d.kind IN ('city', 'district')
 ORDER BY d.kind, d.code;
UPDATE org AS i
   SET superior = city.id
  FROM org AS city
 WHERE i.kind = 'inspection'
   AND city.code = '4201.inspection'
   AND i.id <> city.id;

INSERT INTO org (code, name, kind, area)
VALUES ('outside.mall', '汉口城市广场商业管理处', 'outside', '420102017020'),
       ('outside.pool', '海豚湾儿童水乐园', 'outside', '420102017020'),
       ('outside.school', '启明星校外培训中心', 'outside', '420106012'),
       ('outside.property', '宝安花园物业服务处', 'outside', '420106015006');

-- The zones' departments handle where the zones do.
INSERT INTO jurisdiction (area, org)
SELECT z.area, o.id
  FROM zone_street AS z
  JOIN org AS o ON o.code = z.zone
                OR (o.code LIKE z.zone || '.%' AND (o.kind LIKE 'dept\_%' OR o.kind = 'inspection'))
 ORDER BY z.area, o.code;
ANALYZE org;

-- 8. Officers: invented names, composed from common surnames and given names
-- by a digest of the post, so that each run makes the same people. The phone
-- numbers begin with 000, which no number in any numbering plan does.
WITH pool AS (
	SELECT string_to_array('王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 '
	           '郑 梁 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 萧 蔡 潘 田 董 袁 于 余 叶 蒋 杜 苏 魏 程 '
	           '吕 丁 沈 任 姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 '
	           '孟 秦 白 江 阎 薛 尹 段 雷 龙 史 陶 贺 顾 毛 郝 龚 邵 万 钱 严 洪 柯 涂 喻', ' ') AS surnames,
	       string_to_array('建 国 志 文 明 永 春 晓 海 德 家 少 佳 思 雨 子 新 立 秀 玉 '
	           '红 桂 金 丽 静 慧 雅 若 俊 振 兴 世 光 学 正 成 安 启 泽 宇', ' ') AS middles,
	       string_to_array('华 平 军 伟 勇 强 涛 斌 波 辉 杰 鹏 磊 洋 明 林 峰 超 亮 刚 '
	           '芳 敏 燕 娟 霞 玲 丹 婷 萍 琴 莉 洁 颖 琳 蓉 兰 梅 英 娜 倩 宁 清 毅 博 凯 晨', ' ') AS lasts
),
seat AS (
	SELECT o.id AS org, r.role::officer_role AS role, o.code,
	       row_number() OVER (ORDER BY k.level NULLS LAST, o.code COLLATE "C", r.role::officer_role) AS n,
	       decode(md5(o.code || ':' || r.role), 'hex') AS digest
	  FROM org AS o
	  JOIN org_kind AS k USING (kind)
	 CROSS JOIN unnest(ARRAY['handler', 'leader_in_charge', 'chief', 'duty_officer']) AS r (role)
	 WHERE r.role = 'handler'
	    OR (r.role IN ('leader_in_charge', 'chief') AND NOT k.outside)
	    -- around the clock from the street upwards
	    OR (r.role = 'duty_officer' AND k.territorial AND k.level < 'community')
)
INSERT INTO officer (org, role, name, phone)
SELECT s.org, s.role,
       p.surnames[1 + (get_byte(s.digest, 0) * 256 + get_byte(s.digest, 1)) % cardinality(p.surnames)]
       || CASE WHEN get_byte(s.digest, 2) < 190
               THEN p.middles[1 + (get_byte(s.digest, 3) * 256 + get_byte(s.digest, 4)) % cardinality(p.middles)]
               ELSE ''
          END
       || p.lasts[1 + (get_byte(s.digest, 5) * 256 + get_byte(s.digest, 6)) % cardinality(p.lasts)],
       -- 7919 has no factor in common with 10^8: no two numbers are equal
       '000-' || to_char((s.n * 7919 + 20190403) % 100000000, 'FM0000"-"0000')
  FROM seat AS s
 CROSS JOIN pool AS p
 ORDER BY s.n;
ANALYZE officer;

-- 9. Office hours, and the State Council's days off and make-up days
CREATE TEMP TABLE stage_day (
	date date,
	weekday text,
	name text,
	is_off_day boolean,
	notice_year int
) ON COMMIT DROP;
\copy stage_day FROM 'demo/calendar/china_special_days.csv' (FORMAT csv, HEADER)

INSERT INTO calendar (name, timezone, known_until)
VALUES ('wuhan', 'Asia/Shanghai', '2026-12-31');

INSERT INTO calendar_window (calendar, weekday, opens, closes)
SELECT 'wuhan', d, w.opens, w.closes
  FROM generate_series(1, 5) AS d
 CROSS JOIN (VALUES (time '08:30', time '12:00'),
                    (time '14:00', time '17:30')) AS w (opens, closes);

INSERT INTO calendar_day (calendar, day, is_workday, name)
SELECT 'wuhan', date, NOT is_off_day, name
  FROM stage_day
 ORDER BY date;

-- 10. What is what, and who answers for it
\ir rulebook.sql

-- 11. Posts: every body's handler handles; the centres of city, districts and
-- streets judge and verify; the hotline's takes matters in; inspection and
-- the centres of city and districts supervise. The owner may fill the table
-- at once, appoint() is for one.
INSERT INTO post (officer, duty, org)
SELECT f.id, d.duty::duty, o.id
  FROM officer AS f
  JOIN org AS o ON o.id = f.org
  JOIN org_kind AS k USING (kind)
 CROSS JOIN LATERAL (
	SELECT 'handle' WHERE NOT k.outside
	UNION ALL
	SELECT unnest('{dispatch,verify}'::text[]) WHERE k.territorial AND k.level < 'community'
	UNION ALL
	SELECT 'supervise' WHERE k.inspects OR (k.territorial AND k.level <= 'district')
	UNION ALL
	SELECT 'intake' WHERE o.code = '4201.hotline') AS d (duty)
 WHERE f.role = 'handler'
 ORDER BY f.id, d.duty;

ANALYZE category;
ANALYZE responsibility;
ANALYZE post;
COMMIT;

SELECT (SELECT count(*) FROM peoplecall.area) AS areas,
       (SELECT count(*) FROM peoplecall.org) AS orgs,
       (SELECT count(*) FROM peoplecall.officer) AS officers,
       (SELECT count(*) FROM peoplecall.category) AS categories,
       (SELECT count(*) FROM peoplecall.responsibility) AS responsibilities,
       (SELECT count(*) FROM peoplecall.calendar_day) AS special_days,
       (SELECT count(*) FROM peoplecall.post) AS posts;
