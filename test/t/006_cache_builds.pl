# Memory that runs out, and queries that are cancelled, in the middle of a build
# of compiled rules: at this allocation and at that, with ten thousand rules.
# Each failure must leave what was or nothing, so that the same session answers
# right by the rules as they are then. Every build is of changed rules, so that
# an old answer is a wrong one.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

# a server whose malloc() can be told to fail
my $folder = PostgreSQL::Test::Utils::tempdir();
my $library = "$folder/failing_malloc.so";
my $headers = `pg_config --includedir-server`;
chomp $headers;
my @compile = ('cc', '-std=gnu99', '-O1', '-fno-builtin', '-fPIC', '-shared', "-I$headers", '-D_GNU_SOURCE',
	'-o', $library, 'test/preload/failing_malloc.c', '-ldl');
plan skip_all => 'no glibc here' if $^O ne 'linux' or system('ldd --version 2>&1 | grep -qiE "glibc|gnu libc"') != 0;
is(system(@compile), 0, 'the library is compiled') or BAIL_OUT('no compiler?');
$ENV{LD_PRELOAD} = $library;
my $node = new_node('builds', conf => 'log_error_verbosity = verbose');
delete $ENV{LD_PRELOAD};

new_ledger($node, 'city');
$node->safe_psql('city', qq{
	CREATE FUNCTION fail_at(bigint) RETURNS bigint LANGUAGE c STRICT AS '$library';
	CREATE FUNCTION cancel_at(bigint) RETURNS bigint LANGUAGE c STRICT AS '$library';
	CREATE FUNCTION allocations() RETURNS bigint LANGUAGE c AS '$library'});

