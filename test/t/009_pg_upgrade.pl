# A filled ledger, with what the city added to it and with its pg_cron jobs,
# goes through pg_upgrade from an older PostgreSQL: every row and definition is
# as it was, and the ledger works on. Runs where an older PostgreSQL that has
# peoplecall installed lies beside this one; make test-upgrade makes such a place.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

# The folder of the lowest older PostgreSQL that has peoplecall and pg_cron.
sub older_postgresql
{
	my ($bin, $err) = run_command([ 'pg_config', '--bindir' ]);
	my ($folder, $major) = $bin =~ m{^(.*)/(\d+)/bin$} or return;

	foreach my $older (15 .. $major - 1)
	{
		my @libraries = map { "$folder/$older/lib/$_.so" } qw(peoplecall pg_cron);
		return "$folder/$older" if -x "$folder/$older/bin/pg_ctl" && 2 == grep { -f $_ } @libraries;
	}
	return;
}

my $older = older_postgresql();
plan skip_all => 'no older PostgreSQL with peoplecall is here; "make test-upgrade" tests this'
  unless defined $older;

my $cron = q{
	shared_preload_libraries = 'pg_cron'
	cron.database_name = 'city'
	cron.host = '/nowhere'
};
# a name for both, so that what the dumps say of the database is one thing
my @locale = (extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ]);
my $old = PostgreSQL::Test::Cluster->new('old', install_path => $older);
my $new = PostgreSQL::Test::Cluster->new('new');
$old->init(@locale);
# 18 has checksums unless told otherwise, and pg_upgrade wants both alike
push @{ $locale[1] }, '--no-data-checksums' if $new->pg_version >= 18;
$new->init(@locale);
$old->append_conf('postgresql.conf', $cron);
$new->append_conf('postgresql.conf', $cron);
note 'from ' . $old->pg_version . ' to ' . $new->pg_version;

$old->start;
new_ledger($old, 'city', city => 0);
load_fixture($old, 'city', $_) foreach qw(city_additions small_city filled_ledger);

# For comparison: the same ledger by way of a dump. Servers of two releases print
# one definition in two ways, so it is the new one that must print both.
my $bin = $new->config_data('--bindir');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/city.sql';
command_ok([ "$bin/pg_dump", "--file=$dump", '-d', $old->connstr('city') ], 'the new pg_dump reads the old ledger');

$old->safe_psql('city', q{
	SET client_min_messages = warning;
	CREATE EXTENSION pg_cron;
	SELECT peoplecall.schedule_jobs();
	ANALYZE});
my $jobs = q{SELECT schedule, command, username, database, active FROM cron.job ORDER BY command};
my $scheduled = ask($old, 'city', $jobs);
my $rows = digests($old, 'city');
my $additions = city_additions($old, 'city');
my $anchor = ask($old, 'city', q{SELECT jsonb_agg(anchor) FROM peoplecall.history_anchor()});
my $answers = q{
	SET peoplecall.as_of = '2019-12-01 09:00+08';
	SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.org, e.rank)
	          FROM peoplecall.explain_responsibility('market.prepaid', '420106012001', 'C', '2019-12-01 00:00+08') AS e),
	       peoplecall.due_at('2019-09-30 09:00+08', '5wd', 'small_city_office')::text,
	       (SELECT jsonb_agg(to_jsonb(b) ORDER BY b::text) FROM peoplecall.lights AS b)};
my $answered = ask($old, 'city', $answers);

is_deeply([ grep { $rows->{$_} =~ /^0 rows/ } sort keys %$rows ], [], 'the fixture fills every table');
is(scalar(split /\n/, $scheduled), ask($old, 'city', 'SELECT count(*) FROM peoplecall.jobs()'),
	'the jobs are scheduled');
unlike($additions, qr/ 0\b/, "of every kind of addition there is one: $additions");
$old->stop;

