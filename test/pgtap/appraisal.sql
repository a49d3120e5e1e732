-- The appraisal: the figures that the reform published, what moves a figure and
-- what does not, who may see which, frozen periods, trends.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
SET LOCAL DateStyle = 'ISO, YMD';
CREATE ROLE appr_street;
CREATE ROLE appr_community;
CREATE ROLE appr_market;
CREATE ROLE appr_inspection;
CREATE ROLE appr_elsewhere;
CREATE ROLE appr_nothing;

-- The value of a query for a role, or its SQLSTATE.
-- One org's figures in a few words.
CREATE FUNCTION pg_temp.row(of bigint, a date, b date, of_course text DEFAULT 'handled') RETURNS text LANGUAGE sql AS $$
	SELECT format('filed %s due %s closed %s %s on time %s %s', filed, due, closed, closed_rate, on_time, on_time_rate)
	       || CASE WHEN overturned + excluded + extended + returned + merged + reopened + urged > 0
	          THEN format(', overturned %s excluded %s extended %s returned %s merged %s reopened %s urged %s', overturned, excluded, extended, returned, merged, reopened, urged) ELSE '' END
	  FROM peoplecall.appraise(a, b, NULL, of, of_course)
$$;
CREATE FUNCTION pg_temp.words(of bigint, a date, b date) RETURNS text LANGUAGE sql AS $$
	SELECT format('contact %s/%s %s solved %s/%s %s satisfied %s/%s %s of %s, %s unreached %s', contacted, contact_asked, coalesce(contact_rate::text, '-'),
	       solved, answered, coalesce(solved_rate::text, '-'), satisfied, rated, coalesce(satisfied_rate::text, '-'), settled, coverage, unreached)
	  FROM peoplecall.appraise(a, b, NULL, of)
$$;
-- A food matter of 东湖路社区, with the district's market office 31: 3 working days.
CREATE FUNCTION pg_temp.food(at text, area text DEFAULT '420106012001', channel text DEFAULT 'hotline', nature text DEFAULT 'complaint') RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('peoplecall.as_of', at || '+08', true);
	RETURN (SELECT s.complaint_id FROM peoplecall.submit(channel, '事' || nextval('pg_temp.n'), '', area::peoplecall.areacode, 'market.food', nature, auto_dispatch => true) AS s);
END
$$;
CREATE TEMPORARY SEQUENCE n;
CREATE FUNCTION pg_temp.refresh() RETURNS bigint LANGUAGE sql AS $$
	SELECT sum(r.marks) FROM unnest('{420102,420106}'::int[]) AS d, peoplecall.refresh_appraisal(d, 100000) AS r
$$;

--
-- The published figures: 996 filed, 972 due, 911 closed, 737 on time.
--
CREATE TEMPORARY TABLE case_of (n int, c bigint);
INSERT INTO case_of
SELECT n, pg_temp.food(CASE WHEN n <= 976 THEN format('2019-11-%s 10:%s', 4 + n % 14, n % 60) ELSE '2019-11-28 10:00' END) FROM generate_series(1, 996) AS n;
-- 737 within their three days, 174 a week later; 61 are open when November ends, 4 of the 976 are malicious
SELECT pg_temp.at(format('2019-11-%s 16:00', lpad((4 + n % 14)::text, 2, '0'))), peoplecall.complete(c, '办结') FROM case_of WHERE n <= 737 \g /dev/null
SELECT pg_temp.at('2019-11-29 16:00'), peoplecall.complete(c, '办结') FROM case_of WHERE n BETWEEN 738 AND 911 \g /dev/null
SELECT peoplecall.request(c, 'exclude', '恶意投诉', evidence => '录音'), peoplecall.decide(c, 1, true, '属实') FROM case_of WHERE n BETWEEN 973 AND 976 \g /dev/null
SELECT * FROM pg_temp.at('2019-12-20 09:00');
SELECT is(pg_temp.row(31, '2019-11-01', '2019-11-30'), 'filed 996 due 972 closed 911 93.72 on time 737 75.82, overturned 0 excluded 4 extended 0 returned 0 merged 0 reopened 0 urged 0',
	'996 filed, 972 due, 911 closed, 737 on time: 93.72 % and 75.82 %, live');
