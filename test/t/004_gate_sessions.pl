# The gate over several sessions and real transactions: what another session
# commits is seen by the next statement, act_for ends with its transaction, a
# hostile owner's deferred trigger gets nothing at COMMIT, two appointments at
# once, a value of peoplecall.as_of that was set before the library was loaded.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $node = new_node('gate', conf => 'max_prepared_transactions = 2');
new_ledger($node, 'city');
$node->safe_psql('city', q{
	CREATE ROLE clerk LOGIN;
	CREATE ROLE clerks;
	CREATE ROLE app LOGIN;
	SELECT peoplecall.appoint('clerk', 'handle', 12), peoplecall.appoint('app', 'delegate', 3),
		peoplecall.appoint(121, 'handle', 12), peoplecall.appoint('clerks', 'read', 13);
	SELECT peoplecall.submit('hotline', '车库', '积水', '420106012001', 'property.garage'::ltree);
	SELECT peoplecall.submit('hotline', '车库', '积水', '420106015006', 'property.garage'::ltree)});

# The rows of a statement, or its error.
sub outcome
{
	my ($user, $sql, %options) = @_;
	my ($status, $out, $err) = $node->psql($options{database} // 'city', $sql,
		on_error_stop => 0,
		connstr => $node->connstr($options{database} // 'city') . " user=$user");
	return wantarray ? ($out, $err) : $out . $err;
}

#
# Another session's commit is seen by the next statement.
#
my $reader = $node->background_psql('city', on_error_stop => 0,
	extra_params => [ '-U', 'clerk' ]);
my $seen = 'SELECT count(*) FROM peoplecall.complaint;';
is(session_says($reader, $seen), '1', 'a reader sees his street');
my @changes = (
	[ 'a post', q{SELECT peoplecall.appoint('clerk', 'read', 13)},
		q{SELECT peoplecall.dismiss('clerk', 'read', 13)}, '2' ],
	[ 'a membership', q{GRANT clerks TO clerk}, q{REVOKE clerks FROM clerk}, '2' ],
	[ 'a jurisdiction', q{INSERT INTO peoplecall.jurisdiction (area, org) VALUES ('420106015', 12)},
		q{DELETE FROM peoplecall.jurisdiction}, '2' ],
	[ 'a closed org', q{UPDATE peoplecall.org SET active = false WHERE id = 12},
		q{UPDATE peoplecall.org SET active = true WHERE id = 12}, '0' ],
	[ 'an org that moved', q{UPDATE peoplecall.org SET area = '420106015006' WHERE id = 12},
		q{UPDATE peoplecall.org SET area = '420106012' WHERE id = 12}, '1' ]);
foreach (@changes)
{
	my ($what, $change, $back, $expected) = @$_;

	$node->safe_psql('city', $change);
	is(session_says($reader, $seen), $expected, "$what is seen by another session");
	$node->safe_psql('city', $back);
	is(session_says($reader, $seen), '1', "and that it ended");
}
session_says($reader, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
is(session_says($reader, $seen), '1', 'in REPEATABLE READ');
$node->safe_psql('city', q{DELETE FROM peoplecall.post WHERE role = 'clerk'});
is(session_says($reader, $seen), '0', 'a post that ended is seen there too');
session_says($reader, 'COMMIT');
$node->safe_psql('city', q{SELECT peoplecall.appoint('clerk', 'handle', 12)});
$reader->quit;

#
# act_for and real transactions.
#
my $verb = q{SELECT peoplecall.report(420106000000000001, 'n', 1);};
my $act = q{SELECT peoplecall.act_for(121);};
my $refused = qr/permission denied for verb report/;

like(outcome('app', $act . $verb), $refused, 'act_for ends with its statement where no transaction is open');
unlike(outcome('app', "BEGIN; $act $verb COMMIT;"), qr/ERROR/, 'act_for in a transaction');
like(outcome('app', "BEGIN; $act COMMIT; $verb"), $refused, 'it ends with COMMIT');
like(outcome('app', "BEGIN; $act ROLLBACK; $verb"), $refused, 'and with ROLLBACK');
like(outcome('app', "BEGIN; $act PREPARE TRANSACTION 'x'; $verb"), $refused, 'and with PREPARE TRANSACTION');
$node->safe_psql('city', q{ROLLBACK PREPARED 'x'});
like(outcome('app', "BEGIN; SAVEPOINT s; $act ROLLBACK TO s; $verb COMMIT;"), $refused, 'and with ROLLBACK TO');
unlike(outcome('app', "BEGIN; SAVEPOINT s; $act RELEASE s; $verb COMMIT;"), qr/ERROR/, 'not with RELEASE');
like(outcome('app', "BEGIN; $act SAVEPOINT s; SELECT 1/0; ROLLBACK TO s; $verb COMMIT;"), qr/420106-1/, 'not with an error that is rolled back');
$node->safe_psql('city', q{
	CREATE PROCEDURE public.act_and_commit() LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM peoplecall.act_for(121);
		COMMIT;
		PERFORM peoplecall.report(420106000000000001, 'n', 1);
	END $$});
like(outcome('app', 'CALL public.act_and_commit()'), $refused, 'and with a procedure\'s COMMIT');

#
# A hostile owner waits for a superuser's COMMIT.
#
$node->safe_psql('city', q{
	CREATE TABLE public.loot (who name, outcome text);
	GRANT ALL ON public.loot TO city_owner;
	GRANT CREATE ON SCHEMA public TO city_owner;
	SET ROLE city_owner;
	CREATE FUNCTION public.steal() RETURNS trigger LANGUAGE plpgsql AS $$
	DECLARE
		outcome text := 'ok';
	BEGIN
		BEGIN
			ALTER ROLE city_owner SUPERUSER;
		EXCEPTION WHEN OTHERS THEN
			outcome := SQLSTATE;
		END;
		INSERT INTO public.loot VALUES (current_user, outcome);
		RETURN NULL;
	END $$;
	CREATE CONSTRAINT TRIGGER steal AFTER INSERT OR UPDATE ON peoplecall.event
		DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.steal()});
my $stolen = q{SELECT (SELECT count(*) FROM public.loot), (SELECT rolsuper FROM pg_roles WHERE rolname = 'city_owner')};
like(outcome('postgres', $verb), qr/deferred trigger within security-restricted operation/, 'the verb is refused to a superuser');
like(outcome('postgres', "BEGIN; $verb COMMIT;"), qr/deferred trigger/, 'in a transaction too');
like(outcome('postgres', "BEGIN; SAVEPOINT s; $verb ROLLBACK TO s; SELECT 'still ' || current_user; COMMIT;"), qr/still postgres/, 'he is himself afterwards');
is(ask($node, 'city', $stolen), '0|f', 'nothing was stolen');
# the same trigger by hand has its way: what is refused above is a danger
$node->safe_psql('city', q{UPDATE peoplecall.event SET area = area});
like(ask($node, 'city', $stolen), qr/^[1-9]\d*\|t$/, 'it would have been by a superuser\'s own UPDATE');
$node->safe_psql('city', q{ALTER ROLE city_owner NOSUPERUSER; DROP FUNCTION public.steal() CASCADE; DROP TABLE public.loot});

#
# A materialized view that runs a verb, refreshed by a superuser: its owner's.
#
$node->safe_psql('city', q{
	SET ROLE clerk;
	CREATE TEMPORARY TABLE nothing (i int);
	RESET ROLE;
	GRANT CREATE ON SCHEMA public TO clerk, app;
	SET ROLE clerk;
	CREATE MATERIALIZED VIEW public.worked AS SELECT r.no FROM peoplecall.report(420106000000000001, 'by view', 1) AS r WITH NO DATA;
	SET ROLE app;
	CREATE MATERIALIZED VIEW public.idle AS SELECT r.no FROM peoplecall.report(420106000000000001, 'by view', 1) AS r WITH NO DATA});
unlike(outcome('postgres', 'REFRESH MATERIALIZED VIEW public.worked'), qr/ERROR/, 'REFRESH by a superuser');
is(ask($node, 'city', q{SELECT actor FROM peoplecall.event WHERE detail ->> 'note' = 'by view'}), 'clerk', 'acts as the view\'s owner');
like(outcome('postgres', 'REFRESH MATERIALIZED VIEW public.idle'), $refused, 'and only as far as he may');

#
# Two appointments at once.
#
my $first = $node->background_psql('city', on_error_stop => 0);
my $second = $node->background_psql('city', on_error_stop => 0);
$node->safe_psql('city', 'CREATE ROLE newcomer; CREATE ROLE another');
session_says($first, 'BEGIN');
session_says($first, q{SELECT peoplecall.appoint('newcomer', 'read', 12)});
$second->query_until(qr/waiting/, qq{\\echo waiting\nSELECT peoplecall.appoint('another', 'read', 12) > 0;\n});
ok($node->poll_query_until('city', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%another%'}), 'the second waits');
session_says($first, 'COMMIT');
like(session_says($second, q{SELECT 'done'}), qr{t\s+done}, 'the second goes on');
is(ask($node, 'city', q{SELECT has_table_privilege('newcomer', 'peoplecall.board', 'SELECT'), has_table_privilege('another', 'peoplecall.board', 'SELECT'),
	(SELECT count(*) FROM peoplecall.post WHERE role IN ('newcomer', 'another'))}), 't|t|2', 'both have their post and their rights');
# the last post of a role ends while it is given another
session_says($first, 'BEGIN');
session_says($first, q{SELECT peoplecall.dismiss('newcomer', 'read', 12)});
$second->query_until(qr/waiting/, qq{\\echo waiting\nSELECT peoplecall.appoint('newcomer', 'read', 13) > 0;\n});
ok($node->poll_query_until('city', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%newcomer%'}), 'the second waits');
session_says($first, 'COMMIT');
session_says($second, q{SELECT 'done'});
is(ask($node, 'city', q{SELECT has_table_privilege('newcomer', 'peoplecall.board', 'SELECT'), count(*) FROM peoplecall.post WHERE role = 'newcomer'}), 't|1', 'the rights follow the posts that are left');
$first->quit;
$second->quit;

#
# peoplecall.as_of set by a plain user before the library is loaded.
#
my $plain = q{SET peoplecall.as_of = '2001-01-01'; SELECT peoplecall.as_of() > '2020-01-01';};
my ($out, $err) = outcome('clerk', $plain);
is($out, 't', 'a value that waited for the library is not taken from a plain user');
like($err, qr/permission denied to set parameter "peoplecall.as_of"/, 'and he is told');
is(scalar(outcome('postgres', $plain)), 'f', 'from a superuser it is');
is(scalar(outcome('postgres', q{SET peoplecall.as_of = '2001-01-01'; SET ROLE clerk; SELECT peoplecall.as_of() > '2020-01-01';})), 'f', 'also where he becomes another');
($out, $err) = outcome('clerk', q{ALTER ROLE clerk SET peoplecall.as_of = '2001-01-01'});
($out, $err) = outcome('clerk', q{SELECT peoplecall.as_of() > '2020-01-01';});
is($out, 't', 'nor from a plain user\'s ALTER ROLE');
($out, $err) = outcome('clerk', q{SELECT count(*) FROM peoplecall.board; SET peoplecall.as_of = '2001-01-01'; SELECT peoplecall.as_of() > '2020-01-01';});
like($err, qr/permission denied to set parameter/, 'nor once the library is loaded');
like($out, qr/t$/, 'and the clock goes on');
{
	local $ENV{PGOPTIONS} = '-c peoplecall.as_of=2001-01-01';
	($out, $err) = outcome('clerk', q{SELECT peoplecall.as_of() > '2020-01-01';});
	is($out, 't', 'nor from the options of a connection');
}

#
# A parallel worker has the same time as its leader.
#
is(ask($node, 'city', q{
	CREATE TABLE public.many AS SELECT n FROM generate_series(1, 10000) AS n;
	SET timezone = 'Asia/Shanghai';
	SET datestyle = 'ISO, DMY';
	SET peoplecall.as_of = '03/02/2019 09:00';
	SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off;
	SELECT DISTINCT max(peoplecall.as_of()) = '2019-02-03 09:00+08' FROM public.many}), 't', 'a worker reads as_of as its leader does');

#
# A verb's call site outlives the extension.
#
$node->safe_psql('postgres', 'CREATE DATABASE twice');
my $session = $node->background_psql('twice', on_error_stop => 0);
my $fixture = join '', map { s/^--.*$//mgr } slurp_file('test/fixture/ledger.sql'), slurp_file('test/fixture/small_city.sql');
my $once = $fixture . q{
	SELECT peoplecall.submit('hotline', '路灯', '不亮', '420102017020', 'city.facility'::ltree) IS NULL;};
session_says($session, $once);
session_says($session, q{
	CREATE FUNCTION public.works() RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN (SELECT r.state FROM peoplecall.report(420102000000000001, 'n', 1) AS r);
	EXCEPTION WHEN undefined_function OR invalid_schema_name THEN
		RETURN 'gone';
	END $$});
is(session_says($session, 'SELECT public.works()'), 'dispatched', 'a verb in a function');
session_says($session, 'SET client_min_messages = error');
session_says($session, 'DROP EXTENSION peoplecall CASCADE; DROP SCHEMA IF EXISTS peoplecall CASCADE');
is(session_says($session, 'SELECT public.works()'), 'gone', 'after DROP EXTENSION in the same session');
session_says($session, $once);
is(session_says($session, 'SELECT public.works()'), 'dispatched', 'after CREATE EXTENSION again');
$session->quit;

#
# No memory is kept, however many verbs a session runs.
#
my $kept = ask($node, 'city', q{
	SET client_min_messages = error;
	CREATE PROCEDURE public.work(n int) LANGUAGE plpgsql AS $$
	BEGIN
		FOR i IN 1 .. n LOOP
			BEGIN
				PERFORM peoplecall.act_for(121);
				PERFORM peoplecall.report(420106000000000001, 'n', 1);
				PERFORM peoplecall.may_read('4201'), peoplecall.my_orgs();
				BEGIN
					PERFORM peoplecall.act_for(NULL);
					PERFORM peoplecall.complete(420106000000000001, NULL);
				EXCEPTION WHEN OTHERS THEN NULL;
				END;
				RAISE division_by_zero;
			EXCEPTION WHEN division_by_zero THEN NULL;
			END;
		END LOOP;
	END $$;
	CREATE PROCEDURE public.change(n int) LANGUAGE plpgsql AS $$
	BEGIN
		FOR i IN 1 .. n LOOP
			UPDATE peoplecall.setting SET value = value WHERE name = 'warn_fraction';
			UPDATE peoplecall.post SET duty = duty;
			PERFORM peoplecall.may_read('4201'), peoplecall.my_orgs();
		END LOOP;
	END $$;
	SET ROLE app;
	CALL public.work(300);
	RESET ROLE;
	CALL public.change(20);
	CREATE TEMPORARY TABLE held AS SELECT sum(used_bytes) AS bytes FROM pg_backend_memory_contexts;
	SET ROLE app;
	CALL public.work(5000);
	RESET ROLE;
	CALL public.change(200);
	SELECT (SELECT sum(used_bytes) FROM pg_backend_memory_contexts) - (SELECT bytes FROM held)});
cmp_ok($kept, '<', 200_000, 'ten thousand verbs leave no memory behind');

$node->stop;
done_testing();
