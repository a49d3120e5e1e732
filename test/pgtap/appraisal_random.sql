-- Many verbs at random over weeks, the appraisal refreshed now and then: its
-- sums must be what a recount says, and its figures what is counted here from
-- the case records, one number at a time and in other words than appraise().
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
SET LOCAL DateStyle = 'ISO, YMD';
UPDATE peoplecall.setting SET value = '1' WHERE name = 'reopen_limit';
UPDATE peoplecall.setting SET value = '9' WHERE name ~ '^request_.*_times$';
INSERT INTO peoplecall.area_history (code, name, valid) VALUES ('420102017', '后湖街', '[2016-01-01,2018-01-01)');

CREATE TEMPORARY TABLE done (verb text PRIMARY KEY, times int NOT NULL, refused int NOT NULL);
CREATE FUNCTION pg_temp.pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE AS
	'SELECT choices[1 + floor(random() * cardinality(choices))::int]';

-- Which one is drawn follows from the seed, not from where the rows happen to lie.
CREATE FUNCTION pg_temp.lot(one bigint, luck float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(one, (luck * 1e15)::bigint) & 1048575) / 1048576.0::float8';
-- One act on some complaint; what the state does not allow is refused.
CREATE FUNCTION pg_temp.act() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c bigint := (SELECT id FROM peoplecall.complaint ORDER BY pg_temp.lot(id, (SELECT random())) * (1 + (last_event_at < peoplecall.as_of() - interval '4 days')::int * 3) LIMIT 1);
	other bigint := (SELECT id FROM peoplecall.complaint WHERE id <> c AND state IN ('received', 'dispatched') ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1);
	t int;
	asked record;
	v text := pg_temp.pick('submit', 'submit', 'submit', 'submit', 'dispatch', 'dispatch', 'accept', 'contact', 'complete', 'complete', 'complete', 'complete', 'complete',
		'close', 'close', 'close', 'close', 'revisit', 'revisit', 'rate', 'rate', 'rate', 'reopen', 'send_back', 'ask', 'ask', 'ask', 'ask', 'decide', 'decide', 'decide', 'decide', 'object_exclusion',
		'merge', 'merge', 'split', 'reclassify', 'escalate', 'withdraw_task', 'answer', 'reject', 'urge', 'resume', 'convene');
