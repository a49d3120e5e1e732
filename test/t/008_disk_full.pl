# The disk is full in the middle of a sweep and of verbs: what meets it fails
# with 53100 and leaves nothing, no complaint is blamed, and the next run catches
# up. First the tablespace of the ledger alone, then what the server writes ahead,
# which stops the server.
#
# PEOPLECALL_SMALL_DISK names the small disk: a folder of the server's user on a
# file system of some 64 MB that nobody else uses; tools/test mounts one where it
# may. Otherwise it is a tmpfs in a mount namespace of this test's own, which goes
# with its last process, and where the system allows none, the test is skipped.
use strict;
use warnings FATAL => 'all';
use File::Temp;

BEGIN
{
	if (!$ENV{PEOPLECALL_SMALL_DISK})
	{
		my $disk = File::Temp::tempdir('small-disk.XXXXXX', TMPDIR => 1);
		my @own_namespace = qw(unshare --mount --map-current-user --keep-caps sh -c);
		my $mount = 'mount -t tmpfs -o size=64m,mode=700 peoplecall "$1"';

		if (system("@own_namespace '$mount' sh $disk >/dev/null 2>&1") == 0)
		{
			$ENV{PEOPLECALL_SMALL_DISK} = $disk;
			exec @own_namespace, "$mount && shift && exec \"\$@\"", 'sh', $disk, $^X, $0;
		}
		rmdir $disk;
	}
}

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Acknowledged;
use Test::More;
use Time::HiRes qw(sleep);

my $disk = $ENV{PEOPLECALL_SMALL_DISK}
  or plan skip_all => 'no file system can be mounted here, and PEOPLECALL_SMALL_DISK names none';
my $filler = "$disk/filler";

# Leaves that many bytes free.
sub fill_disk
{
	my ($left) = @_;
	open(my $file, '>>', $filler) or die "$filler: $!";
	binmode $file;
	$file->autoflush(1);
	while (defined syswrite($file, "\0" x 65536)) { }
	while (defined syswrite($file, "\0" x 4096)) { }
	die "$filler: $!" unless $!{ENOSPC};
	truncate($file, (-s $filler) - $left) if $left;
	close $file;
	return;
}

# The SQLSTATE of a statement's error, empty where there is none.
sub outcome
{
	my ($node, $sql) = @_;
	my (undef, undef, $err) = $node->psql('city', "\\set VERBOSITY verbose\nSET work_mem = '64MB';\n$sql");
	return $err =~ /ERROR:\s+(\w{5}):/ ? $1 : $err;
}

#
# The ledger's tablespace.
#
my $node = new_node('full', conf => "autovacuum = off\n");
mkdir "$disk/space", 0700;
die "$disk/space cannot be made" unless -d "$disk/space";
$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/space'");
$node->safe_psql('postgres', 'CREATE DATABASE city TABLESPACE small');
load_fixture($node, 'city', $_) foreach qw(ledger small_city);

# Two hundred matters that nobody touched for weeks, in two districts, and one
# that somebody works on.
$node->safe_psql('city', q{
	SET peoplecall.as_of = '2019-12-05 09:00+08';
	SELECT FROM generate_series(1, 200) AS n
	 CROSS JOIN LATERAL peoplecall.submit('hotline', '噪声' || n, '',
		(ARRAY['420106012001', '420102017020'])[n % 2 + 1]::peoplecall.areacode, 'police.noise')});
my $worked = ask($node, 'city', q{
	SELECT complaint_id FROM peoplecall.submit('hotline', '车库', '', '420106012001', 'property.garage')});
my $due = 'SELECT coalesce(sum(b.due), 0) FROM peoplecall.sweep_backlog AS b';
my $steps = q{SELECT count(*) FROM peoplecall.event WHERE verb = 'alarm'};
my $owed = ask($node, 'city', $due);
cmp_ok($owed, '>=', 200, 'much is due');

