# A synchronous standby is promoted in the middle of the load, its primary killed
# with SIGKILL: every verb that was acknowledged is there, nothing is there twice,
# pg_cron and the clients go on at the new primary; and that one has a standby of
# its own, and is killed too.
#
# PEOPLECALL_FAILOVER_ROUNDS says how often (default 2).
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Acknowledged;
use Test::More;
use Time::HiRes qw(sleep);

my $rounds = $ENV{PEOPLECALL_FAILOVER_ROUNDS} || 2;
my $seed = $ENV{PEOPLECALL_FAILOVER_SEED} || time;
srand($seed);
note("PEOPLECALL_FAILOVER_SEED=$seed");

my $primary = new_node('node0', allows_streaming => 1,
	conf => "fsync = on\nsynchronous_commit = on\nrecovery_init_sync_method = syncfs\n"
	  # a job's row names the port of the server that it was scheduled at, and
	  # workers of the server's own want none
	  . "cron.use_background_workers = on\n");
new_ledger($primary, 'city');
keep_sweeping($primary);

# A standby without which nothing is acknowledged from now on.
sub new_standby
{
	my ($name) = @_;
	my $standby = PostgreSQL::Test::Cluster->new($name);

	$primary->backup($name, backup_options => [ '--checkpoint', 'fast' ]);
	$standby->init_from_backup($primary, $name, has_streaming => 1);
	# what the primary said of its own standby is in the copy too
	$standby->append_conf('postgresql.conf',
		"synchronous_standby_names = ''\ncron.host = '" . $standby->host . "'\n");
	$standby->start;
	$primary->append_conf('postgresql.conf', "synchronous_standby_names = '$name'\n");
	$primary->reload;
	$primary->poll_query_until('city',
		"SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = '$name' AND sync_state = 'sync'")
	  or die "$name does not become a synchronous standby";
	return $standby;
}

my $by_owner = q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm' AND actor = 'city_owner'};
my $elsewhere = q{SELECT count(*) FROM cron.job WHERE nodeport <> current_setting('port')::int AND jobname ~ '^peoplecall'};
my $acknowledged = 0;

foreach my $round (1 .. $rounds)
{
	my $standby = new_standby("node$round");
	my @sessions = start_clients($primary, $round, 3, 1);

	sleep 1 + rand 0.5;
	my $anchor = ask($primary, 'city', 'SELECT jsonb_agg(anchor) FROM peoplecall.history_anchor()');
	sleep 0.5 + rand 0.5;
	$primary->kill9;
	$standby->promote;
	my $seen = finish_clients($round, @sessions);
	my %times = %{ $seen->{times} };
	my $before = ask($standby, 'city', $by_owner);

	is($seen->{errors}, '', "round $round: no verb failed by itself");
	$acknowledged += $_ foreach values %times;
	cmp_ok($seen->{cut_off}, '>', 2, 'the sessions were cut off');
	$primary = $standby;
	isnt(ask($primary, 'city', $elsewhere), 0, 'jobs would connect to where the old one was');
	$primary->safe_psql('city', 'SET ROLE city_owner; SELECT peoplecall.schedule_jobs()');
	is(ask($primary, 'city', $elsewhere), 0, 'unless they are scheduled again');
	note_acknowledged($primary, %times);
	nothing_is_lost($primary, "round $round, at the new primary");
	# those that were called in weeks ago are in the time of an anchor that is younger
	is(ask($primary, 'city', qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$) AS v WHERE v.finding <> 'added'}), '',
		'the anchor that the old one gave holds at the new one');

	# it goes on there, and pg_cron's sweep alone does what falls due
	@sessions = start_clients($primary, "$round-after", 2, 0);
	sleep 1;
	$primary->safe_psql('city', q{
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		 WHERE application_name <> 'pg_cron' AND backend_type = 'client backend' AND pid <> pg_backend_pid()});
	$seen = finish_clients("$round-after", @sessions);
	is($seen->{errors}, '', 'and the verbs do');
	cmp_ok(scalar(keys %{ $seen->{times} }), '>', 10, 'many of them');
	note_acknowledged($primary, %{ $seen->{times} });
	$primary->safe_psql('city', q{
		SET peoplecall.as_of = '2019-12-05 09:00+08';
		SELECT FROM peoplecall.submit('hotline', '无人过问', '', '420106012001', 'police.noise')});
	ok(wait_until($primary, 'city', 60, "SELECT count(*) = 0 FROM peoplecall.sweep_backlog"),
		'pg_cron goes on sweeping at the new primary');
	cmp_ok(ask($primary, 'city', $by_owner), '>', $before, 'and took steps there');
	nothing_is_lost($primary, "round $round, after it");
}
cmp_ok($acknowledged, '>', 20 * $rounds, "$acknowledged verbs were acknowledged before a kill");
cmp_ok(ask($primary, 'city', $by_owner), '>', $rounds, 'pg_cron was at work');

$primary->safe_psql('city', 'CALL peoplecall.sweep()');
no_rows($primary, 'SELECT * FROM peoplecall.sweep_status', 'no complaint failed in a sweep');
nothing_is_lost($primary, 'at the end');

$primary->stop;
done_testing();
