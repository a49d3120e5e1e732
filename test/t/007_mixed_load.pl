# Everything at once: clients that do every verb by random choice, two sweeps,
# two editors of the rulebook who also recompute, import and appraise. Nothing is
# refused but for reasons of the workflow, nobody waits for ever, and what is
# left is whole. And who only holds things, a snapshot or a complaint, does not
# stop the sweep.
#
# PEOPLECALL_LOAD_SECONDS says for how long (default 15).
use strict;
use warnings FATAL => 'all';
use IPC::Run;

# how long a session that is left open may be
BEGIN { $ENV{PG_TEST_TIMEOUT_DEFAULT} ||= 180 + 2 * ($ENV{PEOPLECALL_LOAD_SECONDS} || 0) }

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;
use List::Util qw(shuffle);

my $seconds = $ENV{PEOPLECALL_LOAD_SECONDS} || 15;
my $seed = $ENV{PEOPLECALL_LOAD_SEED} || time;
my $folder = PostgreSQL::Test::Utils::tempdir();
srand($seed);
note("PEOPLECALL_LOAD_SEED=$seed");

# fsync says nothing about locks
my $node = new_node('load', conf => "fsync = off\nlog_lock_waits = on\n");
new_ledger($node, 'city');
load_fixture($node, 'city', 'mixed_load');

sub no_rows
{
	my ($query, $name) = @_;
	return is(ask($node, 'city', $query), '', $name);
}

# every second time the history is a table by months
$node->safe_psql('city', 'SELECT peoplecall.partition_ledger()') if $seed % 2;

no_rows(q{SELECT v.verb FROM peoplecall.verbs() AS v EXCEPT SELECT a.verb FROM public.attempt AS a
	-- these rebuild tables, for which everybody waits
	EXCEPT SELECT unnest('{partition_ledger,detach_history,distribute}'::text[])},
	'the load knows every verb');

#
# Who holds things.
#
my @late = split /\n/, ask($node, 'city', q{
	SET peoplecall.as_of = '2019-12-05 09:00+08';
	SELECT s.complaint_id
	  FROM generate_series(1, 4) AS n
	 CROSS JOIN LATERAL peoplecall.submit('hotline', '噪声' || n, '', '420106012001', 'police.noise') AS s});