BEGIN
	IF v = 'close' THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state = 'completed' ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v = 'reopen' AND random() < 0.8 THEN
		c := coalesce((SELECT m.id FROM peoplecall.complaint AS m WHERE m.state = 'closed' AND peoplecall.citizen_says_no(m.district_id, m.id, m.epoch) ORDER BY pg_temp.lot(m.id, (SELECT random())) LIMIT 1), c);
	ELSIF v IN ('rate', 'reopen', 'revisit') THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state IN ('closed', 'merged') AND closed_at IS NOT NULL ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v = 'split' THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state = 'merged' ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v = 'decide' THEN
		SELECT r.complaint_id, r.seq INTO asked FROM peoplecall.request AS r WHERE r.decided_at IS NULL AND r.ended_at IS NULL ORDER BY pg_temp.lot(r.complaint_id + r.seq, (SELECT random())) LIMIT 1;
		c := coalesce(asked.complaint_id, c);
	ELSIF v = 'object_exclusion' THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE excluded ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v = 'send_back' THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state = 'completed' ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v IN ('answer', 'reject') THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state = 'received' ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	ELSIF v = 'resume' THEN
		c := coalesce((SELECT complaint_id FROM peoplecall.request WHERE kind IN ('suspend', 'shelve') AND granted AND ended_at IS NULL ORDER BY pg_temp.lot(complaint_id + seq, (SELECT random())) LIMIT 1), c);
	ELSIF v IN ('ask', 'withdraw_task', 'accept', 'complete') AND random() < 0.8 THEN
		c := coalesce((SELECT id FROM peoplecall.complaint WHERE state = 'dispatched' ORDER BY pg_temp.lot(id, (SELECT random())) LIMIT 1), c);
	END IF;
	t := (SELECT seq FROM peoplecall.task WHERE complaint_id = c AND state IN ('sent', 'accepted') ORDER BY pg_temp.lot(seq, (SELECT random())) LIMIT 1);
	BEGIN
		CASE v
		WHEN 'submit' THEN
			PERFORM peoplecall.submit(pg_temp.pick('hotline', 'hotline', 'hotline', 'patrol'), '事' || random(), '',
				pg_temp.pick('420106012001', '420106015006', '420102017020', '420102017', '420106')::peoplecall.areacode,
				pg_temp.pick('market.food', 'property.garage', 'police.noise', 'city.garbage', 'market.prepaid')::ltree,
				pg_temp.pick('complaint', 'complaint', 'complaint', 'consult', 'help'), auto_dispatch => random() < 0.9);
		WHEN 'dispatch' THEN PERFORM peoplecall.dispatch(c, pg_temp.pick('31', '33', '41', '12', '22', '21')::bigint, ARRAY[pg_temp.pick('32', '34', '43', '51')::bigint]);
		WHEN 'accept' THEN PERFORM peoplecall.accept(c, t);
		WHEN 'contact' THEN PERFORM peoplecall.contact(c, NULL, t);
		WHEN 'complete' THEN PERFORM peoplecall.complete(c, '办结', t);
		WHEN 'close' THEN PERFORM peoplecall.close(c);
		WHEN 'revisit' THEN
			IF random() < 0.6 THEN
				PERFORM peoplecall.revisit(c, 'reached', random() < 0.8, CASE WHEN random() < 0.9 THEN random() < 0.7 END, CASE WHEN random() < 0.8 THEN (1 + floor(random() * 5))::int END);
			ELSE
				PERFORM peoplecall.revisit(c, pg_temp.pick('unreached', 'refused'));
			END IF;
		WHEN 'rate' THEN PERFORM peoplecall.rate(c, random() < 0.7, (1 + floor(random() * 5))::int);
		WHEN 'reopen' THEN PERFORM peoplecall.reopen(c, '又犯', random() < 0.8);
		WHEN 'send_back' THEN PERFORM peoplecall.send_back(c, '未办好', (SELECT seq FROM peoplecall.task WHERE complaint_id = c AND state = 'done' ORDER BY pg_temp.lot(seq, (SELECT random())) LIMIT 1));
		WHEN 'ask' THEN
			v := pg_temp.pick('extend', 'suspend', 'return', 'exclude', 'lower', 'shelve');
			PERFORM peoplecall.request(c, v::peoplecall.request_kind, '难办', evidence => '录音', until => CASE WHEN v IN ('suspend', 'shelve') THEN peoplecall.as_of() + random() * interval '6 days' END,
				by => CASE v WHEN 'extend' THEN '2wd'::peoplecall.timelimit END, plan => CASE v WHEN 'shelve' THEN '计划' END, task => t);
		WHEN 'decide' THEN PERFORM peoplecall.decide(c, asked.seq, random() < 0.8, '研究');
		WHEN 'object_exclusion' THEN PERFORM peoplecall.object_exclusion(c, '不服');
		WHEN 'merge' THEN PERFORM peoplecall.merge(c, other, '同一事');
		WHEN 'split' THEN PERFORM peoplecall.split(c, '两件事');
		WHEN 'reclassify' THEN PERFORM peoplecall.reclassify(c, grade => pg_temp.pick('A', 'B', 'C')::peoplecall.grade);
		WHEN 'escalate' THEN PERFORM peoplecall.escalate(c, '超出能力');
		WHEN 'withdraw_task' THEN PERFORM peoplecall.withdraw_task(c, t, '错派');
		WHEN 'answer' THEN PERFORM peoplecall.answer(c, '答复');
		WHEN 'reject' THEN PERFORM peoplecall.reject(c, '不受理');
		WHEN 'resume' THEN PERFORM peoplecall.resume(c, '可办');
		WHEN 'convene' THEN PERFORM peoplecall.convene(ARRAY[31::bigint], NULL, c);
		WHEN 'urge' THEN PERFORM peoplecall.call_again_by_test(c);
		END CASE;
		INSERT INTO done VALUES (v, 1, 0) ON CONFLICT (verb) DO UPDATE SET times = done.times + 1;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE !~ '^(PC|22004|22023|23505|23514)' THEN
			RAISE;
		END IF;
		INSERT INTO done VALUES (v, 0, 1) ON CONFLICT (verb) DO UPDATE SET refused = done.refused + 1;
	END;
