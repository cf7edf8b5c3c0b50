#!/usr/bin/env perl
# s6-tcpserverd -i and -x: no client is let in that a rule keeps out.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;
use POSIX ();
use Socket qw(inet_ntoa inet_aton inet_ntop inet_pton AF_INET6);

in_network_namespace();
page('s6-tcpserverd');
my $ip = tool('ip');
my $greet = ['sh', '-c', 'echo in'];

# ---- the vocabulary ----

sub words_for { return $_[0] eq 'directory' ? ('-i', $_[1]) : ('-x', compile_rules($_[1])) }
sub verdict { my $said = ask(@_); return defined $said ? $said eq "in\n" ? 'in' : "out$said" : 'no end' }
sub all_in { return new_rules('in', 'ip4/0.0.0.0_0/allow' => '', 'ip6/::_0/allow' => '', @_) }

sub v4 { return inet_ntoa(pack 'N', $_[0]) }
sub mask4 { my ($n, $length) = @_; return $length ? $n & (0xffffffff << (32 - $length)) & 0xffffffff : 0 }
sub key4 { my ($n, $length) = @_; return 'ip4/' . v4(mask4($n, $length)) . "_$length" }

# Loopback addresses that a client can have.
sub is_client { return $_[0] > 0x7f000000 && $_[0] < 0x7fffffff }

sub flip6
{
  my ($address, $bit) = @_;
  vec($address, $bit ^ 7, 1) ^= 1;
  return $address;
}

sub key6
{
  my ($address, $length) = @_;
  vec($address, $_ ^ 7, 1) = 0 for $length .. 127;
  return 'ip6/' . inet_ntop(AF_INET6, $address) . "_$length";
}

# Makes the rules that a running server uses other ones.
sub change_rules
{
  my ($form, @files) = @_;
  my $dir = new_rules("changing.$form", @files);
  compile_rules($dir) if $form ne 'directory';
}

# ---- who comes in ----

page_says('access rules decide who is served:');
page_says('A client that no rule allows is refused: the connection is closed, and no program is launched.');
page_says('Serve only clients that the access rules in the directory dir allow.');
page_says('Serve only clients that the access rules in the compiled file allow.');
page_says('Clients are looked up by their address.');
for my $form ('directory', 'file')
{
  my $rules = new_rules('basic', 'ip4/127.0.0.0_24/allow' => '', 'ip4/127.0.0.2_32/deny' => '', 'ip4/127.0.0.4_32/env/X' => 'no rule');
  my $mark = own_dir() . "/mark.$form";
  my $server = start_server([words_for($form, $rules)], ['sh', '-c', "echo x >> $mark; echo in"]);
  is(verdict($server, from => "127.0.0.$_"), 'in', "s6-tcpserver with rules in a $form: 127.0.0.$_ is allowed") for 1, 3, 4;
  is(-s $mark, 6, "s6-tcpserver with rules in a $form: a program is launched for each allowed client");
  is(verdict($server, from => '127.0.0.2'), 'out', "s6-tcpserver with rules in a $form: a denied address of an allowed network is refused");
  is(verdict($server, from => '127.0.1.1'), 'out', "s6-tcpserver with rules in a $form: a client without a rule is refused");
  is(-s $mark, 6, "s6-tcpserver with rules in a $form: no program is launched for refused clients");
  log_says($server, qr/^s6-tcpserverd: info: refuse 127\.0\.0\.2_\d+ rule=\S+$/,
    "s6-tcpserver with rules in a $form: the log names the refused client and its rule");
  is(log_count($server, qr/127\.0\.0\.[134]/), 0, "s6-tcpserver with rules in a $form: the log does not name allowed clients");
}

page_says('Of -i and -x, the last one counts.');
my $nobody = new_rules('nobody', 'ip4/0.0.0.0_0/deny' => '');
is(verdict(start_server(['-i', $nobody, '-i', all_in()], $greet)), 'in', 's6-tcpserver: of two options -i the last one counts');
is(verdict(start_server(['-x', compile_rules($nobody), '-i', all_in()], $greet)), 'in', 's6-tcpserver -i after -x counts');
is(verdict(start_server(['-i', all_in(), '--rules-cdb', compile_rules($nobody)], $greet)), 'out', 's6-tcpserver -x after -i counts');
is(verdict(start_server(['--rules-dir', $nobody], $greet)), 'out', 's6-tcpserver --rules-dir is the long form of -i');
is(verdict(start_server(['-i', new_rules('empty')], $greet)), 'out', 's6-tcpserver -i with an empty directory lets no client in');