SELECT is(pg_temp.row(31, '2019-12-01', '2019-12-31'), 'filed 0 due 20 closed 0 0.00 on time 0 0.00', 'the rest is due in December');
SELECT cmp_ok(pg_temp.refresh(), '>', 1000::bigint, 'the refresh takes what verbs marked');
SELECT is(pg_temp.refresh(), 0::bigint, 'once');
SELECT is(pg_temp.row(31, '2019-11-01', '2019-11-30'), 'filed 996 due 972 closed 911 93.72 on time 737 75.82, overturned 0 excluded 4 extended 0 returned 0 merged 0 reopened 0 urged 0',
	'from the sums the same');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'which are right');
SELECT results_eq($$SELECT count(*)::int, sum(counts)::int FROM peoplecall.appraised_shares('late', '2019-11-01', '2019-11-30')$$, 'VALUES (235, 235)', 'the ids of those not on time');
SELECT bag_eq($$SELECT complaint_id FROM peoplecall.appraised_shares('open', '2019-11-01', '2019-11-30')$$, 'SELECT c FROM case_of WHERE n BETWEEN 912 AND 972', 'and of those left open');
-- what is done after the end of the period does not mend it
SELECT peoplecall.complete(c, '办结') FROM case_of WHERE n BETWEEN 912 AND 930 \g /dev/null
SELECT is((SELECT (due, closed, on_time)::text FROM peoplecall.appraise('2019-11-01', '2019-11-30')), '(972,911,737)', 'done in December, November stays as it was'),
       is((SELECT (due, closed, on_time)::text FROM peoplecall.appraise('2019-11-01', '2019-12-31')), '(992,930,737)', 'closed in the longer period');
SELECT pg_temp.refresh() \g /dev/null
SELECT is((SELECT (due, closed, on_time)::text FROM peoplecall.appraise('2019-11-01', '2019-11-30')), '(972,911,737)', 'from the sums too'),
       is((SELECT (due, closed, on_time)::text FROM peoplecall.appraise('2019-11-01', '2019-12-31')), '(992,930,737)', 'and the longer one');
SELECT is((SELECT sum(closed) FROM peoplecall.appraise('2019-11-01', '2019-11-25')), 737::numeric, 'before the late ones were done none of them is closed');

--
-- What moves a figure: two shares of March 2020, one of the market office each.
--
SELECT pg_temp.food('2020-03-02 09:00') AS a \gset
SELECT pg_temp.food('2020-03-02 09:30') AS b \gset
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 0 closed 0  on time 0 ', 'a deadline that is to come is not due');
SELECT * FROM pg_temp.at('2020-03-03 09:00');
SELECT FROM peoplecall.complete(:a, '办结') \g /dev/null
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 0 closed 0  on time 0 ', 'nor one that was met before');
SELECT * FROM pg_temp.at('2020-03-05 17:29:59');
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 0 closed 0  on time 0 ', 'until its moment');
SELECT pg_temp.refresh() \g /dev/null
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 0 closed 0  on time 0 ', 'by the sums as well');
SELECT * FROM pg_temp.at('2020-03-05 17:30');
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 2 closed 1 50.00 on time 1 50.00', 'when it comes both are due');
SELECT is(pg_temp.row(31, '2020-03-05', '2020-03-05'), 'filed 0 due 2 closed 1 50.00 on time 1 50.00', 'on that day'),
       is(pg_temp.row(31, '2020-03-01', '2020-03-04'), 'filed 2 due 0 closed 0  on time 0 ', 'not before'),
       is(pg_temp.row(31, '2020-03-06', '2020-03-31'), NULL, 'and not after: no row');
-- excluded, and back when the citizen's objection is upheld
SELECT FROM peoplecall.request(:b, 'exclude', '重复', evidence => '台账') \g /dev/null
SELECT FROM peoplecall.decide(:b, 1, true, '同意') \g /dev/null
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 1 closed 1 100.00 on time 1 100.00, overturned 0 excluded 1 extended 0 returned 0 merged 0 reopened 0 urged 0',
	'excluded: out of the rates, not of the counts');
