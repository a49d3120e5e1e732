-- The gate: which caller may use which verb, and where. Every verb is tried
-- with every duty at many orgs; then roles, delegates, posts, and who goes
-- round the gate. gate_superuser.sql runs this file over a ledger that belongs
-- to a superuser.
\set QUIET on
\pset fieldsep '\n'
\if :{?ledger_owner}
\else
\set ledger_owner gate_owner
\endif
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS peoplecall CASCADE;
CREATE ROLE gate_owner;
CREATE ROLE gate_caller;
CREATE ROLE gate_other;
\ir ../fixture/citus.sql
SELECT * FROM no_plan();

-- What a statement comes to when a role runs it: ok or its SQLSTATE. The role
-- may get a post and a superuser may prepare something before; nothing stays.
CREATE FUNCTION pg_temp.try(
	who name, what text, duty text DEFAULT NULL, org bigint DEFAULT NULL,
	before text DEFAULT NULL) RETURNS text LANGUAGE plpgsql
AS $$
BEGIN
	IF duty IS NOT NULL THEN
		EXECUTE 'INSERT INTO peoplecall.post (role, duty, org) VALUES ($1, $2::peoplecall.duty, $3)'
		  USING who, duty, org;
	END IF;
	IF before IS NOT NULL THEN
		EXECUTE before;
	END IF;
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE what;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION
	WHEN SQLSTATE 'ZZ001' THEN
		RETURN 'ok';
	WHEN OTHERS THEN
		RETURN SQLSTATE;
END
$$;

-- The one value that a query gives a role, or its SQLSTATE; what it does stays.
CREATE FUNCTION pg_temp.says(who name, what text) RETURNS text LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
	caller name := current_setting('role');
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	BEGIN
		EXECUTE what INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE;
	END;
	EXECUTE format('SET LOCAL ROLE %I', caller);
	RETURN answer;
END
$$;

-- A call of each verb, by its place alone: arguments that fit come below.
CREATE FUNCTION pg_temp.any_call(of regprocedure) RETURNS text LANGUAGE sql
AS $$
	SELECT format('SELECT peoplecall.%I(%s)', p.proname,
	              (SELECT string_agg('NULL::' || format_type(a.type, NULL), ', ' ORDER BY a.place)
	                 FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)))
	  FROM pg_proc AS p WHERE p.oid = of
$$;
CREATE FUNCTION pg_temp.functions(pattern text) RETURNS SETOF regprocedure LANGUAGE sql
AS $$
	SELECT p.oid::regprocedure FROM pg_proc AS p
	 WHERE p.pronamespace = 'peoplecall'::regnamespace AND p.proname ~ pattern
	 ORDER BY 1
$$;
CREATE FUNCTION pg_temp.verb_functions() RETURNS SETOF regprocedure LANGUAGE sql
AS $$
	SELECT f FROM peoplecall.verbs() AS v, pg_temp.functions('^' || v.verb || '$') AS f
$$;

SELECT ok(count(*) >= count(DISTINCT v.verb) AND bool_and(f IS NOT NULL), 'every verb of verbs() is a function')
  FROM peoplecall.verbs() AS v LEFT JOIN LATERAL pg_temp.functions('^' || v.verb || '$') AS f ON true;
SELECT is((SELECT array_agg(f) FROM (
	SELECT p.oid::regprocedure AS f FROM pg_proc AS p WHERE p.pronamespace = 'peoplecall'::regnamespace
	 AND p.prosrc = 'pc_verb' EXCEPT SELECT pg_temp.verb_functions()) AS x),
	NULL, 'every function of the gate is in verbs()');

--
-- Without a ledger
--
SELECT is(pg_temp.try('gate_caller', pg_temp.any_call(f)), 'PC002', format('no ledger: %s', f::oid::regproc))
  FROM pg_temp.verb_functions() AS f;
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.act_for(111)'), 'PC002', 'no ledger: act_for');
SELECT is(pg_temp.says('gate_caller', 'SELECT peoplecall.may_read(''4201'')'), 'false', 'no ledger: nothing may be read');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.create_ledger()'), '42501', 'a plain role makes no ledger');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.create_ledger(''gate_owner'')'), '42501', 'nor one for another');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.create_ledger(''nobody_here'')'), '42704', 'nor one for nobody');

SELECT peoplecall.create_ledger(:'ledger_owner') \g /dev/null
SELECT peoplecall.install_defaults() \g /dev/null
\ir ../fixture/small_city.sql
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.create_ledger()'), '42501', 'a stranger may not bring a ledger up to date');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger()'), 'ok', 'a superuser may, with no owner named');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger(''gate_other'')'), '42710', 'a ledger has one owner');

