-- distribute() on a real Citus, one machine being all of its workers; skipped
-- where the server does not have it loaded. distribution.sql asserts the rest.
\set QUIET on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citus')
       AND current_setting('shared_preload_libraries') ~ '\mcitus\M' AS citus \gset
\if :citus
SELECT * FROM no_plan();
CREATE EXTENSION citus;
SELECT citus_set_coordinator_host('localhost', current_setting('port')::int) \g /dev/null
SELECT citus_set_node_property('localhost', current_setting('port')::int, 'shouldhaveshards', true) \g /dev/null
\set one_table on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
\ir ../fixture/filled_ledger.sql
CREATE TEMPORARY TABLE counted AS
SELECT (SELECT count(*) FROM peoplecall.complaint) AS matters, (SELECT count(*) FROM peoplecall.event) AS events;
SELECT is(peoplecall.distribute(), (SELECT count(*)::int FROM peoplecall.distribution() AS p WHERE p.how <> 'local'), 'all is sent but what stays');
SELECT bag_eq('SELECT d.logicalrelid FROM pg_dist_partition AS d WHERE NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = d.logicalrelid)',
	$$SELECT format('peoplecall.%I', p.tab)::regclass FROM peoplecall.distribution() AS p WHERE p.how <> 'local'$$, 'as the plan says');
SELECT is(peoplecall.distribute(), 0, 'again, nothing');
SELECT is((SELECT count(*) FROM peoplecall.complaint), c.matters, 'no matter is lost') FROM counted AS c;
SELECT is((SELECT count(*) FROM peoplecall.event), c.events, 'no event') FROM counted AS c;
SELECT is(pg_catalog.count(*), 0::bigint, 'the ledger agrees with itself') FROM peoplecall.check_ledger();
SELECT complaint_id AS c FROM peoplecall.submit('hotline', '分布之后', '', '420106012001', 'property.garage'::ltree) \gset
SELECT is((peoplecall.accept(:c)).state, 'dispatched', 'the verbs go on');
SELECT is((peoplecall.complete(:c, '已办')).state, 'completed', 'and on');
CREATE ROLE citus_reader;
SELECT peoplecall.appoint('citus_reader'::name, 'read', 12) \g /dev/null
SET ROLE citus_reader;
SELECT is(array_agg(DISTINCT c.area OPERATOR(peoplecall.<@) '420106012'), '{t}', 'whoever is appointed reads his street') FROM peoplecall.complaint AS c;
RESET ROLE;
SELECT is(peoplecall.dismiss('citus_reader'::name, 'read', 12), true, 'and is dismissed');
SELECT * FROM finish();
DROP OWNED BY citus_reader;
DROP ROLE citus_reader;
\else
SELECT plan(1);
SELECT skip('citus is not loaded by this server', 1);
SELECT * FROM finish();
\endif
