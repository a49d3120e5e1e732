# From one release to the next: the new library serves the older SQL objects;
# ALTER EXTENSION UPDATE and create_ledger() bring objects and tables up; fresh,
# upgraded and restored are the same, object by object and row by row; whatever
# is called in between says the next step.
#
# There is always a release to come from: the present one with some of its
# objects taken away or changed, and an older ledger. After it come the real
# ones, whose install scripts lie in sql/upgrade and whose ledgers, as filled by
# them, in test/released.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

plan skip_all => 'this server takes extensions from one folder only'
  unless defined extension_settings('/nowhere');

my ($present) = slurp_file('peoplecall.control') =~ /^default_version = '(.*)'$/m;
my $folder = PostgreSQL::Test::Utils::tempdir();
my $verb = 'SELECT * FROM peoplecall.due_districts()';

sub write_file
{
	my ($file, $text) = @_;
	unlink $file;
	append_to_file($file, $text);
	return;
}

# As the Makefile joins it.
my $script = join '', map { slurp_file($_) } sort glob 'sql/install/*.sql';

# Changes a text in one place, which must be there.
sub change
{
	my ($text, $what, $from, $to) = @_;
	my $pattern = ref $from ? $from : qr/\Q$from\E/;
	my $times = () = $$text =~ /$pattern/g;

	is($times, 1, "the made release: $what");
	$$text =~ s/$pattern/$to/;
	return;
}

# The present release, with what would be new in it.
sub newer_script
{
	my $text = $script;

	change(\$text, 'a column at the end of a table',
		qr/CREATE TABLE IF NOT EXISTS peoplecall\.task \(.*?\n\K(?=\tPRIMARY KEY)/s,
		"\tlate_reason text NOT NULL DEFAULT '',\n");
	change(\$text, 'a table and an index', 'COMMENT ON TABLE peoplecall.task IS', <<~'SQL' . 'COMMENT ON TABLE peoplecall.task IS');
		CREATE INDEX IF NOT EXISTS task_late ON peoplecall.task (org) WHERE late_reason <> '';
		CREATE TABLE IF NOT EXISTS peoplecall.late_reason (
			code text PRIMARY KEY,
			kind peoplecall.grade
		);
		COMMENT ON TABLE peoplecall.late_reason IS 'why shares are late';
		SQL
	change(\$text, 'a column at the end of a view',
		qr/VIEW peoplecall\.board\n.*?\K(?=\n  FROM peoplecall\.complaint)/s, ",\n       c.origin_id");
	return $text . <<~'SQL';
		CREATE FUNCTION peoplecall.ledger_to_1() RETURNS void
			LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
			SET search_path = pg_catalog, pg_temp
		AS $body$
		BEGIN
			PERFORM peoplecall.ledger_ddl($ddl$
		ALTER TABLE peoplecall.task ADD COLUMN late_reason text NOT NULL DEFAULT '';
		UPDATE peoplecall.task SET late_reason = 'older' WHERE state = 'done';
		DROP INDEX peoplecall.task_older;
			$ddl$);
		END
		$body$;
		COMMENT ON FUNCTION peoplecall.ledger_to_1() IS 'used by create_ledger(): reasons of late shares';
		SQL
}

# The older one: what the present one has is not all there yet, and every body
# in PL/pgSQL was another.
sub older_script
{
	my $text = $script;

	change(\$text, 'a function and its comment less',
		qr/CREATE FUNCTION peoplecall\.attendance\(.*?\n\$\$;\nCOMMENT ON FUNCTION peoplecall\.attendance\([^)]*\) IS\s+'(?:[^']|'')*';\n/s, '');
	change(\$text, 'a function of another signature',
		qr/CREATE FUNCTION peoplecall\.check_posts\(\)/, 'CREATE FUNCTION peoplecall.check_posts(role name DEFAULT NULL)');
	change(\$text, 'and its comment', 'COMMENT ON FUNCTION peoplecall.check_posts()', 'COMMENT ON FUNCTION peoplecall.check_posts(name)');
	change(\$text, 'a label less', q{'withdrawn', 'superseded')}, q{'withdrawn')});
	change(\$text, 'another comment on an operator', qr/(COMMENT ON OPERATOR peoplecall\.<@ \(peoplecall\.areacode, peoplecall\.areacode\) IS\s+')/,
		"COMMENT ON OPERATOR peoplecall.<@ (peoplecall.areacode, peoplecall.areacode) IS 'older: ");
	change(\$text, 'another cost of a C function', "COST 1\n\tAS 'MODULE_PATHNAME', 'pc_may_read';",
		"COST 7\n\tAS 'MODULE_PATHNAME', 'pc_may_read';");
	change(\$text, 'an index that is no longer', 'COMMENT ON TABLE peoplecall.task IS',
		"CREATE INDEX IF NOT EXISTS task_older ON peoplecall.task (seq);\nCOMMENT ON TABLE peoplecall.task IS");
	my $bodies = $text =~ s/(\n\tLANGUAGE plpgsql .*?\nAS \$(?:body)?\$\n)/$1-- an older release's\n/sg;
	cmp_ok($bodies, '>', 300, "the made release: $bodies other bodies");
	return $text;
}

