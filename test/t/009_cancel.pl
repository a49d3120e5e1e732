# A sweep, a recomputing and an import are cut off in the middle, by
# statement_timeout, pg_cancel_backend and pg_terminate_backend: what a batch did
# not commit is not there, what it did is whole, nobody is blamed, and the next
# run does the rest.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir();
my $node = new_node('cancel', conf => "fsync = off\n");
new_ledger($node, 'city');
my $watch = $node->background_psql('city');

sub is_whole
{
	my ($when) = @_;
	return is(ask($node, 'city', q{
			SELECT * FROM peoplecall.check_ledger();
			SELECT * FROM peoplecall.verify_history();
			SELECT * FROM peoplecall.sweep_status}),
		'', "$when: the ledger and its history are whole, and nobody is blamed");
}

# Runs a statement that works in batches and, when the count that shows how far
# it came has grown, ends it. The SQLSTATE of what it said, empty for nothing.
sub run_and_cut
{
	my ($call, $progress, $how) = @_;
	my $err = '';
	my $before = session_says($watch, $progress);
	my $session = IPC::Run::start(
		[ 'psql', '-Xqt', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('city') . ' application_name=cut', '-c', $call ],
		'<', \undef, '>', \my $out, '2>', \$err);

	while ($session->pumpable)
	{
		if (session_says($watch, $progress) ne $before)
		{
			session_says($watch, "SELECT $how(pid) FROM pg_stat_activity WHERE application_name = 'cut'");
			last;
		}
		last unless session_says($watch, q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cut'})
		  || !$err;
		$session->pump_nb;
	}
	$session->finish;
	$node->poll_query_until('city', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'cut'});
	return $err =~ /(?:ERROR|FATAL):\s+(\w{5}):/ ? $1 : '';
}

# The three ways, each in the middle of what the one before left, then to the end.
sub cut_off
{
	my ($what, $call, $progress, $rest) = @_;
	my $all = ask($node, 'city', $rest);

	foreach (['pg_cancel_backend', '57014'], ['pg_terminate_backend', '57P01'])
	{
		my ($how, $state) = @$_;

		is(run_and_cut($call, $progress, $how), $state, "$what: $how");
		my $left = ask($node, 'city', $rest);
		cmp_ok($left, '<', $all, 'something was done');
		cmp_ok($left, '>', 0, 'and not all');
		is_whole("$what after $how");
		$all = $left;
	}

	# ever longer, until it comes to the end
	my $cuts = 0;
	my $parts = 0;
	for (my $timeout = 5; $timeout < 120_000; $timeout *= 2.5)
	{
		my ($status, undef, $err) = $node->psql('city',
			"\\set VERBOSITY verbose\nSET statement_timeout = " . int($timeout) . ";\n$call");
		my $left = ask($node, 'city', $rest);

		$parts++ if $left > 0 && $left < $all;
		$all = $left;
		last unless $status;
		$cuts++;
		like($err, qr/ERROR:  57014: canceling statement due to statement timeout/, "$what: a timeout");
		is_whole("$what after it");
	}
	cmp_ok($cuts, '>', 0, "$what was ended by $cuts timeouts, $parts of them in the middle");
	is($all, 0, 'the last run does the rest');
	is_whole("$what at its end");
	$node->safe_psql('city', $call);
	is(ask($node, 'city', $rest), 0, 'once more changes nothing');
	return;
}

# A sweep of a hundred and sixty matters that nobody touched for weeks.
$node->safe_psql('city', q{
	SET peoplecall.as_of = '2019-12-05 09:00+08';
	SELECT FROM generate_series(1, 160) AS n
	 CROSS JOIN LATERAL peoplecall.submit('hotline', '噪声' || n, '',
		(ARRAY['420106012001', '420102017020'])[n % 2 + 1]::peoplecall.areacode, 'police.noise')});
cut_off('sweep', 'CALL peoplecall.sweep(10)',
	q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'},
	'SELECT count(DISTINCT complaint_id) FROM peoplecall.clock WHERE next_alarm_at <= now()');
is(ask($node, 'city', q{
	SELECT e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
	  FROM peoplecall.event AS e
	 WHERE e.verb = 'alarm'
	 GROUP BY 1, 2, 3
	HAVING count(*) > 1}), '', 'no step was taken twice');
my $alarms = ask($node, 'city', q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'});

# All their deadlines anew.
$node->safe_psql('city', q{UPDATE peoplecall.sla_policy SET allowed = '9wd' WHERE clock = 'resolve'});
my $stale = q{
	SELECT count(DISTINCT s.complaint_id)
	  FROM peoplecall.open_districts() AS d (id)
	 CROSS JOIN LATERAL peoplecall.stale_clocks(d.id,
		ARRAY(SELECT c.id FROM peoplecall.complaint AS c WHERE c.district_id = d.id), NULL) AS s};
cut_off('recompute', 'CALL peoplecall.recompute_deadlines(batch => 10)',
	q{SELECT count(*) FROM peoplecall.event WHERE verb = 'recompute'}, $stale);
is(ask($node, 'city', q{
		SELECT count(*) FROM (SELECT FROM peoplecall.event WHERE verb = 'recompute' GROUP BY complaint_id HAVING count(*) > 1) AS x}),
	0, 'no deadline moved twice');
is(ask($node, 'city', q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'}), $alarms, 'and no step was taken');

# An import of two hundred.
$node->safe_psql('city', q{
	INSERT INTO peoplecall.staging_complaint (channel, external_id, title, body, area, category, received_at)
	SELECT 'hotline', 'old-' || n, '旧件' || n, '', '420106012001', 'police.noise', '2019-11-01 09:00+08'
	  FROM generate_series(1, 200) AS n});
cut_off('import', 'CALL peoplecall.import_complaints(batch => 10)',
	q{SELECT count(*) FROM peoplecall.intake_key WHERE external_id ~ '^old-'},
	'SELECT count(*) FROM peoplecall.staging_complaint');
is(ask($node, 'city', q{SELECT count(*), count(DISTINCT external_id) FROM peoplecall.intake_key WHERE external_id ~ '^old-'}),
	'200|200', 'each was taken in once');
is(ask($node, 'city', q{SELECT count(*) FROM peoplecall.complaint WHERE title ~ '^旧件'}), 200, 'as one complaint');

$watch->quit;
$node->stop;
done_testing();