# What is there has room in its pages; a batch needs more.
fill_disk(200_000);
is(outcome($node, 'CALL peoplecall.sweep(20)'), '53100', 'a sweep meets the full disk');
my $taken = ask($node, 'city', $steps);
my $left = ask($node, 'city', $due);
cmp_ok($left, '>', 0, "with $left complaints still due, as sweep_backlog tells");
fill_disk(0);
my $whole = digests($node, 'city');
is(outcome($node, 'CALL peoplecall.sweep(20)'), '53100', 'the next one too') foreach 1 .. 3;
is_deeply(digests($node, 'city'), $whole, 'and not a row is another, what a failed batch did least of all');
no_rows($node, 'SELECT * FROM peoplecall.sweep_status', 'no complaint is blamed for it');
no_rows($node, 'SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
no_rows($node, 'SELECT * FROM peoplecall.verify_history()', 'so is its history');

# Verbs: a text that no page has room for, and shorter ones until none has.
my $long = '(SELECT string_agg(sha512(n::text::bytea)::text, \'\') FROM generate_series(1, 7500) AS n)';
my $short = $long =~ s/7500/10/r;
my %failing = (
	submit => "submit('hotline', '长', $long, '420106012001', 'police.noise')",
	report => "report($worked, $long)",
	supplement => "supplement($worked, $long)",
	complete => "complete($worked, $long)");
foreach my $verb (sort keys %failing)
{
	is(outcome($node, "SELECT FROM peoplecall.$failing{$verb};"), '53100', "$verb meets it");
}
my %wrong;
my $refused = 0;
foreach (1 .. 400)
{
	my $state = outcome($node, "SELECT FROM peoplecall.report($worked, $short);");
	$refused++ if $state eq '53100';
	$wrong{$state}++ if $state ne '53100' && $state ne '';
	last if $refused > 3;
}
cmp_ok($refused, '>', 3, 'verbs do what there is room for');
is_deeply(\%wrong, {}, 'and then nothing else comes of them');
delete $whole->{sequences};
my $after = digests($node, 'city');
is($after->{complaint} =~ s/ .*//sr, $whole->{complaint} =~ s/ .*//sr, 'no complaint more');
is($after->{$_}, $whole->{$_}, "$_: nothing of what failed is there") foreach qw(task clock notice supplement reporter sweep_status);
no_rows($node, 'SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
no_rows($node, 'SELECT * FROM peoplecall.verify_history()', 'so is its history');

unlink $filler;
$node->safe_psql('city', 'CALL peoplecall.sweep()');
no_rows($node, 'SELECT * FROM peoplecall.sweep_backlog', 'with room again, the next sweep catches up');
cmp_ok(ask($node, 'city', $steps), '>', $taken, 'by taking its steps');
is(outcome($node, "SELECT FROM peoplecall.complete($worked, '办结');"), '', 'and verbs work');
no_rows($node, 'SELECT * FROM peoplecall.sweep_status', 'nothing failed');
no_rows($node, 'SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
no_rows($node, 'SELECT * FROM peoplecall.verify_history()', 'so is its history');
no_rows($node, q{
	SELECT e.complaint_id, e.detail ->> 'clock_seq', e.detail ->> 'step'
	  FROM peoplecall.event AS e
	 WHERE e.verb = 'alarm'
	 GROUP BY 1, 2, 3
	HAVING count(*) > 1}, 'no step was taken twice');
$node->safe_psql('postgres', 'DROP DATABASE city; DROP TABLESPACE small');
$node->stop;

#
# What the server writes ahead. It cannot go on without, and stops; clients and
# sweeps are at work.
#
my $ahead = PostgreSQL::Test::Cluster->new('ahead');
$ahead->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8', '--wal-segsize=1', "--waldir=$disk/wal" ]);
$ahead->append_conf('postgresql.conf', "fsync = on\nsynchronous_commit = on\nmax_wal_size = '8MB'\nmin_wal_size = '2MB'\n"
	. "checkpoint_timeout = '1h'\nwal_recycle = off\nmax_connections = 30\n");
$ahead->append_conf('postgresql.conf', "extension_destdir = '$ENV{DESTDIR}'\n") if $ENV{DESTDIR};
$ahead->start;
new_ledger($ahead, 'city');
my @sessions = start_clients($ahead, 1, 3, 1);
sleep 1;
# one that is under way would give back room after the disk was filled
$ahead->safe_psql('postgres', 'CHECKPOINT');
fill_disk(1_500_000);
my $seen = finish_clients(1, @sessions);
is($seen->{errors}, '', 'no verb failed by itself');
cmp_ok($seen->{cut_off}, '>', 2, 'the server went away from them');
like(slurp_file($ahead->logfile), qr/PANIC:.*No space left on device|PANIC:.*could not/, 'because it could write no more ahead');
unlink $filler;
# it may have come back by itself, or given up
my $up = 0;
foreach (1 .. 100)
{
	last if $up = $ahead->psql('city', 'SELECT 1') == 0;
	$ahead->{_pid} = undef;
	last if $up = $ahead->start(fail_ok => 1);
	sleep 0.2;
}
ok($up, 'with room again it is there');
$ahead->_update_pid(1);
note_acknowledged($ahead, %{ $seen->{times} });
cmp_ok(scalar(keys %{ $seen->{times} }), '>', 10, 'many verbs had been acknowledged');
nothing_is_lost($ahead, 'afterwards');
$ahead->safe_psql('city', 'CALL peoplecall.sweep()');
no_rows($ahead, 'SELECT * FROM peoplecall.sweep_backlog', 'the next sweep catches up');
no_rows($ahead, 'SELECT * FROM peoplecall.sweep_status', 'no complaint is blamed');
nothing_is_lost($ahead, 'at the end');

$ahead->stop;
done_testing();