--
-- Every verb, every duty, many orgs. Matter 1, in 东湖路社区 of 武昌区, has the
-- market office 31 as lead and the police 33 as assistant; street 12 commands.
-- Matter 2 there is a consultation that waits.
--
SELECT peoplecall.submit('hotline', '预付卡', '健身房关门', '420106012001', 'market.prepaid'::ltree, people => 60) \g /dev/null
SELECT peoplecall.submit('hotline', '问一问', '怎么办', '420106012001', 'consult'::ltree, nature => 'consult') \g /dev/null
SELECT is(array_agg(rtrim(format('%s %s %s %s %s', c.id, c.state, c.command_org, c.lead_org,
		(SELECT string_agg(t.org::text, '+' ORDER BY t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = c.id))) ORDER BY c.id),
	'{420106000000000001 dispatched 12 31 31+33,420106000000000002 received 22}', 'the matters are as these tests take them to be')
  FROM peoplecall.complaint AS c;

CREATE TEMPORARY TABLE place (org bigint, area boolean, command boolean, line31 boolean, line12 boolean, district boolean);
INSERT INTO place VALUES
	-- org  area   command line31 line12 district
	(1,   true,  true,  true,  true,  true),    -- the city
	(2,   false, false, false, false, false),   -- another district
	(3,   true,  true,  true,  true,  true),    -- the district
	(11,  false, false, false, false, false),   -- a street there
	(12,  true,  true,  false, true,  false),   -- the street that commands
	(13,  false, false, false, false, false),   -- the street beside it
	(22,  true,  false, false, false, false),   -- the community
	(25,  false, false, false, false, false),   -- the community beside it
	(31,  true,  false, true,  false, true),    -- the lead
	(33,  true,  false, false, false, true),    -- the assistant
	(41,  false, false, false, false, false),   -- another district's market office
	(52,  true,  false, false, false, false),   -- the street's team
	(61,  true,  false, false, false, true),    -- the city's inspection
	(71,  false, false, false, false, false);   -- a company elsewhere

-- by: the duty that this call needs, where it is not any of the verb's.
CREATE TEMPORARY TABLE trial (verb text, reach text, before text, call text, by peoplecall.duty);
INSERT INTO trial (verb, reach, before, call) VALUES
	('submit', 'area', NULL, $$SELECT peoplecall.submit('hotline', 't', 'b', '420106012001', 'market.prepaid'::ltree)$$),
	('answer', 'area', NULL, $$SELECT peoplecall.answer(420106000000000002, 'r')$$),
	('reject', 'area', NULL, $$SELECT peoplecall.reject(420106000000000002, 'r')$$),
	('refer', 'area', NULL, $$SELECT peoplecall.refer(420106000000000002, 'd')$$),
	('rate', 'area but the handlers', 'closed', $$SELECT peoplecall.rate(420106000000000001, true)$$),
	('reclassify', 'command', NULL, $$SELECT peoplecall.reclassify(420106000000000001, people => 61)$$),
	('dispatch', 'command', NULL, $$SELECT peoplecall.dispatch(420106000000000001, lead => 32)$$),
	('withdraw_task', 'command', NULL, $$SELECT peoplecall.withdraw_task(420106000000000001, 2, 'r')$$),
	('escalate', 'command', NULL, $$SELECT peoplecall.escalate(420106000000000001, 'r')$$),
	('transfer', 'city', NULL, $$SELECT peoplecall.transfer(420106000000000001, '420102017020', 'r')$$),
	('reclassify', 'command', NULL, $$SELECT peoplecall.reclassify(420106000000000001, area => '420106012009')$$),
	('reclassify', 'district alone', NULL, $$SELECT peoplecall.reclassify(420106000000000001, area => '420106015006')$$),
	('merge', 'command', NULL, $$SELECT peoplecall.merge(420106000000000001, 420106000000000002, 'r')$$),
	('split', 'command', 'merged', $$SELECT peoplecall.split(420106000000000001, 'r')$$),
	('raise_hot', 'area', NULL, $$SELECT peoplecall.raise_hot('420106012001', NULL)$$),
	('refresh_likeness', 'none', NULL, $$SELECT peoplecall.refresh_likeness(50000)$$),
	('request', 'line31', NULL, $$SELECT peoplecall.request(420106000000000001, 'return', 'r', task => 1)$$),
	('decide', 'decides', 'asked', $$SELECT peoplecall.decide(420106000000000001, 1, true, 'r')$$),
	('decide', 'decides but the lead', 'asked by the street', $$SELECT peoplecall.decide(420106000000000001, 1, true, 'r')$$),
	('resume', 'decides or asked', 'suspended', $$SELECT peoplecall.resume(420106000000000001, 'r')$$),
	('object_exclusion', 'area', 'excluded', $$SELECT peoplecall.object_exclusion(420106000000000001, 'r')$$),
	('convene', 'territorial', NULL, $$SELECT peoplecall.convene('{31}', NULL, 420106000000000001)$$),
	('convene', 'territorial', NULL, $$SELECT peoplecall.convene('{31}', title => 't', area => '420106012001')$$),
	('sign', 'line31', 'convened', $$SELECT peoplecall.sign(420106000000000003, 31)$$),
	('attend', 'line31 or convenor', 'convened', $$SELECT peoplecall.attend(420106000000000003, 31)$$),
	('attend', 'line12', 'convened', $$SELECT peoplecall.attend(420106000000000003, outsider => '商场')$$),
	('rule', 'command', 'convened', $$SELECT peoplecall.rule(420106000000000003, 32, NULL, 'm')$$),
	('end_coordination', 'line12', 'convened', $$SELECT peoplecall.end_coordination(420106000000000003, 'r')$$),
	('mark', 'line12', 'over', $$SELECT peoplecall.mark(420106000000000003, 31, 4)$$),
	('recompute', 'district', NULL, $$SELECT peoplecall.recompute(420106)$$),
	('open_districts', 'any', NULL, $$SELECT peoplecall.open_districts()$$),
	('supervise', 'inspects', NULL, $$SELECT peoplecall.supervise(420106000000000001, 'r')$$),
	('supervise', 'inspects street', NULL, $$SELECT peoplecall.supervise(420106000000000001, 'r', 22)$$),
	('instruct', 'line31', NULL, $$SELECT peoplecall.instruct(420106000000000001, 313, 'r')$$),
	('answer_supervision', 'line31', 'supervised', $$SELECT peoplecall.answer_supervision(420106000000000001, 'r')$$),
	('close_supervision', 'inspects city', 'supervised', $$SELECT peoplecall.close_supervision(420106000000000001, 'r')$$),
	('close_supervision', 'line31', 'instructed', $$SELECT peoplecall.close_supervision(420106000000000001, 'r')$$),
	('assign', 'line31', NULL, $$SELECT peoplecall.assign(420106000000000001, 312, 1)$$),
	('hand_over', 'line31', 'assigned', $$SELECT peoplecall.hand_over(420106000000000001, 312, 'r', 1)$$),
	('hand_over_all', 'line31', 'assigned', $$SELECT peoplecall.hand_over_all(311, 312, 'r')$$),
	('accept', 'line31', NULL, $$SELECT peoplecall.accept(420106000000000001, 1)$$),
	('contact', 'line31', NULL, $$SELECT peoplecall.contact(420106000000000001, 'n', 1)$$),
	('report', 'line31', NULL, $$SELECT peoplecall.report(420106000000000001, 'n', 1)$$),
	('complete', 'line31', NULL, $$SELECT peoplecall.complete(420106000000000001, 'r', 1)$$),
	('send_back', 'verifies', 'completed', $$SELECT peoplecall.send_back(420106000000000001, 'r', 1)$$),
	('revisit', 'area but the handlers', 'completed', $$SELECT peoplecall.revisit(420106000000000001, 'reached', true, true, 5)$$),
	('close', 'verifies', 'completed', $$SELECT peoplecall.close(420106000000000001)$$),
	('reopen', 'verifies', 'closed', $$SELECT peoplecall.reopen(420106000000000001, 'r')$$),
	('urge', 'area', NULL, $$SELECT peoplecall.urge(420106000000000001, 'n')$$),
	('supplement', 'area', NULL, $$SELECT peoplecall.supplement(420106000000000001, 'b')$$),
	('withdraw', 'area', NULL, $$SELECT peoplecall.withdraw(420106000000000001, 'r')$$),
	('track_code', 'area', NULL, $$SELECT peoplecall.track_code(420106000000000001)$$),
	('track', 'any', NULL, $$SELECT peoplecall.track('no such code')$$),
	('decide_unsolved', 'above', 'unsolved', $$SELECT peoplecall.decide_unsolved(420106000000000001, true, 'r', NULL)$$),
	('take_notices', 'any', 'noticed', $$SELECT peoplecall.take_notices()$$),
	('confirm_notice', 'area', 'noticed', $$SELECT peoplecall.confirm_notice('420106000000000001-1')$$),
	('fail_notice', 'area', 'noticed', $$SELECT peoplecall.fail_notice('420106000000000001-1', 'e')$$),
	('due_districts', 'any', NULL, $$SELECT peoplecall.due_districts()$$),
	('tick', 'district', NULL, $$SELECT peoplecall.tick(420106)$$),
	('appraise', 'any', NULL, $$SELECT peoplecall.appraise('2019-11-01', '2019-11-30')$$),
	('appraise', 'area', NULL, $$SELECT peoplecall.appraise('2019-11-01', '2019-11-30', '420106012001', 31)$$),
	('appraised_shares', 'any', NULL, $$SELECT peoplecall.appraised_shares('due', '2019-11-01', '2019-11-30')$$),
	('appraised_shares', 'area', NULL, $$SELECT peoplecall.appraised_shares('due', '2019-11-01', '2019-11-30', '420106012001', 31)$$),
	('trend', 'area', NULL, $$SELECT peoplecall.trend('420106012001', '2019-11-01', '2019-11-30')$$),
	('freeze_appraisal', 'area', NULL, $$SELECT peoplecall.freeze_appraisal('2019-11-01', '2019-11-30', '420106012001')$$),
	('refresh_appraisal', 'district', NULL, $$SELECT peoplecall.refresh_appraisal(420106)$$),
	('recount_appraisal', 'district', NULL, $$SELECT peoplecall.recount_appraisal(420106)$$),
	('check_appraisal', 'district', NULL, $$SELECT peoplecall.check_appraisal(420106)$$),
	('check_appraisal', 'any', NULL, $$SELECT peoplecall.check_appraisal(NULL)$$),
	('marked_districts', 'any', NULL, $$SELECT peoplecall.marked_districts()$$),
	('changes', 'any', NULL, $$SELECT peoplecall.changes(NULL, 1000)$$),
	('forget_changes', 'none', NULL, $$SELECT peoplecall.forget_changes(NULL)$$),
	('partition_ledger', 'none', NULL, $$SELECT peoplecall.partition_ledger('month', NULL)$$),
	('keep_partitions', 'none', NULL, $$SELECT peoplecall.keep_partitions(3)$$),
	('distribute', 'none', 'pretended', $$SELECT peoplecall.distribute()$$),
	('refresh_reading', 'none', NULL, $$SELECT peoplecall.refresh_reading()$$),
	('detach_history', 'none', NULL, $$SELECT peoplecall.detach_history('2000-01-01', false)$$),
	('import_batch', 'any', NULL, $$SELECT peoplecall.import_batch(0, 5000)$$),
	('replay', 'any', NULL, $$SELECT peoplecall.replay('2019-11-01', '2019-12-01', NULL, '{resolve}')$$),
	('replay_detail', 'any', NULL, $$SELECT peoplecall.replay_detail('2019-11-01', '2019-12-01', NULL, '{resolve}')$$),
	('forget_reporter', 'area', NULL, $$SELECT peoplecall.forget_reporter(420106000000000001)$$),
	('forget_resident', 'area', 'listed', $$SELECT peoplecall.forget_resident(420106000000000003)$$),
	('appoint', 'line12', NULL, $$SELECT peoplecall.appoint('gate_other', 'read', 12)$$),
	('appoint', 'line12', NULL, $$SELECT peoplecall.appoint(123, 'read', 12)$$),
	('dismiss', 'line12', NULL, $$SELECT peoplecall.dismiss('gate_other', 'read', 12)$$),
	('dismiss', 'line12', NULL, $$SELECT peoplecall.dismiss(123, 'read', 12)$$),
	('join_alliance', 'command', NULL, $$SELECT peoplecall.join_alliance('420106012', 71)$$),
	('leave_alliance', 'command', NULL, $$SELECT peoplecall.leave_alliance('420106012', 71)$$),
	('publish', 'area', NULL, $$SELECT peoplecall.publish('need', 't', '420106012001')$$),
	('publish', 'line31', NULL, $$SELECT peoplecall.publish('need', 't', '420106012001', org => 31)$$),
	('close_listing', 'line31', 'listed', $$SELECT peoplecall.close_listing(420106000000000003, 'r')$$),
	('claim', 'line12', 'listed', $$SELECT peoplecall.claim(420106000000000003, 1, org => 12)$$),
	('claim', 'area', 'listed', $$SELECT peoplecall.claim(420106000000000003, 1, 420106000000000004)$$),
	('fulfil', 'line31', 'claimed', $$SELECT peoplecall.fulfil(420106000000000003, 1)$$),
	('release', 'line31 or 33', 'claimed', $$SELECT peoplecall.release(420106000000000003, 1, 'r')$$),
	('release', 'area', 'claimed', $$SELECT peoplecall.release(420106000000000003, 2, 'r')$$),
	('register_volunteer', 'area', NULL, $$SELECT peoplecall.register_volunteer('member', 'n', '420106012001', 71, '10000000000')$$),
	('unregister_volunteer', 'area', 'listed', $$SELECT peoplecall.unregister_volunteer(420106000000000004)$$),
	('home_counts', 'line31', 'listed', $$SELECT peoplecall.home_counts(31)$$),
	('convene_needs', 'territorial', 'listed', $$SELECT peoplecall.convene_needs('420106012001', '{33}')$$),
	('publish_project', 'territorial', 'to be joined', $$SELECT peoplecall.publish_project(420106000000000006, 420106000000000003, 420106000000000005)$$),
	('due_list_districts', 'any', NULL, $$SELECT peoplecall.due_list_districts()$$),
	('tick_lists', 'district', NULL, $$SELECT peoplecall.tick_lists(420106)$$),
	('install_defaults', 'none', NULL, $$SELECT peoplecall.install_defaults()$$);
INSERT INTO trial (verb, reach, call, by) VALUES
	('attach', 'area', $$SELECT peoplecall.attach(420106000000000001, 'file:1', '\xabababababababababababababababababababababababababababababababab', 'report', NULL)$$, 'intake'),
	('attach', 'line31', $$SELECT peoplecall.attach(420106000000000001, 'file:1', '\xabababababababababababababababababababababababababababababababab', 'after', 1)$$, 'handle');
-- refused to all where the history has months: distribution.sql
DELETE FROM trial WHERE verb = 'distribute' AND EXISTS (SELECT FROM peoplecall.history_partitions());
UPDATE trial SET before = CASE before
	WHEN 'pretended' THEN $$SELECT pg_temp.pretend_citus()$$
	WHEN 'noticed' THEN $$SELECT peoplecall.report(420106000000000001, 'n', 1, 'street')$$
	WHEN 'merged' THEN $$SELECT peoplecall.merge(420106000000000001, 420106000000000002, 'r')$$
	WHEN 'asked' THEN $$SELECT peoplecall.request(420106000000000001, 'return', 'r', task => 1)$$
	WHEN 'asked by the street' THEN $$SELECT peoplecall.dispatch(420106000000000001, lead => 12); SELECT peoplecall.request(420106000000000001, 'return', 'r')$$
	WHEN 'suspended' THEN $$SELECT peoplecall.request(420106000000000001, 'suspend', 'r', until => now() + interval '1 day', task => 1); SELECT peoplecall.decide(420106000000000001, 1, true, 'r')$$
	WHEN 'excluded' THEN $$SELECT peoplecall.request(420106000000000001, 'exclude', 'r', evidence => 'e', task => 1); SELECT peoplecall.decide(420106000000000001, 1, true, 'r')$$
	WHEN 'supervised' THEN $$SELECT peoplecall.supervise(420106000000000001, 'r')$$
	WHEN 'instructed' THEN $$SELECT peoplecall.instruct(420106000000000001, 313, 'r')$$
	WHEN 'assigned' THEN $$SELECT peoplecall.assign(420106000000000001, 311, 1)$$
	WHEN 'convened' THEN $$SELECT setval('peoplecall.complaint_serial', 2); SELECT peoplecall.convene('{31}', '{商场}', 420106000000000001)$$
	WHEN 'over' THEN $$SELECT setval('peoplecall.complaint_serial', 2); SELECT peoplecall.convene('{31}', NULL, 420106000000000001); SELECT peoplecall.end_coordination(420106000000000003, 'r')$$
	WHEN 'unsolved' THEN $$SELECT peoplecall.complete(420106000000000001, 'r', 1), peoplecall.complete(420106000000000001, 'r', 2), peoplecall.close(420106000000000001), peoplecall.rate(420106000000000001, false)$$
	WHEN 'listed' THEN $$SELECT setval('peoplecall.complaint_serial', 2); SELECT peoplecall.publish('need', 't', '420106012001', quantity => 9, org => 31), peoplecall.register_volunteer('member', 'n', '420106012001', 31)$$
	WHEN 'claimed' THEN $$SELECT setval('peoplecall.complaint_serial', 2); SELECT peoplecall.publish('need', 't', '420106012001', quantity => 9, org => 31), peoplecall.register_volunteer('member', 'n', '420106012001', 31); SELECT peoplecall.claim(420106000000000003, 1, org => 33), peoplecall.claim(420106000000000003, 1, 420106000000000004)$$
	WHEN 'to be joined' THEN $$SELECT setval('peoplecall.complaint_serial', 2); SELECT peoplecall.publish('need', 't', '420106012001', quantity => 9, org => 31), peoplecall.register_volunteer('member', 'n', '420106012001', 31); SELECT peoplecall.publish('resource', 't', '420106', org => 33), peoplecall.convene('{33}', title => 't', area => '420106012001')$$
	WHEN 'completed' THEN $$SELECT peoplecall.complete(420106000000000001, 'r', 1), peoplecall.complete(420106000000000001, 'r', 2)$$
	WHEN 'closed' THEN $$SELECT peoplecall.complete(420106000000000001, 'r', 1), peoplecall.complete(420106000000000001, 'r', 2), peoplecall.close(420106000000000001)$$
	END WHERE before IS NOT NULL;

-- The city's inspection supervises, and has a say by that duty alone; the
-- superuser convened as the org that commands.
CREATE FUNCTION pg_temp.reached(p place, reach text, duty peoplecall.duty) RETURNS boolean LANGUAGE sql
AS $$
	SELECT CASE reach WHEN 'area' THEN p.area WHEN 'area but the handlers' THEN p.area AND p.org NOT IN (31, 33)
		WHEN 'verifies' THEN p.command OR p.org = 61
		WHEN 'above' THEN p.org IN (1, 3, 61)
		WHEN 'command' THEN p.command WHEN 'line31' THEN p.line31 WHEN 'line12' THEN p.line12
		WHEN 'decides' THEN p.command OR (p.org = 61 AND duty = 'supervise')
		WHEN 'decides but the lead' THEN (p.command AND p.org <> 12) OR (p.org = 61 AND duty = 'supervise')
		WHEN 'decides or asked' THEN p.command OR p.org = 31 OR (p.org = 61 AND duty = 'supervise')
		WHEN 'territorial' THEN p.command OR p.org = 22
		WHEN 'inspects' THEN p.org IN (1, 3, 61)
		WHEN 'inspects street' THEN p.org IN (1, 3, 12, 61)
		WHEN 'inspects city' THEN p.org IN (1, 61)
		WHEN 'line31 or 33' THEN p.line31 OR p.org = 33
		WHEN 'line31 or convenor' THEN p.line31 OR p.org = 12
		WHEN 'city' THEN p.org = 1 WHEN 'district alone' THEN p.org IN (1, 3)
		WHEN 'district' THEN p.district ELSE reach = 'any' END
$$;

-- A verb that was added must be tried here too.
SELECT is(array_agg(v.verb), NULL, 'every verb is tried')
  FROM peoplecall.verbs() AS v
 WHERE v.verb NOT IN (SELECT verb FROM trial)
   AND NOT (v.verb = 'distribute' AND EXISTS (SELECT FROM peoplecall.history_partitions()));

SELECT is(pg_temp.try('gate_caller', t.call, NULL, NULL, t.before), '42501', t.call || ': without a post') FROM trial AS t;
SELECT is(pg_temp.try('postgres', t.call, NULL, NULL, t.before), 'ok', t.call || ': a superuser') FROM trial AS t;
SELECT is(pg_temp.try(:'ledger_owner', t.call, NULL, NULL, t.before), 'ok', t.call || ': the owner') FROM trial AS t;

SELECT is(array_agg(x.duty || ' ' || x.outcome) FILTER (WHERE x.outcome <> ''), NULL, t.call || ': with its duties alone')
  FROM trial AS t
  JOIN peoplecall.verbs() AS v ON v.verb = t.verb
  LEFT JOIN LATERAL (
	SELECT d.duty, pg_temp.try('gate_caller', t.call, d.duty::text, 1, t.before) AS outcome
	  FROM unnest(enum_range(NULL::peoplecall.duty)) AS d (duty)) AS x
    ON x.outcome <> CASE WHEN x.duty = ANY (CASE WHEN t.by IS NULL THEN v.duties ELSE ARRAY[t.by] END) THEN 'ok' ELSE '42501' END
 GROUP BY t.call;
SELECT is(array_agg(x.org || ' ' || x.duty || ' ' || x.outcome) FILTER (WHERE x.outcome <> ''), NULL, t.call || ': where the post reaches alone')
  FROM trial AS t
  JOIN peoplecall.verbs() AS v ON v.verb = t.verb
  LEFT JOIN LATERAL (
	SELECT p.*, d.duty, pg_temp.try('gate_caller', t.call, d.duty::text, p.org, t.before) AS outcome
	  FROM unnest(v.duties) AS d (duty) CROSS JOIN place AS p) AS x
    ON x.outcome <> CASE WHEN pg_temp.reached((x.org, x.area, x.command, x.line31, x.line12, x.district)::place, t.reach, x.duty)
	                          AND coalesce(x.duty = t.by, true)
                         THEN 'ok' ELSE '42501' END
 GROUP BY t.call;

-- The same by every way to a post: a role that inherits it, an application for
-- an officer, and a superuser for one, who then has that officer's posts alone.
CREATE ROLE gate_pool;
CREATE ROLE gate_heir IN ROLE gate_pool;
CREATE ROLE gate_delegate;
INSERT INTO peoplecall.post (role, duty, org) VALUES ('gate_delegate', 'delegate', 1);
CREATE FUNCTION pg_temp.by_way(way text, t trial, duty peoplecall.duty, org bigint) RETURNS text LANGUAGE sql
AS $$
	SELECT pg_temp.try(
		CASE way WHEN 'heir' THEN 'gate_heir' WHEN 'delegate' THEN 'gate_delegate' ELSE 'postgres' END::name,
		CASE way WHEN 'heir' THEN '' ELSE format('SELECT peoplecall.act_for(%s); ', org * 10 + 1) END || t.call, NULL, NULL,
		format(CASE way WHEN 'heir' THEN 'INSERT INTO peoplecall.post (role, duty, org) VALUES (''gate_pool'', %L, %s)'
		                ELSE 'INSERT INTO peoplecall.post (officer, duty, org) VALUES (%3$s, %1$L, %2$s)' END, duty, org, org * 10 + 1)
		|| coalesce('; ' || t.before, ''))
$$;
SELECT is(array_agg(x.org || ' ' || x.duty || ' ' || x.outcome) FILTER (WHERE x.outcome <> ''), NULL, format('%s: %s', t.call, w.way))
  FROM trial AS t
  JOIN peoplecall.verbs() AS v ON v.verb = t.verb
 CROSS JOIN (VALUES ('heir'), ('delegate'), ('superuser')) AS w (way)
  LEFT JOIN LATERAL (
	SELECT p.*, d.duty, pg_temp.by_way(w.way, t, d.duty, p.org) AS outcome
	  FROM unnest(enum_range(NULL::peoplecall.duty)) AS d (duty)
	  JOIN place AS p ON p.org = 1 OR (p.org = 2 AND d.duty = ANY (v.duties))) AS x
    ON x.outcome <> CASE WHEN x.duty = ANY (CASE WHEN t.by IS NULL THEN v.duties ELSE ARRAY[t.by] END)
	                          AND pg_temp.reached((x.org, x.area, x.command, x.line31, x.line12, x.district)::place, t.reach, x.duty)
	                          -- an officer hands over what is his
	                          AND (t.verb <> 'hand_over' OR w.way = 'heir')
                         THEN 'ok' ELSE '42501' END
 GROUP BY t.call, w.way;
-- an application's own posts count for nothing while it acts for somebody
SELECT is(array_agg(t.call || ' ' || x.outcome) FILTER (WHERE x.outcome <> ''), NULL, 'acting for an officer without posts: nothing, whatever the application may')
  FROM trial AS t
  LEFT JOIN LATERAL (
	SELECT pg_temp.try('gate_delegate', 'SELECT peoplecall.act_for(12); ' || t.call, NULL, NULL,
		concat_ws('; ', 'INSERT INTO peoplecall.post (role, duty, org) SELECT ''gate_delegate'', d, 1 FROM unnest(enum_range(NULL::peoplecall.duty)) AS d ON CONFLICT DO NOTHING', t.before)) AS outcome) AS x
    ON x.outcome <> '42501';

-- Which duties each verb asks for: written here by hand, so that a slip in the
-- table of verbs is not its own proof.
SELECT set_eq('SELECT v.verb, array_to_string(v.duties, '' '') FROM peoplecall.verbs() AS v', $$VALUES
	('submit', 'intake'), ('urge', 'intake'), ('supplement', 'intake'), ('withdraw', 'intake'), ('track_code', 'intake'),
	('answer', 'intake dispatch'), ('reject', 'intake dispatch'), ('refer', 'intake dispatch'),
	('rate', 'intake verify'), ('object_exclusion', 'intake verify'), ('attach', 'intake handle'), ('track', 'intake delegate'),
	('reclassify', 'dispatch'), ('dispatch', 'dispatch'), ('withdraw_task', 'dispatch'), ('escalate', 'dispatch'), ('transfer', 'dispatch'),
	('merge', 'dispatch'), ('split', 'dispatch'), ('convene', 'dispatch'), ('rule', 'dispatch'), ('end_coordination', 'dispatch'), ('mark', 'dispatch'),
	('join_alliance', 'dispatch'), ('leave_alliance', 'dispatch'), ('convene_needs', 'dispatch'), ('publish_project', 'dispatch'),
	('raise_hot', 'dispatch supervise'), ('decide', 'dispatch supervise'), ('instruct', 'dispatch supervise'),
	('resume', 'dispatch handle supervise'),
	('request', 'handle'), ('hand_over', 'handle'), ('accept', 'handle'), ('contact', 'handle'), ('complete', 'handle'),
	('sign', 'dispatch handle'), ('attend', 'dispatch handle'), ('answer_supervision', 'dispatch handle'), ('assign', 'dispatch handle'),
	('hand_over_all', 'dispatch handle'), ('report', 'dispatch handle'), ('publish', 'dispatch handle'), ('close_listing', 'dispatch handle'), ('fulfil', 'dispatch handle'),
	('claim', 'intake dispatch handle'), ('release', 'intake dispatch handle'), ('register_volunteer', 'intake dispatch handle'), ('unregister_volunteer', 'intake dispatch handle'),
	('home_counts', 'dispatch handle read'),
	('send_back', 'verify'), ('revisit', 'verify'), ('close', 'verify'), ('reopen', 'verify'),
	('supervise', 'supervise'), ('close_supervision', 'supervise'), ('decide_unsolved', 'supervise'),
	('appraise', 'dispatch handle verify supervise configure read'), ('appraised_shares', 'dispatch handle verify supervise configure read'),
	('trend', 'dispatch handle verify supervise configure read'),
	('freeze_appraisal', 'supervise configure'), ('check_appraisal', 'supervise configure'),
	('refresh_appraisal', 'configure'), ('recount_appraisal', 'configure'), ('marked_districts', 'configure'), ('due_list_districts', 'configure'),
	('tick_lists', 'configure'), ('due_districts', 'configure'), ('tick', 'configure'), ('recompute', 'configure'), ('open_districts', 'configure'),
	('import_batch', 'configure'), ('appoint', 'configure'), ('dismiss', 'configure'),
	('take_notices', 'configure delegate'), ('confirm_notice', 'configure delegate'), ('fail_notice', 'configure delegate'),
	('changes', 'intake configure read'), ('replay', 'configure read'), ('replay_detail', 'configure read'),
	('forget_reporter', 'personal'), ('forget_resident', 'personal'),
	('forget_changes', ''), ('partition_ledger', ''), ('keep_partitions', ''), ('detach_history', ''), ('distribute', ''), ('refresh_reading', ''), ('refresh_likeness', ''), ('install_defaults', '')$$, 'the duties of every verb');

--
-- The handling org never verifies itself, even where it commands.
--
SELECT setval('peoplecall.complaint_serial', 2) \g /dev/null
SELECT peoplecall.submit('hotline', '车库', '积水', '420106012001', 'property.garage'::ltree) \g /dev/null
SELECT is(format('%s %s', c.command_org, c.lead_org), '12 12', 'matter 3: the street leads and commands')
  FROM peoplecall.complaint AS c WHERE c.id = 420106000000000003;
SELECT is(pg_temp.try('gate_caller', s.call, 'verify', s.org, s.before), s.outcome, format('%s by org %s', s.call, s.org))
  FROM (SELECT v.call, v.before, o.org, o.outcome
          FROM (VALUES ('SELECT peoplecall.send_back(420106000000000003, ''r'')', 'SELECT peoplecall.complete(420106000000000003, ''r'')'),
		('SELECT peoplecall.revisit(420106000000000003, ''reached'')', 'SELECT peoplecall.complete(420106000000000003, ''r'')'),
		('SELECT peoplecall.close(420106000000000003)', 'SELECT peoplecall.complete(420106000000000003, ''r'')'),
		('SELECT peoplecall.rate(420106000000000003, true)', 'SELECT peoplecall.complete(420106000000000003, ''r''), peoplecall.close(420106000000000003)'),
		('SELECT peoplecall.reopen(420106000000000003, ''r'')', 'SELECT peoplecall.complete(420106000000000003, ''r''), peoplecall.close(420106000000000003)')) AS v (call, before)
         CROSS JOIN (VALUES (12, '42501'), (3, 'ok'), (1, 'ok'), (2, '42501')) AS o (org, outcome)) AS s;

-- Nor does one below it, nor one that assists; a body that inspects does.
SELECT is(pg_temp.try('gate_caller', s.call, 'verify', s.org, s.before), s.outcome, format('%s by org %s, outside the handlers', s.call, s.org))
  FROM (SELECT v.call, v.before, o.org, o.outcome
          FROM (VALUES ('SELECT peoplecall.revisit(420106000000000003, ''reached'')', 'SELECT peoplecall.complete(420106000000000003, ''r'')'),
		('SELECT peoplecall.rate(420106000000000003, true)', 'SELECT peoplecall.complete(420106000000000003, ''r''), peoplecall.close(420106000000000003)')) AS v (call, before)
         CROSS JOIN (VALUES (22, '42501'), (31, 'ok'), (52, 'ok'), (61, 'ok')) AS o (org, outcome)) AS s;
SELECT is(pg_temp.try('gate_caller', s.call, 'verify', s.org, s.before), s.outcome, format('%s by org %s, which assists or not', s.call, s.org))
  FROM (SELECT v.call, v.before || ';SELECT peoplecall.complete(420106000000000002, ''r'', 1), peoplecall.complete(420106000000000002, ''r'', 2)' || v.more AS before, o.org, o.outcome
          FROM (VALUES ('SELECT peoplecall.close(420106000000000002)', 'SELECT peoplecall.dispatch(420106000000000002, lead => 31, assist => ''{12}'')', ''),
		('SELECT peoplecall.reopen(420106000000000002, ''r'')', 'SELECT peoplecall.dispatch(420106000000000002, lead => 31, assist => ''{12}'')', '; SELECT peoplecall.close(420106000000000002)')) AS v (call, before, more)
         CROSS JOIN (VALUES (22, '42501'), (12, '42501'), (3, 'ok')) AS o (org, outcome)) AS s;

--
-- A matter about an org: neither it nor one below it commands or judges it,
-- but its superior, or a body that inspects.
--
SELECT peoplecall.submit('hotline', '街道不作为', '无人管', '420106012001', 'property.garage'::ltree, subject_org => 12) \g /dev/null
SELECT peoplecall.submit('hotline', '市里不作为', '无人管', '420106012001', 'property.garage'::ltree, subject_org => 1) \g /dev/null
SELECT is(array_agg(format('%s %s %s %s %s', c.id % 100, c.state, c.command_level, c.command_org, c.lead_org) ORDER BY c.id),
	'{"4 dispatched district 3 3","5 received city 61 "}', 'about the street: the district; about the city: who inspects')
  FROM peoplecall.complaint AS c WHERE c.id > 420106000000000003;
SELECT is(pg_temp.try('gate_caller', s.call, s.duty, s.org), s.outcome, format('%s by org %s', s.call, s.org))
  FROM (VALUES ('SELECT peoplecall.dispatch(420106000000000004, lead => 31)', 'dispatch', 12, '42501'),
	('SELECT peoplecall.dispatch(420106000000000004, lead => 31)', 'dispatch', 22, '42501'),
	('SELECT peoplecall.dispatch(420106000000000004, lead => 31)', 'dispatch', 3, 'ok'),
	('SELECT peoplecall.reject(420106000000000005, ''r'')', 'dispatch', 1, '42501'),
	('SELECT peoplecall.reject(420106000000000005, ''r'')', 'intake', 1, '42501'),
	('SELECT peoplecall.dispatch(420106000000000005, lead => 61)', 'dispatch', 1, '42501'),
	('SELECT peoplecall.dispatch(420106000000000005, lead => 61)', 'dispatch', 3, '42501'),
	('SELECT peoplecall.dispatch(420106000000000005, lead => 61)', 'dispatch', 61, 'ok'),
	('SELECT peoplecall.dispatch(420106000000000005, lead => 3)', 'dispatch', 61, '23514'),
	-- his word is taken down wherever he calls
	('SELECT peoplecall.urge(420106000000000005)', 'intake', 1, 'ok'),
	('SELECT peoplecall.withdraw(420106000000000004, ''r'')', 'intake', 12, 'ok')) AS s (call, duty, org, outcome);

--
-- A post elsewhere learns no state: it is refused the same for each.
--
SELECT is(pg_temp.try('gate_caller', s.call, s.duty, 41, s.before), '42501', format('%s after %s', s.call, s.before))
  FROM (SELECT c.call, c.duty, b.before
          FROM (VALUES ('SELECT peoplecall.accept(420106000000000002)', 'handle'), ('SELECT peoplecall.contact(420106000000000002)', 'handle'),
		('SELECT peoplecall.complete(420106000000000002, ''r'')', 'handle'), ('SELECT peoplecall.report(420106000000000002, ''n'')', 'handle'),
		('SELECT peoplecall.report(420106000000000002, ''n'', 1)', 'handle'), ('SELECT peoplecall.accept(420106000000000002, 9)', 'handle'),
		('SELECT peoplecall.request(420106000000000002, ''return'', ''r'')', 'handle'),
		('SELECT peoplecall.attach(420106000000000002, ''file:1'', sha256(''1''), ''after'')', 'handle'),
		('SELECT peoplecall.send_back(420106000000000002, ''r'')', 'verify'), ('SELECT peoplecall.withdraw(420106000000000002, ''r'')', 'intake'),
		('SELECT peoplecall.decide_unsolved(420106000000000002, true, ''r'')', 'supervise')) AS c (call, duty)
         CROSS JOIN (VALUES (NULL), ('SELECT peoplecall.answer(420106000000000002, ''r'')'), ('SELECT peoplecall.dispatch(420106000000000002, lead => 31)'),
		('SELECT peoplecall.withdraw(420106000000000002, ''r'')')) AS b (before)) AS s;

--
-- A post is one of several; an org that is not active gives none.
--
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.accept(420106000000000001, 1)', 'handle', 2,
	$$INSERT INTO peoplecall.post (role, duty, org) VALUES ('gate_caller', 'read', 1), ('gate_caller', 'handle', 31)$$), 'ok',
	'another post of the caller reaches');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.accept(420106000000000001, 1)', 'handle', 31,
	'UPDATE peoplecall.org SET active = false WHERE id = 31'), '42501', 'a post at an org that is closed reaches nothing');