END
$$;
-- A second call of the same citizen is what urges.
CREATE FUNCTION peoplecall.call_again_by_test(c bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE peoplecall.reporter SET phone = '10000000009' WHERE complaint_id = c;
	IF NOT FOUND THEN
		INSERT INTO peoplecall.reporter (district_id, complaint_id, area, name, phone)
		SELECT m.district_id, m.id, m.area, '某', '10000000009' FROM peoplecall.complaint AS m WHERE m.id = c;
	END IF;
	PERFORM peoplecall.submit(m.channel, m.title, m.body, m.area, reporter_phone => '10000000009') FROM peoplecall.complaint AS m WHERE m.id = c;
	UPDATE peoplecall.reporter SET phone = NULL WHERE phone = '10000000009';
END
$$;

-- The figures of one org, counted from the case records one by one.
CREATE FUNCTION pg_temp.day(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$SELECT (at AT TIME ZONE 'Asia/Shanghai')::date$$;
CREATE FUNCTION pg_temp.share() RETURNS TABLE (c bigint, seq int, org bigint, role text, state text, epoch int, area peoplecall.areacode, course text, excluded boolean, urged int,
	merged boolean, sent_at timestamptz, done_at timestamptz, due_at timestamptz, verdict text, was_due timestamptz) LANGUAGE sql AS $$
	SELECT t.complaint_id, t.seq, t.org, t.role::text, t.state::text, t.epoch, m.area,
	       CASE WHEN m.channel = 'patrol' THEN 'patrol' WHEN m.nature IN ('consult', 'praise') THEN 'consult' ELSE 'handled' END,
	       m.excluded, m.urged,
	       -- the merge ended it: it stopped at that moment, and the matter still goes with another
	       m.principal_id IS NOT NULL AND t.state = 'superseded' AND EXISTS (
		SELECT FROM peoplecall.event AS e WHERE e.complaint_id = m.id AND e.verb = 'merge' AND e.detail -> 'tasks' @> to_jsonb(t.seq)),
	       t.sent_at, t.done_at, k.due_at, k.verdict::text,
	       (SELECT (array_agg((d ->> 'old')::timestamptz ORDER BY e.at, e.seq))[1]
		  FROM peoplecall.event AS e, jsonb_path_query(e.detail, '$.deadlines[*]') AS d
		 WHERE e.complaint_id = m.id AND e.verb = 'decide' AND d @> jsonb_build_object('clock', 'resolve', 'task', t.seq))
	  FROM peoplecall.task AS t
	  JOIN peoplecall.complaint AS m ON m.id = t.complaint_id
	  LEFT JOIN peoplecall.clock AS k ON k.complaint_id = t.complaint_id AND k.task_seq = t.seq AND k.kind = 'resolve'
$$;
-- A citizen's last word on each closing, by whom it was closed.
CREATE FUNCTION pg_temp.word() RETURNS TABLE (org bigint, area peoplecall.areacode, course text, at timestamptz, contacted boolean, solved boolean, satisfaction int, unreached boolean) LANGUAGE plpgsql AS $$
DECLARE
	m record;
	p record;
	e int;
	r record;
	v record;
	t record;
BEGIN
	FOR m IN SELECT * FROM peoplecall.complaint LOOP
		FOR e IN SELECT x.epoch FROM peoplecall.rating AS x WHERE x.complaint_id = m.id AND (x.closing_of = m.id OR m.state = 'merged') UNION SELECT y.epoch FROM peoplecall.revisit AS y WHERE y.complaint_id = m.id LOOP
			SELECT * INTO r FROM peoplecall.rating AS x WHERE x.complaint_id = m.id AND x.epoch = e AND (x.closing_of = m.id OR m.state = 'merged') ORDER BY x.closing_of = m.id DESC LIMIT 1;
			SELECT * INTO v FROM peoplecall.revisit AS y WHERE y.complaint_id = m.id AND y.epoch = e AND y.outcome = 'reached' ORDER BY y.seq DESC LIMIT 1;
			IF v.epoch IS NULL AND r.epoch IS NULL THEN
				SELECT * INTO v FROM peoplecall.revisit AS y WHERE y.complaint_id = m.id AND y.epoch = e ORDER BY y.seq DESC LIMIT 1;
			END IF;
			at := coalesce(r.rated_at, v.visited_at);
			p := m;
			SELECT x.org, x.state INTO t FROM peoplecall.task AS x WHERE x.complaint_id = m.id AND x.role = 'lead' AND x.epoch = e AND x.state = 'done' ORDER BY x.seq DESC LIMIT 1;
			IF NOT FOUND AND m.state = 'merged' THEN
				SELECT * INTO p FROM peoplecall.complaint AS x WHERE x.id = m.principal_id;
				SELECT x.org, x.state INTO t FROM peoplecall.task AS x WHERE x.complaint_id = p.id AND x.role = 'lead' AND x.state = 'done' AND x.done_at <= word.at ORDER BY x.seq DESC LIMIT 1;
			ELSIF NOT FOUND THEN
				SELECT x.org, x.state INTO t FROM peoplecall.task AS x WHERE x.complaint_id = m.id AND x.role = 'lead' AND x.epoch = e AND x.state IN ('sent', 'accepted') ORDER BY x.seq DESC LIMIT 1;
			END IF;
			CONTINUE WHEN t.org IS NULL OR m.excluded OR p.excluded;
			org := t.org; area := p.area;
			course := CASE WHEN p.channel = 'patrol' THEN 'patrol' WHEN p.nature IN ('consult', 'praise') THEN 'consult' ELSE 'handled' END;
			contacted := v.contacted; solved := coalesce(r.solved, v.solved); satisfaction := coalesce(r.satisfaction, v.satisfaction);
			unreached := r.epoch IS NULL AND v.outcome <> 'reached';
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
CREATE FUNCTION pg_temp.counted(a date, b date, of_course text, within peoplecall.areacode) RETURNS TABLE (org bigint, figures text) LANGUAGE sql AS $$
	WITH share AS MATERIALIZED (SELECT s.*, NOT s.merged AND s.verdict IS DISTINCT FROM 'void' AND isfinite(s.due_at) AND s.due_at <= peoplecall.as_of() AND pg_temp.day(s.due_at) BETWEEN a AND b AS due,
			s.state = 'done' AND pg_temp.day(s.done_at) <= greatest(b, '-infinity') AS done_then
		  FROM pg_temp.share() AS s WHERE (of_course IS NULL OR s.course = of_course) AND (within IS NULL OR s.area::bigint BETWEEN peoplecall.subtree_first(within)::bigint AND peoplecall.subtree_last(within)::bigint)),
	word AS MATERIALIZED (SELECT * FROM pg_temp.word() AS w WHERE (of_course IS NULL OR w.course = of_course) AND (within IS NULL OR w.area::bigint BETWEEN peoplecall.subtree_first(within)::bigint AND peoplecall.subtree_last(within)::bigint) AND pg_temp.day(w.at) BETWEEN a AND b),
	n AS (SELECT o.id, ARRAY[
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND NOT s.merged AND pg_temp.day(s.sent_at) BETWEEN a AND b AND s.role = 'lead' AND s.epoch = 0
		  AND NOT EXISTS (SELECT FROM peoplecall.task AS t WHERE t.complaint_id = s.c AND t.role = 'lead' AND t.seq < s.seq)),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND NOT s.merged AND pg_temp.day(s.sent_at) BETWEEN a AND b),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded AND (s.done_then OR s.state = 'done' AND s.verdict <> 'missed')),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded AND s.state = 'done' AND s.verdict = 'met'),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded AND s.verdict = 'overturned'),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND s.excluded),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND NOT s.merged AND NOT s.excluded AND s.verdict IS DISTINCT FROM 'void' AND isfinite(s.due_at) AND pg_temp.day(s.was_due) BETWEEN a AND b AND pg_temp.day(s.due_at) > b),
		(SELECT count(*) FROM peoplecall.request AS r JOIN share AS s ON s.c = r.complaint_id AND s.seq = r.task_seq WHERE s.org = o.id AND r.kind = 'return' AND r.granted AND pg_temp.day(r.decided_at) BETWEEN a AND b),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.merged AND pg_temp.day(s.sent_at) BETWEEN a AND b),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND NOT s.merged AND pg_temp.day(s.sent_at) BETWEEN a AND b AND s.role = 'lead' AND s.epoch > 0
		  AND NOT EXISTS (SELECT FROM peoplecall.task AS t WHERE t.complaint_id = s.c AND t.role = 'lead' AND t.seq < s.seq AND t.epoch = s.epoch)),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded AND s.role = 'lead' AND s.urged > 0),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND s.due AND NOT s.excluded AND s.role = 'lead' AND (s.done_then OR s.state = 'done' AND s.verdict <> 'missed')),
		(SELECT count(*) FROM share AS s WHERE s.org = o.id AND o.kind IN ('street', 'community', 'team') AND s.due AND NOT s.excluded AND s.role = 'lead' AND (s.done_then OR s.state = 'done' AND s.verdict <> 'missed') AND s.verdict <> 'overturned'),
		(SELECT count(w.contacted) FROM word AS w WHERE w.org = o.id), (SELECT count(*) FROM word AS w WHERE w.org = o.id AND w.contacted),
		(SELECT count(w.solved) FROM word AS w WHERE w.org = o.id), (SELECT count(*) FROM word AS w WHERE w.org = o.id AND w.solved),
		(SELECT count(w.satisfaction) FROM word AS w WHERE w.org = o.id), (SELECT count(*) FROM word AS w WHERE w.org = o.id AND w.satisfaction IN (4, 5)),
		(SELECT coalesce(sum(1 + CASE WHEN s.seq = (SELECT max(t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = s.c AND t.role = 'lead' AND t.state = 'done')
				THEN (SELECT count(*) FROM peoplecall.complaint AS f WHERE f.principal_id = s.c AND f.state = 'merged' AND NOT f.excluded) ELSE 0 END), 0)
		   FROM share AS s WHERE s.org = o.id AND s.role = 'lead' AND s.state = 'done' AND NOT s.excluded AND NOT s.merged AND pg_temp.day(s.done_at) BETWEEN a AND b)::bigint,
		(SELECT count(*) FROM word AS w WHERE w.org = o.id AND w.unreached)]::bigint[] AS figures, o.kind
	  FROM peoplecall.org AS o)
	SELECT n.id, n.figures::text FROM n WHERE 0 <> ANY (n.figures)
