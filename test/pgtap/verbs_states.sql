-- Every verb against every state of a complaint, and every verb of a task
-- against every state of a task: it goes through, or it is refused with PC001
-- and the state in the detail. What is expected is written out here and
-- compared with what the verbs do and with what peoplecall.verbs() says.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL peoplecall.as_of = '2019-12-05 09:00+08';

-- Each verb as a statement about complaint %s, which must be right for every
-- state that the verb leaves from. Task 1 leads, 2 has done its share, 3 has not.
CREATE TEMPORARY TABLE attempt (verb text PRIMARY KEY, call text NOT NULL, leaves peoplecall.complaint_state[] NOT NULL);
INSERT INTO attempt (verb, call, leaves) VALUES
	('answer', 'answer(%s, ''好的'')', '{received}'),
	('reject', 'reject(%s, ''不属受理范围'')', '{received}'),
	('refer', 'refer(%s, ''法院'')', '{received}'),
	('reclassify', 'reclassify(%s, grade => ''C'')', '{received,dispatched}'),
	('dispatch', 'dispatch(%s, lead => 31)', '{received,dispatched}'),
	('withdraw_task', 'withdraw_task(%s)', '{dispatched}'),
	('escalate', 'escalate(%s, ''超出能力'')', '{received,dispatched}'),
	('request', 'request(%s, ''exclude'', ''恶意投诉'', evidence => ''录音'')', '{dispatched,completed,closed}'),
	('decide', 'decide(%s, 1, false, ''不符合'')', '{received,dispatched,completed,closed,shelved}'),
	('resume', 'resume(%s, ''已具备条件'', 2)', '{dispatched,shelved}'),
	('object_exclusion', 'object_exclusion(pg_temp.excluded(%s), ''不同意'')', '{received,dispatched,completed,closed,shelved}'),
	('convene', 'convene(''{33}'', NULL, %s)', '{received,dispatched,shelved}'),
	('rule', 'rule(pg_temp.meeting(%s), 33, NULL, ''纪要'')', '{received,dispatched}'),
	('supervise', 'supervise(%s, ''久拖不决'')', '{received,dispatched,completed,closed,shelved}'),
	('instruct', 'instruct(%s, 33, ''限期办结'')', '{received,dispatched,completed,closed,shelved}'),
	('assign', 'assign(%s, 123, 1)', '{dispatched,shelved}'),
	('hand_over', 'hand_over(pg_temp.assigned(%s), 123, ''轮岗'', 1)', '{dispatched,shelved}'),
	('accept', 'accept(%s)', '{dispatched}'),
	('contact', 'contact(%s)', '{dispatched}'),
	('report', 'report(%s, ''在办'')', '{received,dispatched,completed}'),
	('complete', 'complete(%s, ''已办'', 3)', '{dispatched}'),
	('send_back', 'send_back(%s, ''未办好'', 2)', '{dispatched,completed}'),
	('revisit', 'revisit(%s, ''reached'', true, true, 5)', '{completed,closed}'),
	('close', 'close(%s)', '{completed}'),
	('reopen', 'reopen(%s, ''又犯'')', '{closed}'),
	('rate', 'rate(%s, true, 5)', '{closed,merged}'),
	('urge', 'urge(pg_temp.open_still(%s), ''还没人来'')', '{received,dispatched,completed,shelved,merged}'),
	('supplement', 'supplement(pg_temp.open_still(%s), ''又坏一处'')', '{received,dispatched,completed,shelved,merged}'),
	('withdraw', 'withdraw(pg_temp.open_still(%s), ''不必了'')', '{received,dispatched,completed,shelved,merged}'),
	('attach', 'attach(%s, ''file:1'', sha256(''1''), ''report'')', '{received,dispatched,completed,closed,shelved,merged}'),
	('decide_unsolved', 'decide_unsolved(pg_temp.unsolved(%s), true, ''属实'')', '{received,dispatched,completed,closed,merged,rejected,referred,withdrawn,shelved,moved}'),
	('forget_reporter', 'forget_reporter(%s)', '{received,dispatched,completed,closed,merged,rejected,referred,withdrawn,shelved}'),
	('merge', 'merge(%s, (SELECT complaint_id FROM peoplecall.submit(''hotline'', ''另一事'', '''', ''420106012001'')), ''同一事'')', '{received,dispatched}'),
	('split', 'split(%s, ''两件事'')', '{merged}'),
	('transfer', 'transfer(%s, ''420102017020'', ''在江岸'')', '{received,dispatched}');

-- A complaint in that state: by verbs where one leads there.
CREATE FUNCTION pg_temp.bring_to(state peoplecall.complaint_state) RETURNS bigint
	LANGUAGE plpgsql
AS $$
DECLARE
	c bigint;
	other bigint;
	last_step int := CASE state WHEN 'received' THEN 0 WHEN 'rejected' THEN 0 WHEN 'referred' THEN 0
	                            WHEN 'completed' THEN 2 WHEN 'closed' THEN 3 ELSE 1 END;
BEGIN
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', '事', '', '420106012001', 'market.food', 'help',
		auto_dispatch => false) AS s;
	IF last_step >= 1 THEN
		PERFORM peoplecall.dispatch(c, lead => 12, assist => '{33,34}');
		PERFORM peoplecall.complete(c, '完', 2);
	END IF;
	IF last_step >= 2 THEN
		PERFORM peoplecall.complete(c, '完', 3);
		PERFORM peoplecall.complete(c, '完', 1);
	END IF;
	CASE state
	WHEN 'closed' THEN PERFORM peoplecall.close(c);
	WHEN 'rejected' THEN PERFORM peoplecall.reject(c, '不受理');
	WHEN 'referred' THEN PERFORM peoplecall.refer(c, '法院');
	WHEN 'merged' THEN
		-- into one that has ended, so that its citizen may rate
		SELECT s.complaint_id INTO other
		  FROM peoplecall.submit('hotline', '主件', '', '420106012001', 'market.food', 'help',
			auto_dispatch => false) AS s;
		PERFORM peoplecall.merge(c, other, '同一事'), peoplecall.answer(other, '好的');
	WHEN 'moved' THEN PERFORM peoplecall.transfer(c, '420102017020', '在江岸');
	WHEN 'withdrawn' THEN PERFORM peoplecall.withdraw(c, '不必了');
	WHEN 'shelved' THEN
		-- no verb leads there yet; the shares stay open, the worst case
		UPDATE peoplecall.complaint AS m SET state = bring_to.state WHERE m.id = c;
	ELSE
	END CASE;
	RETURN c;
END
$$;
-- A meeting about it, and what was asked: one open, one suspended, one exclusion.
CREATE FUNCTION pg_temp.meeting(c bigint) RETURNS bigint LANGUAGE sql AS $$
	SELECT coalesce((SELECT m.id FROM peoplecall.coordination AS m WHERE m.complaint_id = c), c)
$$;
CREATE FUNCTION pg_temp.excluded(c bigint) RETURNS bigint LANGUAGE sql AS $$
	UPDATE peoplecall.complaint AS m SET excluded = true WHERE m.id = c;
	SELECT c
$$;
-- His no to a closing; and whoever speaks again of a merged one does so while
-- it is open.
CREATE FUNCTION pg_temp.unsolved(c bigint) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO peoplecall.rating (district_id, complaint_id, area, epoch, closing_of, closing_epoch, solved, rated_at)
	SELECT m.district_id, m.id, m.area, m.epoch, coalesce(m.principal_id, m.id), m.epoch, false, m.received_at FROM peoplecall.complaint AS m WHERE m.id = c;
	SELECT c
$$;
CREATE FUNCTION pg_temp.open_still(c bigint) RETURNS bigint LANGUAGE sql AS $$
	UPDATE peoplecall.complaint AS m SET closed_at = NULL WHERE m.id = c AND m.state = 'merged';
	SELECT c
$$;
CREATE FUNCTION pg_temp.has_asked(c bigint) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO peoplecall.request (district_id, complaint_id, area, seq, kind, reason, asked_at, until, granted, decided_at)
	SELECT m.district_id, m.id, m.area, r.seq, r.kind::peoplecall.request_kind, 'x', m.received_at,
	       r.until::timestamptz, r.granted, CASE WHEN r.granted THEN m.received_at END
	  FROM peoplecall.complaint AS m
	 CROSS JOIN (VALUES (1, 'extend', NULL, NULL), (2, 'suspend', '2019-12-09 09:00+08', true), (3, 'exclude', NULL, true)) AS r (seq, kind, until, granted)
	 WHERE m.id = c;
	INSERT INTO peoplecall.coordination (district_id, id, complaint_id, convened_by, area, title, convened_at)
	SELECT m.district_id, nextval('peoplecall.complaint_serial') + m.district_id * 1000000000000, m.id, 12, m.area, 'x', m.received_at
	  FROM peoplecall.complaint AS m WHERE m.id = c;
	SELECT c
$$;

CREATE FUNCTION pg_temp.assigned(c bigint) RETURNS bigint LANGUAGE sql AS $$
	UPDATE peoplecall.task AS t SET officer = 121 WHERE t.complaint_id = c AND t.seq = 1;
	SELECT c
$$;

-- What comes of it, undone at once: 'allowed', or the SQLSTATE with the detail.
CREATE FUNCTION pg_temp.outcome(call text, c bigint) RETURNS text
	LANGUAGE plpgsql
AS $$
DECLARE
	code text;
	detail text;
	returned peoplecall.receipt;
BEGIN
	EXECUTE format('SELECT r.* FROM peoplecall.' || call || ' AS r', c) INTO returned;
	-- these return the id of what they made, or the receipt of where it goes on
	IF returned.complaint_id IS DISTINCT FROM c AND call !~ '^(convene|rule|transfer)'
	   AND returned.complaint_id IS DISTINCT FROM peoplecall.current_complaint(c)
	THEN
		RETURN 'a receipt of another complaint';
	END IF;
	RAISE EXCEPTION SQLSTATE 'ALLOW';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	RETURN CASE code WHEN 'ALLOW' THEN 'allowed' ELSE code || ' ' || detail END;
END
$$;

CREATE TEMPORARY TABLE sample AS
SELECT s.state, pg_temp.has_asked(pg_temp.bring_to(s.state)) AS id
  FROM unnest(enum_range(NULL::peoplecall.complaint_state)) AS s (state);
SELECT is(c.state, s.state, format('a complaint is %s', s.state))
  FROM sample AS s
  JOIN peoplecall.complaint AS c ON c.id = s.id
 ORDER BY s.state;

SELECT is(pg_temp.outcome(a.call, s.id),
          CASE WHEN s.state = ANY (a.leaves) THEN 'allowed'
               -- a citizen's verb leads to where it goes on, which is received
               WHEN s.state = 'moved' AND a.verb IN ('urge', 'supplement', 'withdraw', 'forget_reporter') THEN 'allowed'
               WHEN s.state = 'moved' AND a.verb IN ('rate', 'split') THEN 'PC001 The complaint is received.'
               WHEN s.state = 'moved' AND a.verb = 'object_exclusion' THEN 'PC001 The complaint is received and counts.'
               ELSE format('PC001 The complaint is %s.', s.state) END,
          format('%s when %s', a.verb, s.state))
  FROM attempt AS a
 CROSS JOIN sample AS s
 ORDER BY a.verb, s.state;

-- The table of verbs says the same, and no verb escapes this test.
SELECT set_eq(
	'SELECT v.verb, s FROM peoplecall.verbs() AS v CROSS JOIN unnest(v.states) AS s',
	'SELECT a.verb, s FROM attempt AS a CROSS JOIN unnest(a.leaves) AS s',
	'verbs() names the states that each verb leaves from');
SELECT set_eq(
	$$SELECT v.verb FROM peoplecall.verbs() AS v WHERE v.states = '{}'$$,
	ARRAY['answer_supervision', 'close_supervision', 'hand_over_all', 'sign', 'attend', 'end_coordination', 'mark', 'recompute', 'open_districts', 'submit', 'take_notices', 'confirm_notice', 'fail_notice', 'due_districts', 'tick',
	      'appoint', 'dismiss', 'install_defaults', 'raise_hot', 'refresh_likeness', 'track', 'track_code', 'forget_resident',
	      'join_alliance', 'leave_alliance', 'publish', 'close_listing', 'claim', 'fulfil', 'release', 'register_volunteer', 'unregister_volunteer',
	      'home_counts', 'convene_needs', 'publish_project', 'due_list_districts', 'tick_lists',
	      'appraise', 'appraised_shares', 'trend', 'freeze_appraisal', 'refresh_appraisal', 'recount_appraisal', 'check_appraisal', 'marked_districts',
	      'changes', 'forget_changes', 'partition_ledger', 'keep_partitions', 'detach_history', 'distribute', 'refresh_reading', 'import_batch', 'replay', 'replay_detail'],
	'verbs without a complaint to leave from');
-- every function that takes the gate is in the table
SELECT set_eq(
	$$SELECT DISTINCT p.proname::text FROM pg_proc AS p
	   WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.prosrc = 'pc_verb'$$,
	'SELECT v.verb FROM peoplecall.verbs() AS v',
	'verbs() lists every function behind the gate');

-- Tasks: share 2 of a dispatched complaint in each state.
CREATE TEMPORARY TABLE task_attempt (verb text PRIMARY KEY, call text NOT NULL, leaves peoplecall.task_state[] NOT NULL);
INSERT INTO task_attempt (verb, call, leaves) VALUES
	('accept', 'accept(%s, 2)', '{sent}'),
	('contact', 'contact(%s, ''已告知'', 2)', '{sent,accepted}'),
	('report', 'report(%s, ''在办'', 2)', '{sent,accepted,done}'),
	('complete', 'complete(%s, ''已办'', 2)', '{sent,accepted}'),
	('request', 'request(%s, ''return'', ''非职责'', task => 2)', '{sent,accepted}'),
	('assign', 'assign(%s, 332, 2)', '{sent,accepted}'),
	('hand_over', 'hand_over(pg_temp.assigned_2(%s), 332, ''轮岗'', 2)', '{sent,accepted}'),
	('send_back', 'send_back(%s, ''未办好'', 2)', '{done}'),
	('attach', 'attach(%s, ''file:1'', sha256(''1''), ''after'', 2)', '{sent,accepted}'),
	('withdraw_task', 'withdraw_task(%s, 2)', '{sent,accepted}');

CREATE FUNCTION pg_temp.assigned_2(c bigint) RETURNS bigint LANGUAGE sql AS $$
	UPDATE peoplecall.task AS t SET officer = 331 WHERE t.complaint_id = c AND t.seq = 2;
	SELECT c
$$;
CREATE FUNCTION pg_temp.bring_share_to(state peoplecall.task_state) RETURNS bigint
	LANGUAGE plpgsql
AS $$
DECLARE
	c bigint;
BEGIN
	SELECT s.complaint_id INTO c
	  FROM peoplecall.submit('hotline', '事', '', '420106012001', 'market.food',
		auto_dispatch => false) AS s;
	PERFORM peoplecall.dispatch(c, lead => 12, assist => '{33}');
	CASE state
	WHEN 'accepted' THEN PERFORM peoplecall.accept(c, 2);
	WHEN 'done' THEN PERFORM peoplecall.complete(c, '完', 2);
	WHEN 'withdrawn' THEN PERFORM peoplecall.withdraw_task(c, 2);
	WHEN 'superseded' THEN PERFORM peoplecall.dispatch(c, lead => 33);
	WHEN 'returned' THEN
		UPDATE peoplecall.task AS t SET state = 'returned' WHERE t.complaint_id = c AND t.seq = 2;
	ELSE
	END CASE;
	RETURN c;
END
$$;
CREATE TEMPORARY TABLE task_sample AS
SELECT s.state, pg_temp.bring_share_to(s.state) AS id
  FROM unnest(enum_range(NULL::peoplecall.task_state)) AS s (state);
SELECT is(t.state, s.state, format('a task is %s', s.state))
  FROM task_sample AS s
  JOIN peoplecall.task AS t ON t.complaint_id = s.id AND t.seq = 2
 ORDER BY s.state;

SELECT is(pg_temp.outcome(a.call, s.id),
          CASE WHEN s.state = ANY (a.leaves) THEN 'allowed'
               ELSE format('PC001 The task is %s; the verb needs one that is %s.', s.state,
                           array_to_string(a.leaves, ' or ')) END,
          format('%s of a task that is %s', a.verb, s.state))
  FROM task_attempt AS a
 CROSS JOIN task_sample AS s
 ORDER BY a.verb, s.state;

-- What is not there at all.
SELECT is(pg_temp.outcome(regexp_replace(a.call, '(task => |, )2\)', '\19)'), s.id), 'PC005 ',
          format('%s of a task that is not there', a.verb))
  FROM task_attempt AS a
 CROSS JOIN task_sample AS s
 WHERE s.state = 'sent'
 ORDER BY a.verb;
SELECT is(pg_temp.outcome(a.call, 420106999999999999), 'PC005 ',
          format('%s of a complaint that is not there', a.verb))
  FROM attempt AS a
 ORDER BY a.verb;
SELECT is(pg_temp.outcome(replace(a.call, '%s', 'NULL'), NULL), '22004 ',
          format('%s of no complaint', a.verb))
  FROM attempt AS a
 ORDER BY a.verb;

SELECT * FROM finish();
ROLLBACK;
