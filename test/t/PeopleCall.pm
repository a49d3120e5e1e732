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
  definitions members whole_ledger city_additions extension_settings session_says wait_until);

# Where the server shall look for extensions first: below a folder that has the
# system's paths in it. Debian's own setting brings the library along; from 18 on
# PostgreSQL has one for control files and scripts.
sub extension_settings
{
	my ($folder) = @_;
	my ($bin) = run_command([ 'pg_config', '--bindir' ]);
	my ($share) = run_command([ 'pg_config', '--sharedir' ]);
	my ($has) = run_command([ "$bin/postgres", '--describe-config' ]);

	return "extension_destdir = '$folder'\n" if $has =~ /^extension_destdir\t/m;
	return "extension_control_path = '$folder$share:\$system'\n" if $has =~ /^extension_control_path\t/m;
	return;
}

# A started node. Options are those of PostgreSQL::Test::Cluster's init, and
# conf, further lines of the configuration; extension_folder, where the
# extension's files lie if not where make install put them.
sub new_node
{
	my ($name, %options) = @_;
	my $conf = delete $options{conf};
	my $folder = delete $options{extension_folder} // $ENV{DESTDIR};
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ], %options);
	$node->append_conf('postgresql.conf', "log_statement = 'ddl'\n");
	$node->append_conf('postgresql.conf', "max_connections = 30\n");
	# where make install was given a DESTDIR
	$node->append_conf('postgresql.conf', extension_settings($folder) // '')
	  if $folder;
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

# What every table and sequence of the ledger holds: name => rows, digest. With
# rows, name => expression, of those tables what the expression makes of a row t.
sub digests
{
	my ($node, $database, %options) = @_;
	my $row = $options{rows} // { map { $_ => 't' } ledger_tables($node, $database) };
	my @parts = map { qq{
		SELECT '$_', count(*) || ' rows ' || md5(coalesce(
		       string_agg(($row->{$_})::text, E'\\n' ORDER BY ($row->{$_})::text COLLATE "C"), ''))
		  FROM peoplecall."$_" AS t} } sort keys %$row;

	push @parts, q{
		SELECT 'sequences', string_agg(format('%s=%s', sequencename, last_value), ' '
		       ORDER BY sequencename)
		  FROM pg_sequences WHERE schemaname = 'peoplecall'};
	my %digest = map { split /\|/, $_, 2 }
	  split /\n/, ask($node, $database, join(' UNION ALL ', @parts));
	return \%digest;
}

# The definitions in a database, as pg_dump orders and writes them, without what
# it draws at random and what it says of the server. Options may name another
# server's pg_dump.
sub definitions
{
	my ($node, $database, %options) = @_;
	my $bin = $options{bin} // $node->config_data('--bindir');
	# bounds of partitions are written in the session's zone, which a database may have
	local $ENV{PGTZ} = 'UTC';
	my ($out, $err) = run_command([
		"$bin/pg_dump", @{ $options{options} // ['--schema-only'] },
		'-d', $node->connstr($database) ]);

	die "pg_dump: $err" if $err ne '';
	$out =~ s/^\\(un)?restrict .*$//mg;
	$out =~ s/^-- Dumped (from database|by pg_dump) version .*$//mg;
	return $out;
}

# The extension's own objects too, each with all that pg_upgrade would carry
# over, membership, owner, rights and comment included: name => definition. Their
# order says nothing: objects of one name come in the order of their numbers.
sub members
{
	my ($node, $database, %options) = @_;
	my $text = definitions($node, $database, %options,
		options => [ '--schema-only', '--binary-upgrade' ]);

	# numbers that a cluster gave
	$text =~ s/^SELECT pg_catalog\.binary_upgrade_set_\w+\(.*\);\n//mg;
	$text =~ s/^-- For binary upgrade, .*\n//mg;
	# what an extension requires comes in no order
	$text =~ s/ARRAY\[\K('[^\]]*')(?=\]::pg_catalog\.text\[\]\))/join ',', sort split \/,\/, $1/mge;
	my $kinds = 'FUNCTION|PROCEDURE|AGGREGATE|(SHELL )?TYPE|OPERATOR( CLASS| FAMILY)?|CAST|'
	  . 'COMMENT|ACL|EXTENSION|SCHEMA';
	my ($head, @entries) = split /^--\n-- Name: /m, $text;
	my %member;
	foreach (@entries)
	{
		my ($name, $entry) = split /\n/, $_, 2;
		# the ledger's tables are in the other dump
		next unless $name =~ /; Type: ($kinds);/;
		s/\n{2,}/\n/g, s/^--\n//mg foreach $entry;
		$member{$name} .= $entry;
	}
	return \%member;
}

# All of it, for a comparison: every definition, every row.
sub whole_ledger
{
	my ($node, $database, %options) = @_;

	return {
		definitions => definitions($node, $database, %options),
		members => members($node, $database, %options),
		rows => digests($node, $database)
	};
}

# What of test/fixture/city_additions.sql is there, by kind.
sub city_additions
{
	my ($node, $database) = @_;
	return ask($node, $database, q{
		SELECT string_agg(format('%s %s', k.kind, k.number), ', ' ORDER BY k.kind)
		  FROM (SELECT 'columns', count(*) FROM pg_attribute AS a
		          JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
		         WHERE c.relnamespace = 'peoplecall'::regnamespace AND a.attname ~ '^city_'
		        UNION ALL
		        SELECT 'defaults', count(*) FROM pg_attrdef AS d
		          JOIN pg_attribute AS a ON (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
		         WHERE a.attname ~ '^city_'
		        UNION ALL
		        SELECT 'comments', count(*) FROM pg_description AS d WHERE d.description = '本市备注'
		        UNION ALL
		        SELECT 'constraints', count(*) FROM pg_constraint AS c WHERE c.conname ~ '^city_'
		        UNION ALL
		        SELECT 'indexes', count(*) FROM pg_index AS i
		          JOIN pg_class AS c ON c.oid = i.indexrelid
		         WHERE c.relname ~ '^(city|visit)_' AND i.indisvalid
		        UNION ALL
		        SELECT 'policies', count(*) FROM pg_policy AS p WHERE p.polname ~ '^city_'
		        UNION ALL
		        SELECT 'statistics', count(*) FROM pg_statistic_ext AS s WHERE s.stxname ~ '^city_'
		        UNION ALL
		        SELECT 'triggers', count(*) FROM pg_trigger AS t WHERE t.tgname ~ '^city_' AND t.tgenabled = 'O'
		        UNION ALL
		        SELECT 'rights', count(*) FROM (
		          SELECT (aclexplode(c.relacl)).grantee FROM pg_class AS c
		          UNION ALL SELECT (aclexplode(a.attacl)).grantee FROM pg_attribute AS a
		          UNION ALL SELECT (aclexplode(n.nspacl)).grantee FROM pg_namespace AS n) AS g
		         WHERE g.grantee = 'city_auditor'::regrole
		        UNION ALL
		        SELECT 'targets', count(*) FROM pg_attribute AS a WHERE a.attstattarget = 500
		        UNION ALL
		        SELECT 'parameters', count(*) FROM pg_class AS c
		         WHERE c.oid = 'peoplecall.notice'::regclass AND c.reloptions @> '{fillfactor=90}'
		       ) AS k (kind, number)});
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
