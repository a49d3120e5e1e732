# Every command in README.md and doc/ runs, in the order of the page, in a fresh
# database and one session, and prints what the page says. What blocks mean is
# in Documents.pm.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PeopleCall;
use Documents;

my $node = new_node('documents', conf => q{
shared_preload_libraries = 'pg_cron'
cron.database_name = 'readme'
cron.use_background_workers = on
});
my $makefile = slurp_file('Makefile');
my %readme;

# README.md's own items are kept for what must be mentioned there.
sub run_page
{
	my ($file) = @_;
	my @items = read_page($file);
	my ($name) = $file =~ /(\w+)\.md$/;
	my $database = lc $name;
	my ($printed, $complained) = ('', '');

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION pg_cron') if $database eq 'readme';
	$node->psql($database, session_script(@items), stdout => \$printed,
		stderr => \$complained, on_error_stop => 1,
		extra_params => [ '-v', 'VERBOSITY=terse', '-P', 'format=aligned', '-P', 'tuples_only=off' ]);
	outputs($printed, @items);
	check_item($file, $_) foreach @items;
	note($complained) if $complained ne '' && grep { !defined $_->{got} } @items;
	return;
}

sub check_item
{
	my ($file, $item) = @_;
	my $where = "$file:$item->{line}";

	if ($item->{kind} eq 'sh')
	{
		check_shell($where, $item->{text});
	}
	elsif ($item->{kind} =~ /^(sql|error|cell)$/)
	{
		ok(defined $item->{got}, "$where runs") or return;
		is($item->{state_got}, $item->{state}, "$where fails with $item->{state}")
		  if defined $item->{state};
		return unless defined $item->{wanted};
		ok(agrees($item->{wanted}, $item->{got}), "$where prints what it says")
		  or diag("got:\n$item->{got}");
	}
	return;
}

# A shell block's make targets exist, and the files that it names.
sub check_shell
{
	my ($where, $text) = @_;

	while ($text =~ /\bmake((?: [a-z][\w-]*)+)/g)
	{
		foreach my $target (split ' ', $1)
		{
			next if $target =~ /^(install|installcheck|clean|all)$/;    # PGXS has them
			like($makefile, qr/^\Q$target\E:/m, "$where: make $target");
		}
	}
	ok(-e $1, "$where: $1") while $text =~ m{\b((?:demo|bench|tools)/[\w./-]+)}g;
	return;
}

# Pages that a page links to are there.
sub check_links
{
	my ($file) = @_;
	my $text = slurp_file($file);
	my ($folder) = $file =~ m{^(.*/)?[^/]*$};

	while ($text =~ /\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)
	{
		my $path = ($folder // '') . $1;
		ok(-e $path, "$file links to $1");
	}
	return;
}

# What has a COMMENT and is for users is in README.md.
sub check_mentions
{
	my $text = slurp_file('README.md');
	my @names = split /\n/, ask($node, 'readme', q{
		SELECT DISTINCT p.proname
		  FROM pg_proc AS p
		  JOIN pg_depend AS d
		    ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		  JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'peoplecall'
		 WHERE p.prosrc = 'pc_verb'
		UNION
		SELECT c.relname
		  FROM pg_class AS c
		 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'v'
		UNION
		SELECT t.typname
		  FROM pg_type AS t
		  JOIN pg_depend AS d
		    ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
		  JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'peoplecall'
		UNION
		SELECT s.name FROM peoplecall.setting AS s
		 ORDER BY 1});

	cmp_ok(scalar @names, '>', 40, 'there is something to mention');
	like($text, qr/\b\Q$_\E\b/, "README.md mentions $_") foreach @names;
	return;
}

run_page('README.md');
check_mentions();
foreach my $page (sort glob('doc/*.md'))
{
	run_page($page);
}
check_links($_) foreach 'README.md', 'demo/README.md', glob('doc/*.md');

$node->stop;
done_testing();
