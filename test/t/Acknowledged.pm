# Clients that work on a ledger until the server goes, and what they were told
# is committed: for the tests that kill a server and look what is left.
package Acknowledged;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

our @EXPORT = qw(start_clients finish_clients keep_sweeping note_acknowledged
  nothing_is_lost no_rows);

my $folder = PostgreSQL::Test::Utils::tempdir();

# What a client does: each verb in a transaction of its own, then a line that
# says so. psql reads a result, and goes on, only when it is committed.
sub story
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
	my ($node, $name, $script) = @_;

	append_to_file("$folder/$name.sql", $script);
	return IPC::Run::start(
		[ 'psql', '-Xqt', '-v', 'ON_ERROR_STOP=1', '-f', "$folder/$name.sql",
			'-d', $node->connstr('city') ],
		'<', \undef, '>', "$folder/$name.out", '2>', "$folder/$name.err");
}

# Sessions that do verbs, and some that sweep.
sub start_clients
{
	my ($node, $round, $clients, $sweeps) = @_;
	my $sweep = join '', map { "CALL peoplecall.sweep(7);\n\\echo swept\n" } 1 .. 2000;

	return ((map { start_psql($node, "work-$round-$_", story($_, $round)) } 1 .. $clients),
		(map { start_psql($node, "sweep-$round-$_", $sweep) } 1 .. $sweeps));
}

# Waits until the sessions of a round have noticed that the server is gone. What
# was acknowledged, as "verb complaint" => times, the number of sweeps that were,
# the number of sessions that were cut off, and the errors that are no part of that.
sub finish_clients
{
	my ($round, @sessions) = @_;
	my %times;

	$_->finish foreach @sessions;
	foreach my $file (glob "$folder/work-$round-*.out")
	{
		foreach my $line (split /\n/, slurp_file($file))
		{
			$times{$line}++ if $line =~ /^[a-z_]+ \d+$/;
		}
	}
	my $swept = () = join('', map { slurp_file($_) } glob "$folder/sweep-$round-*.out") =~ /^swept$/mg;
	my @errors = map { slurp_file($_) } glob "$folder/*-$round-*.err";
	return { times => \%times, swept => $swept,
		cut_off => scalar(grep { /server closed the connection|terminating connection|connection to server/ } @errors),
		errors => join('', grep { /ERROR:/ } map { split /^/m } @errors) };
}

# pg_cron in database city: the jobs as they are in life, and one that begins
# when the server does and goes on sweeping, since a minute is long here. A
# backend that never waits would not notice that its postmaster is gone.
sub keep_sweeping
{
	my ($node) = @_;

	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\n"
		. "cron.database_name = 'city'\ncron.host = '" . $node->host . "'\n");
	$node->restart;
	$node->safe_psql('city', q{
		CREATE EXTENSION pg_cron;
		SELECT FROM peoplecall.schedule_jobs();
		CREATE PROCEDURE public.keep_sweeping() LANGUAGE plpgsql AS $$
		BEGIN
			LOOP
				CALL peoplecall.sweep(7);
				PERFORM pg_sleep(0.01);
			END LOOP;
		END $$;
		SELECT cron.schedule_in_database('keep sweeping', '@reboot', 'CALL public.keep_sweeping()',
			'city', 'city_owner')});
	$node->restart;
	return;
}

# Keeps in the database what was acknowledged.
sub note_acknowledged
{
	my ($node, %times) = @_;

	return unless %times;
	$node->safe_psql('city', q{
		CREATE TABLE IF NOT EXISTS public.acknowledged (verb text, complaint_id bigint, times bigint);
		INSERT INTO public.acknowledged VALUES }
		. join(', ', map { my ($verb, $id) = split / /; "('$verb', $id, $times{$_})" } sort keys %times));
	return;
}

sub no_rows
{
	my ($node, $query, $name) = @_;
	return is(ask($node, 'city', $query), '', $name);
}

my @promises = (
	[ 'every acknowledged verb is there', q{
		WITH told AS (
			SELECT a.verb, a.complaint_id, sum(a.times) AS times
			  FROM public.acknowledged AS a
			 GROUP BY 1, 2
		), written AS (
			SELECT e.verb, e.complaint_id, count(*) AS times
			  FROM peoplecall.event AS e
			 GROUP BY 1, 2
		)
		SELECT verb, complaint_id, t.times, w.times
		  FROM told AS t
		  LEFT JOIN written AS w USING (verb, complaint_id)
		 WHERE t.times > coalesce(w.times, 0)} ],
	[ 'the ledger is whole', 'SELECT * FROM peoplecall.check_ledger()' ],
	[ 'so is its history', 'SELECT * FROM peoplecall.verify_history()' ],
	[ 'no step was taken twice', q{
		SELECT e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
		  FROM peoplecall.event AS e
		 WHERE e.verb = 'alarm'
		 GROUP BY 1, 2, 3
		HAVING count(*) > 1} ]);

# What was acknowledged is there, what is there is whole.
sub nothing_is_lost
{
	my ($node, $when) = @_;
	my @answers = split /^next\n?/m,
	  ask($node, 'city', join "; SELECT 'next'; ", map { $_->[1] } @promises), -1;

	is($answers[$_], '', "$when: $promises[$_][0]") foreach 0 .. $#promises;
	return;
}

1;