$$;
CREATE FUNCTION pg_temp.appraised(a date, b date, of_course text, within peoplecall.areacode) RETURNS TABLE (org bigint, figures text) LANGUAGE sql AS $$
	SELECT r.org, ARRAY[r.matters, r.filed, r.due, r.closed, r.on_time, r.overturned, r.excluded, r.extended, r.returned, r.merged, r.reopened, r.urged, r.lead_closed, r.settled_below,
	       r.contact_asked, r.contacted, r.answered, r.solved, r.rated, r.satisfied, r.settled, r.unreached]::text
	  FROM peoplecall.appraise(a, b, within, NULL, of_course) AS r
$$;

-- Six weeks, the clock going on by up to 80 minutes with each act.
\if :{?seed} \else \set seed 0.43 \endif
SELECT setseed(:seed) \g /dev/null
CREATE FUNCTION pg_temp.weeks(acts int, starts timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	now_at timestamptz := starts;
	district int;
BEGIN
	FOR n IN 1 .. acts LOOP
		now_at := now_at + random() * interval '80 minutes';
		PERFORM set_config('peoplecall.as_of', now_at::text, true);
		PERFORM pg_temp.act();
		IF random() < 0.05 THEN
			PERFORM pg_temp.sweep();
		END IF;
		IF random() < 0.06 THEN
			FOREACH district IN ARRAY ARRAY[420102, 420106] LOOP
				PERFORM peoplecall.refresh_appraisal(district, (1 + floor(random() * 40))::int);
			END LOOP;
		END IF;
	END LOOP;
	RETURN now_at;
END
$$;
CREATE TEMPORARY TABLE period (a date, b date, course text, area peoplecall.areacode);
INSERT INTO period VALUES
	('2019-11-01', '2019-11-30', 'handled', NULL), ('2019-11-01', '2019-11-30', NULL, NULL), ('2019-10-01', '2019-12-31', 'patrol', NULL),
	('2019-11-13', '2019-11-20', 'handled', NULL), ('2019-11-20', '2019-12-10', 'handled', '420106'), ('2019-10-15', '2019-12-20', 'consult', NULL),
	('2019-11-01', '2019-12-31', 'handled', '420106012'), ('2019-11-05', '2019-12-31', 'handled', '420106012001'), ('2019-11-29', '2019-12-02', NULL, '4201');
SELECT pg_temp.weeks(400, '2019-11-04 08:00+08') AS now_at \gset
SELECT bag_eq(format('SELECT * FROM pg_temp.appraised(%L, %L, %L, %L)', a, b, course, area), format('SELECT * FROM pg_temp.counted(%L, %L, %L, %L)', a, b, course, area),
	format('400 acts: %s to %s, %s in %s', a, b, course, area)) FROM period;
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'the sums are right');
SELECT pg_temp.weeks(500, :'now_at') AS now_at \gset
SELECT cmp_ok((SELECT count(*) FROM peoplecall.appraisal_mark), '>', 0::bigint, 'some wait for the next refresh');
SELECT bag_eq(format('SELECT * FROM pg_temp.appraised(%L, %L, %L, %L)', a, b, course, area), format('SELECT * FROM pg_temp.counted(%L, %L, %L, %L)', a, b, course, area),
	format('900 acts: %s to %s, %s in %s', a, b, course, area)) FROM period;
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'the sums are right');
CREATE TEMPORARY TABLE live AS SELECT p.*, f.* FROM period AS p, pg_temp.appraised(p.a, p.b, p.course, p.area) AS f;
SELECT FROM unnest('{420102,420106}'::int[]) AS d, peoplecall.refresh_appraisal(d) \g /dev/null
SELECT is((SELECT count(*) FROM peoplecall.appraisal_mark), 0::bigint, 'refreshed: nothing waits');
SELECT bag_eq('SELECT p.*, f.* FROM period AS p, pg_temp.appraised(p.a, p.b, p.course, p.area) AS f', 'SELECT * FROM live', 'and no figure has moved');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'the sums are right');
SELECT peoplecall.recount_appraisal(d) FROM unnest('{420102,420106}'::int[]) AS d \g /dev/null
SELECT bag_eq('SELECT p.*, f.* FROM period AS p, pg_temp.appraised(p.a, p.b, p.course, p.area) AS f', 'SELECT * FROM live', 'rebuilt: none has either');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'the sums are right');

