#!/usr/bin/env perl
# s6-tcpserver-access: names, with name servers that are honest, silent, or lie.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::Rules;

skip_all_unless('this build has DNS', built_with_cares());
in_own_machine();
page('s6-tcpserver-access');
my $access = bin('s6-tcpserver-access');
my @show = ('sh', '-c', 'echo "${TCPREMOTEHOST-unset}|${TCPLOCALHOST-unset}"');

my $local_ip = '127.0.0.40';
sub run_for
{
  my ($ip, @words) = @_;
  my %env = (PROTO => 'TCP', TCPREMOTEIP => $ip, TCPREMOTEPORT => 4001, TCPLOCALIP => $local_ip, TCPLOCALPORT => 80,
    TCPREMOTEHOST => 'old', TCPLOCALHOST => 'old');
  return run({ env => \%env }, $access, @words);
}

sub names { return run_for(@_, @show)->{out} =~ s/\n\z//r }
sub code { return run_for(@_, 'true')->{code} // 'none' }

# Records in hex: labels may hold any byte.
sub dns_name { return join('', map { unpack 'H*', chr(length) . $_ } @_) . '00' }
sub ptr { my ($last, @labels) = @_; return "$last.0.0.127.in-addr.arpa 12 " . dns_name(@labels) }
sub a { my ($name, $last) = @_; return "$name 1 7f0000" . sprintf '%02x', $last }

my $rules = new_rules('rules', 'reversedns/one.test/allow' => '', 'reversedns/bad.one.test/deny' => '', 'reversedns/liar.test/allow' => '',
  'ip4/127.0.0.80_32/allow' => '', 'ip4/192.168.0.0_16/allow' => '', 'ip4/127.0.0.16_28/allow' => '');
my $cdb = compile_rules($rules);
my $anyone = new_rules('anyone', 'reversedns/@/allow' => '');

my $server = own_name_server(
  ptr(40, 'Me', 'test'),
  ptr(2, 'HOST', 'One', 'Test'), a('host.one.test', 2),           # honest
  ptr(3, 'bad', 'one', 'test'), a('bad.one.test', 3),             # honest, and a rule refuses it
  ptr(4, 'x', 'liar', 'test'), a('x.liar.test', 99),              # claims to be another host
  ptr(5, 'nowhere', 'liar', 'test'),                              # a name without an address
  ptr(6, 'silent', 'liar', 'test'), 'silent.liar.test 1 !',       # an address that no server answers for
  '7.0.0.127.in-addr.arpa 12 !',                                  # a name that no server answers for
  ptr(8, '..', 'ip4', '192.168.0.0_16'), ptr(9, '../ip4/192.168.0.0_16'), ptr(10, "one.test\0", 'liar', 'test'), ptr(11, "one\0", 'test'), a("one\0.test", 11),
  ptr(12, "new\nline", 'one', 'test'), ptr(13, 'a b', 'one', 'test'), ptr(14, "\xc3\xa9", 'one', 'test'), ptr(15, '*', 'one', 'test'),
  ptr(17, 'x', 'liar', 'test'), ptr(18, 'silent', 'liar', 'test'), '19.0.0.127.in-addr.arpa 12 !', ptr(20, 'ok', 'test'), a('ok.test', 20),
  ptr(34, 'under_score-1', 'test'), a('under_score-1.test', 34),
  (map { a('many.test', $_) } 60 .. 75), ptr(75, 'many', 'test'),
  ptr(30, 'two', 'test'), a('two.test', 99), a('two.test', 30));

# ---- honest ones ----

page_says('If no rule is about the address, the name of the client decides.');
page_says('Names that were looked up are in lower case and end with a dot.');
page_says('The name of the client.');
page_says('The name of this host.');
is(names('127.0.0.2'), 'host.one.test.|me.test.',
   's6-tcpserver-access sets TCPREMOTEHOST and TCPLOCALHOST to the names of the client and of this host');
is(names('::ffff:127.0.0.2'), 'host.one.test.|me.test.', 's6-tcpserver-access finds the name of a client with a mapped address');
is(names('127.0.0.2', '-l', 'Me'), 'host.one.test.|Me', 's6-tcpserver-access -l sets TCPLOCALHOST as it is given');
is(names('127.0.0.30'), 'two.test.|me.test.', 's6-tcpserver-access accepts a name if one of its addresses is that of the client');
is(names('127.0.0.34'), 'under_score-1.test.|me.test.', 's6-tcpserver-access accepts a name with hyphens and underscores');
page_says('Look up no names.');
is(names('127.0.0.2', '-H'), 'unset|unset', 's6-tcpserver-access -H looks up no names');
page_says('With -p, this has no effect.');
is(names('127.0.0.2', '-H', '-p'), 'host.one.test.|me.test.', 's6-tcpserver-access -H with -p looks up names');
for my $by (['-i', $rules], ['-x', $cdb])
{
  is(code('127.0.0.2', @$by), 0, "s6-tcpserver-access $by->[0]: a client is allowed by its name");
  is(code('127.0.0.2', @$by, $_), 0, "s6-tcpserver-access $by->[0] $_: a client is allowed by its name") for '-p', '-w', '-h';
  is(code('127.0.0.2', @$by, '-H'), 1, "s6-tcpserver-access $by->[0] -H: a client that only its name allows is refused");
  my $r = run_for('127.0.0.3', @$by, 'true');
  is($r->{code}, 1, "s6-tcpserver-access $by->[0]: a client is refused by its name");
  like($r->{err}, qr/info: refuse pid \d+ ip 127\.0\.0\.3 rule=reversedns\/bad\.one\.test$/,
    "s6-tcpserver-access $by->[0]: the line of a client refused by its name names the rule");
  is(code('127.0.0.20', @$by), 0, "s6-tcpserver-access $by->[0]: a rule about the address decides without a name");
  is(code('127.0.0.34', @$by), 1, "s6-tcpserver-access $by->[0]: a client whose name no rule is about is refused");
}

# ---- liars ----

page_says('include the address of the client.');
page_says('Any other name is neither looked up in the rules nor passed to');
page_says('Refuse a client whose name does not lead back to it, even if a rule allows its address.');
page_says('Ignore a name that does not lead back to the client. This is the default.');
for my $last (4, 5, 17)
{
  my $ip = "127.0.0.$last";
  is(names($ip), 'unset|me.test.', "s6-tcpserver-access for the client $ip: a name that does not lead back is none");
  is(code($ip, '-i', $anyone), 1, "s6-tcpserver-access for the client $ip: the rule about all names allows no name that does not lead back");
  my $r = run_for($ip, '-p', 'true');
  is($r->{code}, 1, "s6-tcpserver-access -p for the client $ip: it refuses a client whose name does not lead back");
  like($r->{err}, qr/info: refuse pid \d+ ip \Q$ip\E .*(?:x|nowhere)\.liar\.test$/,
       "s6-tcpserver-access for the client $ip: the line of a client that -p refuses has its name");
  is(code($ip, '-w'), 1, "s6-tcpserver-access -w for the client $ip: it refuses a client whose name does not lead back");
  is(code($ip, '-p', '-P'), 0, "s6-tcpserver-access -P for the client $ip: it undoes -p");
}
is(code('127.0.0.4', '-i', $rules), 1, 's6-tcpserver-access does not apply a rule to a name that does not lead back');
is(code('127.0.0.17', '-i', $rules), 0, 's6-tcpserver-access applies a rule about the address to a client whose name does not lead back');
is(code('127.0.0.17', '-i', $rules, '-p'), 1,
   's6-tcpserver-access -p refuses a client whose name does not lead back, although a rule allows its address');
page_says('If a name has more than 16 addresses, only 16 of them are compared.');
is(names('127.0.0.75'), 'many.test.|me.test.', 's6-tcpserver-access accepts a name if the last of its 16 addresses is that of the client');

# ---- what cannot be a name ----

page_says('So a name counts only if it is made of letters, digits, hyphens, underscores and single dots, and if the addresses of that name');
for my $last (8 .. 15)
{
  my $ip = "127.0.0.$last";
  my $r = run_for($ip, '-v2', @show);
  is($r->{out}, "unset|me.test.\n", "s6-tcpserver-access for the client $ip: a hostile label is no name");
  unlike($r->{err}, qr/[^\x20-\x7e\n]|^(?!s6-tcpserver-access: )/m,
         "s6-tcpserver-access for the client $ip: nothing of a hostile label is in the log");
  for my $by (['-i', $rules], ['-x', $cdb], ['-i', $anyone])
  {
    is(code($ip, @$by, @$_), 1, "s6-tcpserver-access @$by @$_ refuses the client $ip, whose name has a hostile label") for [], ['-p'];
    is(code($ip, @$by, '-w'), 111, "s6-tcpserver-access @$by -w refuses the client $ip, whose name has a hostile label");
  }
}

# ---- no name at all ----

page_says('A client without a name is then refused.');
page_says('A client that has no name is not refused for that.');
page_says('Refuse a client that has no name, or whose name does not lead back to it,');
is(names('127.0.0.99'), 'unset|me.test.', 's6-tcpserver-access removes TCPREMOTEHOST for a client without a name');
is(code('127.0.0.99', '-p'), 0, 's6-tcpserver-access -p allows a client without a name');
is(code('127.0.0.99', '-w'), 1, 's6-tcpserver-access -w refuses a client without a name');
is(code('127.0.0.99', '-i', $anyone), 1, 's6-tcpserver-access allows no client without a name by a rule about names');

# ---- silence ----

page_says('Refuse it also if a lookup fails.');
page_says('Go on if a lookup fails.');
page_says('Stop looking things up after this many milliseconds.');
page_says('What is missing then counts as unknown:');
for my $last (6, 7)
{
  my $ip = "127.0.0.$last";
  my $began = now();
  is(names($ip, '-t', 300), 'unset|me.test.',
     "s6-tcpserver-access for the client $ip: a client whose name is not answered in time has no TCPREMOTEHOST");
  is(code($ip, '-t', 300, '-p'), 0, "s6-tcpserver-access -p for the client $ip: it allows a client whose name is not answered in time");
  is(code($ip, '-t', 300, '-w'), 99, "s6-tcpserver-access -w for the client $ip: it exits 99 when a name is not answered in time");
  is(code($ip, '-t', 300, '-i', $_), 1, "s6-tcpserver-access for the client $ip: no rule about names allows a name that is late") for $rules, $anyone;
  is(code("127.0.0.$_", '-t', 300, '-i', $rules), 0,
     "s6-tcpserver-access for the client 127.0.0.$_: a rule about addresses allows a client whose name is not answered in time") for 18, 19;
}
$server->put_down;
my $silent = silent_name_server();
$local_ip = '127.0.0.1';
is(names('127.0.0.2', '-t', 300), 'unset|localhost.', 's6-tcpserver-access with a name server that never answers: the client has no TCPREMOTEHOST');
page_says('No name server is asked for the name of 127.0.0.1 and of ::1, which is localhost.');
is(names('127.0.0.1', '-t', 5000), 'localhost.|localhost.', 's6-tcpserver-access needs no name server for localhost');
is(code('127.0.0.1', '-t', 5000, '-w', '-p', '-i', new_rules('localhost', 'reversedns/localhost/allow' => '')), 0,
  's6-tcpserver-access allows a client by a rule about the name localhost without a name server');
is(code('127.0.0.2', '-t', 300, '-i', $rules), 1, 's6-tcpserver-access with a name server that never answers: rules about names allow no client');
is(code('127.0.0.2', '-t', 300, '-w'), 99, 's6-tcpserver-access with a name server that never answers: -w exits 99');
is(names('127.0.0.2', '-t', 300, '-r', '-l', 'x'), 'unset|x',
   's6-tcpserver-access with a name server that never answers: names are left out with -r and -l, too');

# ---- the hosts file ----

page_says('Look into the hosts file before asking name servers.');
hosts_file("127.0.0.2 Two.one.test\n127.0.0.1 here\n127.0.0.40 forty\n127.0.0.41 forty\n");
is(names('127.0.0.2', '-h'), 'two.one.test.|here.', 's6-tcpserver-access -h takes names from the hosts file');
is(code('127.0.0.2', '-h', '-i', $rules), 0, 's6-tcpserver-access -h: rules heed the names from the hosts file');
is(code('127.0.0.2', '-t', 300, '-i', $rules), 1, 's6-tcpserver-access without -h: rules do not heed the names from the hosts file');

done_testing();