SELECT is(pg_temp.try('gate_caller', $$SELECT peoplecall.submit('hotline', 't', 'b', '420106012009', 'market.prepaid'::ltree)$$, 'intake', 13,
	$$INSERT INTO peoplecall.jurisdiction (area, org) VALUES ('420106012009', 13)$$), 'ok', 'a jurisdiction reaches');
SELECT is(pg_temp.try('gate_caller', $$SELECT peoplecall.submit('hotline', 't', 'b', '420106012009', 'market.prepaid'::ltree)$$, 'intake', 13,
	$$INSERT INTO peoplecall.jurisdiction (area, org, valid) VALUES ('420106012009', 13, '(,2001-01-01)')$$), '42501', 'one that ended does not');

--
-- Roles: membership counts as far as PostgreSQL inherits it.
--
CREATE ROLE gate_group;
INSERT INTO peoplecall.post (role, duty, org) VALUES ('gate_group', 'handle', 31);
CREATE ROLE gate_member IN ROLE gate_group;
CREATE ROLE gate_grandchild IN ROLE gate_member;
CREATE ROLE gate_noinherit NOINHERIT IN ROLE gate_group;
SELECT is(pg_temp.try('gate_member', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'a member has the posts of its group');
SELECT is(pg_temp.try('gate_grandchild', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'and a member of the member');
SELECT is(pg_temp.try('gate_noinherit', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'one that does not inherit has none');
SELECT is(pg_temp.try('gate_noinherit', 'SET LOCAL ROLE gate_group; SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'unless it becomes the group');
SELECT is(pg_temp.try('gate_member', 'SELECT peoplecall.accept(420106000000000001, 1)', NULL, NULL, 'REVOKE gate_group FROM gate_member'), '42501',
	'membership that was revoked is gone at once');
CREATE ROLE gate_deputy_owner;
SELECT is(pg_temp.try('gate_deputy_owner', 'SELECT peoplecall.install_defaults()'), '42501', 'a stranger may not do everything');
SELECT is(pg_temp.try('gate_deputy_owner', 'SELECT peoplecall.install_defaults()', NULL, NULL, format('GRANT %I TO gate_deputy_owner', :'ledger_owner')), 'ok',
	'a member of the owner may');
-- posts are of names: they go with a dump into another cluster
INSERT INTO peoplecall.post (role, duty, org) VALUES ('gate_dropped', 'handle', 31);
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'a post of a role that does not exist harms nobody');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.dismiss(''gate_dropped'', ''handle'', 31)'), 'ok', 'and can be ended');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.accept(420106000000000001, 1)', NULL, NULL, 'ALTER ROLE gate_caller RENAME TO gate_renamed'), '22023',
	'the role of these tests can be renamed');
CREATE ROLE gate_first;
SELECT peoplecall.appoint('gate_first', 'handle', 31) \g /dev/null
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'a role with a post');
ALTER ROLE gate_first RENAME TO gate_second;
SELECT is(pg_temp.try('gate_second', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'under a new name it holds none');
SELECT set_eq($$SELECT c.role, c.problem FROM peoplecall.check_posts() AS c WHERE c.role IN ('gate_first', 'gate_dropped', 'gate_group')$$,
	$$VALUES ('gate_first'::name, 'the role was renamed to "gate_second"'), ('gate_dropped', 'there is no such role'), ('gate_group', 'by name alone')$$,
	'check_posts() says why; what appoint() did not write goes by the name alone');
CREATE ROLE gate_first;
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'a role that gets its name holds none either');
SELECT is((SELECT c.problem FROM peoplecall.check_posts() AS c WHERE c.role = 'gate_first'), 'the role was renamed to "gate_second"', 'and check_posts() still knows');
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)', NULL, NULL, 'SELECT peoplecall.appoint(''gate_first'', ''handle'', 31)'), 'ok', 'unless it is appointed itself');
DROP ROLE gate_first;
ALTER ROLE gate_second RENAME TO gate_first;
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'under its old name again it does');
SELECT peoplecall.appoint('gate_first', 'read', 12) \g /dev/null
DROP OWNED BY gate_first;
DROP ROLE gate_first;
CREATE ROLE gate_first;
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'a role that was dropped leaves its posts to no other of its name');
SELECT is((SELECT array_agg(c.duty || ' ' || c.problem ORDER BY c.duty) FROM peoplecall.check_posts() AS c WHERE c.role = 'gate_first'), '{"handle another role has that name now","read another role has that name now"}', 'check_posts() says so');
SELECT is(peoplecall.appoint('gate_first', 'read', 12), p.id, 'appointed to one of them') FROM peoplecall.post AS p WHERE p.role = 'gate_first' AND p.duty = 'read';
SELECT is((SELECT array_agg(c.duty || ' ' || c.problem ORDER BY c.duty) FROM peoplecall.check_posts() AS c WHERE c.role = 'gate_first'), '{"handle another role has that name now"}', 'it holds that one');
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'and not the other');
-- a dump into another cluster brings names alone
UPDATE peoplecall.post SET role_id = '1/' || split_part(role_id, '/', 2) WHERE role = 'gate_first';
SELECT is(pg_temp.try('gate_first', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'in another cluster whoever has the name is meant');
SELECT is((SELECT array_agg(c.duty || ' ' || c.problem ORDER BY c.duty) FROM peoplecall.check_posts() AS c WHERE c.role = 'gate_first'), '{"handle by name alone","read by name alone"}', 'check_posts() lists them, to be confirmed');
SELECT is(pg_temp.try('gate_caller', 'SELECT * FROM peoplecall.check_posts()'), '42501', 'who holds posts is not everybody''s to read');

--
-- Delegates.
--
CREATE ROLE gate_app;
CREATE ROLE gate_app_elsewhere;
SELECT peoplecall.appoint('gate_app', 'delegate', 3) \g /dev/null
SELECT peoplecall.appoint('gate_app_elsewhere', 'delegate', 2) \g /dev/null
SELECT peoplecall.appoint('gate_other', 'handle', 31) \g /dev/null
SELECT peoplecall.appoint(311, 'handle', 31) \g /dev/null
SELECT peoplecall.appoint(211, 'handle', 21) \g /dev/null
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311)'), 'ok', 'a delegate acts for an officer below its org');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(121)'), 'ok', 'and for one of an org in its area');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(521)'), 'ok', 'and for a team under a street''s command');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(211)'), '42501', 'not for an officer outside');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(11)'), '42501', 'not for one above');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(99999)'), '42501', 'nobody is told which officers exist');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311)', NULL, NULL, 'UPDATE peoplecall.officer SET active = false WHERE id = 311'), '42501', 'not for one who left');
SELECT is(pg_temp.try('gate_app_elsewhere', 'SELECT peoplecall.act_for(311)'), '42501', 'a delegate of another district may not');
SELECT is(pg_temp.try('gate_other', 'SELECT peoplecall.act_for(311)'), '42501', 'another duty is not enough');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.act_for(311)'), '42501', 'a role without a post may not');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311)', NULL, NULL, 'UPDATE peoplecall.org SET active = false WHERE id = 3'), '42501', 'a closed org delegates nothing');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.act_for(99999)'), 'PC005', 'a superuser is told that there is no such officer');

SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'acting for nobody, the delegate handles nothing');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'acting for the officer, it does');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SELECT peoplecall.accept(420106000000000001, 2)'), '42501', 'within that officer''s posts');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(121); SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'an officer without a post has none');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SELECT peoplecall.act_for(NULL); SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'act_for(NULL) ends it');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SELECT peoplecall.take_notices()'), '42501', 'the delegate''s own duty does not count meanwhile');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SET LOCAL ROLE gate_app_elsewhere; SELECT peoplecall.accept(420106000000000001, 1)'), '42501',
	'it is bound to the role that said it');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SET LOCAL ROLE gate_other; SELECT peoplecall.accept(420106000000000001, 1); '
	'DO $x$ BEGIN ASSERT (SELECT e.officer IS NULL AND e.actor = ''gate_other'' FROM peoplecall.event AS e WHERE e.verb = ''accept''); END $x$'), 'ok',
	'another role in the same transaction acts for itself');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.act_for(311); SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'a superuser acting for an officer');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.act_for(311); SELECT peoplecall.accept(420106000000000001, 2)'), '42501', 'has that officer''s posts alone');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.act_for(311); SELECT peoplecall.install_defaults()'), '42501', 'and not the owner''s verbs');

-- taken back by a rollback, kept by a release
SELECT is(pg_temp.try('gate_app', $do$DO $x$
	BEGIN
		BEGIN
			PERFORM peoplecall.act_for(311);
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		PERFORM peoplecall.accept(420106000000000001, 1);
	END $x$$do$), '42501', 'a rollback to a savepoint takes back what was said after it');
