# Several clients do verbs, two of them and pg_cron sweep, with full fsync, while
# the postmaster is killed with SIGKILL again and again: every verb that was
# acknowledged is there, whatever is there is whole, no step of the ladder was
# taken twice, and the next run catches up.
#
# PEOPLECALL_CRASH_ROUNDS says how often it is killed (default 20).
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Acknowledged;
use Test::More;
use Time::HiRes qw(sleep);

my $rounds = $ENV{PEOPLECALL_CRASH_ROUNDS} || 20;
my $seed = $ENV{PEOPLECALL_CRASH_SEED} || time;
srand($seed);
note("PEOPLECALL_CRASH_SEED=$seed");

# what was not synced is synced at a start by one call in place of one a file
my $node = new_node('crash', conf =>
	"fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nrecovery_init_sync_method = syncfs\n");
new_ledger($node, 'city');
keep_sweeping($node);

# Backends that were at work when the postmaster went hold the shared memory
# until they notice.
sub start_again
{
	foreach (1 .. 200)
	{
		return 1 if $node->start(fail_ok => 1);
		# where nobody reaps it, the one that was killed looks alive
		$node->{_pid} = undef;
		sleep 0.1;
	}
	return 0;
}

# Steps that pg_cron's sweeps took: they are the owner's, the others a superuser's.
my $by_owner = q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm' AND actor = 'city_owner'};

my $acknowledged = 0;
my $swept = 0;
my $cut_off = 0;
my $busy = 0;
my $by_cron = 0;

foreach my $round (1 .. $rounds)
{
	my @sessions = start_clients($node, $round, 3, 1);
	sleep 0.3 + rand 0.6;
	$node->kill9;
	my $seen = finish_clients($round, @sessions);
	my %times = %{ $seen->{times} };

	is($seen->{errors}, '', "round $round: no verb failed by itself");
	ok(start_again(), "round $round: the server starts again") or last;
	note_acknowledged($node, %times);
	nothing_is_lost($node, "round $round");

	$acknowledged += $_ foreach values %times;
	$swept += $seen->{swept};
	$cut_off += $seen->{cut_off};
	my $steps = ask($node, 'city', $by_owner);
	$busy++ if $steps > $by_cron;
	$by_cron = $steps;
}

# These numbers make the above worth something.
cmp_ok($acknowledged, '>', 10 * $rounds, "$acknowledged verbs were acknowledged");
cmp_ok($cut_off, '>', $rounds, "$cut_off sessions were cut off");
cmp_ok($busy, '>', $rounds / 2, "pg_cron's sweep was at work between $busy of the $rounds kills, it took $by_cron steps");
cmp_ok(ask($node, 'city', $by_owner =~ s/=(?= 'city)/<>/r), '>', 0, 'so were the other ones');
cmp_ok(ask($node, 'city', q{
		SELECT count(*) FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid)
		 WHERE j.jobname = 'keep sweeping' AND d.status = 'failed'}), '>', $rounds / 2,
	'which pg_cron knows as runs that a crash ended');
note("$swept other sweeps were acknowledged");

# The next run catches up.
my $before = ask($node, 'city', 'SELECT now()');
$node->safe_psql('city', 'CALL peoplecall.sweep()');
no_rows($node, "SELECT * FROM peoplecall.sweep_backlog WHERE oldest < '$before'", 'nothing is due after the next sweep');
no_rows($node, 'SELECT * FROM peoplecall.sweep_status', 'and nothing failed');
nothing_is_lost($node, 'at the end');

$node->stop;
done_testing();