# A folder from which the server takes the extension: the library, the control
# file and the scripts given, name => text.
sub stage
{
	my ($stage, %scripts) = @_;
	my ($share) = run_command([ 'pg_config', '--sharedir' ]);

	system_or_bail('mkdir', '-p', "$stage$share/extension");
	if ($ENV{DESTDIR})
	{
		my ($libraries) = run_command([ 'pg_config', '--pkglibdir' ]);
		system_or_bail('mkdir', '-p', "$stage$libraries");
		system_or_bail('cp', "$ENV{DESTDIR}$libraries/peoplecall.so", "$stage$libraries");
	}
	write_file("$stage$share/extension/peoplecall--$_.sql", $scripts{$_}) foreach keys %scripts;
	control($stage, $present);
	return;
}

# The control file, which names the version that CREATE EXTENSION takes.
sub control
{
	my ($stage, $version) = @_;
	my ($share) = run_command([ 'pg_config', '--sharedir' ]);
	my $control = slurp_file('peoplecall.control');

	$control =~ s/^default_version = .*$/default_version = '$version'/m;
	write_file("$stage$share/extension/peoplecall.control", $control);
	return;
}

# What tools/draft-upgrade makes of two install scripts.
sub draft
{
	my ($old, $new, $version) = @_;
	my ($out, $err) = ('', '');

	write_file("$folder/old.sql", $old);
	write_file("$folder/new.sql", $new);
	IPC::Run::run([ 'tools/draft-upgrade', "$folder/old.sql", "$folder/new.sql", $version ], '>', \$out, '2>', \$err);
	is($err, '', "tools/draft-upgrade knows what to do to come to $version");
	return $out;
}

# A database with the extension of that version, ledger or not.
sub new_database
{
	my ($node, $database, $version) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$node->safe_psql($database, qq{
		SET client_min_messages = warning;
		CREATE EXTENSION peoplecall VERSION '$version' CASCADE});
	return;
}

sub fill
{
	my ($node, $database, @more) = @_;

	load_fixture($node, $database, $_) foreach 'ledger', @more, 'small_city', 'filled_ledger';
	return;
}

sub dump_to
{
	my ($node, $database, $file) = @_;

	command_checks_all([ 'pg_dump', "--file=$file", '-d', $node->connstr($database) ],
		0, [qr/^$/], [qr/^$/], "$database: pg_dump says nothing");
	return $file;
}

sub restore
{
	my ($node, $database, $file) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	command_checks_all(
		[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', $file, '-d', $node->connstr($database) ],
		0, [qr/^$/], [qr/^$/], "$database: restores without a word");
	return;
}

# Its SQLSTATE and its hint.
sub refused
{
	my ($node, $database, $sql, $state, $hint, $what) = @_;
	my ($status, undef, $err) = $node->psql($database, "\\set VERBOSITY verbose\n$sql", on_error_stop => 1);

	isnt($status, 0, "$what: refused");
	like($err, qr/ERROR:  $state: /, "$what: with $state");
	like($err, qr/HINT:  $hint/, "$what: and the hint says what to do");
	return;
}

sub next_step
{
	my ($node, $database) = @_;
	return ask($node, $database, 'SELECT next_step FROM peoplecall.versions()');
}

# The rows of a ledger of older tables as the columns that those had show them.
sub older_rows
{
	my ($node, $database, $older) = @_;
	my %row = map { split /\|/, $_, 2 } split /\n/, ask($node, $older, q{
		SELECT c.relname, format('row(%s)', string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum))
		  FROM pg_class AS c
		  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		 WHERE c.relnamespace = 'peoplecall'::regnamespace
		   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		 GROUP BY c.relname});
	return digests($node, $database, rows => \%row);
}

