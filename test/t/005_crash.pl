# Several clients do verbs and the sweep runs, with full fsync, while the
# postmaster is killed with SIGKILL again and again: every verb that was
# acknowledged is there, whatever is there is whole, no step of the ladder was
# taken twice, and the next run catches up.
#
# PEOPLECALL_CRASH_ROUNDS says how often it is killed (default 8).
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;
use Time::HiRes qw(sleep);

my $rounds = $ENV{PEOPLECALL_CRASH_ROUNDS} || 8;
my $clients = 4;
my $folder = PostgreSQL::Test::Utils::tempdir();
my $seed = $ENV{PEOPLECALL_CRASH_SEED} || time;
srand($seed);

my $node = new_node('crash', conf => "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n");
new_ledger($node, 'city');
$node->safe_psql('city', q{
	CREATE TABLE public.acknowledged (verb text, complaint_id bigint, times bigint)});

# What a client does: each verb in a transaction of its own, then a line that
# says so. psql reads a result, and goes on, only when it is committed.
sub work
{
	my ($client, $round) = @_;
	my $script = '';
	my $verb = sub {
		my ($name, $call) = @_;
		$script .= "SELECT FROM peoplecall.$call \\g /dev/null\n\\echo $name :c\n";
	};

	foreach my $n (1 .. 500)
	{
		my $key = "$round-$client-$n";
		# one in three was called in weeks ago, so that the sweep has work
		my $late = $n % 3 == 0;
		$script .= "SET peoplecall.as_of = '2019-12-05 09:00+08';\n" if $late;
		$script .= "SELECT complaint_id AS c FROM peoplecall.submit('hotline', '噪声 $key', '', "
		  . "'420106012001', 'police.noise', external_id => '$key') \\gset\n\\echo submit :c\n";
		$script .= "RESET peoplecall.as_of;\n" if $late;
		next if $late;
		$verb->('report', "report(:c, '$key')");
		$verb->('accept', 'accept(:c)');
		$verb->('contact', 'contact(:c)');
		if ($n % 4 == 0)
		{
			$verb->('request', q{request(:c, 'suspend', '等鉴定', until => now() + interval '5 days')});
			$verb->('decide', q{decide(:c, 1, true, '同意')});
		}
		$verb->('complete', q{complete(:c, '已办结')});
		$verb->('close', 'close(:c)');
		$verb->('reopen', q{reopen(:c, '复发')}) if $n % 5 == 0;
	}
	return $script;
}

sub start_psql
{
	my ($name, $script) = @_;

	append_to_file("$folder/$name.sql", $script);
	return IPC::Run::start(
		[ 'psql', '-Xqt', '-v', 'ON_ERROR_STOP=1', '-f', "$folder/$name.sql",
			'-d', $node->connstr('city') ],
		'<', \undef, '>', "$folder/$name.out", '2>', "$folder/$name.err");
}

# Backends that were at work when the postmaster went hold the shared memory
# until they notice.
sub start_again
{
	foreach (1 .. 100)
	{
		return 1 if $node->start(fail_ok => 1);
		# where nobody reaps it, the one that was killed looks alive
		$node->{_pid} = undef;
		sleep 0.2;
	}
	return 0;
}

sub no_rows
{
	my ($query, $name) = @_;
	return is(ask($node, 'city', $query), '', $name);
}

my $acknowledged = 0;
my $swept = 0;
my $interrupted = 0;

foreach my $round (1 .. $rounds)
{
	my @sessions = map { start_psql("work-$round-$_", work($_, $round)) } 1 .. $clients;
	push @sessions, start_psql("sweep-$round-$_",
		join '', map { "CALL peoplecall.sweep(7);\n\\echo swept\n" } 1 .. 2000)
	  foreach 1, 2;
	sleep 0.4 + rand 0.8;
	$node->kill9;
	$_->finish foreach @sessions;

	my %times;
	foreach my $file (glob "$folder/work-$round-*.out")
	{
		foreach my $line (split /\n/, slurp_file($file))
		{
			$times{$line}++ if $line =~ /^[a-z_]+ \d+$/;
		}
	}
	$acknowledged += $_ foreach values %times;
	$swept += () = slurp_file($_) =~ /^swept$/mg foreach glob "$folder/sweep-$round-*.out";
	my @errors = map { slurp_file($_) } glob "$folder/*-$round-*.err";
	$interrupted += grep { /server closed the connection|terminating connection|connection to server/ } @errors;
	is(join('', grep { /ERROR:/ } map { split /^/m } @errors), '', "round $round: no verb failed by itself");

	ok(start_again(), "round $round: the server starts again") or last;
	$node->safe_psql('city', 'INSERT INTO public.acknowledged VALUES '
		. join(', ', map { my ($verb, $id) = split / /; "('$verb', $id, $times{$_})" } sort keys %times))
	  if %times;
	no_rows(q{
		SELECT a.verb, a.complaint_id, sum(a.times)
		  FROM public.acknowledged AS a
		 GROUP BY a.verb, a.complaint_id
		HAVING sum(a.times) > (
			SELECT count(*) FROM peoplecall.event AS e
			 WHERE e.complaint_id = a.complaint_id AND e.verb = a.verb)},
		"round $round: every acknowledged verb is there");
	no_rows('SELECT * FROM peoplecall.check_ledger()', "round $round: the ledger is whole")
	  or diag("PEOPLECALL_CRASH_SEED=$seed");
	no_rows('SELECT * FROM peoplecall.verify_history()', "round $round: so is its history");
	no_rows(q{
		SELECT e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
		  FROM peoplecall.event AS e
		 WHERE e.verb = 'alarm'
		 GROUP BY 1, 2, 3
		HAVING count(*) > 1}, "round $round: no step was taken twice");
}

# These numbers make the above worth something.
cmp_ok($acknowledged, '>', 20 * $rounds, "$acknowledged verbs were acknowledged");
cmp_ok($interrupted, '>', $rounds, "$interrupted sessions were cut off");
cmp_ok(ask($node, 'city', q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'}), '>', $rounds,
	'the sweep was at work');
note("$swept sweeps were acknowledged");

# The next run catches up.
$node->safe_psql('city', 'CALL peoplecall.sweep()');
no_rows('SELECT * FROM peoplecall.sweep_backlog', 'nothing is due after the next sweep');
no_rows('SELECT * FROM peoplecall.sweep_status', 'and nothing failed');
no_rows('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
no_rows('SELECT * FROM peoplecall.verify_history()', 'and so is its history');

$node->stop;
done_testing();