SELECT FROM peoplecall.object_exclusion(:b, '不是重复') \g /dev/null
SELECT FROM peoplecall.decide(:b, 2, true, '有理') \g /dev/null
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 2 due 2 closed 1 50.00 on time 1 50.00', 'upheld: back in');
-- the citizen's no, upheld
SELECT FROM peoplecall.close(:a) \g /dev/null
SELECT FROM peoplecall.revisit(:a, 'reached', true, false, 2) \g /dev/null
SELECT FROM peoplecall.reopen(:a, '没有解决') \g /dev/null
SELECT is(pg_temp.row(31, '2020-03-01', '2020-03-31'), 'filed 3 due 2 closed 1 50.00 on time 0 0.00, overturned 1 excluded 0 extended 0 returned 0 merged 0 reopened 1 urged 0',
	'overturned: on time nowhere; and a share more');
SELECT is(pg_temp.words(31, '2020-03-01', '2020-03-31'), 'contact 1/1 - solved 0/1 - satisfied 0/1 - of 1, 100.00 unreached 0', 'what he said is charged to the lead, no rate of one answer');
-- sent back: a claim that was none
SELECT * FROM pg_temp.at('2020-03-06 09:00');
SELECT FROM peoplecall.complete(:a, '再办') \g /dev/null
SELECT is((SELECT settled FROM peoplecall.appraise('2020-03-06', '2020-03-06')), 1::bigint, 'done');
SELECT FROM peoplecall.send_back(:a, '还没有') \g /dev/null
SELECT is((SELECT settled FROM peoplecall.appraise('2020-03-06', '2020-03-06')), NULL, 'sent back it is not');
SELECT FROM peoplecall.complete(:a, '再办') \g /dev/null
SELECT FROM peoplecall.close(:a) \g /dev/null
-- a grant moves a deadline out of the period
SELECT pg_temp.food('2020-03-26 09:00') AS x \gset
SELECT FROM peoplecall.request(:x, 'extend', '检测', by => '5wd') \g /dev/null
SELECT FROM peoplecall.decide(:x, 1, true, '同意') \g /dev/null
SELECT * FROM pg_temp.at('2020-04-20 09:00');
SELECT is((SELECT (due, extended)::text FROM peoplecall.appraise('2020-03-20', '2020-03-31')), '(0,1)', 'extended out of the period: shown'),
       is((SELECT (due, extended)::text FROM peoplecall.appraise('2020-03-20', '2020-04-30')), '(1,0)', 'not out of the longer one'),
       is((SELECT (due, extended)::text FROM peoplecall.appraise('2020-04-01', '2020-04-30')), '(1,0)', 'due where it ended');
SELECT pg_temp.refresh() \g /dev/null
SELECT is((SELECT (due, extended)::text FROM peoplecall.appraise('2020-03-20', '2020-03-31')), '(0,1)', 'from the sums'),
       is((SELECT (due, extended)::text FROM peoplecall.appraise('2020-03-20', '2020-04-30')), '(1,0)', 'as well');
-- a return: the first has a share and no deadline, the next has its own
SELECT pg_temp.food('2020-05-06 09:00') AS r \gset
SELECT FROM peoplecall.request(:r, 'return', '不属我局') \g /dev/null
SELECT FROM peoplecall.decide(:r, 1, true, '同意') \g /dev/null
SELECT FROM peoplecall.dispatch(:r, 33) \g /dev/null
SELECT * FROM pg_temp.at('2020-05-20 09:00');
SELECT is(pg_temp.row(31, '2020-05-01', '2020-05-31'), 'filed 1 due 0 closed 0  on time 0 , overturned 0 excluded 0 extended 0 returned 1 merged 0 reopened 0 urged 0', 'returned'),
       is(pg_temp.row(33, '2020-05-01', '2020-05-31'), 'filed 1 due 1 closed 0 0.00 on time 0 0.00', 'and late with the next');

