-- Whole lives of complaints, told by the verbs: every receipt, every clock to
-- the minute, every event. The deadlines are reckoned by hand for calendar
-- 'office': Monday to Friday, 08:30-12:00 and 14:00-17:30.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET timezone = 'Asia/Shanghai';
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.at(moment text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('peoplecall.as_of', moment || '+08', true);
	RETURN;
END
$$;

CREATE FUNCTION pg_temp.minute(at timestamptz) RETURNS text LANGUAGE sql STABLE
	AS $$SELECT to_char(at, 'MM-DD HH24:MI') || CASE WHEN EXTRACT(second FROM at) = 0 THEN '' ELSE to_char(at, ':SS') END$$;

-- 'task kind: start > yellow > red', and how it ended.
CREATE FUNCTION pg_temp.clocks(c bigint, from_seq int DEFAULT 1) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat(coalesce(k.task_seq::text, '-'), ' ', k.kind, ': ', pg_temp.minute(k.started_at),
	              ' > ', pg_temp.minute(k.warn_at), ' > ', pg_temp.minute(k.due_at),
	              ', ' || k.verdict || ' ' || pg_temp.minute(k.stopped_at))
	  FROM peoplecall.clock AS k
	 WHERE k.complaint_id = c AND k.seq >= from_seq
	 ORDER BY k.seq
$$;

CREATE FUNCTION pg_temp.receipt(r peoplecall.receipt) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', (r).state, (r).grade, 'task ' || (r).task_seq, 'org ' || (r).org,
	                 (r).sla, pg_temp.minute((r).due_at),
	                 CASE WHEN (r).no IS DISTINCT FROM peoplecall.complaint_no((r).complaint_id) THEN 'wrong number' END)
$$;

CREATE FUNCTION pg_temp.event(c bigint, wanted int DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('verb', e.verb, 'at', pg_temp.minute(e.at), 'actor', e.actor,
	                          'officer', e.officer, 'org', e.org, 'task', e.task_seq)) || e.detail
	  FROM peoplecall.event AS e
	 WHERE e.complaint_id = c
	   AND e.seq = coalesce(wanted, (SELECT max(x.seq) FROM peoplecall.event AS x WHERE x.complaint_id = c))
$$;

CREATE FUNCTION pg_temp.tasks(c bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', t.seq, t.role, t.org, t.state) FROM peoplecall.task AS t
	 WHERE t.complaint_id = c ORDER BY t.seq
$$;

-- The SQLSTATE of a statement, undone; what it said in full is kept.
CREATE TEMPORARY TABLE said (text text);
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	code text;
	message text;
	detail text;
	hint text;
	context text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	INSERT INTO said VALUES (concat_ws(' | ', code, message, detail, hint,
		regexp_replace(context, 'SQL statement "SELECT \* FROM peoplecall\.[^"]*"|SQL statement "[^"]*"', '', 'g')));
	RETURN code;
END
$$;

-- A: at once to the community; accepted, called, done, called back, closed, rated.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS a, pg_temp.receipt(s) AS got FROM peoplecall.submit('mini_program', '花架松动', '窗台外',
	'420102017020', 'city.facility', reporter_name => '王某某', reporter_phone => '13900001111',
	address => '二栋', external_id => 'mp-1') AS s \gset
SELECT is(:'got'::text, 'dispatched A task 1 org 21 green 12-05 09:30', 'A: submitted and dispatched');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a)), ARRAY[
	'- dispatch: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:00',
	'- total: 12-05 09:00 > 12-06 14:15 > 12-09 17:30',
	'1 accept: 12-05 09:00 > 12-05 09:15 > 12-05 09:30',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30',
	'1 resolve: 12-05 09:00 > 12-06 08:45 > 12-06 17:30'], 'A: its clocks');
SELECT is(pg_temp.event(:a, 1) - 'reasons', '{"verb": "submit", "at": "12-05 09:00", "actor": "postgres",
	"channel": "mini_program", "nature": "complaint", "category": "city.facility", "grade": "A", "urgency": "normal",
	"people": 1, "command_org": 21, "proposed_org": 21, "responsibility": 106}', 'A: event submit');
SELECT isnt(pg_temp.event(:a, 1) -> 'reasons', NULL, 'A: the reasons of the grade are kept');
SELECT is(pg_temp.event(:a, 2), '{"verb": "dispatch", "at": "12-05 09:00", "actor": "postgres", "task": 1, "lead": 21,
	"responsibility": 106}', 'A: event dispatch');
SELECT is(c.district_id || ' ' || (c.command_level, c.command_org, c.lead_org, c.people, c.received_at)::text,
          '420102 (community,21,21,1,"2019-12-05 09:00:00+08")', 'A: the complaint')
  FROM peoplecall.complaint AS c WHERE c.id = :a;
SELECT is((r.name, r.phone)::text, '(王某某,13900001111)', 'A: who called')
  FROM peoplecall.reporter AS r WHERE r.complaint_id = :a;