SELECT is(pg_temp.try('gate_app', $do$DO $x$
	BEGIN
		BEGIN
			PERFORM peoplecall.act_for(311);
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		PERFORM peoplecall.accept(420106000000000001, 1);
	END $x$$do$), 'ok', 'a subtransaction that is released keeps it');
SELECT is(pg_temp.try('gate_app', $do$DO $x$
	BEGIN
		PERFORM peoplecall.act_for(311);
		BEGIN
			PERFORM peoplecall.act_for(121);
			PERFORM peoplecall.act_for(NULL);
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		PERFORM peoplecall.accept(420106000000000001, 1);
	END $x$$do$), 'ok', 'and gives back what was said before it');
-- a function of somebody else acts for its own role and for no other
CREATE FUNCTION pg_temp.act_elsewhere() RETURNS void SECURITY DEFINER LANGUAGE sql AS 'SELECT peoplecall.act_for(211)';
ALTER FUNCTION pg_temp.act_elsewhere() OWNER TO gate_app_elsewhere;
SELECT is(pg_temp.try('gate_caller', 'SELECT pg_temp.act_elsewhere(); SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'act_for in a SECURITY DEFINER function: of its owner');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.act_for(311); SELECT pg_temp.act_elsewhere(); SELECT peoplecall.accept(420106000000000001, 1)'), 'ok',
	'and what the caller said still holds after it');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.act_for(311); SELECT pg_temp.act_elsewhere(); SELECT peoplecall.install_defaults()'), '42501',
	'nobody''s act_for gives a superuser back what acting took');