page_says('Their names are not looked up:');
is(verdict(start_server(['-i', new_rules('named', 'reversedns/@/allow' => '', 'reversedns/localhost/allow' => '')], $greet)), 'out',
  's6-tcpserverd does not heed rules about names');

# ---- every prefix of IPv4, at its ends ----

my $middle = 0x7f55aa55;
for my $form ('directory', 'file')
{
  change_rules($form, 'ip4/0.0.0.0_0/allow' => '');
  my @words = $form eq 'directory' ? ('-i', own_dir() . '/changing.directory') : ('-x', own_dir() . '/changing.file.cdb');
  my $server = start_server(['-C', 1000, '-c', 1000, @words], $greet);
  my @wrong;
  for my $length (9 .. 32)
  {
    my $first = mask4($middle, $length);
    my $last = $first + 2 ** (32 - $length) - 1;
    my @inside = map { v4($_) } grep { is_client($_) } $first, $last;
    my @outside = map { v4($_) } grep { is_client($_) } $first - 1, $last + 1;
    for my $kind ('allow', 'deny')
    {
      change_rules($form, key4($middle, $length) . "/$kind" => '', $kind eq 'deny' ? (key4($middle, 8) . '/allow' => '') : ());
      my ($here, $there) = $kind eq 'allow' ? ('in', 'out') : ('out', 'in');
      push @wrong, map { "$kind /$length: $_" } grep { verdict($server, from => $_) ne $here } @inside;
      push @wrong, map { "$kind /$length: $_ outside" } grep { verdict($server, from => $_) ne $there } @outside;
    }
  }
  is_deeply(\@wrong, [], "s6-tcpserver with rules in a $form: clients at the ends of every IPv4 prefix of 9 to 32 bits are judged right");
  for my $length (0 .. 8)
  {
    change_rules($form, key4($middle, $length) . '/allow' => '');
    push @wrong, "allow /$length" if verdict($server, from => '127.1.2.3') ne 'in';
    next unless $length;
    change_rules($form, key4($middle ^ 2 ** (32 - $length), $length) . '/allow' => '');
    push @wrong, "allow the neighbour of /$length" if verdict($server, from => '127.1.2.3') ne 'out';
  }
  is_deeply(\@wrong, [], "s6-tcpserver with rules in a $form: clients are judged right by IPv4 prefixes of 0 to 8 bits");
}

page_says('A directory is read for each client.');
page_says('A compiled file is kept in memory, and read again for the next client after it was replaced.');
for my $form ('directory', 'file')
{
  change_rules($form, 'ip4/127.0.0.1_32/allow' => '');
  my $fresh = start_server([$form eq 'directory' ? ('-i', own_dir() . '/changing.directory') : ('-x', own_dir() . '/changing.file.cdb')], $greet);
  my @got = verdict($fresh);
  change_rules($form, 'ip4/127.0.0.1_32/deny' => '');
  push @got, verdict($fresh);
  change_rules($form, 'ip4/127.0.0.1_32/allow' => '');
  push @got, verdict($fresh);
  is("@got", 'in out in', "s6-tcpserver with rules in a $form: each client is judged by the rules of the moment");
}

# ---- IPv6 ----