SELECT * FROM pg_temp.at('2019-12-05 09:06');
SELECT is(pg_temp.receipt(r), 'dispatched A task 1 org 21 green 12-06 17:30', 'A: accepted') FROM peoplecall.accept(:a) AS r;
SELECT is(pg_temp.event(:a), '{"verb": "accept", "at": "12-05 09:06", "actor": "postgres", "task": 1, "task_org": 21}', 'A: event accept');
SELECT * FROM pg_temp.at('2019-12-05 09:10');
SELECT is(pg_temp.receipt(r), 'dispatched A task 1 org 21 green 12-06 17:30', 'A: called') FROM peoplecall.contact(:a, '已告知') AS r;
SELECT is(pg_temp.event(:a), '{"verb": "contact", "at": "12-05 09:10", "actor": "postgres", "task": 1, "task_org": 21, "note": "已告知"}', 'A: event contact');
SELECT * FROM pg_temp.at('2019-12-05 09:20');
SELECT is(pg_temp.receipt(r), 'dispatched A task 1 org 21 green 12-06 17:30', 'A: called again') FROM peoplecall.contact(:a) AS r;
SELECT * FROM pg_temp.at('2019-12-05 09:30');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''已拆除'')', :a)), 'PC008', 'A: a facility needs a picture');
SELECT FROM peoplecall.attach(:a, 'https://files.example/rack.jpg', sha256('rack'), 'after') \g /dev/null
SELECT is(pg_temp.receipt(r), 'completed A task 1 org 21 green 12-06 17:30', 'A: completed') FROM peoplecall.complete(:a, '已拆除') AS r;
SELECT is(pg_temp.event(:a), '{"verb": "complete", "at": "12-05 09:30", "actor": "postgres", "task": 1, "task_org": 21, "result": "已拆除", "completed": true}', 'A: event complete');
SELECT is((t.state, t.accepted_at, t.contacted_at, t.done_at, t.result)::text,
	'(done,"2019-12-05 09:06:00+08","2019-12-05 09:10:00+08","2019-12-05 09:30:00+08",已拆除)', 'A: the task, first call kept')
  FROM peoplecall.task AS t WHERE t.complaint_id = :a;
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT is(pg_temp.receipt(r), 'completed A org 21 green 12-06 17:30', 'A: called back') FROM peoplecall.revisit(:a, 'reached', true, true, 5) AS r;
SELECT is(pg_temp.receipt(r), 'closed A org 21', 'A: closed, no clock runs') FROM peoplecall.close(:a) AS r;
SELECT is(pg_temp.event(:a), '{"verb": "close", "at": "12-05 10:00", "actor": "postgres"}', 'A: event close');
SELECT * FROM pg_temp.at('2019-12-05 11:00');
SELECT is(pg_temp.receipt(r), 'closed A org 21', 'A: rated') FROM peoplecall.rate(:a, true, 4, '谢谢') AS r;
SELECT is(pg_temp.event(:a), '{"verb": "rate", "at": "12-05 11:00", "actor": "postgres", "solved": true, "satisfaction": 4, "reopens": false}', 'A: event rate, without the citizen''s words');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:a)), ARRAY[
	'- dispatch: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:00',
	'- total: 12-05 09:00 > 12-06 14:15 > 12-09 17:30, met 12-05 10:00',
	'1 accept: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:06',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, met 12-05 09:10',
	'1 resolve: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, met 12-05 09:30',
	'- verify: 12-05 09:30 > 12-06 09:00 > 12-06 17:30, met 12-05 10:00'], 'A: every promise kept');
SELECT is((c.state, c.result, c.completed_at, c.closed_at, c.warn_at, c.due_at, c.event_count)::text,
	'(closed,已拆除,"2019-12-05 09:30:00+08","2019-12-05 10:00:00+08",,,10)', 'A: closed as the lead claimed')
  FROM peoplecall.complaint AS c WHERE c.id = :a;

-- Once per closing; and what no rating is.
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, false)', :a)), 'PC006', 'a second word on one closing');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, NULL)', :a)), '22004', 'a rating that does not say');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true, 6, %L)', :a, '王某某 13900001111')), '23514', 'six of five');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''reached'', true, true, 0)', :a)), '23514', 'none of five');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''maybe'')', :a)), '23514', 'an outcome that is none');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, NULL)', :a)), '22004', 'no outcome');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.revisit(%s, ''unreached'', NULL, true)', :a)), '23514', 'solved, says one who was not reached');
SELECT is(pg_temp.receipt(r), 'closed A org 21', 'not reached: no answer is one') FROM peoplecall.revisit(:a, 'unreached') AS r;
SELECT is(pg_temp.event(:a), '{"verb": "revisit", "at": "12-05 11:00", "actor": "postgres", "outcome": "unreached"}', 'event revisit');

-- B: 300 members before a weekend; the police assist with less time.
SELECT * FROM pg_temp.at('2019-12-06 17:00');
SELECT complaint_id AS b, pg_temp.receipt(s) AS got FROM peoplecall.submit('grid', '泳馆停业', '300 名会员',
	'420106012001', 'market.prepaid', people => 300) AS s \gset
SELECT is(:'got'::text, 'dispatched B task 1 org 31 green 12-06 17:24', 'B: dispatched, an assistant''s accept is first');
SELECT is((c.urgency, c.command_level, c.command_org)::text, '(urgent,street,12)', 'B: urgent, the street commands')
  FROM peoplecall.complaint AS c WHERE c.id = :b;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b)), ARRAY[
	'- dispatch: 12-06 17:00 > 12-06 17:15 > 12-06 17:30, met 12-06 17:00',
	'- total: 12-06 17:00 > 12-11 11:45 > 12-13 17:30',
	'1 accept: 12-06 17:00 > 12-06 17:15 > 12-06 17:30',
	'1 contact: 12-06 17:00 > 12-06 17:30 > 12-06 18:00',
	'1 resolve: 12-06 17:00 > 12-10 11:45 > 12-11 17:30',
	'2 accept: 12-06 17:00 > 12-06 17:12 > 12-06 17:24',
	'2 resolve: 12-06 17:00 > 12-10 11:45 > 12-11 17:30'], 'B: clocks over the weekend, the assistant''s at 80 % in whole units');
SELECT is(pg_temp.event(:b, 2), '{"verb": "dispatch", "at": "12-06 17:00", "actor": "postgres", "task": 1, "lead": 31, "assist": [33],
	"assist_tasks": [2], "responsibility": 101}', 'B: event dispatch');
SELECT * FROM pg_temp.at('2019-12-09 10:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 31 red 12-06 17:24', 'B: the lead is done, the matter is not') FROM peoplecall.complete(:b, '已登记') AS r;
SELECT is(pg_temp.event(:b) -> 'completed', 'false', 'B: and the event says so');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.close(%s)', :b)), 'PC001', 'B: no closing over an open share (helpdesk #2370)');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, ''再办'')', :b)), 'PC001', 'B: without a number complete means the lead''s share, never the assistant''s');
SELECT * FROM pg_temp.at('2019-12-10 10:00');
SELECT is(pg_temp.receipt(r), 'completed B task 2 org 33 green 12-12 17:30', 'B: completed when no share is open') FROM peoplecall.complete(:b, '已约谈', 2) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:b, 3)), ARRAY[
	'1 accept: 12-06 17:00 > 12-06 17:15 > 12-06 17:30, missed 12-09 10:00',
	'1 contact: 12-06 17:00 > 12-06 17:30 > 12-06 18:00, missed 12-09 10:00',
	'1 resolve: 12-06 17:00 > 12-10 11:45 > 12-11 17:30, met 12-09 10:00',
	'2 accept: 12-06 17:00 > 12-06 17:12 > 12-06 17:24, missed 12-10 10:00',
	'2 resolve: 12-06 17:00 > 12-10 11:45 > 12-11 17:30, met 12-10 10:00',
	'- verify: 12-10 10:00 > 12-11 14:45 > 12-12 17:30'], 'B: verdicts');