-- who was dismissed, left, or was never to act does nothing more
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.accept(420106000000000001, 1)', NULL, NULL,
	$$SET LOCAL ROLE gate_app; SELECT peoplecall.act_for(311); RESET ROLE; UPDATE peoplecall.officer SET active = false WHERE id = 311$$), '42501',
	'an officer who left meanwhile acts no more');
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.accept(420106000000000001, 1)', NULL, NULL,
	$$SET LOCAL ROLE gate_app; SELECT peoplecall.act_for(311); RESET ROLE; SELECT peoplecall.dismiss('gate_app', 'delegate', 3)$$), '42501',
	'nor does a delegate who was dismissed meanwhile');

-- both names are in the history
SAVEPOINT both_names;
SET LOCAL ROLE gate_app;
SELECT peoplecall.act_for(311), peoplecall.accept(420106000000000001, 1) \g /dev/null
RESET ROLE;
SELECT is(e.actor || ' ' || e.officer || ' ' || e.org, 'gate_app 311 31', 'the event keeps actor, officer and the org of the post')
  FROM peoplecall.event AS e WHERE e.complaint_id = 420106000000000001 AND e.verb = 'accept';
SELECT is(t.officer, 311::bigint, 'and the task its officer')
  FROM peoplecall.task AS t WHERE t.complaint_id = 420106000000000001 AND t.seq = 1;
