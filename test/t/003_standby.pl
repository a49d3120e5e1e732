# Compiled rules are dropped by any commit that changes them: on a standby, with
# session_replication_role = replica, and where logical replication writes them.
# Each session asked here compiled the rules before the change.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Test::More;

my $primary = new_node('primary', allows_streaming => 'logical');
new_ledger($primary, 'city');

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

my $workday =
  q{SELECT peoplecall.is_workday('2019-10-08', 'small_city_office')};
my $due = q{SELECT to_char(peoplecall.due_at('2019-09-30 09:00+08', '1wd',
	'small_city_office') AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI')};
my $lead = q{SELECT peoplecall.responsible_org('education.training',
	'420106012001', 'C', now())};

my $on_primary = $primary->background_psql('city');
my $on_standby = $standby->background_psql('city');

foreach my $session ($on_primary, $on_standby)
{
	is(session_says($session, $workday), 't', 'a Tuesday is a workday');
	is(session_says($session, $due), '10-08 17:30', 'due after the holiday');
	is(session_says($session, $lead), '32', 'the education department leads');
}

# A change of the calendar on the primary.
$primary->safe_psql('city', q{
	INSERT INTO peoplecall.calendar_day (calendar, day, is_workday)
	VALUES ('small_city_office', '2019-10-08', false)});
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $workday), 'f', 'standby: a day off is seen');
is(session_says($on_standby, $due), '10-09 17:30', 'standby: so is the deadline');
is(session_says($on_primary, $workday), 'f', 'primary: a day off is seen');

# A change of responsibility.
$primary->safe_psql('city',
	'UPDATE peoplecall.responsibility SET kind = NULL, at_level = NULL, org = 31 WHERE id = 103');
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $lead), '31', 'standby: a responsibility is seen');
is(session_says($on_primary, $lead), '31', 'primary: a responsibility is seen');

# In one transaction on the standby: a snapshot taken before the change.
session_says($on_standby, 'BEGIN ISOLATION LEVEL REPEATABLE READ; ' . $workday);
$primary->safe_psql('city',
	q{DELETE FROM peoplecall.calendar_day WHERE day = '2019-10-08'});
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $workday), 't',
	'standby: rules are those in force, also in REPEATABLE READ');
session_says($on_standby, 'COMMIT');
is(session_says($on_standby, $workday), 't', 'standby: and after it');

# A change that rolls back changes nothing, there and here.
$primary->safe_psql('city', q{
	BEGIN; UPDATE peoplecall.calendar_window SET closes = '17:00' WHERE closes = '17:30'; ROLLBACK});
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $due), '10-08 17:30', 'standby: a rollback is none');

# Triggers that are not ENABLE ALWAYS do not fire for a replica.
$primary->safe_psql('city', q{
	SET session_replication_role = replica;
	UPDATE peoplecall.calendar_window SET closes = '17:00' WHERE closes = '17:30'});
is(session_says($on_primary, $due), '10-08 17:00', 'replica role: seen on the primary');
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $due), '10-08 17:00', 'replica role: seen on the standby');

$primary->safe_psql('city', q{
	SET session_replication_role = replica;
	TRUNCATE peoplecall.calendar_day});
is(session_says($on_primary, $due), '10-01 17:00', 'replica role: TRUNCATE is seen');
$primary->wait_for_catchup($standby);
is(session_says($on_standby, $due), '10-01 17:00', 'standby: TRUNCATE is seen');

# Logical replication into a ledger of its own.
my $subscriber = new_node('subscriber', allows_streaming => 'logical');
new_ledger($subscriber, 'city');
$subscriber->safe_psql('city', 'TRUNCATE peoplecall.calendar CASCADE');
$primary->safe_psql('city', q{
	CREATE PUBLICATION calendars FOR TABLE peoplecall.calendar,
		peoplecall.calendar_window, peoplecall.calendar_day});
my $connection = $primary->connstr('city');
$subscriber->safe_psql('city',
	"CREATE SUBSCRIPTION calendars CONNECTION \$\$$connection\$\$ PUBLICATION calendars");
$subscriber->wait_for_subscription_sync($primary, 'calendars', 'city');

my $on_subscriber = $subscriber->background_psql('city');
is(session_says($on_subscriber, $due), '10-01 17:00', 'subscriber: the first copy');
$primary->safe_psql('city', q{
	INSERT INTO peoplecall.calendar_day (calendar, day, is_workday)
	SELECT 'small_city_office', d, false
	  FROM generate_series('2019-10-01'::date, '2019-10-07', '1 day') AS d});
$primary->wait_for_catchup('calendars');
is(session_says($on_subscriber, $due), '10-08 17:00', 'subscriber: inserted rows are seen');
$primary->safe_psql('city',
	q{UPDATE peoplecall.calendar_day SET is_workday = true WHERE day = '2019-10-07'});
$primary->wait_for_catchup('calendars');
is(session_says($on_subscriber, $due), '10-07 17:00', 'subscriber: an updated row is seen');
$primary->safe_psql('city', 'TRUNCATE peoplecall.calendar_day');
$primary->wait_for_catchup('calendars');
is(session_says($on_subscriber, $due), '10-01 17:00', 'subscriber: TRUNCATE is seen');

$_->quit for $on_primary, $on_standby, $on_subscriber;
$_->stop('fast') for $subscriber, $standby, $primary;
done_testing();
