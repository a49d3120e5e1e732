# What README.md and doc/*.md promise, as things that a test can run. Nothing
# here knows a page: what is said of blocks below holds for all of them.
#
#   ```sql                a block of the page's one psql session
#   ```sql error 42501    a block whose last error must have that SQLSTATE
#   ```text               what the block before it prints; … in a line stands
#                         for anything, a line … for any lines
#   ```sh                 its make targets and files must exist
#   | `SELECT …` | `…` |  two cells of a table side by side: a query, run in a
#                         transaction of its own that is rolled back, and what
#                         it answers, fields parted by a comma, rows by a slash
#
# Anything else in a fence is not looked at; a fence without a word is refused.
package Documents;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';

our @EXPORT = qw(read_page session_script outputs agrees);

# The items of a page in order: { line, kind, text, state, wanted }.
sub read_page
{
	my ($file) = @_;
	my (@items, $fence, $last, $line);

	open(my $page, '<', $file) or die "$file: $!";
	while (defined($line = <$page>))
	{
		chomp $line;
		if (defined $fence)
		{
			if ($line ne '```')
			{
				$fence->{text} .= "$line\n";
				next;
			}
			if ($fence->{kind} eq 'text')
			{
				die "$file:$fence->{line}: an output without a command"
				  unless defined $last;
				$last->{wanted} = $fence->{text};
				undef $last;
			}
			else
			{
				push @items, $fence;
				$last = $fence->{kind} =~ /^(sql|error)$/ ? $fence : undef;
			}
			undef $fence;
		}
		elsif ($line =~ /^```(.*)$/)
		{
			my $word = $1;
			die "$file:$.: a fence without a word" if $word eq '';
			$fence = { line => $., kind => $word, text => '' };
			($fence->{kind}, $fence->{state}) = ('error', $1)
			  if $word =~ /^sql error (\w{5})$/;
		}
		elsif ($line =~ /^\|/)
		{
			undef $last;
			next unless $line =~ /\| *`((?:SELECT|CALL)\b[^`]*)` *\| *(?:`([^`]*)`)? *\|/;
			push @items, { line => $., kind => 'cell', text => $1, wanted => $2 };
			s/\\\|/|/g foreach grep { defined } @{ $items[-1] }{qw(text wanted)};
		}
		elsif ($line =~ /\S/)
		{
			undef $last;
		}
	}
	die "$file:$fence->{line}: a fence that does not end" if defined $fence;
	return @items;
}

# The psql script that runs a page's items and marks where each one prints.
sub session_script
{
	my (@items) = @_;
	my $script = "\\pset pager off\n";

	foreach my $i (0 .. $#items)
	{
		my ($kind, $text) = @{ $items[$i] }{qw(kind text)};

		next unless $kind =~ /^(sql|error|cell)$/;
		$script .= "\\echo \@\@begin $i\n";
		if ($kind eq 'error')
		{
			$script .= "\\set ON_ERROR_STOP 0\n\\set LAST_ERROR_SQLSTATE none\n"
			  . "${text}\\echo 'ERROR: ' :LAST_ERROR_MESSAGE\n"
			  . "\\echo \@\@state $i :LAST_ERROR_SQLSTATE\n\\set ON_ERROR_STOP 1\n";
		}
		elsif ($kind eq 'cell')
		{
			my $call = $text =~ /^CALL/;
			$script .= "\\pset format unaligned\n\\pset tuples_only on\n\\pset fieldsep ', '\n"
			  . ($call ? '' : "BEGIN;\n")
			  . $text . ($text =~ /;\s*$/ ? "\n" : ";\n")
			  . ($call ? '' : "ROLLBACK;\n")
			  . "\\pset format aligned\n\\pset tuples_only off\n";
		}
		else
		{
			$script .= $text;
		}
		$script .= "\\echo \@\@end $i\n";
	}
	return $script;
}

# Sets got, and state_got, of the items that ran to their end.
sub outputs
{
	my ($printed, @items) = @_;
	my ($i, $got);

	foreach my $line (split /\n/, $printed)
	{
		if ($line =~ /^\@\@begin (\d+)$/)
		{
			($i, $got) = ($1, '');
		}
		elsif ($line =~ /^\@\@state \d+ (\w+)$/)
		{
			$items[$i]->{state_got} = $1;
		}
		elsif ($line =~ /^\@\@end \d+$/)
		{
			$got =~ s/\n(?=.)/ \/ /g if $items[$i]->{kind} eq 'cell';
			$items[$i]->{got} = $got;
		}
		else
		{
			$got .= "$line\n";
		}
	}
	return;
}

# Whether an output is what the page says. Blank lines and blanks at the end of
# a line do not count.
sub agrees
{
	my ($wanted, $got) = @_;
	my $pattern = '';

	foreach ($wanted, $got)
	{
		s/[ \t]+$//mg;
		s/\n{2,}/\n/g;
		s/^\n+|\n+$//g;
	}
	foreach my $line (split /\n/, $wanted)
	{
		$pattern .= $line eq "\xe2\x80\xa6" ? '(?:[^\n]*\n)*?'
		  : join('[^\n]*?', map { quotemeta } split(/\xe2\x80\xa6/, $line, -1)) . '\n';
	}
	return "$got\n" =~ /\A$pattern\z/;
}

1;