--
-- A group counts once for handling, each citizen for satisfaction.
--
SELECT pg_temp.food('2020-06-01 09:00') AS p \gset
SELECT pg_temp.food('2020-06-01 09:10') AS m1 \gset
SELECT pg_temp.food('2020-06-01 09:20') AS m2 \gset
SELECT is((SELECT (matters, filed, merged)::text FROM peoplecall.appraise('2020-06-01', '2020-06-30')), '(3,3,0)', 'three matters');
SELECT FROM peoplecall.merge(:m1, :p, '同一事') \g /dev/null
SELECT FROM peoplecall.merge(:m2, :p, '同一事') \g /dev/null
SELECT is((SELECT (matters, filed, merged)::text FROM peoplecall.appraise('2020-06-01', '2020-06-30')), '(1,1,2)', 'merged they are one');
SELECT * FROM pg_temp.at('2020-06-02 09:00');
SELECT FROM peoplecall.complete(:p, '办结') \g /dev/null
SELECT FROM peoplecall.close(:p) \g /dev/null
SELECT FROM peoplecall.rate(:p, true, 5) \g /dev/null
SELECT FROM peoplecall.rate(:m1, true, 4) \g /dev/null
SELECT FROM peoplecall.rate(:m2, false, 1) \g /dev/null
SELECT * FROM pg_temp.at('2020-06-30 09:00');
SELECT is((SELECT (filed, due, closed, on_time, answered, solved, rated, satisfied, settled, coverage)::text FROM peoplecall.appraise('2020-06-01', '2020-06-30')), '(1,1,1,1,3,2,3,2,3,100.00)',
	'handled once, three citizens heard');
SELECT bag_eq($$SELECT complaint_id, answered_by FROM peoplecall.appraised_shares('answered', '2020-06-01', '2020-06-30')$$, format('VALUES (%s, %s), (%1$s, %3$s), (%1$s, %4$s)', :p, :p, :m1, :m2), 'each by name of the matter');
SELECT FROM peoplecall.split(:m2, '另一件') \g /dev/null
SELECT is((SELECT (matters, filed, merged, due, answered, solved, settled)::text FROM peoplecall.appraise('2020-06-01', '2020-06-30')), '(2,2,1,1,2,2,2)', 'split: a matter of its own again, and its citizen''s word goes with it');
SELECT pg_temp.refresh() \g /dev/null
SELECT is((SELECT (matters, filed, merged, due, answered, solved, settled)::text FROM peoplecall.appraise('2020-06-01', '2020-06-30')), '(2,2,1,1,2,2,2)', 'so in the sums');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'which are right');

--
-- Joint work: whose share is late is charged, and no other. Patrol and
-- consultations apart. The citizens' answers.
--
SELECT pg_temp.food('2020-07-01 09:00') AS j \gset
SELECT FROM peoplecall.dispatch(:j, assist => '{33,34}') \g /dev/null
SELECT * FROM pg_temp.at('2020-07-02 09:00');
SELECT FROM peoplecall.complete(:j, '办', 2) \g /dev/null
SELECT * FROM pg_temp.at('2020-07-10 09:00');
SELECT FROM peoplecall.complete(:j, '迟', 3) \g /dev/null
SELECT is(pg_temp.row(33, '2020-07-01', '2020-07-31'), 'filed 1 due 1 closed 1 100.00 on time 1 100.00', 'the one in time'),
       is(pg_temp.row(34, '2020-07-01', '2020-07-31'), 'filed 1 due 1 closed 1 100.00 on time 0 0.00', 'the one that was late'),
       is(pg_temp.row(31, '2020-07-01', '2020-07-31'), 'filed 1 due 1 closed 0 0.00 on time 0 0.00', 'the lead, not yet done');
SELECT pg_temp.food('2020-08-03 09:00', channel => 'patrol') AS pa \gset
SELECT pg_temp.food('2020-08-03 09:00', nature => 'consult') AS co \gset
SELECT * FROM pg_temp.at('2020-08-20 09:00');
SELECT is(pg_temp.row(31, '2020-08-01', '2020-08-31'), NULL, 'patrol finds and consultations are apart'),
       is(pg_temp.row(31, '2020-08-01', '2020-08-31', 'patrol'), 'filed 1 due 1 closed 0 0.00 on time 0 0.00', 'patrol'),
       is(pg_temp.row(31, '2020-08-01', '2020-08-31', 'consult'), 'filed 1 due 1 closed 0 0.00 on time 0 0.00', 'consultations'),
       is(pg_temp.row(31, '2020-08-01', '2020-08-31', NULL), 'filed 2 due 2 closed 0 0.00 on time 0 0.00', 'all together');