my $alarms = 'SELECT count(*) FROM peoplecall.event WHERE verb = \'alarm\'';
my %holding = map { $_ => $node->background_psql('city') } qw(snapshot reader row);
session_says($holding{snapshot}, "BEGIN; $alarms; DECLARE c CURSOR FOR TABLE peoplecall.clock; FETCH c");
session_says($holding{reader}, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
is(session_says($holding{reader}, $alarms), '0', 'a reader saw no step taken');
session_says($holding{row}, "BEGIN; SELECT FROM peoplecall.report($late[1], '在办')");

$node->safe_psql('city', q{SET lock_timeout = '10s'; CALL peoplecall.sweep(2)});
no_rows(qq{
	SELECT DISTINCT complaint_id FROM peoplecall.clock
	 WHERE next_alarm_at <= now() AND complaint_id <> $late[1]},
	'the sweep goes on with what nobody works on');
is(ask($node, 'city', qq{SELECT count(DISTINCT complaint_id) FROM peoplecall.clock WHERE next_alarm_at <= now()}),
	'1', 'and leaves what somebody does');
no_rows('SELECT * FROM peoplecall.sweep_status', 'which is no failure');
is(session_says($holding{reader}, $alarms), '0', 'the reader still sees what he saw');
session_says($holding{row}, 'COMMIT');
$node->safe_psql('city', 'CALL peoplecall.sweep(2)');
no_rows('SELECT * FROM peoplecall.sweep_backlog', 'the next sweep does the rest');
session_says($holding{snapshot}, 'COMMIT');

#
# Everything at once. The reader stays.
#
my @deck = map { my ($verb, $n) = split /\|/; ($verb) x $n } split /\n/,
  ask($node, 'city', 'SELECT verb, sum(weight) FROM public.attempt GROUP BY verb ORDER BY verb');
my $end = ask($node, 'city', "SELECT clock_timestamp() + interval '$seconds seconds'");
my $stop_at_end = "SELECT clock_timestamp() > '$end' AS done \\gset\n\\if :done\n\\q\n\\endif\n";

# Statements until the end; each that fails is told with its error.
sub start_session
{
	my ($name, $user, @statements) = @_;
	# the operators of areas and grades are for whoever looks for them
	my $script = "SET search_path = public, peoplecall;\n\\set VERBOSITY verbose\n";
	my $n = 0;

	foreach (@statements)
	{
		$script .= "$_\n";
		$script .= $stop_at_end if ++$n % 10 == 0;
	}
	append_to_file("$folder/$name.sql", $script);
	return IPC::Run::start([ 'psql', '-XqAtb', '-f', "$folder/$name.sql", '-d', $node->connstr('city') . " user=$user" ],
		'<', \undef, '>', "$folder/$name.out", '2>', "$folder/$name.err");
}

# more cards than anybody plays
my $decks = 1 + int($seconds / 2);
my @sessions = (
	(map {
		my @cards = map { "SELECT call FROM public.next_call('$_') AS call \\gexec" } map { shuffle(@deck) } 1 .. $decks;
		start_session("client-$_", $_ % 2 ? 'postgres' : 'load_clerk', @cards) } 1 .. 4),
	(map { start_session("editor-$_", 'postgres', ('SELECT public.next_edit() \gexec') x (60 * $seconds)) } 1, 2),
	start_session('sweep-1', 'city_owner', ('CALL peoplecall.sweep(7);', 'SELECT pg_sleep(0.02) \g /dev/null') x (50 * $seconds)),
	start_session('sweep-2', 'postgres', ('CALL peoplecall.sweep(3);') x (200 * $seconds)));
$_->finish foreach @sessions;
is(session_says($holding{reader}, $alarms), '0', 'a reader in REPEATABLE READ saw none of it');
session_says($holding{reader}, 'COMMIT');
$_->quit foreach values %holding;

# What came of it: by verb, how often it was done, and what it was refused with.
my %done;
my @refused;
foreach my $file (glob "$folder/client-*.out")
{
	$done{$_}++ foreach grep { /^[a-z_]+$/ } split /\n/, slurp_file($file);
}
foreach my $file (glob "$folder/*.err")
{
	# "ERROR:  SQLSTATE: message", further lines, and the statement
	foreach my $error (split /^(?=psql:[^\n]*(?:ERROR|FATAL|PANIC):)/m, slurp_file($file))
	{
		push @refused, [ $1, $error ] if $error =~ /(?:ERROR|FATAL|PANIC):\s+(\w{5}):/;
		push @refused, [ 'none', $error ] if $error =~ /connection|terminat/;
	}
}
my %allowed;
foreach (split /\n/, ask($node, 'city', q{SELECT verb, unnest(refusals) FROM public.attempt}))
{
	$allowed{$_} = 1;
}
my %count;
my @wrong;
foreach (@refused)
{
	my ($state, $error) = @$_;
	my $verb = $error =~ /FROM peoplecall\.(\w+)\(/ ? $1 : 'edit';

	$count{"$verb $state"}++;
	# where nothing was there to draw, the call says NULL
	push @wrong, $error unless $state =~ /^PC00[156]$/ || $allowed{"$verb|$state"}
	  || ($state eq '22004' && $error =~ /peoplecall\.$verb\(.*\bNULL\b/);
}
is(scalar(@wrong), 0, 'nothing was refused but for reasons of the workflow')
  or diag(join "\n", @wrong[0 .. ($#wrong < 15 ? $#wrong : 15)]);
note("$_: $count{$_}") foreach sort keys %count;
my @never = grep { !$done{$_} } split /\n/, ask($node, 'city', 'SELECT DISTINCT verb FROM public.attempt ORDER BY 1');
my $done = 0;
$done += $_ foreach values %done;
# how many is the machine's; which kinds, only enough of them can say
cmp_ok($done, '>', scalar(@refused), "$done verbs were done, " . scalar(@refused) . ' refused');
cmp_ok(scalar(@never), '<', $done < 400 ? 40 : $done < 5000 ? 12 : 1, 'of nearly all kinds')
  or diag("never done: @never");
note("never done: @never");
cmp_ok(ask($node, 'city', $alarms), '>', 4, 'the sweeps were at work');

is(join("\n", grep { /deadlock detected|PANIC|terminated by signal|internal error/ } split /\n/, slurp_file($node->logfile)),
	'', 'no deadlock and no crash');

# What is left. Edits of the rulebook want their recomputing.
# what becomes due while these run is the next sweep's
my $before = ask($node, 'city', 'SELECT now()');
$node->safe_psql('city', q{
	UPDATE peoplecall.sweep_status SET retry_at = now();
	CALL peoplecall.recompute_deadlines();
	CALL peoplecall.sweep();
	CALL peoplecall.refresh_appraisals()});
no_rows('SELECT * FROM peoplecall.sweep_status', 'no complaint failed in a sweep');
no_rows("SELECT * FROM peoplecall.sweep_backlog WHERE oldest < '$before'", 'nothing is due after the next sweep');
no_rows('SELECT * FROM peoplecall.check_ledger() LIMIT 20', 'the ledger is whole');
no_rows('SELECT * FROM peoplecall.verify_history() LIMIT 20', 'so is its history');
no_rows('SELECT * FROM peoplecall.check_appraisal() LIMIT 20', 'and the appraisal');
no_rows(q{
	SELECT k.complaint_id, k.pauses, g.pauses
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c ON c.id = k.complaint_id AND c.origin_id IS NULL
	 CROSS JOIN LATERAL (
		SELECT range_agg(tstzrange(r.asked_at, coalesce(r.ended_at, r.until))) AS pauses
		  FROM peoplecall.request AS r
		  JOIN peoplecall.task AS t USING (district_id, complaint_id)
		 WHERE r.complaint_id = k.complaint_id AND t.seq = r.task_seq AND t.role = 'lead'
		   AND r.granted AND r.kind IN ('suspend', 'shelve')) AS g
	 WHERE k.kind = 'total' AND k.stopped_at IS NULL AND k.pauses <> coalesce(g.pauses, '{}')},
	'a matter waited for what was granted to its lead, and for nothing else');
no_rows(q{
	SELECT e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
	  FROM peoplecall.event AS e
	 WHERE e.verb = 'alarm'
	 GROUP BY 1, 2, 3
	HAVING count(*) > 1}, 'no step was taken twice');
no_rows(q{
	SELECT k.complaint_id, k.seq, k.calendar
	  FROM peoplecall.clock AS k
	 WHERE k.stopped_at IS NULL AND k.due_at < 'infinity' AND k.due_at IS DISTINCT FROM
	       peoplecall.due_at(k.started_at, k.allowed, k.extensions, k.pauses, k.calendar)},
	'every open deadline is what its calendar says');

$node->stop;
done_testing();
