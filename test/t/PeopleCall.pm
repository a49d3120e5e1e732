# Whole servers for the Perl tests: nodes that can load peoplecall, databases
# with a ledger and the small city of test/fixture. Tests run from the project's
# root, as `make test` does it. Nothing here touches a server that it did not
# make.
package PeopleCall;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(new_node new_ledger load_fixture ask ledger_tables digests
  session_says wait_until);

# A started node. Options are those of PostgreSQL::Test::Cluster's init, and
# conf, further lines of the configuration.
sub new_node
{
	my ($name, %options) = @_;
	my $conf = delete $options{conf};
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ], %options);
	$node->append_conf('postgresql.conf', "log_statement = 'ddl'\n");
	$node->append_conf('postgresql.conf', "max_connections = 30\n");
	# where make install was given a DESTDIR
	$node->append_conf('postgresql.conf',
		"extension_destdir = '$ENV{DESTDIR}'\n")
	  if $ENV{DESTDIR};
	$node->append_conf('postgresql.conf', $conf) if defined $conf;
	$node->start;
	return $node;
}

sub load_fixture
{
	my ($node, $database, $name) = @_;

	$node->safe_psql($database, slurp_file("test/fixture/$name.sql"));
	return;
}

# A fresh database with the extension, the ledger and its defaults, and unless
# city is 0 the small city.
sub new_ledger
{
	my ($node, $database, %options) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	load_fixture($node, $database, 'ledger');
	load_fixture($node, $database, 'small_city')
	  unless defined $options{city} && !$options{city};
	return;
}

# One value.
sub ask
{
	my ($node, $database, $sql) = @_;
	return scalar $node->safe_psql($database, $sql);
}

# The ledger's tables by name.
sub ledger_tables
{
	my ($node, $database) = @_;
	return split /\n/, ask($node, $database, q{
		SELECT c.relname
		  FROM pg_class AS c
		 WHERE c.relnamespace = 'peoplecall'::regnamespace
		   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		 ORDER BY 1});
}

# What every table and sequence of the ledger holds: name => rows, digest.
sub digests
{
	my ($node, $database) = @_;
	my @parts = map { qq{
		SELECT '$_', count(*) || ' rows ' || md5(coalesce(
		       string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), ''))
		  FROM peoplecall."$_" AS t} } ledger_tables($node, $database);

	push @parts, q{
		SELECT 'sequences', string_agg(format('%s=%s', sequencename, last_value), ' '
		       ORDER BY sequencename)
		  FROM pg_sequences WHERE schemaname = 'peoplecall'};
	my %digest = map { split /\|/, $_, 2 }
	  split /\n/, ask($node, $database, join(' UNION ALL ', @parts));
	return \%digest;
}

# What a session that stays open (background_psql) answers, without its blanks.
sub session_says
{
	my ($session, $sql) = @_;
	my $answer = $session->query_safe($sql);
	$answer =~ s/^\s+|\s+$//g;
	return $answer;
}

# Whether a query answers t within some seconds.
sub wait_until
{
	my ($node, $database, $seconds, $sql) = @_;
	my $end = time + $seconds;

	while (ask($node, $database, $sql) ne 't')
	{
		return 0 if time > $end;
		sleep 1;
	}
	return 1;
}

1;
