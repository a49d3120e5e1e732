# A filled ledger goes through pg_dump and back, in every format and data alone
# into a fresh ledger, and is equal row by row and object by object; it works
# afterwards. What the city has added to its tables goes along, and stays when
# create_ledger() is called again. DROP EXTENSION is refused while it stands.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $node = new_node('dump');
my $folder = PostgreSQL::Test::Utils::tempdir();
my ($anchor, $definitions, $additions);

sub restored_is_equal
{
	my ($how, $database, $wanted) = @_;
	my $found = digests($node, $database);

	foreach my $table (sort keys %$wanted)
	{
		next if defined $found->{$table} && $found->{$table} eq $wanted->{$table};
		fail("$how: $table is equal");
		diag("wanted $wanted->{$table}\nfound  " . ($found->{$table} // 'nothing'));
	}
	is_deeply($found, $wanted, "$how: every row and sequence is equal");
	return;
}

sub still_works
{
	my ($how, $database) = @_;

	# the settings of a database change what the same values look like
	$node->safe_psql('postgres', "ALTER DATABASE $database SET $_")
	  foreach "timezone = 'Pacific/Apia'", "datestyle = 'SQL, DMY'", "extra_float_digits = -15",
	  "bytea_output = 'escape'";
	is(ask($node, $database, q{SELECT count(*), count(digest) = count(*) FROM peoplecall.event}),
		ask($node, 'city', q{SELECT count(*), true FROM peoplecall.event}), "$how: there is a history");
	is(ask($node, $database, qq{SELECT * FROM peoplecall.verify_history(anchor => \$\$$anchor\$\$)}),
		'', "$how: it is whole, and what it was");
	is(ask($node, $database, q{SELECT * FROM peoplecall.check_ledger()}), '', "$how: so is the ledger");
	like(
		ask($node, $database, q{
			SELECT complaint_id FROM peoplecall.submit('hotline', '恢复之后', '', '420102017020', 'city.facility')}),
		qr/^420102\d{12}$/, "$how: a matter can be filed");
	is(ask($node, $database, q{
			SELECT peoplecall.responsible_org('education.training', '420106012001', 'C', now())}),
		'32', "$how: rules answer");
	is(ask($node, $database, q{SELECT peoplecall.create_ledger()}),
		ask($node, 'city', q{SELECT peoplecall.create_ledger()}),
		"$how: create_ledger() finds its ledger");
	is(definitions($node, $database), $definitions, "$how: and changes nothing");
	is(city_additions($node, $database), $additions, "$how: what the city added is there");
	is(ask($node, $database, q{
			SELECT count(*) FROM peoplecall.complaint WHERE title = '恢复之后' AND city_note ~ '改'}),
		'1', "$how: its trigger fires");
	is(ask($node, $database, q{
			SET ROLE city_auditor;
			SELECT count(*) > 0, bool_and(state = 'dispatched' AND area OPERATOR(peoplecall.<@) '420106')
			  FROM peoplecall.complaint}),
		't|t', "$how: its policy lets its auditor see what it shall, and nothing else");
	return;
}

new_ledger($node, 'city', city => 0);
load_fixture($node, 'city', $_) foreach qw(city_additions small_city filled_ledger);

# A table that is empty here would be compared for nothing.
my $wanted = digests($node, 'city');
is_deeply([ grep { $wanted->{$_} =~ /^0 rows/ } sort keys %$wanted ],
	[], 'the fixture fills every table');
$definitions = definitions($node, 'city');
$additions = city_additions($node, 'city');
unlike($additions, qr/ 0\b/, "of every kind of addition there is one: $additions");
is(ask($node, 'city', 'SELECT peoplecall.create_ledger()'),
	ask($node, 'city', 'SELECT ledger FROM peoplecall.library_version()'), 'create_ledger() once more');
is(definitions($node, 'city'), $definitions, 'changes no definition, and nothing of the city\'s');
is_deeply(digests($node, 'city'), $wanted, 'and no row');
$anchor = ask($node, 'city', q{SELECT jsonb_agg(anchor) FROM peoplecall.history_anchor()});

my @formats = (
	[ 'plain', [], "$folder/plain.sql" ],
	[ 'custom', ['--format=custom'], "$folder/custom" ],
	[ 'directory', [ '--format=directory', '--jobs=2' ], "$folder/directory" ]);
foreach (@formats)
{
	my ($how, $options, $file) = @$_;
	my $database = "from_$how";

	command_checks_all(
		[ 'pg_dump', @$options, "--file=$file", '-d', $node->connstr('city') ],
		0, [qr/^$/], [qr/^$/], "$how: pg_dump says nothing");
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	command_checks_all(
		$how eq 'plain'
		? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null',
			'-f', $file, '-d', $node->connstr($database) ]
		: [ 'pg_restore', '--exit-on-error',
			$how eq 'directory' ? '--jobs=2' : '--jobs=1',
			'-d', $node->connstr($database), $file ],
		0, [qr/^$/], [qr/^$/], "$how: restores without a word");
	restored_is_equal($how, $database, $wanted);
	is(definitions($node, $database), $definitions, "$how: definitions are equal");
	still_works($how, $database);
}

# Data alone, into a ledger that create_ledger() has just made and the city has
# added to in the same way.
command_checks_all(
	[ 'pg_dump', '--data-only', "--file=$folder/data.sql", '-d', $node->connstr('city') ],
	0, [qr/^$/], [qr/^$/], 'data only: pg_dump warns of no circle');
$node->safe_psql('postgres', 'CREATE DATABASE from_data');
$node->safe_psql('from_data', q{
	SET client_min_messages = warning;
	CREATE EXTENSION peoplecall CASCADE;
	SELECT peoplecall.create_ledger('city_owner')});
load_fixture($node, 'from_data', 'city_additions');
my $fresh = digests($node, 'from_data');
is_deeply([ grep { $_ ne 'sequences' && $fresh->{$_} !~ /^0 rows/ } sort keys %$fresh ],
	[], 'data only: a fresh ledger holds no row');
command_checks_all(
	[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null',
		'-f', "$folder/data.sql", '-d', $node->connstr('from_data') ],
	0, [qr/^$/], [qr/^$/], 'data only: restores without a word');
restored_is_equal('data only', 'from_data', $wanted);
still_works('data only', 'from_data');

# The extension stays while a ledger uses its types.
my ($status, undef, $stderr) = $node->psql('city', 'DROP EXTENSION peoplecall');
isnt($status, 0, 'DROP EXTENSION is refused');
like($stderr, qr/other objects depend on it/, 'because the ledger depends on it');
is_deeply(digests($node, 'city'), $wanted, 'and the ledger is as it was');

$node->safe_psql('postgres', 'CREATE DATABASE empty');
$node->safe_psql('empty', q{
	SET client_min_messages = warning;
	CREATE EXTENSION peoplecall CASCADE;
	DROP EXTENSION peoplecall});
is(ask($node, 'empty', q{SELECT to_regtype('peoplecall.areacode') IS NULL}),
	't', 'without a ledger it can be dropped');

$node->stop;
done_testing();