ROLLBACK TO both_names;
SELECT is(pg_temp.try('gate_app', 'SELECT peoplecall.accept(420106000000000001, 1)'), '42501', 'after ROLLBACK TO nobody is acted for');

--
-- Posts by verbs.
--
SELECT is(pg_temp.says('postgres', 'SELECT peoplecall.appoint(''gate_caller'', ''configure'', 12)') ~ '^\d+$', true, 'appoint returns the post');
SELECT is(pg_temp.says('postgres', 'SELECT peoplecall.appoint(''gate_caller'', ''configure'', 12)'),
	pg_temp.says('postgres', 'SELECT p.id FROM peoplecall.post AS p WHERE p.role = ''gate_caller'''), 'and the same when repeated');
SELECT is(p.appointed_by, 'postgres', 'who appointed is the caller, not the owner') FROM peoplecall.post AS p WHERE p.role = 'gate_caller';
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.appoint(''gate_other'', ''read'', 22)'), 'ok', 'configure appoints for an org below');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.appoint(''gate_other'', ''read'', 3)'), '42501', 'not above');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.appoint(''gate_other'', ''read'', 13)'), '42501', 'not beside');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.appoint(131, ''read'', 13)'), '42501', 'nor an officer there');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.appoint(''gate_caller'', ''configure'', 3)'), '42501', 'nobody lifts himself');
SELECT is(pg_temp.try('gate_caller', 'SELECT peoplecall.dismiss(''gate_app'', ''delegate'', 3)'), '42501', 'nobody dismisses those above');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(''nobody_here'', ''read'', 12)'), '42704', 'appoint: a role that does not exist');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(''public'', ''read'', 12)'), '42704', 'appoint: PUBLIC is no role');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(''gate_other'', ''read'', 12345)'), 'PC005', 'appoint: an org that does not exist');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(99999, ''read'', 12)'), 'PC005', 'appoint: an officer who does not exist');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(NULL::name, ''read'', 12)'), '22004', 'appoint: NULL');
SELECT is(pg_temp.says('postgres', 'SELECT peoplecall.dismiss(''gate_other'', ''verify'', 1)'), 'false', 'dismiss: false where there was no post');
CREATE ROLE "gate ""quoted"", postgres";
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.appoint(''gate "quoted", postgres'', ''read'', 12)'), 'ok', 'a role''s name is quoted');

--
-- Round the gate.
--
-- Every body and every question of the gate is refused to everybody outside:
-- to a plain role, to one with posts, to the owner and to a superuser.
SELECT is(array_agg(f::oid::regproc || ' ' || outcome) FILTER (WHERE outcome <> ''), NULL, format('%s outside the gate, by %s', pattern, who))
  FROM (VALUES ('^gate_'), ('^act_time$')) AS k (pattern)
 CROSS JOIN (VALUES ('gate_other'), ('gate_caller'), ('postgres'), (:'ledger_owner')) AS r (who)
  LEFT JOIN LATERAL (
	SELECT f, pg_temp.try(r.who::name, pg_temp.any_call(f)) AS outcome FROM pg_temp.functions(k.pattern) AS f) AS x
    ON x.outcome <> '42501'
 GROUP BY pattern, who;
-- with arguments that would do
SELECT is(pg_temp.try(who::name, replace(t.call, '(', '_body('), NULL, NULL, t.before), '42501', replace(t.call, '(', '_body(') || ', by ' || who)
  FROM (SELECT p.verb, p.before, regexp_replace(p.call, 'peoplecall\.(\w+)\(.*$',
	        format('peoplecall.\1(%s)', CASE p.verb
		WHEN 'submit' THEN $$'hotline', 't', 'b', '420106012001', NULL, 'complaint', NULL, NULL, 1, NULL, NULL, NULL, 'open', NULL, NULL$$
		WHEN 'refer' THEN $$420106000000000002, 'd', NULL$$
		WHEN 'rate' THEN $$420106000000000001, true, NULL, NULL$$
		WHEN 'reclassify' THEN $$420106000000000001, NULL, NULL, NULL, NULL, NULL, 61, NULL, NULL, NULL$$
		WHEN 'dispatch' THEN $$420106000000000001, 32, NULL, NULL, NULL, NULL$$
		WHEN 'request' THEN $$420106000000000001, 'return', 'r', NULL, NULL, 1, NULL, NULL$$
		WHEN 'resume' THEN $$420106000000000001, 'r', NULL$$
		WHEN 'convene' THEN $$'{31}', NULL, 420106000000000001, NULL, NULL, NULL, NULL, NULL$$
		WHEN 'attend' THEN $$420106000000000003, 31, NULL$$
		WHEN 'rule' THEN $$420106000000000003, 32, NULL, 'm', NULL, false, NULL, NULL$$
		WHEN 'supervise' THEN $$420106000000000001, 'r', NULL, NULL$$
		WHEN 'instruct' THEN $$420106000000000001, 313, 'r', NULL, NULL$$
		WHEN 'answer_supervision' THEN $$420106000000000001, 'r', NULL$$
		WHEN 'close_supervision' THEN $$420106000000000001, 'r', NULL, true, NULL$$
		WHEN 'mark' THEN $$420106000000000003, 31, 4, NULL$$
		WHEN 'publish' THEN $$'need', 't', '420106012001', NULL, 1, NULL, NULL, 31, NULL, NULL$$
		WHEN 'claim' THEN $$420106000000000003, 1, NULL, 12, NULL$$
		WHEN 'fulfil' THEN $$420106000000000003, 1, NULL, NULL$$
		WHEN 'unregister_volunteer' THEN $$420106000000000004, NULL$$
		WHEN 'home_counts' THEN $$31, '-infinity', 'infinity'$$
		WHEN 'convene_needs' THEN $$'420106012001', '{33}', NULL, NULL, NULL, NULL$$
		WHEN 'publish_project' THEN $$420106000000000006, 420106000000000003, 420106000000000005, NULL, 1, NULL, NULL$$
		WHEN 'tick_lists' THEN $$420106, 10$$
		WHEN 'recompute' THEN $$420106, NULL, 0, 10$$
		WHEN 'report' THEN $$420106000000000001, 'n', 1, NULL$$
		WHEN 'close' THEN $$420106000000000001, NULL$$
		WHEN 'reopen' THEN $$420106000000000001, 'r', true$$
		WHEN 'take_notices' THEN $$10, interval '1 minute'$$
		WHEN 'tick' THEN $$420106, 10$$
		WHEN 'appraise' THEN $$'2019-11-01', '2019-11-30', '420106012001', 31, 'handled', 'org'$$
		WHEN 'appraised_shares' THEN $$'due', '2019-11-01', '2019-11-30', '420106012001', 31, 'handled'$$
		WHEN 'trend' THEN $$'420106012001', '2019-11-01', '2019-11-30', 'handled'$$
		WHEN 'forget_reporter' THEN $$420106000000000001, false$$
		WHEN 'refresh_appraisal' THEN $$420106, 10$$
		ELSE substring(p.call FROM '\((.*)\)') END)) AS call
	    FROM trial AS p) AS t
 CROSS JOIN (VALUES ('gate_other'), ('postgres'), (:'ledger_owner')) AS r (who);
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger_body(NULL)'), '42501', 'create_ledger_body() outside');

