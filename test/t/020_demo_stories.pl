# The demo's stories go as they say: each runs against the city of Wuhan, and
# every expectation in it holds. Without pg_cron's minute and the day of 20,000
# matters, which `make demo` plays.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $node = new_node('demo');
new_ledger($node, 'wuhan', city => 0);
$ENV{PGCLIENTENCODING} = 'UTF8';

# psql on a file: its exit code, what it printed, what it complained of.
sub play
{
	my ($file) = @_;
	my ($said, $complaint) = ('', '');

	IPC::Run::run(
		[ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('wuhan'), '-f', $file ],
		'>', \$said, '2>', \$complaint);
	return ($? >> 8, $said, $complaint);
}

# The parts that demo/run plays, in its order.
my ($parts) = slurp_file('demo/run') =~ /^parts=\(([^)]*)\)/m;
my @stories = grep { /^story-/ } split ' ', $parts;
my %told = map { ("demo/$_.sql" => 1) } @stories;
ok($told{$_}, "$_ is told by demo/run") foreach glob 'demo/story-*.sql';

my ($status, $said, $complaint) = play('demo/city.sql');
is($status, 0, 'the city stands') or diag $complaint;

foreach my $story (@stories)
{
	($status, $said, $complaint) = play("demo/$story.sql");
	is($status, 0, "$story ends well") or diag $complaint;
	my ($held) = $said =~ /(\d+) expectations held/;
	my $expected = () = story_text("demo/$story.sql") =~ /pg_temp\.expect\('/g;
	is($held, $expected, "$story: each expectation was asked");
	is(ask($node, 'wuhan', 'SELECT * FROM peoplecall.check_ledger()'), '', "$story: and the ledger is whole");
}

# With what the story includes, but for what defines expect().
sub story_text
{
	my ($file) = @_;
	my ($folder) = $file =~ m{^(.*)/};
	my $text = slurp_file($file);

	$text =~ s{^\\ir (\S+)}{$1 =~ /open/ ? '' : story_text("$folder/$1")}gme;
	return $text;
}

# What goes wrong is not told as if it went well.
my $wrong = "$PostgreSQL::Test::Utils::tmp_check/wrong.sql";
append_to_file($wrong, "\\i demo/stage/open.sql\nSELECT pg_temp.expect('one is two', 1, 2);\n");
($status, $said, $complaint) = play($wrong);
is($status, 3, 'a story that goes wrong ends with an error');
like($complaint, qr/the story went wrong: one is two\nDETAIL:  Expected 2, and it is 1\./,
	'and says what was expected');

done_testing();