command_ok(
	[ "$bin/pg_upgrade", '--no-sync', '--old-bindir', "$older/bin", '--new-bindir', $bin,
		'--old-datadir', $old->data_dir, '--new-datadir', $new->data_dir,
		'--old-port', $old->port, '--new-port', $new->port,
		'--socketdir', $new->host ],
	'pg_upgrade goes through');
$new->start;

is_deeply(digests($new, 'city'), $rows, 'every row and sequence is as it was');
is(city_additions($new, 'city'), $additions, 'so is what the city added');
is(ask($new, 'city', $answers), $answered, 'rules, calendars and views answer as before');
is(ask($new, 'city', q{SELECT count(*) FROM pg_index WHERE NOT indisvalid}), '0', 'every index is valid');

is(ask($new, 'city', qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$)}),
	'', 'the history is whole, and what it was');
is(ask($new, 'city', q{SELECT * FROM peoplecall.check_ledger()}), '', 'so is the ledger');
is(ask($new, 'city', q{SELECT next_step FROM peoplecall.versions()}), '', 'nothing is left to do');

# what pg_upgrade leaves to be done for every extension
$new->safe_psql('city', "SET client_min_messages = warning; ALTER EXTENSION $_ UPDATE")
  foreach qw(pg_cron ltree btree_gist peoplecall);
is(ask($new, 'city', $jobs), $scheduled, 'the jobs are scheduled as before');
$new->safe_psql('city', 'SELECT peoplecall.schedule_jobs()');
is(ask($new, 'city', $jobs), $scheduled, 'once');

# The dump's extension pg_cron could not be made beside this one.
$new->safe_psql('city', 'DROP EXTENSION pg_cron');
$new->safe_psql('postgres', 'CREATE DATABASE by_dump TEMPLATE template0');
command_checks_all(
	[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', $dump, '-d', $new->connstr('by_dump') ],
	0, [qr/^$/], [qr/^$/], 'the dump restores without a word');
my ($upgraded, $restored) = map { whole_ledger($new, $_) } qw(city by_dump);
# pg_upgrade reads what the old server printed of a parsed body, where BETWEEN has
# become an AND inside an AND
foreach my $member ($upgraded->{members}, $restored->{members})
{
	$member->{$_} =~ tr/()//d foreach grep { $member->{$_} =~ /BEGIN ATOMIC/ } keys %$member;
}
is_deeply($upgraded->{$_}, $restored->{$_}, "by pg_upgrade and by a dump, $_ are the same")
  foreach sort keys %$restored;
ok((grep { /ADD FUNCTION peoplecall\.submit/ } values %{ $upgraded->{members} }), 'what belongs to the extension is among them');
foreach my $database (qw(city by_dump))
{
	is(ask($new, $database, q{SELECT peoplecall.create_ledger() = peoplecall.ledger_version()}), 't', "$database: create_ledger() finds its ledger");
	is(definitions($new, $database), $upgraded->{definitions}, "$database: and changes nothing");
}

# Verbs, and the sweep of what became due.
my $filed = ask($new, 'city',
	q{SELECT complaint_id FROM peoplecall.submit('hotline', '升级之后', '', '420102017020', 'city.facility')});
like($filed, qr/^420102\d{12}$/, 'a matter is filed');
is(ask($new, 'city', qq{
		SELECT state FROM peoplecall.accept($filed);
		SELECT state FROM peoplecall.contact($filed)}),
	"dispatched\ndispatched", 'accepted, and the citizen called');
my $alarms = q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'};
my $before = ask($new, 'city', $alarms);
$new->safe_psql('city', q{
	SELECT set_config('peoplecall.as_of', (now() + interval '40 days')::text, false);
	CALL peoplecall.sweep()});
cmp_ok(ask($new, 'city', $alarms), '>', $before + 5, 'the sweep finds what is due');
is(ask($new, 'city', q{SELECT * FROM peoplecall.check_ledger()}), '', 'and the ledger agrees with itself');
is(ask($new, 'city', qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$)}),
	'', 'the history goes on from what it was');

$new->stop;
done_testing();
