# What the documents say is so: every command in README.md and doc/*.md runs, in
# the order of its page, and prints what the page prints; every name that a user
# meets, and every setting, is in the README; every verb is in the reference.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use PeopleCall;
use Documents;
use Test::More;

my $node = new_node('documents');
my $readme = slurp_file('README.md');

# pg_cron works in the README's database only, and its jobs, which would sweep at
# the real time in the middle of a page, find no server.
$node->safe_psql('postgres', 'CREATE DATABASE readme');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\n");
$node->append_conf('postgresql.conf', "cron.database_name = 'readme'\n");
$node->append_conf('postgresql.conf', "cron.host = '/nowhere'\n");
$node->restart;

# Roles are the cluster's: what one page made must not help the next.
sub forget_roles
{
	my ($database) = @_;

	$node->safe_psql('postgres', "DROP DATABASE $database WITH (FORCE)");
	$node->safe_psql('postgres', $_)
	  foreach split /\n/, ask($node, 'postgres', q{
		SELECT format('DROP ROLE %I', rolname) FROM pg_roles
		 WHERE NOT rolsuper AND rolname !~ '^pg_'});
	return;
}

# The make targets and files that a shell block names.
sub check_shell
{
	my ($where, $text) = @_;
	my $makefile = slurp_file('Makefile');
	my %target = map { $_ => 1 } qw(all install installcheck clean uninstall);

	$target{$_} = 1 foreach $makefile =~ /^(\w[\w-]*):(?!=)/mg;
	foreach my $line (split /\n/, $text)
	{
		my ($command, @words) = split ' ', $line;

		if ($command eq 'make')
		{
			ok($target{$_}, "$where: make $_ is there")
			  foreach grep { !/=/ } @words;
		}
		ok(-e $_, "$where: $_ is there")
		  foreach grep { m{^[\w.-]+/[\w./-]+$} } $command, @words;
	}
	return;
}

sub check_page
{
	my ($file, $database) = @_;
	my @items = read_page($file);
	my $script = "$PostgreSQL::Test::Utils::tmp_check/$database.sql";
	my ($out, $err) = ('', '');

	append_to_file($script, session_script(@items));
	{
		local $ENV{PGCLIENTENCODING} = 'UTF8';
		IPC::Run::run([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1',
				'-d', $node->connstr($database), '-f', $script ],
			'>', \$out, '2>', \$err);
	}
	outputs($out, @items);

	foreach my $item (@items)
	{
		my $where = "$file:$item->{line}";

		check_shell($where, $item->{text}) if $item->{kind} eq 'sh';
		next unless $item->{kind} =~ /^(sql|error|cell)$/;
		if (!defined $item->{got})
		{
			fail("$where runs");
			diag($err);
			last;
		}
		if (defined $item->{state} && $item->{state} ne $item->{state_got})
		{
			fail("$where fails with $item->{state}");
			diag("it was $item->{state_got}, $item->{got}");
		}
		elsif (defined $item->{wanted} && !agrees($item->{wanted}, $item->{got}))
		{
			fail("$where prints what it says");
			diag("the page says\n$item->{wanted}\nit prints\n$item->{got}");
		}
		else
		{
			pass("$where is so");
		}
	}
	return;
}

# Links to files of the project.
sub check_links
{
	my ($file) = @_;
	my $folder = $file =~ m{^(.*/)} ? $1 : '';

	foreach my $link (slurp_file($file) =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g)
	{
		ok(-e "$folder$link", "$file: $link is there");
	}
	return;
}

# Comments tell what is a user's: the rest is what a user's things are made of.
my $inner = join '|',
  '^(body of|implementation of|text form|binary form|hash|sort support|trigger on)',
  '^reads (an? )?(area code|grade|time limit|A to D|a whole number)',
  '^inside a verb', 'used by', 'selectivity of', '^planner support',
  '^(the smaller|the larger) of two', '^less than, equal';

# Functions that verbs are made of, and that no comment gives away. They refuse
# or do nothing for a user who calls them.
my %made_of = map { $_ => 1 } qw(
  person_pattern without_person numbers_of city_zone
  ledger_rulebook ledger_rules ledger_cases ledger_joint_work ledger_lists
  ledger_guards ledger_views ledger_reading default_rules require_org
  setting_value start_clocks stop_clocks tightest_clock write_event make_receipt
  choose_task officer_for local_time promise render tell_reporter send_notice add_task end_task
  check_lead settle known_complaint hand_out leave_received require_text require_length shown
  require_nature lock_complaint changed_fields replay_clocks end_assisting
  not_yet_on join_assistants next_command command_up notice_fields
  complete_if_done resume_after_claim require_satisfaction new_epoch
  citizen_says_no lock_notice fire_alarms ladder_act deadline_field tell_act
  open_supervision drop_job require_ledger_owner require_cron stands_at
  send_reporter_notice matters_of give_out request_limit request_name
  check_request check_request_limits check_request_state next_request
  tell_decider retime_clock move_clocks grant_suspend grant_extend
  grant_return grant_lower grant_shelve next_review grant_exclude
  check_decidable end_pause end_requests wake_requests wake_request
  return_refused setting_limit open_coordination convene_returned
  lock_coordination require_meeting choose_party close_coordination
  require_precedent settle_category stale_clocks
  level_of_org inspecting_org inspection_over start_answer_clock open_order order_fields
  tell_order leaders_of check_supervised check_leader choose_order refuse_order
  stop_clock end_order refuse_answer void_orders resume_clock
  office_calendar office_open officer_of officers_for quiet_until notice_time reporter_phone
  urgency_name require_colleague choose_share give_share officer_name
  hand_over_one tell_handed_over reminds_of_nothing
  meant_task reporter_fields tell_citizens bar_from_reporter may_judge
  command_for lead_for supervising_org lock_with_principal
  check_open add_supplement urge_both urge_one tell_handler carried
  end_withdrawn lose_merged end_deserted check_evidence new_track_code
  read_track_code handling_orgs overturn orgs_of
  ending_template
  require_area check_publisher add_listing require_quantity
  require_ahead lock_listing settle_listing mark_closed require_volunteer
  require_free refuse_second_claim add_claim listing_claim require_claim
  fulfil_claim fulfil_joined end_joined end_claim claim_fields tell_claimer
  lapse_claims expire_listing require_lists check_needs note_agenda
  lock_joined join_project);