SKIP:
{
  skip 'IPv6 is not available', 6 unless have_ipv6();
  my $text = '2001:db8:5555:aaaa:5555:aaaa:5555:aaaa';
  my $address = inet_pton(AF_INET6, $text);
  my @ends = map { "2001:db8:5555:aaaa::$_" } qw(ffff 1:0 1:ffff 2:0);
  system("$ip -6 addr add $_/128 dev lo nodad") == 0 or die "cannot add $_\n" for $text, @ends;
  for my $form ('directory', 'file')
  {
    change_rules($form, 'ip6/::_0/allow' => '');
    my @words = $form eq 'directory' ? ('-i', own_dir() . '/changing.directory') : ('-x', own_dir() . '/changing.file.cdb');
    my $server = start_server(['-C', 1000, '-c', 1000, @words], $greet, ip => '::1');
    my @wrong;
    # The comparison is the same code in all variants: one of them tries every length.
    for my $length (grep { variant() eq 'default' || $_ % 8 < 2 } 0 .. 128)
    {
      my $own = key6($address, $length);
      my $other = $length ? key6(flip6($address, $length - 1), $length) : undef;
      change_rules($form, "$own/allow" => '', $other ? ("$other/deny" => '') : ());
      push @wrong, "allow $own" if verdict($server, from => $text) ne 'in';
      next unless $length;
      change_rules($form, "$own/deny" => '', "$other/allow" => '', 'ip6/::_0/allow' => '');
      push @wrong, "deny $own" if verdict($server, from => $text) ne 'out';
      change_rules($form, "$other/allow" => '');
      push @wrong, "allow $other" if verdict($server, from => $text) ne 'out';
    }
    is_deeply(\@wrong, [], "s6-tcpserver with rules in a $form: a client is judged right by every IPv6 prefix and its neighbour");
    change_rules($form, 'ip6/2001:db8:5555:aaaa::1:0_112/allow' => '');
    is_deeply([map { verdict($server, from => $_) } @ends], [qw(out in in out)],
              "s6-tcpserver with rules in a $form: clients at the ends of an IPv6 prefix are judged right");
  }

  # An IPv4 client of an IPv6 listener is an IPv4 client.
  my @both = ('--combine4and6');
  my $four = new_rules('four', 'ip4/127.0.0.0_8/allow' => '', 'ip4/127.0.0.2_32/deny' => '', 'ip6/::_0/deny' => '');
  my $six = new_rules('six', 'ip6/::_0/allow' => '', 'ip6/::ffff:127.0.0.1_128/allow' => '', 'ip6/::ffff:7f00:1_128/allow' => '', 'ip6/::ffff:0:0_96/allow' => '');
  for my $form ('directory', 'file')
  {
    my $server = start_server([@both, words_for($form, $four)], $greet, ip => '::');
    is_deeply([map { verdict($server, ip => '127.0.0.1', from => "127.0.0.$_") } 1, 2], ['in', 'out'],
      "s6-tcpserver with rules in a $form: IPv4 clients of an IPv6 listener are judged by IPv4 rules");
    is(verdict($server, ip => '::1'), 'out', "s6-tcpserver with rules in a $form: an IPv6 client is judged by the IPv6 rule beside IPv4 rules");
    $server = start_server([@both, words_for($form, $six)], $greet, ip => '::');
    is(verdict($server, ip => '127.0.0.1'), 'out', "s6-tcpserver with rules in a $form: no IPv6 rule lets an IPv4 client of an IPv6 listener in");
    is(verdict($server, ip => '::1'), 'in', "s6-tcpserver with rules in a $form: an IPv6 client is let in by an IPv6 rule");
  }
}

# ---- what a rule changes ----

page_says('The variables in the env of a rule are set or removed last, and may be any variables.');
page_says('Its exec is run by execlineb(1) in place of prog.');
my $changing = new_rules('changing', 'ip4/127.0.0.1_32/allow' => '', 'ip4/127.0.0.1_32/env/NEW' => "one\n", 'ip4/127.0.0.1_32/env/OLD' => '',
  'ip4/127.0.0.1_32/env/TCPREMOTEIP' => "elsewhere\n", 'ip4/127.0.0.2_32/allow' => '', 'ip4/127.0.0.3_32/allow' => '',
  'ip4/127.0.0.3_32/env/NEW' => "three\n", 'ip4/127.0.0.3_32/exec' => q{sh -c "echo script $NEW '$@'; exec cat"},
  'ip4/127.0.0.4_32/allow' => '', 'ip4/127.0.0.4_32/exec' => 'nonesuch-at-all',
  'ip4/127.0.0.5_32/allow' => '', map { ("ip4/127.0.0.5_32/env/V$_" => 'x' x 200) } 1 .. 20);
my $show = ['sh', '-c', 'echo "$NEW|${OLD-unset}|$TCPREMOTEIP"'];
for my $form ('directory', 'file')
{
  for my $way ([], ['--portable-launch'])
  {
    my $name = join ' ', $form, @$way;
    my $server = start_server([@$way, words_for($form, $changing)], $show, env => { OLD => 'old' });
    is(ask($server), "one|unset|elsewhere\n", "s6-tcpserver with rules in a $name: the env of a rule sets, removes and replaces variables");
    is(ask($server, from => '127.0.0.2'), "|old|127.0.0.2\n",
       "s6-tcpserver with rules in a $name: the env of a rule changes nothing for another client");
    SKIP:
    {
      skip 'execlineb is not installed', 3 unless tool('execlineb');
      is(ask($server, from => '127.0.0.3', send => "text\n"), "script three \$@\ntext\n",
        "s6-tcpserver with rules in a $name: the exec of a rule runs instead of the program, with the env of the rule");
      is(ask($server, from => '127.0.0.4'), '', "s6-tcpserver with rules in a $name: a client whose rule has an exec that fails gets nothing");
      is(ask($server), "one|unset|elsewhere\n", "s6-tcpserver with rules in a $name: another client is served after an exec that fails");
    }
    my $env = start_server([@$way, words_for($form, $changing)], ['sh', '-c', 'env | grep -c "^V[0-9]*=x\{200\}$"']);
    is(ask($env, from => '127.0.0.5'), "20\n", "s6-tcpserver with rules in a $name: a rule sets 4 kilobytes of variables");
  }
}

