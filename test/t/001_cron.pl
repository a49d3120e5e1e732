# The real pg_cron: the sweep's job runs in the minute after it was scheduled,
# takes each step of an overdue matter's ladder once, and runs as the ledger's
# owner.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $node = new_node('cron');
new_ledger($node, 'city');

# pg_cron looks for its database as soon as it is there, so the database first
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\n");
$node->append_conf('postgresql.conf', "cron.database_name = 'city'\n");
$node->append_conf('postgresql.conf', "cron.host = '" . $node->host . "'\n");
$node->restart;
$node->safe_psql('city', 'CREATE EXTENSION pg_cron');

# A matter that nobody touched for weeks.
my $id = ask($node, 'city', q{
	SELECT set_config('peoplecall.as_of', (now() - interval '30 days')::text, false) \gset none_
	SELECT complaint_id FROM peoplecall.submit(
		'hotline', '路灯不亮', '门口的路灯坏了', '420102017020', 'city.facility')});
like($id, qr/^420102\d{12}$/, 'a matter is filed');

my $steps = qq{
	SELECT count(*) FROM peoplecall.clock AS c, unnest(c.fired)
	 WHERE c.complaint_id = $id};
my $traces = qq{
	SELECT (SELECT count(*) FROM peoplecall.event WHERE complaint_id = $id)
	    || ' events ' ||
	       (SELECT count(*) FROM peoplecall.notice WHERE complaint_id = $id)
	    || ' notices'};
is(ask($node, 'city', $steps), 0, 'no step was taken yet');
my $before = ask($node, 'city', $traces);

# Scheduling, twice: the same jobs.
$node->safe_psql('city', 'SELECT peoplecall.schedule_jobs()');
my $jobs = ask($node, 'city', 'SELECT count(*) FROM cron.job');
cmp_ok($jobs, '>=', 1, 'jobs are scheduled');
$node->safe_psql('city', 'SELECT peoplecall.schedule_jobs()');
is(ask($node, 'city', 'SELECT count(*) FROM cron.job'), $jobs,
	'scheduling again adds none');
is( ask($node, 'city', 'SELECT DISTINCT username FROM cron.job'),
	'city_owner', 'jobs run as the owner of the ledger');
is(ask($node, 'city', 'SELECT DISTINCT database FROM cron.job'),
	'city', 'jobs run in the database of the ledger');

# Within its next minute, which begins in 60 seconds at the latest.
my $in_time = wait_until($node, 'city', 90, qq{
	SELECT count(*) > 0 FROM peoplecall.clock
	 WHERE complaint_id = $id AND cardinality(fired) > 0})
  && wait_until($node, 'city', 30, q{
	SELECT count(*) > 0 FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid)
	 WHERE d.status = 'succeeded' AND j.command ~ 'sweep'});
ok($in_time, 'pg_cron ran the sweep, and it took a step')
  or diag(ask($node, 'city',
		'SELECT status, return_message FROM cron.job_run_details'));

isnt(ask($node, 'city', $traces), $before, 'the steps left events');
is( ask($node, 'city', qq{
	SELECT count(*) FROM peoplecall.clock
	 WHERE complaint_id = $id AND next_alarm_at <= now()}),
	0, 'nothing that is due is left');

# Once: whatever sweeps come after find nothing to do.
my $taken = ask($node, 'city', $steps);
my $left = ask($node, 'city', $traces);
$node->safe_psql('city', 'CALL peoplecall.sweep()') for 1 .. 2;
is(ask($node, 'city', $steps), $taken, 'no step is taken again');
is(ask($node, 'city', $traces), $left, 'no event and no notice comes again');
is( ask($node, 'city', q{
	SELECT count(*) FROM peoplecall.clock
	 WHERE cardinality(fired) <> (SELECT count(DISTINCT s) FROM unnest(fired) AS s)}),
	0, 'no clock has a step twice');

# The owner himself, who may not read pg_cron's settings. What a job's row says
# of where to connect to is written anew: after a failover it may be elsewhere.
$node->safe_psql('city', 'UPDATE cron.job SET nodeport = 1');
is(ask($node, 'city', 'SET ROLE city_owner; SELECT count(*) FROM peoplecall.schedule_jobs()'), $jobs,
	'the owner schedules them himself');
is(ask($node, 'city', q{SELECT count(*), min(nodeport) = current_setting('port')::int, min(username) FROM cron.job}),
	"$jobs|t|city_owner", 'to the server as it is now');
is(ask($node, 'city', 'SET ROLE city_owner; SELECT peoplecall.unschedule_jobs()'), $jobs, 'and unschedules them');
$node->safe_psql('city', 'SELECT peoplecall.schedule_jobs()');

# From a database without pg_cron: refused, with the way out.
new_ledger($node, 'elsewhere');
my ($status, undef, $stderr) =
  $node->psql('elsewhere', 'SELECT peoplecall.schedule_jobs()');
isnt($status, 0, 'scheduling is refused where pg_cron is not');
like($stderr, qr/cron\.schedule_in_database/,
	'and the statements to run are told');
(undef, undef, $stderr) = $node->psql('elsewhere', 'SET ROLE city_owner; SELECT peoplecall.schedule_jobs()');
like($stderr, qr/pg_cron is not in this database.*superuser/s, 'to the owner, who to ask');

$node->safe_psql('city', 'SELECT peoplecall.unschedule_jobs()');
is(ask($node, 'city', 'SELECT count(*) FROM cron.job'),
	0, 'unscheduling leaves no job');

$node->stop;
done_testing();