SELECT is(c.result, '已登记', 'B: the result is the lead''s') FROM peoplecall.complaint AS c WHERE c.id = :b;

-- C: waits for the district's judgement.
SELECT * FROM pg_temp.at('2019-12-04 16:00');
SELECT complaint_id AS c, pg_temp.receipt(s) AS got FROM peoplecall.submit('hotline', '课程停开', '', '420106012001', 'education.training') AS s \gset
SELECT is(:'got'::text, 'received C green 12-05 09:00', 'C: waits');
SELECT is(pg_temp.event(:c) - 'reasons', '{"verb": "submit", "at": "12-04 16:00", "actor": "postgres", "channel": "hotline", "nature": "complaint",
	"category": "education.training", "grade": "C", "urgency": "normal", "people": 1, "command_org": 3, "proposed_org": 32, "responsibility": 103}', 'C: with a proposal');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c)), ARRAY[
	'- dispatch: 12-04 16:00 > 12-04 17:00 > 12-05 09:00',
	'- total: 12-04 16:00 > 12-11 16:45 > 12-18 17:30'], 'C: the centre''s clock runs over night in opening hours');
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched C task 1 org 32 green 12-05 15:00', 'C: dispatched to the responsible org with an assistant')
  FROM peoplecall.dispatch(:c, assist => '{33,33,32}', matter => '查合同') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c)), ARRAY[
	'- dispatch: 12-04 16:00 > 12-04 17:00 > 12-05 09:00, met 12-05 09:00',
	'- total: 12-04 16:00 > 12-11 16:45 > 12-18 17:30',
	'1 accept: 12-05 09:00 > 12-05 11:00 > 12-05 15:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30',
	'1 resolve: 12-05 09:00 > 12-10 08:45 > 12-12 17:30',
	'2 accept: 12-05 09:00 > 12-05 11:00 > 12-05 15:00',
	'2 resolve: 12-05 09:00 > 12-09 14:15 > 12-11 17:30'], 'C: at the very deadline is met; 80 % of 5wd is 4wd');
SELECT is(pg_temp.event(:c), '{"verb": "dispatch", "at": "12-05 09:00", "actor": "postgres", "task": 1, "lead": 32, "assist": [33], "assist_tasks": [2],
	"matter": "查合同", "responsibility": 103}', 'C: event dispatch: each org once, the lead does not assist itself');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s)', :c)), 'PC001', 'C: dispatched again to the same orgs');
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched C task 3 org 31 red 12-05 15:00', 'C: to another lead; the assistant stays, unsigned and red')
  FROM peoplecall.dispatch(:c, lead => 31, reason => '非教育机构') AS r;
SELECT is(pg_temp.event(:c), '{"verb": "dispatch", "at": "12-09 09:00", "actor": "postgres", "task": 3, "lead": 31, "old_lead": 32, "old_task": 1, "reason": "非教育机构"}', 'C: the event names old and new');
SELECT is(ARRAY(SELECT * FROM pg_temp.tasks(:c)), ARRAY['1 lead 32 superseded', '2 assist 33 sent', '3 lead 31 sent'], 'C: tasks');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c, 3)), ARRAY[
	'1 accept: 12-05 09:00 > 12-05 11:00 > 12-05 15:00, missed 12-09 09:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, missed 12-09 09:00',
	'1 resolve: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, void 12-09 09:00',
	'2 accept: 12-05 09:00 > 12-05 11:00 > 12-05 15:00',
	'2 resolve: 12-05 09:00 > 12-09 14:15 > 12-11 17:30',
	'3 accept: 12-09 09:00 > 12-09 11:00 > 12-09 15:00',
	'3 contact: 12-09 09:00 > 12-10 08:45 > 12-10 17:30',
	'3 resolve: 12-09 09:00 > 12-12 08:45 > 12-16 17:30'], 'C: who receives late has full time (glpi #1911); what was late stays missed');
SELECT is(pg_temp.receipt(r), 'dispatched C task 4 org 33 green 12-09 15:00', 'C: the assistant becomes the lead')
  FROM peoplecall.dispatch(:c, lead => 33) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.tasks(:c)), ARRAY['1 lead 32 superseded', '2 assist 33 superseded', '3 lead 31 superseded', '4 lead 33 sent'], 'C: and assists no longer');
SELECT is(pg_temp.receipt(r), 'dispatched C task 4 org 33 green 12-09 15:00', 'C: the lead stays, an assistant joins')
  FROM peoplecall.dispatch(:c, assist => '{31}', matter => '验照') AS r;
SELECT is(pg_temp.event(:c), '{"verb": "dispatch", "at": "12-09 09:00", "actor": "postgres", "assist": [31], "assist_tasks": [5], "matter": "验照"}', 'C: event of the joining');

-- Taking shares back.
SELECT is(pg_temp.receipt(r), 'dispatched C task 5 org 31 green 12-09 15:00', 'an assistant''s share taken back')
  FROM peoplecall.withdraw_task(:c, 5, '无关') AS r;
SELECT is(pg_temp.event(:c), '{"verb": "withdraw_task", "at": "12-09 09:00", "actor": "postgres", "task": 5, "org_withdrawn": 31, "role": "assist", "reason": "无关", "state": "dispatched"}', 'event withdraw_task');
SELECT max(seq) + 1 AS next FROM peoplecall.clock WHERE complaint_id = :c \gset
SELECT is(pg_temp.receipt(r), 'received C task 4 org 33 green 12-09 11:00', 'the lead''s share taken back: it waits again, and the centre''s clock runs again')
  FROM peoplecall.withdraw_task(:c) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:c, :next)), ARRAY['- dispatch: 12-09 09:00 > 12-09 10:00 > 12-09 11:00'], 'a new clock dispatch');
