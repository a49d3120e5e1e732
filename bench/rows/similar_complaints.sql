-- similar_complaints() against pg_trgm with its indexes, among invented texts of
-- a city and a year: 10 times faster at better recall, which is how often the
-- text that a search was made from is among the first 5. Full: 1 million texts.
-- pg_trgm sees Chinese only in a locale other than C.
SELECT CASE WHEN :full = 1 THEN 1000000 ELSE 100000 END AS texts \gset
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SELECT FROM peoplecall.install_defaults();
SET search_path = peoplecall, public;
SET peoplecall.as_of = '2026-01-01 00:00+08';
SELECT FROM setseed(0.25);

-- 13 districts of 15 streets
INSERT INTO area (code, name) VALUES ('42', 'province'), ('4201', 'city');
INSERT INTO area (code, name)
SELECT ('4201' || lpad(n::text, 2, '0'))::areacode, 'district' FROM generate_series(1, 13) AS n;
INSERT INTO area (code, name)
SELECT ('4201' || lpad(d::text, 2, '0') || lpad(s::text, 3, '0'))::areacode, 'street'
  FROM generate_series(1, 13) AS d, generate_series(1, 15) AS s;
CREATE TEMP TABLE street AS
SELECT (row_number() OVER (ORDER BY code))::int AS n, code FROM area WHERE level(code) = 'street';

-- What people write: a place, a thing, what is wrong with it, in many ways.
-- Each street has forty places with names of their own.
CREATE TEMP TABLE place AS
SELECT s.n AS street, p.n, chr(19968 + (s.n * 40 + p.n) * 7919 % 6000)
       || chr(19968 + (s.n * 40 + p.n) * 104729 % 6000)
       || (ARRAY['路', '街', '小区', '花园', '广场', '大道', '新村', '公寓'])[p.n % 8 + 1] AS name
  FROM street AS s, generate_series(1, 40) AS p (n);
CREATE FUNCTION pg_temp.one_of(anyarray, float8) RETURNS anyelement LANGUAGE sql IMMUTABLE
	AS 'SELECT $1[1 + floor($2 * $2 * cardinality($1))::int]';