CREATE TEMPORARY TABLE asked AS SELECT n, pg_temp.food('2020-09-01 09:00') AS c FROM generate_series(1, 6) AS n;
SELECT pg_temp.at('2020-09-02 09:00') \g /dev/null
SELECT peoplecall.complete(c, '办'), peoplecall.close(c) FROM asked \g /dev/null
SELECT peoplecall.revisit(c, 'unreached'), peoplecall.revisit(c, 'reached', n > 1, n > 2, 3 + n % 3) FROM asked WHERE n <= 4 \g /dev/null
SELECT peoplecall.revisit(c, 'unreached') FROM asked WHERE n >= 5 \g /dev/null
SELECT is(pg_temp.words(31, '2020-09-01', '2020-09-30'), 'contact 3/4 - solved 2/4 - satisfied 3/4 - of 6, 66.67 unreached 2', 'four answers of six, no rate under five');
UPDATE peoplecall.setting SET value = '4' WHERE name = 'appraisal_answers';
SELECT is(pg_temp.words(31, '2020-09-01', '2020-09-30'), 'contact 3/4 75.00 solved 2/4 50.00 satisfied 3/4 75.00 of 6, 66.67 unreached 2', 'with setting appraisal_answers at 4 there is');
SELECT peoplecall.rate(c, true, 1) FROM asked WHERE n = 4 \g /dev/null
SELECT is(pg_temp.words(31, '2020-09-01', '2020-09-30'), 'contact 3/4 75.00 solved 2/4 50.00 satisfied 2/4 50.00 of 6, 66.67 unreached 2', 'a rating replaces what he said on the telephone, and is one answer');

--
-- Roll-ups: line, kind, area; settled at community and street.
--
SELECT pg_temp.at('2020-10-12 09:00') \g /dev/null
SELECT complaint_id AS s1 FROM peoplecall.submit('hotline', '路灯', '', '420106012001', 'city.facility') \gset
SELECT complaint_id AS s2 FROM peoplecall.submit('hotline', '车库', '', '420102017020', 'property.garage') \gset
SELECT pg_temp.food('2020-10-12 09:30') AS s3 \gset
SELECT pg_temp.show(:s1) \g /dev/null
SELECT peoplecall.complete(c, '办') FROM unnest(ARRAY[:s1, :s2, :s3]) AS c \g /dev/null
SELECT * FROM pg_temp.at('2020-10-30 09:00');
SELECT results_eq($$SELECT org, due, settled_below, below_rate FROM peoplecall.appraise('2020-10-01', '2020-10-31')$$,
	'VALUES (11::bigint, 1::bigint, 1::bigint, 100.00), (22, 1, 1, 100.00), (31, 1, 0, 0.00)', 'by org');
SELECT results_eq($$SELECT org, due, settled_below FROM peoplecall.appraise('2020-10-01', '2020-10-31', by => 'line')$$,
	'VALUES (1::bigint, 3::bigint, 2::bigint), (2, 1, 1), (3, 2, 1), (11, 1, 1), (12, 1, 1), (22, 1, 1), (31, 1, 0)', 'by line: each with all below it');
SELECT results_eq($$SELECT kind, due FROM peoplecall.appraise('2020-10-01', '2020-10-31', by => 'kind') ORDER BY kind COLLATE "C"$$,
	$$VALUES ('community', 1::bigint), ('dept_market', 1), ('street', 1)$$, 'by kind');
SELECT results_eq($$SELECT area::text, name, due FROM peoplecall.appraise('2020-10-01', '2020-10-31', by => 'district')$$,
	$$VALUES ('420102', '江岸区', 1::bigint), ('420106', '武昌区', 2)$$, 'by district'),
       results_eq($$SELECT area::text, due FROM peoplecall.appraise('2020-10-01', '2020-10-31', by => 'community')$$,
	$$VALUES ('420102017020', 1::bigint), ('420106012001', 2)$$, 'by community'),
       results_eq($$SELECT due, settled_below, below_rate FROM peoplecall.appraise('2020-10-01', '2020-10-31', '4201', by => 'all')$$, 'VALUES (3::bigint, 2::bigint, 66.67)', 'all'),
       results_eq($$SELECT org, due FROM peoplecall.appraise('2020-10-01', '2020-10-31', '420106012001')$$, 'VALUES (22::bigint, 1::bigint), (31, 1)', 'within a community');

