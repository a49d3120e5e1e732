# Some seconds of tools/fuzz on each target: random texts, messages and values
# into the extension's C, in a backend with sanitizers. A long run is make fuzz.
use strict;
use warnings FATAL => 'all';
use Test::More;

my $seconds = $ENV{FUZZ_SECONDS} // 3;
my $out = `SECONDS_EACH=$seconds tools/fuzz 2>&1`;
my $status = $? >> 8;
plan skip_all => $out =~ s/^fuzz: //r if $status == 77;

my @targets = map { /^\t\{"(\w+)",/ ? $1 : () } map { do { local @ARGV = $_; <> } } glob('test/fuzz/*.c');
cmp_ok(scalar @targets, '>', 10, 'there are targets');
foreach my $target (@targets)
{
	my ($inputs) = $out =~ /^ok: $target, (\d+) inputs$/m;

	cmp_ok($inputs // 0, '>', 100, "$target: no finding");
}
is($status, 0, 'nothing was found') or diag($out);
done_testing();
