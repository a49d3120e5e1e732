-- CALL sweep(): every district, a transaction a batch, whatever fails; and what
-- it refuses. The ladder itself: test/pgtap/sweep.sql.
SET client_min_messages = error;
\set SHOW_CONTEXT never
DROP EXTENSION IF EXISTS peoplecall CASCADE;
DROP SCHEMA IF EXISTS peoplecall CASCADE;
CREATE EXTENSION peoplecall CASCADE;
SET search_path = pg_catalog, public;
CALL peoplecall.sweep();	-- no ledger
SELECT FROM peoplecall.create_ledger() \g /dev/null
SELECT FROM peoplecall.install_defaults() \g /dev/null
\set ECHO none
\i test/fixture/small_city.sql
\set ECHO all
RESET client_min_messages;

SET peoplecall.as_of = '2019-12-05 09:00+08';
CALL peoplecall.sweep();	-- nothing is due
SELECT no FROM peoplecall.submit('hotline', '一', '', '420102017020', 'city.facility');
SELECT no FROM peoplecall.submit('hotline', '坏', '', '420102017020', 'city.facility');
SELECT no FROM peoplecall.submit('hotline', '二', '', '420102017017', 'city.facility');
SELECT no FROM peoplecall.submit('hotline', '三', '', '420106012001', 'city.facility');
SET peoplecall.as_of = '2019-12-10 18:00+08';
SELECT d FROM peoplecall.due_districts() AS d;
SELECT district_id, due > 0 AS due, oldest = '2019-12-05 09:15+08' AS oldest FROM peoplecall.sweep_backlog ORDER BY 1;

-- One of them fails, and is the first: the others of its district are done in
-- the same sweep, in batches of one; and nothing is done twice by a second.
CREATE FUNCTION public.hostile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.body LIKE '%“坏”%' THEN
		RAISE 'no more paper';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER hostile BEFORE INSERT ON peoplecall.notice
	FOR EACH ROW EXECUTE FUNCTION public.hostile();
UPDATE peoplecall.clock SET next_alarm_at = next_alarm_at - interval '1 minute'
 WHERE complaint_id = peoplecall.complaint_id('420102-2') AND next_alarm_at IS NOT NULL;
CALL peoplecall.sweep(1);
CREATE VIEW public.alarms AS
	SELECT peoplecall.complaint_no(complaint_id) AS no, count(*) FILTER (WHERE verb = 'alarm') AS steps,
	       count(*) FILTER (WHERE verb = 'command_up') AS up, max(seq) AS last, count(*) AS events
	  FROM peoplecall.event GROUP BY complaint_id ORDER BY complaint_id;
SELECT * FROM public.alarms;
SELECT peoplecall.complaint_no(complaint_id), attempts, sqlstate, message FROM peoplecall.sweep_status;
SELECT d FROM peoplecall.due_districts() AS d;	-- it waits, and is due all the same
CALL peoplecall.sweep();
SELECT * FROM public.alarms;
DROP TRIGGER hostile ON peoplecall.notice;
SET peoplecall.as_of = '2019-12-10 18:01+08';
CALL peoplecall.sweep(batch => 2);
SELECT * FROM public.alarms;
SELECT count(*) AS failing FROM peoplecall.sweep_status;
SELECT d FROM peoplecall.due_districts() AS d;
SELECT * FROM peoplecall.sweep_backlog;

-- It commits, so it has a transaction of its own; it takes no batch of none
-- (where nothing is due, it does not ask).
SET peoplecall.as_of = '2019-12-11 18:00+08';
BEGIN;
CALL peoplecall.sweep();
ROLLBACK;
CALL peoplecall.sweep(0);
CALL peoplecall.sweep(NULL);
CALL peoplecall.sweep();
SELECT d FROM peoplecall.due_districts() AS d;

-- Only who may configure; with names that lead astray in the search_path.
CREATE ROLE regress_sweep_nobody;
SET ROLE regress_sweep_nobody;
CALL peoplecall.sweep();
RESET ROLE;
CREATE SCHEMA regress_astray;
CREATE FUNCTION regress_astray.never(int, int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''astray''; END';
CREATE OPERATOR regress_astray.= (LEFTARG = int, RIGHTARG = int, FUNCTION = regress_astray.never);
SET search_path = regress_astray, pg_catalog, public;
SET peoplecall.as_of = '2019-12-16 18:00+08';
CALL peoplecall.sweep();
SET search_path = pg_catalog, public;
SELECT d FROM peoplecall.due_districts() AS d;

RESET peoplecall.as_of;
SET client_min_messages = error;
DROP SCHEMA regress_astray CASCADE;
DROP VIEW public.alarms;
DROP FUNCTION public.hostile();
DROP ROLE regress_sweep_nobody;
DROP SCHEMA peoplecall CASCADE;