page('sallyport-rules');
page_says('The variables of one rule may take 65536 bytes together');
my @long = ('ip4/0.0.0.0_0/allow' => '', map { ("ip4/0.0.0.0_0/env/LONG$_" => $_ x 3000 . "\n") } 1 .. 5);
my $long = start_server(['-i', new_rules('long', @long)], ['sh', '-c', 'echo "${#LONG1} ${#LONG5}"']);
is(ask($long), "3000 3000\n", 's6-tcpserverd -i: a rule sets more variables than a database holds');
my $one = run({ env => { PROTO => 'TCP', TCPREMOTEIP => '127.0.0.1', TCPREMOTEPORT => 1, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 1 } },
  bin('s6-tcpserver-access'), '-v0', '-H', '-i', new_rules('long', @long), 'sh', '-c', 'echo "${#LONG1} ${#LONG5}"');
is($one->{out}, "3000 3000\n", 's6-tcpserver-access -i: a rule sets more variables than a database holds');
page('s6-tcpserverd');

# ---- errors ----

page_says('So is a client whose rule cannot be read.');
page_says('Launches that fail, and rules that cannot be read, are logged in the same way.');
my $broken = new_rules('broken', 'ip4/0.0.0.0_0/allow' => '', 'ip4/127.0.0.2_32/env/X' => 'x');
symlink '/nonexistent/file', "$broken/ip4/127.0.0.2_32/allow" or die;
my $server = start_server(['-i', $broken], $greet);
is(verdict($server, from => '127.0.0.2'), 'out', 's6-tcpserverd refuses a client whose rule cannot be read') for 1 .. 5;
is(verdict($server), 'in', 's6-tcpserverd serves a client although the rule of another client cannot be read');
log_says($server, qr{^s6-tcpserverd: warning: unable to read the access rules in \Q$broken\E: ip4/127\.0\.0\.2_32/allow: No such file},
  's6-tcpserverd logs a rule that cannot be read with the cause');
my $lines = sub { my $sum = 0; $sum += /repeated=(\d+)$/ ? $1 : 1 for grep { /unable to read the access rules in \Q$broken\E/ } log_lines($server); return $sum };
ok(eventually(sub { $lines->() == 5 }) && log_count($server, qr{ rules in \Q$broken\E: .* repeated=\d$}),
  's6-tcpserverd sums up five clients with a rule that cannot be read in its log');
rename $broken, "$broken.away" or die;
is(verdict($server), 'out', 's6-tcpserver -i lets no client in when the directory of the rules is gone');
rename "$broken.away", $broken or die;
is(verdict($server), 'in', 's6-tcpserver -i lets a client in when the directory of the rules is back');

page_says('If the rules cannot be read at the start, s6-tcpserverd exits 111 before any client is accepted.');
my $junk = put_file('junk.cdb', 'junk' x 1000);
for my $case (['-i', '/nonexistent/rules'], ['-x', '/nonexistent/rules.cdb'], ['-x', $junk], ['-i', $junk], ['-x', $broken], ['-x', '/dev/null'])
{
  my $r = run(bin('s6-tcpserver'), '-1', @$case, '127.0.0.1', 0, 'true');
  is($r->{code}, 111, "s6-tcpserver @$case exits 111");
  is($r->{out}, '', "s6-tcpserver @$case: no port is announced");
  like($r->{err}, qr{\As6-tcpserverd: fatal: unable to read the access rules in \Q$case->[1]\E: .+\n\z},
       "s6-tcpserver @$case: the message has the cause");
}

my $unsound = put_file('unsound.cdb', cdb_bytes('ip4/127.0.0.2_32' => 'A'));
my $refused = run(bin('s6-tcpserver'), '-x', $unsound, '127.0.0.1', 0, 'true');
is($refused->{err}, "s6-tcpserverd: fatal: unable to read the access rules in $unsound: ip4/127.0.0.2_32: the lengths in its record are wrong\n",
  's6-tcpserver -x with a record that is not sound: the message names the record');