sub same
{
	my ($found, $wanted, $what) = @_;

	is_deeply($found->{$_}, $wanted->{$_}, "$what: $_ are the same") foreach sort keys %$wanted;
	return;
}

# From a release to the one that the node's control file names: its ledger, in
# $dump as it left it, over its SQL objects. The database `fresh` is what came of
# CREATE EXTENSION alone.
sub check_path
{
	my ($node, $stage, $from, $to, $dump, $ledger_changes) = @_;
	my ($database) = map { s/\W/_/gr } "from_$from";
	my $fresh = { definitions => definitions($node, 'fresh'), members => members($node, 'fresh') };

	# CREATE EXTENSION in a dump names no version
	control($stage, $from);
	restore($node, $database, $dump);
	control($stage, $to);
	my $before = older_rows($node, $database, $database);
	is(next_step($node, $database), 'ALTER EXTENSION peoplecall UPDATE', "$from: versions() names the first step");
	if ($ledger_changes)
	{
		refused($node, $database, $_, 'PC002', 'Run ALTER EXTENSION peoplecall UPDATE, then SELECT peoplecall\.create_ledger\(\)',
			"$from, only the files are new: $_")
		  foreach $verb, 'SELECT peoplecall.create_ledger()',
		  q{SELECT peoplecall.responsible_org('city', '420102017020', 'A')};
	}
	$node->safe_psql($database, 'ALTER EXTENSION peoplecall UPDATE');
	is_deeply(older_rows($node, $database, $database), $before, "$from: ALTER EXTENSION UPDATE changes no row");
	if ($ledger_changes)
	{
		is(next_step($node, $database), 'SELECT peoplecall.create_ledger()', "$from: versions() names the second step");
		refused($node, $database, $_, 'PC002', 'Run SELECT peoplecall\.create_ledger\(\)', "$from, its ledger is old: $_")
		  foreach $verb, 'SELECT peoplecall.org_covers(1, \'420102\')';
	}
	# with somebody at work meanwhile it is one transaction or nothing
	$node->safe_psql($database, 'BEGIN; SELECT peoplecall.create_ledger(); ROLLBACK');
	is_deeply(older_rows($node, $database, $database), $before, "$from: create_ledger() rolled back leaves no trace");
	is(ask($node, $database, 'SELECT peoplecall.create_ledger()'), ask($node, 'fresh', 'SELECT peoplecall.ledger_version()'),
		"$from: create_ledger() brings the tables up");
	is(next_step($node, $database), '', "$from: nothing is left to do");
	same(whole_ledger($node, $database), $fresh, "$from: upgraded and fresh");
	my $upgraded = whole_ledger($node, $database);
	$node->safe_psql($database, 'SELECT peoplecall.create_ledger()');
	same(whole_ledger($node, $database), $upgraded, "$from: create_ledger() once more");

	# the dump of the upgraded ledger
	restore($node, "restored_$database", dump_to($node, $database, "$folder/$database.sql"));
	same(whole_ledger($node, "restored_$database"), $upgraded, "$from: restored and upgraded");

	# and the older dump into the new release, as on a new machine
	restore($node, "moved_$database", $dump);
	$node->safe_psql("moved_$database", 'SELECT peoplecall.create_ledger()');
	same(whole_ledger($node, "moved_$database"), $upgraded, "$from: its dump restored into $to and upgraded");

	foreach my $one ($database, "restored_$database", "moved_$database")
	{
		is(ask($node, $one, 'SELECT * FROM peoplecall.check_ledger()'), '', "$one: the ledger agrees with itself");
		is(ask($node, $one, 'SELECT * FROM peoplecall.verify_history()'), '', "$one: the history is whole");
		like(ask($node, $one, q{SELECT complaint_id FROM peoplecall.submit('hotline', '升级之后', '', '420102017020', 'city.facility')}),
			qr/^420102\d{12}$/, "$one: a matter can be filed");
		$node->safe_psql($one, 'CALL peoplecall.sweep()');
	}
	return $database;
}