SELECT is((SELECT array_agg(DISTINCT k.verdict) FROM peoplecall.clock AS k WHERE k.complaint_id = :c AND k.task_seq IN (4, 5)), '{void}', 'what was taken back in time is void');
SELECT is(c.lead_org, NULL, 'nobody leads') FROM peoplecall.complaint AS c WHERE c.id = :c;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.accept(%s, 4)', :c)), 'PC001', 'nobody accepts what was taken back');
-- with an assistant at work it is not the centre's alone
SELECT * FROM pg_temp.at('2019-12-09 09:30');
SELECT is(pg_temp.receipt(r), 'dispatched C task 6 org 32 green 12-09 15:30', 'dispatched anew')
  FROM peoplecall.dispatch(:c, assist => '{33}') AS r;
SELECT is(pg_temp.receipt(r), 'dispatched C task 6 org 32 green 12-09 11:30', 'its lead taken back while another assists: the assistant can go on')
  FROM peoplecall.withdraw_task(:c) AS r;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reject(%s, ''不受理'')', :c)), 'PC001', 'and the matter does not end over his open share');
SELECT is(pg_temp.receipt(r), 'received C task 7 org 33 green 12-09 11:30', 'he is done: the centre still owes a lead')
  FROM peoplecall.complete(:c, '已查', 7) AS r;
SELECT is(pg_temp.receipt(r), 'dispatched C task 8 org 31 green 12-09 15:30', 'and names one')
  FROM peoplecall.dispatch(:c, lead => 31, assist => '{34}') AS r;
SELECT is(pg_temp.receipt(r), 'dispatched C task 8 org 31 green 12-09 15:30', 'the lead is done')
  FROM peoplecall.complete(:c, '已退费') AS r;
SELECT is(pg_temp.receipt(r), 'completed C task 9 org 34 green 12-11 17:30', 'the last open share taken back completes the matter')
  FROM peoplecall.withdraw_task(:c, 9) AS r;
-- what is late and taken back was late
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS w FROM peoplecall.submit('hotline', '坑洞', '', '420102017020', 'city.facility') \gset
SELECT * FROM pg_temp.at('2019-12-09 09:00');
SELECT FROM peoplecall.withdraw_task(:w) \g /dev/null
SELECT is((SELECT array_agg(k.kind || ' ' || k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :w AND k.task_seq = 1),
	'{"accept missed","contact missed","resolve missed"}', 'a share taken back late stays missed');

-- Without a number a verb means the caller's own share, else the lead's.
DO $$
BEGIN
	PERFORM peoplecall.appoint(o.id * 10 + 1, 'handle', o.id) FROM peoplecall.org AS o WHERE o.id IN (32, 33, 3);
END
$$;
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS o FROM peoplecall.submit('hotline', '学校', '', '420106012001', 'education', auto_dispatch => false) \gset
SELECT FROM peoplecall.dispatch(:o, assist => '{33}') \g /dev/null
SELECT FROM peoplecall.act_for(331) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched C task 2 org 33 green 12-05 15:00', 'his own share') FROM peoplecall.accept(:o) AS r;
SELECT is(pg_temp.event(:o), '{"verb": "accept", "at": "12-05 09:00", "actor": "postgres", "officer": 331, "org": 33, "task": 2, "task_org": 33}', 'the event names officer and org');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.accept(%s)', :o)), 'PC001', 'his own again, and not the lead''s');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.accept(%s, 1)', :o)), '42501', 'not another org''s');
SELECT FROM peoplecall.act_for(31) \g /dev/null
SELECT is(pg_temp.receipt(r), 'dispatched C task 1 org 32 green 12-06 17:30', 'one above in the line, who has no share: the lead''s') FROM peoplecall.accept(:o) AS r;
SELECT FROM peoplecall.act_for(NULL) \g /dev/null
SELECT is((t.officer, t.state)::text, '(331,accepted)', 'the officer is the share''s') FROM peoplecall.task AS t WHERE t.complaint_id = :o AND t.seq = 2;

-- Report up, without handing over.
SELECT is(pg_temp.receipt(r), 'dispatched C org 32 green 12-06 17:30', 'reported') FROM peoplecall.report(:o, '请示', to_level => 'city') AS r;
SELECT is(pg_temp.event(:o), '{"verb": "report", "at": "12-05 09:00", "actor": "postgres", "note": "请示", "to_level": "city", "told": 13}', 'event report');
SELECT is((n.to_officer, n.to_org, n.phone, n.template, n.state, n.key = n.complaint_id || '-' || n.seq)::text, '(13,1,10000000013,report,waiting,t)', 'the city''s chief is told')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :o;
SELECT is(n.body, format('【情况报告】诉求%s“学校”，武昌区教育局：请示', peoplecall.complaint_no(:o)), 'in words')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :o;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.report(%s, '' '')', :o)), '22004', 'a report says something');

-- Consultations are answered on the spot; what cannot be, and where it leads.
SELECT complaint_id AS q, pg_temp.receipt(s) AS got FROM peoplecall.submit('hotline', '如何办证', '', '420102017020', 'consult', 'consult') AS s \gset
SELECT is(:'got'::text, 'received A green 12-05 09:30', 'a consultation waits for its answer');
SELECT * FROM pg_temp.at('2019-12-05 09:05');
SELECT is(pg_temp.receipt(r), 'closed A', 'answered') FROM peoplecall.answer(:q, '带身份证到街道') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:q)), ARRAY['- dispatch: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:05',
	'- total: 12-05 09:00 > 12-06 14:15 > 12-09 17:30, met 12-05 09:05'], 'in time');