--
-- Who sees what.
--
SELECT peoplecall.appoint('appr_street', 'read', 12), peoplecall.appoint('appr_community', 'handle', 22), peoplecall.appoint('appr_market', 'handle', 31),
	peoplecall.appoint('appr_inspection', 'supervise', 61), peoplecall.appoint('appr_elsewhere', 'verify', 11) \g /dev/null
SELECT is(pg_temp.says(who::name, format('SELECT string_agg(org || '':'' || due, '' '' ORDER BY org) FROM peoplecall.appraise(''2020-10-01'', ''2020-10-31'', %L, %L)', area, org)), answer,
	format('%s of %s and %s', who, coalesce(area, 'any area'), coalesce('org ' || org, 'any org')))
  FROM (VALUES ('appr_street', NULL, NULL::bigint, '22:1 31:1'), ('appr_community', NULL, NULL, '22:1 31:1'), ('appr_market', NULL, NULL, '22:1 31:1'), ('appr_inspection', NULL, NULL, '11:1 22:1 31:1'),
	('appr_elsewhere', NULL, NULL, '11:1'), ('appr_nothing', NULL, NULL, '42501'), ('appr_elsewhere', '420106', NULL, NULL), ('appr_elsewhere', '420106', 31, '42501'), ('appr_elsewhere', '4201', NULL, '11:1'),
	('appr_elsewhere', NULL, 31, NULL), ('appr_street', '4201', 11, NULL), ('appr_market', '4201', 31, '31:1')) AS v (who, area, org, answer);
SELECT is(pg_temp.says('appr_elsewhere', $$SELECT count(*) FROM peoplecall.appraised_shares('due', '2020-10-01', '2020-10-31')$$), '1', 'the drill-down within the same bounds'),
       is(pg_temp.says('appr_elsewhere', $$SELECT count(*) FROM peoplecall.trend('420106')$$), '42501', 'a trend of an area within the posts alone'),
       is(pg_temp.says('appr_street', $$SELECT value FROM peoplecall.trend('420106012', '2020-10-01', '2020-10-31') WHERE measure = 'due'$$), '2', 'of its own street');
SELECT is(pg_temp.says('appr_street', 'SELECT count(*) FROM peoplecall.' || t), '42501', t || ' is nobody''s to read') FROM unnest('{appraisal_fact,appraisal_sum,appraisal_mark}'::text[]) AS t;
SELECT is(pg_temp.says('appr_street', 'SELECT string_agg(org || '':'' || score, '' '' ORDER BY org) FROM peoplecall.scores'), '22:100.00 31:100.00', 'scores: this month so far, by the weights of the rates that are shown');

--
-- Frozen.
--
SELECT is(pg_temp.refusal($$SELECT peoplecall.freeze_appraisal('2020-10-01', '2020-10-31')$$), '22023', 'a period that is not over'),
       is(pg_temp.refusal($$SELECT peoplecall.freeze_appraisal('2020-09-30', '2020-09-01')$$), '22023', 'one that ends before it begins'),
       is(pg_temp.refusal($$SELECT peoplecall.freeze_appraisal(NULL, '2020-09-01')$$), '22004', 'one without a beginning');