-- A roll-up by street adds up to the whole, and so does every drill-down.
SELECT is((SELECT sum(due) FROM peoplecall.appraise('2019-11-01', '2019-12-31', by => b)), (SELECT due FROM peoplecall.appraise('2019-11-01', '2019-12-31', by => 'all'))::numeric, format('by %s', b))
  FROM unnest('{org,kind,street,community,district,city}'::text[]) AS b;
SELECT results_eq(format($$SELECT coalesce(sum(counts), 0) FROM peoplecall.appraised_shares(%L, '2019-11-01', '2019-12-01', org => 31)$$, m),
	format($$SELECT coalesce(sum(%s), 0)::bigint FROM peoplecall.appraise('2019-11-01', '2019-12-01', org => 31)$$, CASE m WHEN 'late' THEN 'due - on_time' WHEN 'open' THEN 'due - closed' ELSE m END), format('the shares behind %s', m))
  FROM unnest('{matters,filed,merged,reopened,due,closed,on_time,overturned,excluded,urged,lead_closed,settled,returned,answered,solved,rated,satisfied,unreached,extended,settled_below,late,open}'::text[]) AS m;
SELECT cmp_ok(times, '>', 0, format('%s went through', verb)) FROM done ORDER BY verb;
SELECT is((SELECT array_agg(m) FROM unnest('{filed,merged,reopened,due,closed,on_time,overturned,excluded,urged,settled,returned,answered,unreached,extended}'::text[]) AS m
            WHERE NOT EXISTS (SELECT FROM generate_series(0, 25) AS d, peoplecall.appraised_shares(m, '2019-11-01', date '2019-11-05' + d, course => NULL))), NULL, 'each number has counted something');
SELECT * FROM finish();
ROLLBACK;