SELECT is(pg_temp.event(:q), '{"verb": "answer", "at": "12-05 09:05", "actor": "postgres", "result": "带身份证到街道"}', 'event answer');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reopen(%s, ''又问'')', :q)), 'PC001', 'no org handled it: submit anew');
SELECT is(pg_temp.receipt(r), 'closed A', 'unsolved: there is no lead to give it back to, the command is told') FROM peoplecall.rate(:q, false) AS r;
SELECT is(pg_temp.event(:q), '{"verb": "rate", "at": "12-05 09:05", "actor": "postgres", "solved": false, "reopens": false, "told": 112}', 'event rate: who was told');
SELECT complaint_id AS x FROM peoplecall.submit('hotline', '占道', '', '420102017020', 'city.facility', auto_dispatch => false) \gset
SELECT is(pg_temp.refusal(format('SELECT peoplecall.answer(%s, ''好'')', :x)), 'PC001', 'a complaint is not answered on the spot');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.answer(%s, '''')', :x)), '22004', 'an empty answer');
SELECT is(pg_temp.receipt(r), 'rejected A', 'rejected') FROM peoplecall.reject(:x, '非本市') AS r;
SELECT is(pg_temp.event(:x), '{"verb": "reject", "at": "12-05 09:05", "actor": "postgres", "reason": "非本市"}', 'event reject');
SELECT is((SELECT array_agg(k.kind || ' ' || k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :x), '{"dispatch met","total void"}', 'judged in time; the rest is void');
SELECT complaint_id AS x FROM peoplecall.submit('hotline', '诉讼', '', '420102017020', 'city.facility', auto_dispatch => false) \gset
SELECT is(pg_temp.receipt(r), 'referred A', 'referred') FROM peoplecall.refer(:x, '法院') AS r;
SELECT is(pg_temp.event(:x), '{"verb": "refer", "at": "12-05 09:05", "actor": "postgres", "destination": "法院"}', 'event refer');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.refer(%s, NULL)', :x)), '22004', 'referred nowhere');

-- One matter, however often it is sent.
SELECT * FROM pg_temp.at('2019-12-05 09:10');
SELECT complaint_id AS m FROM peoplecall.submit('mayor_mailbox', '油烟', '', '420106012001', 'market.food', external_id => '77') \gset
SELECT is((c.channel, peoplecall.channel_of(c.channel, c.received_at))::text, '(mayor_mailbox,hotline)', 'a merged channel''s matters keep its name and count as the other''s') FROM peoplecall.complaint AS c WHERE c.id = :m;
SELECT is(pg_temp.event(:m, 1) ->> 'asked_channel', 'mayor_mailbox', 'and the event names the one it came by');
SELECT count(*) AS before FROM peoplecall.complaint \gset
SELECT * FROM pg_temp.at('2019-12-05 10:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 31 green 12-05 11:10', 'sent again: the receipt of the first')
  FROM peoplecall.submit('mayor_mailbox', '另一标题', '', '420106012009', external_id => ' 77 ') AS r;
SELECT * FROM pg_temp.at('2019-12-05 10:30');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 31 yellow 12-05 11:10', 'as it stands now')
  FROM peoplecall.submit('mayor_mailbox', '油烟', '', '420106012001', external_id => '77') AS r;
SELECT is(r.complaint_id, :m, 'the same complaint') FROM peoplecall.submit('mayor_mailbox', '油烟', '', '420106012001', external_id => '77') AS r;
SELECT is((SELECT count(*) FROM peoplecall.complaint), :before::bigint, 'no second row');
SELECT is((SELECT count(*) FROM peoplecall.event WHERE complaint_id = :m), 2::bigint, 'and no event');
SELECT isnt(r.complaint_id, :m, 'another channel''s number 77 is another matter') FROM peoplecall.submit('hotline', '油烟', '', '420106012001', external_id => '77') AS r;
SELECT isnt(r.complaint_id, s.complaint_id, 'an empty number is none')
  FROM peoplecall.submit('hotline', '甲', '', '420106012001', external_id => '') AS r,
       peoplecall.submit('hotline', '乙', '', '420106012001', external_id => ' ') AS s;
UPDATE peoplecall.channel SET merged_into = 'hotline' WHERE code = 'mini_program';
SELECT is(r.complaint_id, :a, 'a channel merged since then finds its own') FROM peoplecall.submit('mini_program', '花架松动', '', '420102017020', external_id => 'mp-1') AS r;
UPDATE peoplecall.channel SET merged_into = NULL WHERE code = 'mini_program';

-- What is unknown or left out.
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('fax', '事', '', '420102017020')$$), 'PC005', 'an unknown channel');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '', '429999')$$), 'PC005', 'an unknown area');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '', '420102017020', 'no.such')$$), 'PC004', 'an unknown category');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '', '420102017020', subject_org => 999)$$), 'PC005', 'an unknown org');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '王某某 13900001111', '420102017020', nature => 'gossip', reporter_name => '王某某')$$), '22023', 'an unknown nature');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '王某某 13900001111', '420102017020', people => 0)$$), '22023', 'nobody');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit(NULL, '事', '', '420102017020')$$), '22004', 'no channel');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', NULL, '', '420102017020')$$), '22004', 'no title');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', ' ', '王某某 13900001111', '420102017020')$$), '22004', 'an empty title');
SELECT is(pg_temp.refusal($$SELECT peoplecall.submit('hotline', '事', '', NULL)$$), '22004', 'no area');
SELECT is(pg_temp.refusal($$SELECT peoplecall.appoint(99999, 'handle', 1)$$), 'PC005', 'an unknown officer');
SELECT is(pg_temp.refusal($$SELECT peoplecall.appoint(111, 'handle', 999)$$), 'PC005', 'a post for an unknown org');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, lead => 999)', :m)), 'PC005', 'an unknown lead');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, assist => ''{999}'')', :m)), 'PC005', 'an unknown assistant');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, assist => ''{NULL}'')', :m)), 'PC005', 'an assistant that is none');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, lead => 71)', :m)), '23514', 'an outside body does not lead');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reclassify(%s, ''no.such'')', :m)), 'PC004', 'to an unknown category');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reclassify(%s, nature => ''gossip'')', :m)), '22023', 'to an unknown nature');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.complete(%s, NULL)', :m)), '22004', 'done, with no result');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.escalate(%s, NULL)', :m)), '22004', 'up, for no reason');
-- every optional argument given as NULL is as if left out
SELECT complaint_id AS nulls, pg_temp.receipt(s) AS got
  FROM peoplecall.submit('hotline', '事', NULL, '420106012001', 'market.food', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS s \gset
SELECT is(:'got'::text, 'dispatched B task 1 org 31 green 12-05 14:30', 'NULLs for what is optional');
SELECT is((c.nature, c.people, c.urgency, c.privacy, c.body)::text, '(complaint,1,normal,open,"")', 'have their defaults')
  FROM peoplecall.complaint AS c WHERE c.id = :nulls;
SELECT is((SELECT count(*) FROM peoplecall.reporter AS p WHERE p.complaint_id = :nulls), 0::bigint, 'and nobody called');
SELECT is(pg_temp.event(:nulls, 1) ->> 'nature', 'complaint', 'in the event too');
-- where no org answers and none is named
INSERT INTO peoplecall.area (code, name) VALUES ('4202', '黄石市');
SELECT complaint_id AS n, pg_temp.receipt(s) AS got FROM peoplecall.submit('hotline', '事', '', '4202') AS s \gset
SELECT is(:'got'::text, 'received B green 12-05 11:00', 'a city without orgs: it waits');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s)', :n)), 'PC004', 'no org is responsible');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.escalate(%s, ''无人'')', :n)), 'PC001', 'and none above commands');

-- Recusal: an org that the matter is about never leads it, nor one below it.
SELECT complaint_id AS r, pg_temp.receipt(s) AS got FROM peoplecall.submit('hotline', '街道不作为', '', '420106012001', 'property', subject_org => 12) AS s \gset
SELECT is(:'got'::text, 'dispatched B task 1 org 3 green 12-05 14:30', 'the district leads what is about the street');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, lead => 12)', :r)), '23514', 'not the street');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.dispatch(%s, lead => 22)', :r)), '23514', 'nor its community');
SELECT complaint_id AS r FROM peoplecall.submit('hotline', '区里不作为', '', '420106012001', 'property', subject_org => 3, auto_dispatch => false) \gset
SELECT is(pg_temp.receipt(s), 'dispatched B task 1 org 1 green 12-05 14:30', 'about the district: the city, not the street below it') FROM peoplecall.dispatch(:r) AS s;
SELECT complaint_id AS r FROM peoplecall.submit('hotline', '区里不作为', '', '420102017020', 'city.facility', subject_org => 2, auto_dispatch => false) \gset
SELECT is((c.command_level, c.command_org)::text, '(city,1)', 'command passes over the district that it is about, and the street below it')
  FROM peoplecall.complaint AS c WHERE c.id = :r;

-- Up, twice, and no further.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS e, pg_temp.receipt(s) AS got FROM peoplecall.submit('hotline', '烟道', '', '420106015006', 'property') AS s \gset
SELECT is(:'got'::text, 'dispatched B task 1 org 13 green 12-05 11:00', 'the street leads');
SELECT * FROM pg_temp.at('2019-12-05 09:30');
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 3 green 12-05 11:30', 'the district takes over') FROM peoplecall.escalate(:e, '超出职权') AS r;
SELECT is(pg_temp.event(:e), '{"verb": "escalate", "at": "12-05 09:30", "actor": "postgres", "task": 2, "reason": "超出职权", "assist_task": 3,
	"command_level": {"old": "street", "new": "district"}, "command_org": {"old": 13, "new": 3}, "lead": {"old": 13, "new": 3}}', 'event escalate: old and new');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:e, 3)), ARRAY[
	'1 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, void 12-05 09:30',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-05 09:30',
	'1 resolve: 12-05 09:00 > 12-09 08:45 > 12-10 17:30, void 12-05 09:30',
	'2 accept: 12-05 09:30 > 12-05 10:30 > 12-05 11:30',
	'2 contact: 12-05 09:30 > 12-06 09:00 > 12-06 17:30',
	'2 resolve: 12-05 09:30 > 12-09 09:00 > 12-10 17:30',
	'3 accept: 12-05 09:30 > 12-05 10:30 > 12-05 11:30',
	'3 resolve: 12-05 09:30 > 12-09 09:00 > 12-10 17:30'], 'fresh clocks for both');
SELECT is(pg_temp.receipt(r), 'dispatched B task 4 org 1 green 12-05 11:30', 'the city takes over') FROM peoplecall.escalate(:e, '跨区') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.tasks(:e)), ARRAY['1 lead 13 superseded', '2 lead 3 superseded', '3 assist 13 sent', '4 lead 1 sent', '5 assist 3 sent'], 'who led assists');
SELECT is(c.grade::text || ' ' || c.command_level, 'B city', 'difficulty stays') FROM peoplecall.complaint AS c WHERE c.id = :e;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.escalate(%s, ''再上'')', :e)), 'PC001', 'nobody is above');
SELECT is(pg_temp.receipt(r), 'dispatched B task 6 org 13 green 12-05 11:30', 'the city gives it back to the street')
  FROM peoplecall.dispatch(:e, lead => 13) AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.tasks(:e) OFFSET 2), ARRAY['3 assist 13 superseded', '4 lead 1 superseded', '5 assist 3 sent', '6 lead 13 sent'], 'which assists no longer');
SELECT FROM peoplecall.dispatch(:e, assist => '{1}') \g /dev/null
UPDATE peoplecall.complaint SET command_level = 'district', command_org = 3 WHERE id = :e;
SELECT FROM peoplecall.escalate(:e, '又上') \g /dev/null
SELECT is(ARRAY(SELECT * FROM pg_temp.tasks(:e) OFFSET 4), ARRAY['5 assist 3 sent', '6 lead 13 superseded', '7 assist 1 superseded', '8 lead 1 sent', '9 assist 13 sent'], 'an assistant that takes over by command assists no longer');

-- Judged anew: the deadline is replayed from its start, pauses kept
-- (glpi #6902, #15605).
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS k FROM peoplecall.submit('hotline', '车库', '', '420106015006', 'property.garage') \gset
SELECT * FROM pg_temp.at('2019-12-09 09:30');
-- from Friday 09:00 to Monday 09:00 it stood
UPDATE peoplecall.clock SET pauses = '{["2019-12-06 09:00+08","2019-12-09 09:00+08")}' WHERE complaint_id = :k AND kind = 'resolve';
UPDATE peoplecall.clock SET extensions = '{1wd}' WHERE complaint_id = :k AND kind = 'total';
SELECT is(pg_temp.receipt(r), 'dispatched C org 13 red 12-05 15:00', 'reclassified') FROM peoplecall.reclassify(:k, grade => 'C', reason => '跨部门') AS r;
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:k)), ARRAY[
	'- dispatch: 12-05 09:00 > 12-05 09:15 > 12-05 09:30, met 12-05 09:00',
	'- total: 12-05 09:00 > 12-13 08:45 > 12-20 17:30',
	'1 accept: 12-05 09:00 > 12-05 11:00 > 12-05 15:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30',
	'1 resolve: 12-05 09:00 > 12-11 08:45 > 12-13 17:30'], 'from the start, the pause and the extension kept');
SELECT is(pg_temp.event(:k), '{"verb": "reclassify", "at": "12-09 09:30", "actor": "postgres", "reason": "跨部门", "grade": {"old": "B", "new": "C"},
	"command_level": {"old": "street", "new": "district"}, "command_org": {"old": 13, "new": 3},
	"deadlines": [{"clock": "total", "old": "2019-12-12T09:30:00+00:00", "new": "2019-12-20T09:30:00+00:00"},
	              {"clock": "accept", "task": 1, "old": "2019-12-05T03:00:00+00:00", "new": "2019-12-05T07:00:00+00:00"},
	              {"clock": "resolve", "task": 1, "old": "2019-12-10T09:30:00+00:00", "new": "2019-12-13T09:30:00+00:00"}]}', 'event reclassify: old and new deadlines');
SELECT is(pg_temp.receipt(r), 'dispatched D org 13 red 12-06 17:30', 'the rules grade: more people than a district handles') FROM peoplecall.reclassify(:k, people => 600) AS r;
SELECT is((c.command_level, c.command_org, c.people)::text, '(city,1,600)', 'the city commands') FROM peoplecall.complaint AS c WHERE c.id = :k;
SELECT is(pg_temp.receipt(r), 'dispatched B org 13 red 12-05 11:00', 'and a judge may lower it') FROM peoplecall.reclassify(:k, grade => 'B') AS r;
SELECT is((c.command_level, c.command_org)::text, '(street,13)', 'the street commands again') FROM peoplecall.complaint AS c WHERE c.id = :k;
SELECT FROM peoplecall.escalate(:k, '难') \g /dev/null
SELECT FROM peoplecall.reclassify(:k, grade => 'A') \g /dev/null
SELECT is((c.grade, c.command_level, c.command_org)::text, '(A,district,3)', 'what was lifted stays lifted') FROM peoplecall.complaint AS c WHERE c.id = :k;

-- Sent back: with the time that was left at the claim.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS s FROM peoplecall.submit('hotline', '油烟', '', '420106012001', 'property') \gset
SELECT * FROM pg_temp.at('2019-12-06 15:00');
SELECT FROM peoplecall.complete(:s, '已清洗') \g /dev/null
SELECT * FROM pg_temp.at('2019-12-11 10:00');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.send_back(%s, '''')', :s)), '22004', 'for a reason');
SELECT is(pg_temp.receipt(r), 'dispatched B task 1 org 12 yellow 12-12 17:30', 'sent back') FROM peoplecall.send_back(:s, '仍有油烟') AS r;
SELECT is(pg_temp.event(:s), '{"verb": "send_back", "at": "12-11 10:00", "actor": "postgres", "task": 1, "task_org": 12, "reason": "仍有油烟"}', 'event send_back');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:s, 2)), ARRAY[
	'- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30',
	'1 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, missed 12-06 15:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-06 15:00',
	'1 resolve: 12-05 09:00 > 12-11 16:15 > 12-13 17:30',
	'- verify: 12-06 15:00 > 12-09 16:15 > 12-10 17:30, missed 12-11 10:00'], 'three closings were left: three it has; the centre verified late');
