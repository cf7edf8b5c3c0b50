#!/usr/bin/env perl
# What the pages for those who come from elsewhere write about the programs of TLS: each option that a right column names serves
# or connects, and so do the examples.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::PageExamples;
use Sallyport::Tables;
use Sallyport::Tls;

skip_without_tls();

my $dir = own_dir();
my %page = table_pages();
my ($group) = split ' ', $(;
mkdir $_ or die for map { "$dir/$_" } 'rules', 'rules/ip4', 'rules/ip4/127.0.0.0_8';
put_file("rules/ip4/127.0.0.0_8/allow", '');
run({ dir => $dir }, bin('s6-accessrules-cdb-from-fs'), 'rules.cdb', 'rules')->{code} == 0 or die;
chmod 0755, $dir;
put_file('ticket-keys', 'x' x 80);
my $pair = tls_pair('server');
my %env = (pair_env($pair), pair_env($pair, 'localhost'), CAFILE => authority(), PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}", UID => $>, GID => $group, GIDLIST => '');

# ---- options ----

my %value = (N => 5, UID => $>, GID => $group, DIR => "$dir/rules", TEXT => 'a line', NAME => 'localhost', MS => 30000, S => 60, SECONDS => 30, 'X+Y' => '2+2', IP => '127.0.0.1', PORT => 0,
  FD => 9);
my %own = (ciphers => 'HIGH', groups => 'P-256:X25519', 'tls-min' => '1.2', 'ticket-keys' => "$dir/ticket-keys", x => "$dir/rules.cdb", k => { 's6-tlsserver' => 1, 's6-tlsclient' => 'localhost' },
  alpn => 'h2', keylog => "$dir/keylog", l => 'name');
# The client must do more, or other families are needed.
my %more = ('s6-tlsserver y' => { client => ['-y'] }, 's6-tlsserver B' => { banner => 1 });

sub words_of
{
  my ($program, $name) = @_;
  my $option = our_programs()->{$program}{$name};
  my $dashes = length $name == 1 ? '-' : '--';
  return "$dashes$name" unless defined $option->{argument};
  my $value = ref $own{$name} ? $own{$name}{$program} : $own{$name};
  $value //= $value{$option->{argument}} // die "no value for $program $name: $option->{argument}\n";
  return $dashes eq '-' ? ("-$name", $value) : "--$name=$value";
}

sub conversation
{
  my ($server, @options) = @_;
  my $end = run({ env => \%env }, bin('s6-tlsclient'), @options, '-H', $server->{ip}, $server->port, 'sh', '-c', 'echo "a line" >&7; head -n 1 <&6');
  return $end->{out} eq "a line\n" ? 'good' : "$end->{out}$end->{err}" . log_text($server);
}

# What writes before TLS begins is read before it.
sub after_banner
{
  my ($server) = @_;
  my $client = open_client($server);
  return read_all_until($client, 'a line') ? 'good' : 'no banner: ' . log_text($server);
}
sub read_all_until { my ($client, $text) = @_; my $got = ''; eventually(sub { sysread $client, $got, 100, length $got; $got =~ /\Q$text\E/ }); return $got =~ /\Q$text\E/ }

my $other = start_server([], [bin('s6-tlsd'), 'cat'], env => \%env);
my %trial = (
  's6-tlsserver' => sub
  {
    my ($name, @words) = @_;
    my $more = $more{"s6-tlsserver $name"} // {};
    my $names = grep { $_ eq $name } qw(h p r w);
    my $server = start_server([$names ? () : '-H', @words], ['cat'], program => 's6-tlsserver', env => \%env);
    return $more->{banner} ? after_banner($server) : conversation($server, @{$more->{client} // []});
  },
  's6-tlsclient' => sub { my ($name, @words) = @_; return conversation($other, @words) },
);

sub cannot_be_tried
{
  my ($program, $name) = @_;
  return 'changing ids takes root' if $program eq 's6-tlsserver' && $name =~ /^[ugU]$/ && !can_change_ids();
  return 'there is one family here' if "$program $name" eq 's6-tlsclient 6';
  return 'only Linux tells how long a connection has been idle' if $name eq 'max-idle' && platform() ne 'linux';
  return undef;
}

my %tried;
for my $name (sort keys %page)
{
  my $tables = tables(get_file($page{$name}));
  for my $table (values %$tables)
  {
    push @{$tried{"$_->[0] $_->[1]"}}, $name for grep { $_->[0] =~ /^s6-(?:tls|ucspitls)/ } map { options_named($_, $table->{program}) } @{$table->{rows}};
  }
}
cmp_ok(scalar keys %tried, '>', 30, 'the tables of the pages name more than 30 options of our TLS programs');
for my $what (sort keys %tried)
{
  my ($program, $name) = split ' ', $what;
  SKIP:
  {
    my $why = cannot_be_tried($program, $name);
    skip "$what: $why", 1 if $why;
    is($trial{$program} ? $trial{$program}->($name, words_of($program, $name)) : 'this test has no command for it', 'good',
      "$what, from the pages for users of @{$tried{$what}}: a client is served with this option");
  }
}

# ---- examples ----

my $served = 0;
for my $shown (grep { $_->{page} =~ /^sallyport-from-/ && $_->{text} =~ /^s6-tlsserver / } displays())
{
  SKIP:
  {
    $served++;
    skip 'changing ids takes root', 1 unless can_change_ids();
    my $command = $shown->{text} =~ s/^s6-tlsserver /s6-tlsserver -1 /r =~ s/ 7000 / 0 /r;
    my $server = start_listening(env => \%env, ip => '127.0.0.1', command => ['/bin/sh', '-c', "exec $command"]);
    is(conversation($server), 'good', "$shown->{page}: this example serves: $shown->{text}");
  }
}
is($served, 2, 'both examples of s6-tlsserver in the pages sallyport-from-... are tried');

done_testing;
