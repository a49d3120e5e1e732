-- versions() and what it is made of: the next step of an upgrade, for whoever
-- asks, and nobody else's code is run on the way.
\set QUIET on
\ir ../fixture/ledger.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
CREATE ROLE asker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO asker;

SELECT is(v.release, (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'peoplecall'), 'the library is of the release that is installed')
  FROM peoplecall.library_version() AS v;
-- a server finds no extension available that is staged below extension_destdir
SELECT coalesce((SELECT a.default_version FROM pg_available_extensions AS a WHERE a.name = 'peoplecall'), '') AS release_of_files \gset
SELECT CASE WHEN coalesce(current_setting('extension_destdir', true), '') = '' THEN is(v.release, :'release_of_files', 'and of that of the files')
            ELSE skip('the files are staged') END
  FROM peoplecall.library_version() AS v;
SELECT is(peoplecall.ledger_version(), v.ledger, 'create_ledger() makes the ledger that the library needs') FROM peoplecall.library_version() AS v;
SELECT is(v, row(l.release, l.release, nullif(:'release_of_files', ''), l.ledger, l.ledger, NULL::text), 'nothing is to be done')
  FROM peoplecall.versions() AS v, peoplecall.library_version() AS l;
SET LOCAL ROLE asker;
SELECT is((SELECT v.ledger FROM peoplecall.versions() AS v), peoplecall.ledger_version(), 'anybody may ask');
RESET ROLE;

SELECT is(peoplecall.release_numbers(a) < peoplecall.release_numbers(b), true, a || ' is before ' || b)
  FROM (VALUES ('0.1.0', '0.1.1'), ('0.9', '0.10'), ('0.1', '0.1.0'), ('1.2.3', '10.0'), ('0.1.0rc1', '0.1.1')) AS r (a, b);
SELECT is(peoplecall.release_numbers('unpackaged'), NULL, 'no number');

-- The view is its owner's: it says what he likes, but as himself.
SET LOCAL ROLE city_owner;
CREATE FUNCTION peoplecall.city_spy() RETURNS int LANGUAGE sql VOLATILE AS $$
	SELECT CASE current_user WHEN 'city_owner' THEN 41 ELSE 666 END
$$;
CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT peoplecall.city_spy() AS version;
RESET ROLE;
SELECT is(peoplecall.ledger_version(), 41, 'a superuser reads the view as its owner');
SELECT is(v.ledger || ': ' || v.next_step, '41: install the newer release of the extension', 'versions() too') FROM peoplecall.versions() AS v;
SELECT throws_ok('SELECT peoplecall.create_ledger()', 'PC002', NULL, 'create_ledger() takes no ledger back');
SELECT throws_ok('SELECT * FROM peoplecall.due_districts()', 'PC002', NULL, 'no verb works on it');
SELECT throws_ok($$SELECT peoplecall.responsible_org('city', '420102', 'A')$$, 'PC002', NULL, 'no rule answers from it');
SELECT throws_ok($$SELECT peoplecall.may_read('420102')$$, 'PC002', NULL, 'no policy');
SET LOCAL ROLE city_owner;
CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT NULL::int AS version;
RESET ROLE;
SELECT throws_ok('SELECT * FROM peoplecall.due_districts()', 'PC002', NULL, 'a view that says nothing is of no version');

-- No ledger.
DROP VIEW peoplecall.ledger;
SELECT is(peoplecall.ledger_version(), NULL, 'without the view there is no version');
SELECT is((SELECT v.next_step FROM peoplecall.versions() AS v), 'SELECT peoplecall.create_ledger()', 'and create_ledger() makes it');
DROP FUNCTION peoplecall.city_spy();
SELECT is(peoplecall.create_ledger(), (SELECT l.ledger FROM peoplecall.library_version() AS l), 'again');
SELECT is((SELECT v.next_step FROM peoplecall.versions() AS v), NULL, 'and nothing is to be done');

SELECT * FROM finish();
ROLLBACK;