SELECT is((t.state, t.done_at)::text, '(accepted,)', 'the share is open') FROM peoplecall.task AS t WHERE t.complaint_id = :s;
SELECT is((c.completed_at, c.result)::text, '(,)', 'the claim is gone') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT * FROM pg_temp.at('2019-12-12 10:00');
SELECT FROM peoplecall.complete(:s, '加装净化') \g /dev/null
SELECT is(k.verdict || ' ' || pg_temp.minute(k.stopped_at), 'met 12-12 10:00', 'in time') FROM peoplecall.clock AS k WHERE k.complaint_id = :s AND k.kind = 'resolve';

-- Closed, and it is not solved: opened again with full time; the verdict is
-- overturned when the command upholds the citizen's no (fixmystreet #897).
SELECT * FROM pg_temp.at('2019-12-12 11:00');
SELECT FROM peoplecall.close(:s, '已净化') \g /dev/null
SELECT is(pg_temp.event(:s) ->> 'result', '已净化', 'the centre''s own words on the result');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reopen(%s, NULL)', :s)), '22004', 'for a reason');
SELECT FROM peoplecall.revisit(:s, 'reached', true, false, 1) \g /dev/null
SELECT * FROM pg_temp.at('2020-01-06 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 12 green 01-06 11:00', 'opened again: green, full time, no alarm at once (osTicket #5955)')
  FROM peoplecall.reopen(:s, '回访未解决') AS r;