SELECT is(pg_temp.says('appr_street', $$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30', '420106012')$$), '42501', 'reading is no right to freeze'),
       is(pg_temp.says('appr_inspection', $$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30')$$), '42501', 'the city''s inspection has not all there is');
SELECT is(pg_temp.says('appr_inspection', $$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30', '4201')$$), '1', 'but the city');
SELECT is((a.org, a.course, a.figures ->> 'due', a.figures ->> 'closed_rate', a.figures ->> 'on_time_rate', a.frozen_by, a.frozen_at)::text,
	'(31,handled,972,93.72,75.82,appr_inspection,"2020-10-30 09:00:00+08")', 'what was published') FROM peoplecall.appraisal AS a;
SELECT is(pg_temp.refusal($$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30', '420106')$$), '23505', 'once'),
       is(pg_temp.refusal($$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-29')$$), 'no error', 'another period is another');
SELECT is(pg_temp.refusal(s), '55000', s) FROM unnest(ARRAY['UPDATE peoplecall.appraisal SET figures = ''{}''', 'DELETE FROM peoplecall.appraisal', 'TRUNCATE peoplecall.appraisal']) AS s;
SELECT is(pg_temp.says('city_owner', 'DELETE FROM peoplecall.appraisal'), '55000', 'nor does the owner change it');
SELECT c AS late FROM case_of WHERE n = 800 \gset
SELECT FROM peoplecall.request(:late, 'exclude', '恶意', evidence => '录音') \g /dev/null
SELECT FROM peoplecall.decide(:late, 1, true, '属实') \g /dev/null
SELECT is((SELECT due FROM peoplecall.appraise('2019-11-01', '2019-11-30')), 971::bigint, 'a later exclusion moves the figure of today'),
       is((SELECT figures ->> 'due' FROM peoplecall.appraisal), '972', 'not the one that was frozen');
SELECT is((SELECT score FROM peoplecall.frozen_scores), 82.98, 'its score: (20 × 93.72 + 30 × 75.82) / 50');
SELECT rules ->> 'version' AS version, rules ->> 'sla_policy' AS policies, rules ->> 'setting' AS settings FROM peoplecall.appraisal \gset
UPDATE peoplecall.sla_policy SET allowed = '4wd' WHERE clock = 'resolve' AND grade OPERATOR(peoplecall.=) 'B' AND urgency IS NULL;
SELECT FROM peoplecall.freeze_appraisal('2020-06-01', '2020-06-30') \g /dev/null
SELECT is((rules ->> 'version' <> :'version', rules ->> 'sla_policy' <> :'policies', rules ->> 'setting' = :'settings')::text, '(t,t,t)', 'frozen under another limit, the version tells which rules changed')
  FROM peoplecall.appraisal WHERE lower(period) = '2020-06-01' AND org = 31;
-- a city's own weights
CREATE OR REPLACE VIEW peoplecall.score_weights WITH (security_invoker = true) AS SELECT 'on_time_rate'::text AS rate, 1::numeric AS weight;
SELECT peoplecall.create_ledger() \g /dev/null
SELECT is((SELECT score FROM peoplecall.frozen_scores WHERE lower(period) = '2019-11-01'), 75.82, 'weights that the city rewrote stand');

--
-- Trends. In October 2021 水果湖街道 took 中央花园社区 over from 南湖街道.
--
INSERT INTO peoplecall.area (code, name, residents) VALUES ('420106012077', '中央花园社区', 8000);
SELECT pg_temp.food(format('2021-%s 09:00', d), a) FROM (VALUES ('08-10', '420106015002'), ('08-11', '420106015002'), ('09-07', '420106015002'), ('09-07', '420106012001'), ('09-08', '420106015006')) AS v (d, a) \g /dev/null
SELECT pg_temp.at('2021-09-09 09:00'), peoplecall.complete(complaint_id, '办') FROM peoplecall.appraised_shares('filed', '2021-09-01', '2021-09-30', '420106012001') \g /dev/null
SELECT pg_temp.food('2020-11-10 09:00', '420106015002') \g /dev/null
INSERT INTO peoplecall.area_change (old, new, day, kind) VALUES ('420106015002', '420106012077', '2021-10-08', 'move');
SELECT pg_temp.food('2021-10-12 09:00', '420106012077'), pg_temp.food('2021-10-12 09:10', '420106012077'), pg_temp.food('2021-10-12 09:20', '420106012001') \g /dev/null
SELECT pg_temp.at('2021-10-13 09:00'), peoplecall.complete(complaint_id, '办') FROM peoplecall.appraised_shares('filed', '2021-10-01', '2021-10-31', '420106012001') \g /dev/null
SELECT pg_temp.food('2021-11-09 09:00', '420106012077') \g /dev/null
SELECT * FROM pg_temp.at('2021-12-01 09:00');
CREATE FUNCTION pg_temp.trend(area text, a date, b date, m text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s (%s) before %s %s %s, year %s %s %s', value, per_10000, before, points, percent, year_before, year_points, year_percent)
	  FROM peoplecall.trend(area::peoplecall.areacode, a, b) WHERE measure = m
$$;
SELECT is(pg_temp.trend('420106012', '2021-10-01', '2021-10-31', 'matters'), '3 (0.19) before 2 1 50.00, year 2 1 50.00', 'the street with what it took over: two in September, two a year ago'),
       is(pg_temp.trend('420106015', '2021-10-01', '2021-10-31', 'matters'), '0 (0.00) before 1 -1 -100.00, year 0 0 ', 'the other without'),
       is(pg_temp.trend('420106012077', '2021-10-01', '2021-10-31', 'matters'), '2 (2.50) before 1 1 100.00, year 0 2 ', 'the community under its new code'),
       is(pg_temp.trend('420106012', '2021-09-01', '2021-09-30', 'matters'), '1 (0.06) before 0 1 , year 6 -5 -83.33', 'asked for September, nothing had moved yet'),
       is(pg_temp.trend('420106012', '2021-11-01', '2021-11-30', 'matters'), '1 (0.06) before 3 -2 -66.67, year 1 0 0.00', 'November: a year before it was the other street''s'),
       is(pg_temp.trend('420106', '2021-10-01', '2021-10-31', 'matters'), '3 (0.03) before 3 0 0.00, year 2 1 50.00', 'for the district it is the same');
SELECT is(pg_temp.trend('420106012', '2021-10-01', '2021-10-31', 'on_time_rate'), '33.33 () before 50.00 -16.67 -33.34, year 100.00 -66.67 -66.67', 'a rate in points and in per cent');
SELECT is(pg_temp.trend('420106012', '2021-10-11', '2021-10-13', 'matters'), '3 (0.19) before 0 3 , year 2 1 50.00', 'days beside as many days before');
SELECT is(pg_temp.refusal('SELECT * FROM peoplecall.trend(NULL)'), '22004', 'of no area');

--
-- What is refused; and what the check finds.
--
SELECT is(pg_temp.refusal(s), '22023', s) FROM unnest(ARRAY[
	$$SELECT peoplecall.appraise('2020-10-31', '2020-10-01')$$, $$SELECT peoplecall.appraise('-infinity', '2020-10-01')$$, $$SELECT peoplecall.appraise('2020-10-01', 'infinity')$$,
	$$SELECT peoplecall.appraise(course => 'other')$$, $$SELECT peoplecall.appraise(by => 'village')$$, $$SELECT peoplecall.appraise(by => NULL)$$,
	$$SELECT peoplecall.appraised_shares('closed_rate')$$, $$SELECT peoplecall.appraised_shares(NULL)$$, $$SELECT peoplecall.refresh_appraisal(420106, 0)$$]) AS s;
SELECT is(pg_temp.refusal(s), '22004', s) FROM unnest(ARRAY['SELECT peoplecall.refresh_appraisal(NULL)', 'SELECT peoplecall.recount_appraisal(NULL)']) AS s;
SELECT is(pg_temp.refusal('CALL peoplecall.refresh_appraisals()'), '2D000', 'the procedure commits, so not in a transaction block');
SELECT is(ARRAY(SELECT * FROM peoplecall.marked_districts()), '{420102,420106}', 'where something waits');
SELECT pg_temp.refresh() \g /dev/null
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'all is right');
UPDATE peoplecall.appraisal_sum SET due = due + 1 WHERE (span, day, org) = ('month', '2019-11-01', 31);
UPDATE peoplecall.appraisal_fact SET org = 32 WHERE complaint_id = :a AND entry = 1;
DELETE FROM peoplecall.appraisal_fact WHERE complaint_id = :b;
UPDATE peoplecall.task SET done_at = done_at - interval '30 days' WHERE complaint_id = :late;
SELECT results_eq($$SELECT what, complaint_id FROM peoplecall.check_appraisal(420106) WHERE what = 'fact' ORDER BY 2$$, format($$VALUES ('fact', %s), ('fact', %s), ('fact', %s)$$, :late, :a, :b), 'facts that were mended by hand');
SELECT cmp_ok((SELECT count(*) FROM peoplecall.check_appraisal() WHERE what IN ('day', 'month')), '>', 3::bigint, 'and sums that do not fit the facts');
SELECT is((SELECT (stored ->> 'due')::int - (recounted ->> 'due')::int FROM peoplecall.check_appraisal() WHERE what = 'month' AND day = '2019-11-01'), 1, 'by how much');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal(420102)', 'another district''s are right');
SELECT cmp_ok(peoplecall.recount_appraisal(420106), '>', 1000::bigint, 'a recount');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'mends them');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SELECT * FROM finish();
ROLLBACK;