# Ten thousand rules, and rows beside them.
$node->safe_psql('city', q{
	INSERT INTO peoplecall.grade_rule (nature, words, grade, reason)
	SELECT 'help', ARRAY['字' || n, '词' || n], 'B', 'r' || n FROM generate_series(1, 10000) AS n;
	INSERT INTO peoplecall.category (path, name, base_grade) SELECT ('bulk.c' || n)::ltree, 'c' || n, 'A' FROM generate_series(1, 2000) AS n;
	INSERT INTO peoplecall.responsibility (category, area, org, role, valid)
	SELECT ('bulk.c' || n % 2000 + 1)::ltree, '420106', 31 + n / 2000, 'assist', tstzrange('2019-01-01'::timestamptz + n * interval '1 hour', NULL)
	  FROM generate_series(0, 3999) AS n;
	INSERT INTO peoplecall.calendar (name, timezone, known_until) SELECT 'cal' || n, 'Asia/Shanghai', '2030-01-01' FROM generate_series(1, 50) AS n;
	INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes) SELECT 'cal' || n, w, '08:00', '17:00' FROM generate_series(1, 50) AS n, generate_series(1, 5) AS w;
	INSERT INTO peoplecall.calendar_day (calendar, day, is_workday) SELECT 'cal' || n, date '2019-01-01' + d, false FROM generate_series(1, 50) AS n, generate_series(1, 100) AS d;
	INSERT INTO peoplecall.org (code, name, kind, area, superior) SELECT 'bulk' || n, 'bulk', 'team', '420106012', 12 FROM generate_series(1, 3000) AS n;
	INSERT INTO peoplecall.officer (org, role, name) SELECT o.id, 'handler', 'n' FROM peoplecall.org AS o WHERE o.code ~ '^bulk';
	INSERT INTO peoplecall.post (officer, duty, org) SELECT f.id, 'handle', f.org FROM peoplecall.officer AS f WHERE f.name = 'n';
	CREATE ROLE reader;
	INSERT INTO peoplecall.post (role, duty, org) VALUES ('reader', 'read', 12);
	GRANT SELECT ON ALL TABLES IN SCHEMA peoplecall TO reader;
	SELECT peoplecall.submit('hotline', '车库', '积水', '420106012001', 'property.garage'::ltree);
	SELECT peoplecall.submit('hotline', '车库', '积水', '420106015006', 'property.garage'::ltree);

	-- The rules in one of two forms.
	CREATE PROCEDURE rules(form int) LANGUAGE plpgsql AS $$
	BEGIN
		UPDATE peoplecall.grade_rule SET grade = CASE form WHEN 0 THEN 'C' ELSE 'D' END::peoplecall.grade WHERE reason = 'r5000';
		UPDATE peoplecall.responsibility SET org = CASE form WHEN 0 THEN 33 ELSE 34 END
		 WHERE id = (SELECT max(r.id) FROM peoplecall.responsibility AS r WHERE r.category = 'bulk.c7');
		UPDATE peoplecall.calendar_window SET closes = CASE form WHEN 0 THEN time '17:00' ELSE '18:00' END WHERE calendar = 'cal25';
		UPDATE peoplecall.org SET superior = CASE form WHEN 0 THEN 12 ELSE 13 END WHERE code = 'bulk77';
		UPDATE peoplecall.post SET org = CASE form WHEN 0 THEN 12 ELSE 3 END WHERE role = 'reader';
		UPDATE peoplecall.sla_policy SET allowed = CASE form WHEN 0 THEN '3d' ELSE '4d' END::peoplecall.timelimit WHERE clock = 'total';
		UPDATE peoplecall.escalation_step SET fraction = CASE form WHEN 0 THEN 0.25 ELSE 0.75 END WHERE clock = 'resolve' AND seq = 1;
	END
	$$;
	-- What is said by the compiled rules, all of them; the first argument is
	-- looked at first.
	CREATE FUNCTION answers(bigint) RETURNS text LANGUAGE sql VOLATILE AS $$
		SELECT concat_ws(' ',
			peoplecall.grade_complaint('property.garage', 'help', 'hotline', 1, 1, NULL, 0, '有词5000的事'),
			peoplecall.assisting_orgs('bulk.c7', '420106012001', 'A', '2026-01-01', NULL),
			peoplecall.responsible_org('property.garage', '420106012001', 'B', '2026-01-01', NULL),
			peoplecall.due_at('2021-03-01 10:00+08', '9wh', 'cal25'), peoplecall.due_at('2095-03-01 10:00+08', '5wd', 'cal26'),
			peoplecall.org_is_below((SELECT o.id FROM peoplecall.org AS o WHERE o.code = 'bulk77'), 13),
			peoplecall.commanding_org('420106012001', 'street', '2026-01-01'),
			(peoplecall.clock_limit('total', 'property.garage', 'B', 'normal', 'complaint')).allowed,
			(SELECT string_agg(s.at::text, ',') FROM peoplecall.ladder_steps('resolve', 'B', '2021-03-01 10:00+08', '2021-03-05 10:00+08', '5d', '{}', NULL) AS s))
	$$;
	CREATE FUNCTION readable(bigint) RETURNS bigint LANGUAGE plpgsql AS $$
	BEGIN
		SET LOCAL ROLE reader;
		RETURN (SELECT count(*) FROM peoplecall.complaint);
	END
	$$;
	CREATE FUNCTION acts(bigint) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN (SELECT r.no FROM peoplecall.report(420106000000000001, 'n', 1) AS r);
	END
	$$});

my %right;
foreach my $what ('answers(0)', 'readable(0)')
{
	foreach my $form (0, 1)
	{
		$node->safe_psql('city', "CALL rules($form)");
		$right{"$what $form"} = ask($node, 'city', "SELECT $what");
	}
	isnt($right{"$what 0"}, $right{"$what 1"}, "$what follows the rules");
}
note($right{'answers(0) 0'});

# How many allocations a build takes.
sub allocations
{
	my ($call) = @_;

	return ask($node, 'city', "CALL rules(0); SELECT fail_at(0); SELECT $call; CALL rules(1); SELECT fail_at(0); SELECT $call; SELECT allocations()") =~ /(\d+)$/
	  ? $1 : die 'no count';
}