SELECT is(pg_temp.event(:s), '{"verb": "reopen", "at": "01-06 09:00", "actor": "postgres", "task": 2, "reason": "回访未解决", "overturned": 1, "epoch": 1}', 'event reopen');
SELECT is(ARRAY(SELECT * FROM pg_temp.clocks(:s, 2)), ARRAY[
	'- total: 12-05 09:00 > 12-10 08:45 > 12-12 17:30, met 12-12 11:00',
	'1 accept: 12-05 09:00 > 12-05 10:00 > 12-05 11:00, missed 12-06 15:00',
	'1 contact: 12-05 09:00 > 12-06 08:45 > 12-06 17:30, void 12-06 15:00',
	'1 resolve: 12-05 09:00 > 12-11 16:15 > 12-13 17:30, overturned 12-12 10:00',
	'- verify: 12-06 15:00 > 12-09 16:15 > 12-10 17:30, missed 12-11 10:00',
	'- verify: 12-12 10:00 > 12-13 14:45 > 12-16 17:30, met 12-12 11:00',
	'2 accept: 01-06 09:00 > 01-06 10:00 > 01-06 11:00',
	'2 contact: 01-06 09:00 > 01-07 08:45 > 01-07 17:30',
	'2 resolve: 01-06 09:00 > 01-08 08:45 > 01-09 17:30'], 'earlier verdicts stay but the lead''s; total runs once');