-- Nobody but the owner writes, reads more than his posts bring, or is helped
-- by the functions that verbs share.
CREATE TEMPORARY TABLE written AS
SELECT c.relname, (SELECT quote_ident(a.attname) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = 1) AS first
  FROM pg_class AS c WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind IN ('r', 'p');
SELECT is(array_agg(relname || ' ' || outcome) FILTER (WHERE outcome <> ''), NULL, format(what, 'table', 'column'))
  FROM (VALUES ('INSERT INTO peoplecall.%1$I DEFAULT VALUES'), ('UPDATE peoplecall.%1$I SET %2$s = %2$s'),
	('DELETE FROM peoplecall.%1$I'), ('TRUNCATE peoplecall.%1$I CASCADE'), ('LOCK TABLE peoplecall.%1$I'),
	('ALTER TABLE peoplecall.%1$I ADD COLUMN mine int'), ('CREATE TRIGGER mine BEFORE INSERT ON peoplecall.%1$I EXECUTE FUNCTION suppress_redundant_updates_trigger()')) AS w (what)
  LEFT JOIN LATERAL (
	SELECT t.relname, pg_temp.try('gate_other', format(w.what, t.relname, t.first), 'configure', 1) AS outcome FROM written AS t) AS x
    ON x.outcome NOT IN ('42501') AND NOT (x.outcome = '428C9')
 GROUP BY what;
SELECT is(pg_temp.try('gate_other', 'SELECT nextval(''peoplecall.complaint_serial'')'), '42501', 'nor draws numbers');
SELECT is(pg_temp.try('gate_other', 'CREATE FUNCTION peoplecall.mine() RETURNS int LANGUAGE sql AS ''SELECT 1'''), '42501', 'nor makes functions among ours');
SELECT is(pg_temp.try('gate_other', format('SELECT peoplecall.%s', h)), '42501', h || ' by a role with a post')
  FROM unnest(ARRAY['write_event(420106, 420106000000000001, ''420106012001'', 99, now(), ''x'', 1, 1, ''{}'')',
	'settle(420106, 420106000000000001, ''closed'', now(), 1, 1, 1)', 'lock_complaint(420106000000000001)',
	'stop_clocks(420106, 420106000000000001, 1, ''{resolve}'', now())', 'end_task(420106, 420106000000000001, 1, ''withdrawn'', now())',
	'fire_alarms(420106, ''{420106000000000001}'', now())', 'grant_reading(''gate_other'')', 'default_rules()',
	'send_notice(420106, 420106000000000001, ''420106012001'', 111, ''x'', ''{}'', now())', 'lock_notice(''420106000000000001-1'')',
	'ledger_ddl(''DROP TABLE peoplecall.event'')', 'require_ledger_owner(''x'')', 'schedule_jobs()', 'unschedule_jobs()']) AS h;
SELECT is(pg_temp.try('gate_other', 'CALL peoplecall.sweep()'), '42501', 'sweep by a role without configure');

-- A verb by other ways is the same verb.
CREATE FUNCTION pg_temp.by_plpgsql() RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE 'SELECT peoplecall.accept($1, $2)' USING 420106000000000001, 1; END $$;
CREATE FUNCTION pg_temp.by_definer() RETURNS void SECURITY DEFINER LANGUAGE sql AS 'SELECT peoplecall.accept(420106000000000001, 1)';
ALTER FUNCTION pg_temp.by_definer() OWNER TO gate_other;
CREATE VIEW pg_temp.by_view AS SELECT r.* FROM peoplecall.accept(420106000000000001, 1) AS r;
GRANT SELECT ON pg_temp.by_view TO PUBLIC;
CREATE TABLE public.by_default (id int, r peoplecall.receipt DEFAULT peoplecall.accept(420106000000000001, 1));
GRANT INSERT ON public.by_default TO PUBLIC;
CREATE OPERATOR public.## (LEFTARG = bigint, RIGHTARG = int, FUNCTION = peoplecall.accept);
CREATE FUNCTION pg_temp.step(peoplecall.receipt, bigint) RETURNS peoplecall.receipt LANGUAGE sql AS 'SELECT peoplecall.accept($2, 1)';
CREATE AGGREGATE public.accept_all(bigint) (SFUNC = pg_temp.step, STYPE = peoplecall.receipt);
SELECT is(pg_temp.try('gate_caller', w.call), '42501', w.call || ': without the duty'),
       is(pg_temp.try('gate_other', w.call), 'ok', w.call || ': with it')
  FROM (VALUES ('SELECT pg_temp.by_plpgsql()'), ('TABLE pg_temp.by_view'), ('INSERT INTO public.by_default (id) VALUES (1)'),
	('SELECT 420106000000000001 OPERATOR(public.##) 1'), ('SELECT public.accept_all(420106000000000001)'),
	('WITH a AS (SELECT peoplecall.accept(420106000000000001, 1)) SELECT * FROM a'),
	('COPY (SELECT peoplecall.accept(420106000000000001, 1)) TO ''/dev/null''')) AS w (call)
 WHERE w.call NOT LIKE 'COPY%';
SELECT is(pg_temp.try('gate_caller', 'SELECT pg_temp.by_definer()'), 'ok', 'in a SECURITY DEFINER function it is its owner who calls');
SELECT is(pg_temp.try('gate_other', 'CREATE TABLE pg_temp.t (i bigint); CREATE INDEX ON pg_temp.t ((peoplecall.accept(i, 1)))'), '42P17', 'a verb is no index expression');
SELECT is(pg_temp.try('gate_other', 'SELECT peoplecall.rulebook_changed()'), '39P01', 'rulebook_changed() by hand');
SELECT is(pg_temp.try('gate_other', $$CREATE TEMPORARY TABLE mine (i int);
	CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION peoplecall.rulebook_changed('post'); INSERT INTO mine VALUES (1)$$), '42501',
	'a stranger''s table does not drop the city''s compiled rules');

--
-- A ledger of another version
--
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.due_districts()', NULL, NULL, 'CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT ' || v || ' AS version'), 'PC002', 'a ledger of version ' || v)
  FROM unnest(ARRAY[0, 99]) AS v;
CREATE FUNCTION pg_temp.hint(version int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT ' || version || ' AS version';
	PERFORM peoplecall.due_districts();
	RETURN 'worked';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END $$;
SELECT matches(pg_temp.hint(0), 'create_ledger', 'an older ledger: the hint says how to bring it up to date');
SELECT matches(pg_temp.hint(99), 'ALTER EXTENSION', 'a newer ledger: the hint says how to bring the extension up to date');
SELECT is(pg_temp.try('gate_other', 'SELECT peoplecall.accept(420106000000000001, 1)'), 'ok', 'and the right version works again');

--
-- A ledger that lost its first table is not given to whoever asks: what is
-- left would run its owner's code as the next one.
--
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger(''gate_other'')', NULL, NULL, 'DROP TABLE peoplecall.complaint CASCADE'), '42501',
	'create_ledger() refuses tables of another role');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger()', NULL, NULL, 'DROP TABLE peoplecall.complaint CASCADE'),
	CASE WHEN :'ledger_owner' = 'postgres' THEN 'ok' ELSE '42501' END,
	'also where it is a superuser who asks and names no owner');
SELECT is(pg_temp.try('postgres', 'SELECT peoplecall.create_ledger(''gate_other'')', NULL, NULL,
	'DO $x$ DECLARE t text; BEGIN SET LOCAL client_min_messages = error;
	FOR t IN SELECT format(''%s peoplecall.%I'', CASE relkind WHEN ''v'' THEN ''VIEW'' WHEN ''S'' THEN ''SEQUENCE'' ELSE ''TABLE'' END, relname)
	           FROM pg_class WHERE relnamespace = ''peoplecall''::regnamespace AND relkind IN (''r'', ''p'', ''v'', ''S'') ORDER BY relkind <> ''v'', relkind = ''S''
	LOOP EXECUTE format(''DROP %s CASCADE'', replace(t, '' peoplecall'', '' IF EXISTS peoplecall'')); END LOOP; END $x$'),
	CASE WHEN :'ledger_owner' = 'postgres' THEN 'ok' ELSE '42501' END,
	'nor while another role may make functions among ours');

SELECT * FROM finish();
ROLLBACK;