CREATE FUNCTION pg_temp.thing(x float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT pg_temp.one_of(ARRAY['路灯', '垃圾', '物业', '停车位', '电梯', '下水道', '噪声', '绿化带', '消防通道', '井盖', '学校食堂', '幼儿园', '供暖', '自来水', '燃气管道', '公交站', '红绿灯', '违章搭建', '占道经营', '广场舞', '施工工地', '油烟', '健身器材', '监控', '门禁', '快递柜', '充电桩', '共享单车', '预付卡', '房产证', '公积金', '医保报销', '宠物狗', '流浪猫', '树枝', '围墙', '外墙砖', '屋顶', '化粪池', '配电房'], x) $$;
CREATE FUNCTION pg_temp.trouble(x float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT pg_temp.one_of(ARRAY['坏了没人修', '无人管理', '影响居民休息', '存在安全隐患', '收费不合理', '长期堵塞', '臭味难闻', '多次反映未解决', '不让使用', '损坏严重', '深夜扰民', '拖欠不办', '堆放杂物', '漏水', '被人占用', '不开门', '质量很差', '态度恶劣', '突然倒塌', '没有按时完工'], x) $$;
CREATE FUNCTION pg_temp.say(way int, place text, number int, thing text, trouble text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE way % 6
	WHEN 0 THEN format('%s%s号%s%s', place, number, thing, trouble)
	WHEN 1 THEN format('反映%s%s号的%s%s问题', place, number, thing, trouble)
	WHEN 2 THEN format('%s%s，地点在%s%s号', thing, trouble, place, number)
	WHEN 3 THEN format('请尽快处理%s（%s号）%s%s', place, number, thing, trouble)
	WHEN 4 THEN format('关于%s%s的投诉：%s%s号附近', thing, trouble, place, number)
	ELSE format('%s %s 号：%s，%s！', place, number, trouble, thing) END $$;

CREATE TEMP TABLE matter AS
SELECT m.n, s.code AS area, p.name AS place, m.number, pg_temp.thing(m.x) AS thing,
       pg_temp.trouble(m.y) AS trouble, m.way,
       timestamptz '2025-01-01 00:00+08' + m.t * interval '365 days' AS at
  FROM (SELECT n, 1 + floor(random() * 195)::int AS street, 1 + floor(random() * 40)::int AS place,
               1 + floor(random() * 99)::int AS number, random() AS x, random() AS y,
               floor(random() * 6)::int AS way, random() AS t
          FROM generate_series(1, :texts) AS n) AS m
  JOIN street AS s ON s.n = m.street
  JOIN place AS p ON p.street = m.street AND p.n = m.place;
-- Searches: matters of the last 30 days in other words.
CREATE TEMP TABLE search AS
SELECT m.n, m.area, district_of_area(m.area) * 1000000000000 + m.n AS wanted,
       pg_temp.say(m.way + 1 + m.n % 5, m.place, m.number, m.thing, m.trouble) AS title
  FROM matter AS m
 WHERE m.at > timestamptz '2025-12-03 00:00+08'
 ORDER BY md5(m.n::text)
 LIMIT 200;

-- Every baseline gets the plan that it is for. A search is one call; the best of
-- them counts.
CREATE TEMP TABLE measured (how text, place text, seconds float8, found boolean);
CREATE PROCEDURE bench.search(how text, place text, query text, searches int) LANGUAGE plpgsql AS $$
DECLARE
	s record;
	began float8;
	ids bigint[];
BEGIN
	FOR s IN SELECT * FROM search ORDER BY n LIMIT searches LOOP
		began := bench.now();
		EXECUTE query INTO ids USING s.title, CASE place WHEN 'street' THEN s.area WHEN 'district' THEN peoplecall.ancestor(s.area, 'district') ELSE '4201'::peoplecall.areacode END;
		INSERT INTO measured VALUES (how, place, bench.now() - began, s.wanted = ANY (ids));
	END LOOP;
END
$$;
\set ours 'SELECT array_agg(s.complaint_id) FROM (SELECT * FROM peoplecall.similar_complaints($1, NULL, $2) LIMIT 5) AS s'
-- one by one as submit does it, a hundredth, a tenth and all, to see how it grows
CREATE PROCEDURE pg_temp.remember(first bigint, last bigint) LANGUAGE sql AS $$
	INSERT INTO peoplecall.complaint (district_id, id, channel, nature, title, body, area, grade, state,
		command_level, received_at, last_event_at)
	SELECT peoplecall.district_of_area(m.area), peoplecall.district_of_area(m.area) * 1000000000000 + m.n, 'hotline', 'complaint',
	       pg_temp.say(m.way, m.place, m.number, m.thing, m.trouble),
	       format('我是%s居民，%s%s已经很久了，打过电话没有人来处理，希望有关部门尽快到现场查看并给出答复，谢谢。', m.place, m.thing, m.trouble),
	       m.area, 'B', 'closed', 'street', m.at, m.at
	  FROM matter AS m
	 WHERE m.n > first AND m.n <= last;
	INSERT INTO peoplecall.complaint_text (district_id, complaint_id, area, received_at, grams, digest)
	SELECT c.district_id, c.id, c.area, c.received_at, peoplecall.text_grams(left(c.title, 500)), peoplecall.text_digest(c.title || c.body)
	  FROM peoplecall.complaint AS c
	 WHERE c.id % 1000000000000 > first AND c.id % 1000000000000 <= last
	 ORDER BY c.received_at;
$$;
CREATE TEMP TABLE grown (texts float8, place text, cost float8);
CREATE PROCEDURE pg_temp.measure(texts bigint, ours text) LANGUAGE plpgsql AS $$
BEGIN
	FOR round IN 0 .. 1 LOOP
		DELETE FROM measured;
		CALL bench.search('similar_complaints', 'street', ours, 100);
		CALL bench.search('similar_complaints', 'city', ours, 100);
	END LOOP;
	INSERT INTO grown SELECT measure.texts, m.place, bench.median(array_agg(m.seconds)) FROM measured AS m GROUP BY m.place;
	DELETE FROM measured;
END
$$;
CALL pg_temp.remember(0, :texts / 100);
SELECT FROM refresh_likeness();
VACUUM ANALYZE complaint, complaint_text;
CALL pg_temp.measure(:texts / 100, :'ours');
CALL pg_temp.remember(:texts / 100, :texts / 10);
SELECT FROM refresh_likeness();
VACUUM ANALYZE complaint, complaint_text;
CALL pg_temp.measure(:texts / 10, :'ours');
CALL pg_temp.remember(:texts / 10, :texts);
SELECT FROM refresh_likeness();
VACUUM ANALYZE complaint, complaint_text;
CALL pg_temp.measure(:texts, :'ours');
SELECT format('CALL bench.grown(%L, ''texts'', %L, %L)', 'similar_complaints in a ' || g.place,
	array_agg(g.texts ORDER BY g.texts), array_agg(g.cost ORDER BY g.texts))
  FROM grown AS g GROUP BY g.place ORDER BY g.place DESC
\gexec
CREATE INDEX complaint_title_gin ON complaint USING gin (title gin_trgm_ops);
CREATE INDEX complaint_title_gist ON complaint USING gist (title gist_trgm_ops);
VACUUM ANALYZE complaint;

\set gin 'SELECT array_agg(s.id) FROM (SELECT id FROM peoplecall.complaint WHERE title % $1 AND area OPERATOR(peoplecall.<@) $2 AND received_at >= peoplecall.as_of() - interval \'30 days\' ORDER BY similarity(title, $1) DESC LIMIT 5) AS s'
\set gist 'SELECT array_agg(s.id) FROM (SELECT id FROM peoplecall.complaint WHERE area OPERATOR(peoplecall.<@) $2 AND received_at >= peoplecall.as_of() - interval \'30 days\' ORDER BY title <-> $1 LIMIT 5) AS s'
CREATE PROCEDURE bench.round(ours text, gin text, gist text) LANGUAGE plpgsql AS $$
DECLARE
	place text;
BEGIN
	FOREACH place IN ARRAY '{street,district,city}'::text[] LOOP
		CALL bench.search('similar_complaints', place, ours, 100);
		SET LOCAL enable_indexscan = off;
		CALL bench.search('pg_trgm, GIN', place, gin, 10);
		RESET enable_indexscan;
		SET LOCAL enable_sort = off;
		CALL bench.search('pg_trgm, GiST', place, gist, 10);
		RESET enable_sort;
	END LOOP;
END
$$;
CALL bench.round(:'ours', :'gin', :'gist');
DELETE FROM measured;
CALL bench.round(:'ours', :'gin', :'gist');
CALL bench.round(:'ours', :'gin', :'gist');
-- without trigram indexes: the rows of the place and time, each compared
DROP INDEX complaint_title_gin, complaint_title_gist;
CREATE INDEX complaint_place_time ON complaint (area, received_at);
ANALYZE complaint;
CALL bench.search('pg_trgm over (area, received_at)', 'street', :'gist', 20);
CALL bench.search('pg_trgm over (area, received_at)', 'district', :'gist', 20);
CALL bench.search('pg_trgm over (area, received_at)', 'city', :'gist', 20);
INSERT INTO bench.result (what, against, ours, theirs, ratio, target, reached)
SELECT format('similar_complaints in a %s, %s texts', o.place, to_char(:texts, 'FM9,999,999')), t.how,
       format('%s, %s %% found', bench.duration(o.median), round(100 * o.recall)), format('%s, %s %% found', bench.duration(t.median), round(100 * t.recall)),
       t.median / o.median, CASE WHEN t.how IN ('pg_trgm, GIN', 'pg_trgm, GiST') THEN '≥ 10 × faster, no fewer found' END,
       CASE WHEN t.how IN ('pg_trgm, GIN', 'pg_trgm, GiST') THEN t.median >= 10 * o.median AND o.recall >= t.recall END
  FROM (SELECT how, place, bench.median(array_agg(seconds)) AS median, avg(found::int) AS recall FROM measured GROUP BY 1, 2) AS o
  JOIN (SELECT how, place, bench.median(array_agg(seconds)) AS median, avg(found::int) AS recall FROM measured GROUP BY 1, 2) AS t USING (place)
 WHERE o.how = 'similar_complaints' AND t.how <> o.how
 ORDER BY array_position('{street,district,city}', o.place), t.how;