sub check_names
{
	my ($database) = @_;
	my @names = split /\n/, ask($node, $database, qq{
		SELECT DISTINCT p.proname
		  FROM pg_depend AS d
		  JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'peoplecall'
		  JOIN pg_proc AS p ON p.oid = d.objid AND d.classid = 'pg_proc'::regclass
		 WHERE d.deptype = 'e'
		   AND obj_description(p.oid, 'pg_proc') !~ '$inner'
		 ORDER BY 1});

	cmp_ok(scalar @names, '>', 80, 'the extension has functions');
	foreach my $name (grep { !$made_of{$_} } @names)
	{
		like($readme, qr/`[^`\n]*\b$name\b[^`\n]*`/, "README.md: function $name");
	}
	my %there = map { $_ => 1 } @names;
	is_deeply([ grep { !$there{$_} } sort keys %made_of ],
		[], 'what is left out of the README exists');

	foreach my $name (split /\n/, ask($node, $database, q{
		SELECT t.typname
		  FROM pg_depend AS d
		  JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'peoplecall'
		  JOIN pg_type AS t ON t.oid = d.objid AND d.classid = 'pg_type'::regclass
		 WHERE d.deptype = 'e' AND t.typelem = 0
		UNION
		SELECT c.relname FROM pg_class AS c
		 WHERE c.relnamespace = 'peoplecall'::regnamespace AND c.relkind = 'v'}))
	{
		like($readme, qr/^\| `$name` \|/m, "README.md: type or view $name");
	}
	foreach my $name (split /\n/, ask($node, $database, q{
		SELECT DISTINCT o.oprname
		  FROM pg_operator AS o
		 WHERE o.oprnamespace = 'peoplecall'::regnamespace}))
	{
		like($readme, qr/`[^`\n]*\Q$name\E[^`\n]*`/, "README.md: operator $name");
	}
	foreach my $label (split /\n/, ask($node, $database, q{
		SELECT format('%s %s', t.typname, e.enumlabel)
		  FROM pg_enum AS e
		  JOIN pg_type AS t ON t.oid = e.enumtypid
		 WHERE t.typnamespace = 'peoplecall'::regnamespace}))
	{
		my ($type, $word) = split / /, $label;
		like($readme, qr/^\| `$type` \|.*\b$word\b/m, "README.md: $word of $type");
	}
	return;
}

# Settings that code reads or the defaults put in.
sub check_settings
{
	my ($database) = @_;
	my %name;

	$name{$_} = 1 foreach split /\n/, ask($node, $database, q{
		SELECT DISTINCT m.parts[1]
		  FROM pg_proc AS p
		 CROSS JOIN regexp_matches(p.prosrc,
			'(?:setting_value\(|\ms\.name = )''(\w+)''', 'g') AS m (parts)
		 WHERE p.pronamespace = 'peoplecall'::regnamespace
		UNION
		SELECT s.name FROM peoplecall.setting AS s});
	foreach my $file (glob 'src/*.c')
	{
		my $source = slurp_file($file);

		$name{$_} = 1 foreach $source =~ /DefineCustom\w+Variable\("([^"]+)"/g;
		next unless $source =~ /peoplecall\.setting/;
		$name{$_} = 1 foreach $source =~ /\bname = '(\w+)'/g;
	}
	cmp_ok(scalar keys %name, '>', 5, 'there are settings');
	like($readme, qr/^\| `\Q$_\E` \| [^|]+ \|/m, "README.md: setting $_")
	  foreach sort keys %name;
	return;
}

sub check_errors
{
	my $codes = slurp_file('src/errcodes.h');

	while ($codes =~ /MAKE_SQLSTATE\(([^)]*)\)/g)
	{
		my $code = join '', $1 =~ /'(\w)'/g;
		like($readme, qr/^\| `$code` \|/m, "README.md: SQLSTATE $code");
	}
	return;
}

sub check_verbs
{
	my ($database) = @_;
	my $reference = slurp_file('doc/reference.md');

	foreach my $verb (split /\n/,
		ask($node, $database, 'SELECT verb FROM peoplecall.verbs()'))
	{
		like($reference, qr/^### $verb$/m, "doc/reference.md: verb $verb");
	}
	return;
}

check_page('README.md', 'readme');
check_names('readme');
check_settings('readme');
check_errors();
check_verbs('readme');
check_links($_) foreach 'README.md', 'demo/README.md';

my $database = 'readme';
foreach my $page (sort glob 'doc/*.md')
{
	forget_roles($database);
	($database = $page) =~ s/\W/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	check_page($page, $database);
	check_links($page);
}

$node->stop;
done_testing();
