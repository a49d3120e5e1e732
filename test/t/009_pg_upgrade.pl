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
$old->safe_psql('city', q{
	SET client_min_messages = warning;
	CREATE EXTENSION pg_cron;
	GRANT USAGE ON SCHEMA cron TO city_owner;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cron TO city_owner;
	SELECT peoplecall.schedule_jobs();
	ANALYZE});
my $jobs = q{SELECT schedule, command, username, database, active FROM cron.job ORDER BY command};
my $bin = $new->config_data('--bindir');

# asked by the same pg_dump before and after
my $before = whole_ledger($old, 'city', bin => $bin);
my $additions = city_additions($old, 'city');
my $scheduled = ask($old, 'city', $jobs);
my $anchor = ask($old, 'city', q{SELECT jsonb_agg(anchor) FROM peoplecall.history_anchor()});
my $answers = q{
	SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.org, e.rank)
	          FROM peoplecall.explain_responsibility('market.prepaid', '420106012001', 'C', '2019-12-01 00:00+08') AS e),
	       peoplecall.due_at('2019-09-30 09:00+08', '5wd', 'small_city_office')::text,
	       (SELECT jsonb_agg(to_jsonb(b) ORDER BY b::text) FROM peoplecall.lights AS b)};
my $answered = ask($old, 'city', "SET peoplecall.as_of = '2019-12-01 09:00+08'; $answers");

is_deeply([ grep { $before->{rows}->{$_} =~ /^0 rows/ } sort keys %{ $before->{rows} } ],
	[], 'the fixture fills every table');
ok((grep { /ADD FUNCTION peoplecall\.submit/ } values %{ $before->{members} }), 'the dump says what belongs to the extension');
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

my $after = whole_ledger($new, 'city');
is($after->{definitions}, $before->{definitions}, 'every definition is as it was');
is_deeply($after->{members}, $before->{members}, 'so is every object of the extension');
is_deeply($after->{rows}, $before->{rows}, 'so is every row and sequence');
is(city_additions($new, 'city'), $additions, 'and what the city added');
is(ask($new, 'city', "SET peoplecall.as_of = '2019-12-01 09:00+08'; $answers"), $answered,
	'rules, calendars and views answer as before');
is(ask($new, 'city', q{SELECT count(*) FROM pg_index WHERE NOT indisvalid}), '0', 'every index is valid');

is(ask($new, 'city', qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$)}),
	'', 'the history is whole, and what it was');
is(ask($new, 'city', q{SELECT * FROM peoplecall.check_ledger()}), '', 'so is the ledger');
is(ask($new, 'city', q{SELECT next_step FROM peoplecall.versions()}), '', 'nothing is left to do');
is(ask($new, 'city', q{SELECT peoplecall.create_ledger()}), '1', 'create_ledger() finds its ledger');
is(definitions($new, 'city'), $before->{definitions}, 'and changes nothing');

# pg_cron's own objects are brought up as any extension's
$new->safe_psql('city', 'SET client_min_messages = warning; ALTER EXTENSION pg_cron UPDATE');
is(ask($new, 'city', $jobs), $scheduled, 'the jobs are scheduled as before');
$new->safe_psql('city', 'SELECT peoplecall.schedule_jobs()');
is(ask($new, 'city', $jobs), $scheduled, 'once');

# Verbs, and the sweep of what became due.
my $filed = ask($new, 'city', q{
	SET peoplecall.as_of = '2019-12-02 09:00+08';
	SELECT complaint_id FROM peoplecall.submit('hotline', '升级之后', '', '420102017020', 'city.facility')});
like($filed, qr/^420102\d{12}$/, 'a matter is filed');
is(ask($new, 'city', qq{
		SET peoplecall.as_of = '2019-12-02 09:05+08';
		SELECT state FROM peoplecall.accept($filed);
		SELECT state FROM peoplecall.complete($filed, result => '已办结')}),
	"dispatched\ncompleted", 'accepted and completed');
my $due = ask($new, 'city', q{
	SET peoplecall.as_of = '2019-12-02 09:00+08';
	SELECT complaint_id FROM peoplecall.submit('hotline', '升级之后无人签收', '', '420102017020', 'city.facility')});
$new->safe_psql('city', q{
	SET peoplecall.as_of = '2020-01-02 09:00+08';
	CALL peoplecall.sweep()});
cmp_ok(ask($new, 'city', qq{
		SELECT count(*) FROM peoplecall.event WHERE complaint_id = $due AND verb = 'alarm'}),
	'>', 1, 'the sweep finds what is due');
is(ask($new, 'city', q{SELECT * FROM peoplecall.check_ledger()}), '', 'and the ledger agrees with itself');
is(ask($new, 'city', qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$)}),
	'', 'the history goes on from what it was');

$new->stop;
done_testing();