SELECT cmp_ok(t.steps, '>', 0, 'what is due of others fires') FROM peoplecall.tick(420106) AS t;
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = :s AND e.verb = 'alarm'), 0::bigint, 'and no alarm of the time between');
SELECT is((c.epoch, c.reopened, c.state, c.completed_at, c.closed_at, c.result)::text, '(1,1,dispatched,,,)', 'a new epoch') FROM peoplecall.complaint AS c WHERE c.id = :s;
SELECT is(pg_temp.refusal(format('SELECT peoplecall.send_back(%s, ''旧账'', 1)', :s)), 'PC001', 'a share of an earlier closing is not sent back');
SELECT * FROM pg_temp.at('2020-01-06 10:00');
SELECT FROM peoplecall.complete(:s, '改道') \g /dev/null
SELECT FROM peoplecall.close(:s) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed B org 12', 'a no after the limit of reopenings only tells') FROM peoplecall.rate(:s, false, 1) AS r;
SELECT is(pg_temp.event(:s) - 'satisfaction', '{"verb": "rate", "at": "01-06 10:00", "actor": "postgres", "solved": false, "reopens": false, "told": 32}', 'the leader in charge of the district, above the street that commands');
SELECT is(n.body, format('【群众不满意】诉求%s“油烟”，群众表示未解决，请研究是否重办。', peoplecall.complaint_no(:s)), 'in words')
  FROM peoplecall.notice AS n WHERE n.complaint_id = :s AND n.template = 'unsolved';
SELECT FROM peoplecall.reopen(:s, '不予支持', upheld => false) \g /dev/null
SELECT is((SELECT array_agg(k.verdict ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = :s AND k.kind = 'resolve'), '{overturned,met,NULL}', 'a no that is not upheld leaves the verdict');

-- A citizen's no reopens once by itself.
SELECT * FROM pg_temp.at('2019-12-05 09:00');
SELECT complaint_id AS u FROM peoplecall.submit('hotline', '噪声', '', '420106012001', 'property') \gset
SELECT FROM peoplecall.complete(:u, '已劝') \g /dev/null
SELECT FROM peoplecall.close(:u) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-06 09:00');
SELECT is(pg_temp.receipt(r), 'dispatched B task 2 org 12 green 12-06 11:00', 'unsolved: again') FROM peoplecall.rate(:u, false, 2) AS r;
SELECT is(pg_temp.event(:u, 5), '{"verb": "rate", "at": "12-06 09:00", "actor": "postgres", "solved": false, "satisfaction": 2, "reopens": true}', 'event rate');
SELECT is(pg_temp.event(:u, 6) - 'reason', '{"verb": "reopen", "at": "12-06 09:00", "actor": "postgres", "task": 2, "epoch": 1}', 'event reopen');
SELECT FROM peoplecall.complete(:u, '已停工') \g /dev/null
SELECT FROM peoplecall.close(:u) \g /dev/null
SELECT is(pg_temp.receipt(r), 'closed B org 12', 'a word on the second closing') FROM peoplecall.rate(:u, true, 5) AS r;
SELECT is((SELECT array_agg(t.satisfaction ORDER BY t.epoch) FROM peoplecall.rating AS t WHERE t.complaint_id = :u), '{2,5}', 'does not replace the first (glpi #570)');

-- Never backdated: an act is never before the last event.
SELECT * FROM pg_temp.at('2019-12-01 09:00');
SELECT FROM peoplecall.revisit(:u, 'refused') \g /dev/null
SELECT is(e.at, '2019-12-06 09:00+08', 'the time of an act is not before the last event') FROM peoplecall.event AS e WHERE e.complaint_id = :u ORDER BY e.seq DESC LIMIT 1;
SELECT FROM set_config('peoplecall.as_of', '', true) \g /dev/null
SELECT FROM peoplecall.revisit(:u, 'refused') \g /dev/null
SELECT cmp_ok(e.at, '>', now(), 'without the setting it is the clock, which goes on in a long transaction') FROM peoplecall.event AS e WHERE e.complaint_id = :u ORDER BY e.seq DESC LIMIT 1;

-- All events of all complaints: no gap, in time, none with personal data.
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c
            WHERE c.event_count <> (SELECT count(*) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)
               OR c.event_count <> (SELECT max(e.seq) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)
               OR c.last_event_at <> (SELECT max(e.at) FROM peoplecall.event AS e WHERE e.complaint_id = c.id)), 0::bigint, 'events without gaps');
SELECT is((SELECT count(*) FROM (SELECT e.at < lag(e.at) OVER (PARTITION BY e.complaint_id ORDER BY e.seq) AS back FROM peoplecall.event AS e) AS x WHERE x.back), 0::bigint, 'events in time');
SELECT is((SELECT count(*) FROM peoplecall.event AS e WHERE e::text ~ '王某某|13900001111'), 0::bigint, 'no event has personal data');
SELECT is((SELECT count(*) FROM peoplecall.notice AS n WHERE n::text ~ '王某某|13900001111'), 0::bigint, 'no notice has personal data');
SELECT is((SELECT array_agg(s.text) FROM said AS s WHERE s.text ~ '王某某|13900001111'), NULL, 'no error has personal data');
SELECT cmp_ok((SELECT count(*) FROM said), '>', 40::bigint, 'of many errors');
-- the row's light is that of its clocks, for every complaint
SELECT is((SELECT count(*) FROM peoplecall.complaint AS c
            CROSS JOIN LATERAL (SELECT min(k.due_at) AS due_at, min(k.warn_at) AS warn_at FROM peoplecall.clock AS k
                                 WHERE k.complaint_id = c.id AND k.stopped_at IS NULL) AS k
            WHERE (c.due_at, c.warn_at) IS DISTINCT FROM (k.due_at, k.warn_at)), 0::bigint, 'the complaint''s light is its tightest open clock''s');
SELECT is((SELECT count(*) FROM peoplecall.clock AS k JOIN peoplecall.complaint AS c ON c.id = k.complaint_id
            WHERE k.stopped_at IS NULL AND c.state NOT IN ('received', 'dispatched', 'completed')), 0::bigint, 'no clock runs on what has ended');

SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'and so is its history');
SELECT * FROM finish();
ROLLBACK;