page_says('A new file that cannot be used is reported once, and the old rules stay in force until it is replaced by a better one.');
my $kept = new_rules('kept', 'ip4/127.0.0.1_32/allow' => '');
my $cdb = compile_rules($kept);
my $keeping = start_server(['-v', '-x', $cdb], $greet);
my $deny_record = cdb_bytes('ip4/127.0.0.1_32' => 'D', 'ip4/127.0.0.0_8' => allow_record());
my @bad = ('', 'short', 'junk' x 1000, substr($deny_record, 0, -9), cdb_bytes('ip4/127.0.0.2_32' => 'A'), cdb_bytes('uid/1' => 'X'));
for my $i (0 .. $#bad)
{
  put_file("bad.$i", $bad[$i]);
  rename own_dir() . "/bad.$i", $cdb or die;
  is(join(' ', map { verdict($keeping, from => "127.0.0.$_") } 1, 2, 1), 'in out in', "s6-tcpserver -x, replaced by bad file $i: the old rules stay");
}
is(log_count($keeping, qr{^s6-tcpserverd: warning: unable to read the access rules in \Q$cdb\E: .+: keeping the old ones$}), scalar @bad,
  's6-tcpserver -x, replaced by bad files: each bad file is reported once');
unlink $cdb;
is(join(' ', map { verdict($keeping, from => "127.0.0.$_") } 1, 2), 'in out', 's6-tcpserver -x, file removed: the old rules stay');
put_file('good', $deny_record);
rename own_dir() . '/good', $cdb or die;
is(join(' ', map { verdict($keeping, from => "127.0.0.$_") } 1, 2), 'out in',
   's6-tcpserver -x, replaced by a good file: the new rules count at once');
log_says($keeping, qr{info: new access rules in \Q$cdb\E$}, 's6-tcpserver -x, replaced by a good file: the new rules are logged');

# ---- replaced under load ----

my @turns = map { new_rules("turn$_", 'ip4/127.0.0.0_24/allow' => '', 'ip4/127.0.0.2_32/deny' => '', "ip4/127.0.$_.0_24/allow" => '') } 1, 2;
my @files = map { get_file(compile_rules($_)) } @turns;
put_file('load.cdb', $files[0]);
my $loaded = start_server(['-c', 1000, '-C', 1000, '-x', own_dir() . '/load.cdb'], $greet);
my $swapper = fork // die "cannot fork: $!\n";
if (!$swapper)
{
  for (my $n = 0; getppid() != 1; $n++)
  {
    put_file('load.next', $files[$n % 2]);
    rename own_dir() . '/load.next', own_dir() . '/load.cdb';
    select undef, undef, undef, 0.001;
  }
  POSIX::_exit(0);
}
my %seen;
$seen{"$_->[0] " . verdict($loaded, from => $_->[1])}++ for map { (['allowed', '127.0.0.1'], ['refused', '127.0.0.2'], ['changing', '127.0.1.1'], ['never', '127.0.3.1']) } 1 .. 150;
kill 'KILL', $swapper;
waitpid $swapper, 0;
delete @seen{'changing in', 'changing out'};
is_deeply(\%seen, { 'allowed in' => 150, 'refused out' => 150, 'never out' => 150 },
  's6-tcpserverd judges every client right while the file of -x is replaced all the time');
is(log_count($loaded, qr/unable/), 0, 's6-tcpserverd logs no error while the file of -x is replaced all the time');

# ---- where rules are looked for ----

page_says('A relative path begins in the directory that it was started in.');
compile_rules(all_in());
my $relative = start_server(['-x', 'in.cdb'], $greet, dir => own_dir());
is(verdict($relative), 'in', 's6-tcpserver -x with a relative path begins in the directory of the start');
page_says('The rules are read by the user that s6-tcpserverd runs as, and in the root directory that it runs in.');
SKIP:
{
  skip 'changing ids takes root', 2 unless can_change_ids();
  my $private = compile_rules(all_in());
  chmod 0600, $private;
  my $r = run(bin('s6-tcpserver'), '-1', '-u', 65534, '-g', 65534, '-x', $private, '127.0.0.1', 0, 'true');
  is($r->{code}, 111, 's6-tcpserver -x with a file that the user of -u may not read exits 111');
  like($r->{err}, qr/Permission denied/, 's6-tcpserver -x with a file that the user of -u may not read: the message has the cause');
}

page('s6-tcpserver');
page_says('Serve only clients that the access rules in the directory dir allow: sallyport-rules(7).');
page_says('Serve only clients that the access rules in the compiled file allow.');
page_says('Of -i and -x, the last one counts.');
is(verdict(start_server(['-i', $nobody, '-x', compile_rules(all_in())], $greet)), 'in', 's6-tcpserver keeps the order of -i and -x: -x after -i counts');

done_testing();