#
# A made release
#
my $older = '0.0.9';
my ($old_text, $new_text) = (older_script(), newer_script());
my $update = draft($old_text, $new_text, $present);
stage("$folder/made",
	$older => $old_text, "$older--$present" => $update, $present => $new_text);
my $node = new_node('made', extension_folder => "$folder/made");

# Old SQL objects with the new library: their ledger is still of its version.
new_database($node, 'older', $older);
fill($node, 'older');
is(ask($node, 'older', 'SELECT extension, library FROM peoplecall.versions()'), "$older|$present",
	'an older release\'s SQL objects with the new library: verbs work');
is(next_step($node, 'older'), 'ALTER EXTENSION peoplecall UPDATE', 'versions() says that an update is there');
is(ask($node, 'older', 'SELECT * FROM peoplecall.check_ledger()'), '', 'what they wrote agrees with itself');
new_database($node, 'older_city', $older);
fill($node, 'older_city', 'city_additions');

# From here on the ledger of that release is one that the new library does not
# know: as it had been if its own library had been there to fill it.
foreach my $database ('older', 'older_city')
{
	$node->safe_psql($database, 'SET ROLE city_owner; CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT 0 AS version');
}
change(\$old_text, 'an older ledger', qr/peoplecall\.ledger AS SELECT \d+ AS version/, 'peoplecall.ledger AS SELECT 0 AS version');
stage("$folder/made", $older => $old_text);
my $dump = dump_to($node, 'older', "$folder/older.sql");

new_database($node, 'fresh', $present);
fill($node, 'fresh');
my $upgraded = check_path($node, "$folder/made", $older, $present, $dump, 1);
is(ask($node, $upgraded, q{SELECT count(*) > 0, bool_and(late_reason = 'older') FROM peoplecall.task WHERE state = 'done'}),
	't|t', 'the step from one version to the next moved what is in the tables');
is(ask($node, $upgraded, q{SELECT to_regclass('peoplecall.task_older') IS NULL, to_regprocedure('peoplecall.attendance(timestamptz,timestamptz,peoplecall.areacode)') IS NULL}),
	't|f', 'an index went, a function came');

# A fresh ledger of a release that is not the library's any more.
new_database($node, 'late', $older);
refused($node, 'late', 'SELECT peoplecall.create_ledger()', 'PC002',
	'Run ALTER EXTENSION peoplecall UPDATE', 'create_ledger() of the older release where there is none');
is(ask($node, 'late', q{SELECT to_regclass('peoplecall.complaint') IS NULL}), 't', 'and makes none');

# What the city added.
my $additions = city_additions($node, 'older_city');
my $rows = older_rows($node, 'older_city', 'older_city');
my $note = q{SELECT string_agg(city_note, ',' ORDER BY id) FROM peoplecall.complaint};
my $notes = ask($node, 'older_city', $note);
unlike($additions, qr/ 0\b/, "of every kind of addition there is one: $additions");
$node->safe_psql('postgres', 'CREATE DATABASE columns TEMPLATE older_city');
$node->safe_psql('older_city', 'ALTER EXTENSION peoplecall UPDATE');
$node->safe_psql('older_city', 'SELECT peoplecall.create_ledger()');
is(city_additions($node, 'older_city'), $additions, 'what the city added stays');
is_deeply(older_rows($node, 'older_city', 'columns'), $rows, 'so does every row, with the city\'s columns');
is(ask($node, 'older_city', $note), $notes, 'its trigger did not fire');
is(ask($node, 'older_city', 'SELECT * FROM peoplecall.check_ledger()'), '', 'and the ledger agrees with itself');