# In a session the rules change, the n-th allocation of the build fails or is
# where the cancel comes, and the answer right afterwards is looked at; for the
# first allocations, the last and many between.
sub survives
{
	my ($how, $call, $sqlstate) = @_;
	my $all = allocations("$call(0)");
	my %at = map { $_ => 1 } 1 .. 12, $all - 5 .. $all + 2, map { int($all * $_ / 60) + $_ % 7 } 1 .. 59;
	my @at = sort { $a <=> $b } grep { $_ > 0 } keys %at;
	my ($out, $err, $tries) = ('', '', scalar @at);

	while (@at)
	{
		my ($form, $script) = (0, '');

		foreach my $n (@at)
		{
			$form = 1 - $form;
			my $right = $right{"$call(0) $form"};
			my $check = defined $right ? "$call(0)::text = '$right'" : "$call(0) = '420106-1'";
			# the second query's answer is by rules that were built again
			$script .= "CALL rules($form);\nSELECT $call($how($n)) \\g /dev/null\nSELECT fail_at(0) \\g /dev/null\nSELECT 'after $n: ' || ($check);\n";
		}
		my ($status, $some_out, $some_err) = $node->psql('city', "\\set VERBOSITY sqlstate\n$script", on_error_stop => 0);
		my $done = () = $some_out =~ /^after /mg;

		$out .= "$some_out\n";
		# where a function has a SET clause the server itself ends a session
		# for which it has no memory: the next one goes on
		my $ended = $some_err =~ s/^[^\n]*FATAL:\s+53200\b.*//ms;
		$err .= "$some_err\n";
		splice @at, 0, $done;
		last unless $ended && @at;
		shift @at;
		$tries--;
	}
	my @after = $out =~ /^(after .*)$/mg;
	# the server calls a setting that it has no memory for an invalid one
	my $expected = $how eq 'fail_at' ? qr/ERROR:\s+(?:$sqlstate|22023)$/ : qr/ERROR:\s+$sqlstate$/;
	my ($failed, @others) = (0);
	/$expected/ ? $failed++ : push @others, $_ foreach grep { $_ ne '' } split /\n/, $err;

	note("$call, $how: $all allocations, $tries tries, $failed failed");
	is(scalar @after, $tries, "$call, $how: each try was followed by an answer");
	is_deeply([ grep { !/: t(rue)?$/ } @after ], [], 'each of them right');
	# the server's own digest calls it an internal error that OpenSSL got no memory
	my @internal = grep { /ERROR:\s+XX000/ } @others;
	@others = grep { !/ERROR:\s+XX000/ } @others;
	is_deeply(\@others, [], "no other error than $sqlstate");
	is_deeply([ grep { /XX000/ && !/could not \w+ SHA256 context/ } split /\n/, slurp_file($node->logfile) ],
		[], 'no internal error of ours') if @internal;
	cmp_ok($failed, '>', $tries / 2, 'most tries failed');
	return;
}

survives('fail_at', 'answers', '53200');
survives('cancel_at', 'answers', '57014');
survives('fail_at', 'readable', '53200');
survives('cancel_at', 'readable', '57014');
survives('fail_at', 'acts', '53200');
survives('cancel_at', 'acts', '57014');

# By the clock, from outside.
my $script = "\\set VERBOSITY sqlstate\n";
foreach my $ms (1 .. 60)
{
	my $form = $ms % 2;
	$script .= "CALL rules($form);\nSET statement_timeout = $ms;\nSELECT answers(0) \\g /dev/null\nSET statement_timeout = 0;\nSELECT 'after $ms: ' || (answers(0) = '" . $right{"answers(0) $form"} . "');\n";
}
my ($status, $out, $err) = $node->psql('city', $script, on_error_stop => 0);
is(scalar(() = $out =~ /^after \d+: t/mg), 60, 'statement_timeout: after each the answer is right');
cmp_ok(scalar(() = $err =~ /57014/g), '>', 0, 'and some ran into it');

is(ask($node, 'city', q{SELECT c FROM peoplecall.check_ledger() AS c WHERE c.problem <> 'deadline'}), '', 'the ledger is whole, but for deadlines by other rules');
is(ask($node, 'city', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = 'city'}), '1', 'nothing is left over');
$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal/, 'no process died');
done_testing();