#
# Newer SQL objects than the library
#
my $next = '99.1.2';
my $replaced = q{
	CREATE OR REPLACE FUNCTION peoplecall.release_numbers(release text) RETURNS int[]
		LANGUAGE sql IMMUTABLE PARALLEL SAFE
		SET search_path = pg_catalog, pg_temp
	AS $$
		SELECT array_agg(m.parts[1]::int ORDER BY m.at)
		  FROM regexp_matches(release, '\d{1,8}', 'g') WITH ORDINALITY AS m (parts, at)
	$$;
};
# the update that anyone would write runs only where the library is there
stage("$folder/made", "$present--99.9" => $replaced,
	"$present--$next" => draft($new_text, $new_text, $next) . $replaced);
refused($node, 'fresh', "ALTER EXTENSION peoplecall UPDATE TO '$next'", '55000', 'Start a new session',
	'an update in a session that has the older library');
is(ask($node, 'fresh', 'SELECT extension FROM peoplecall.versions()'), $present, 'and nothing is changed');

# another session did it: where the files are, as this one cannot see
my $session = $node->background_psql('fresh');
session_says($session, $verb);
$node->safe_psql('fresh', "ALTER EXTENSION peoplecall UPDATE TO '99.9'");
my @asked = ($verb, q{SELECT peoplecall.responsible_org('city', '420102017020', 'A')},
	q{SELECT * FROM peoplecall.submit('hotline', '旧库', '', '420102017020')}, 'SELECT peoplecall.create_ledger()');
session_says($session, q{
	CREATE FUNCTION pg_temp.state(statement text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE statement;
		RETURN 'ok';
	EXCEPTION WHEN OTHERS THEN
		RETURN sqlstate;
	END $$});
is(session_says($session, "SELECT pg_temp.state(\$q\$$_\$q\$)"), '55000', "a session that was there before: $_") foreach @asked;
refused($node, 'fresh', $_, '55000', 'Start a new session.*install the files of release 99\.9', "the same of a new one: $_") foreach @asked;
like(next_step($node, 'fresh'), qr/^start a new session/, 'versions() says so too');
is(ask($node, 'fresh', q{SELECT count(*) FROM peoplecall.board}), ask($node, 'fresh', q{
		SELECT count(*) FROM peoplecall.complaint WHERE state IN ('received', 'dispatched', 'completed')}),
	'what is there can be read by its owner and dumped');
dump_to($node, 'fresh', "$folder/fresh.sql");

# the files came
$node->safe_psql('fresh', q{UPDATE pg_catalog.pg_extension SET extversion = '} . $present . q{' WHERE extname = 'peoplecall'});
is(session_says($session, "SELECT pg_temp.state(\$q\$$_\$q\$)"), 'ok', "and with its own library again: $_") foreach @asked;
$session->quit;
$node->stop;

#
# The real releases
#
my %scripts = map { m{/peoplecall--(.*)\.sql$} => slurp_file($_) } glob 'sql/upgrade/peoplecall--*.sql';
my @releases = grep { !/--/ } sort keys %scripts;

# tools/test puts the install scripts of git's tags there
foreach my $tagged (glob 'sql/tagged/peoplecall--*.sql')
{
	my ($release) = $tagged =~ /--(.*)\.sql$/;

	next if $release eq $present;
	is($scripts{$release}, slurp_file($tagged), "sql/upgrade has the install script of tag v$release as it was");
}
if (@releases)
{
	stage("$folder/real", %scripts, $present => $script);
	$node = new_node('real', extension_folder => "$folder/real");
	new_database($node, 'fresh', $present);
	fill($node, 'fresh');
}
foreach my $release (@releases)
{
	my $ledger = "test/released/peoplecall-$release.sql";

	isnt($release, $present, 'the present release is not among those of the past');
	ok(-f $ledger, "there is a ledger of release $release") or next;
	my ($version) = slurp_file($ledger) =~ /SELECT (\d+) AS version;/;
	check_path($node, "$folder/real", $release, $present, $ledger, $version != ask($node, 'fresh', 'SELECT peoplecall.ledger_version()'));
}
$node->stop if @releases;
done_testing();
