#!/usr/bin/env perl
# What the page about security promises, as far as no other test does.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('sallyport-security');

page_says('None of the programs is meant to be installed set-user-id.');
opendir my $programs, $ENV{SALLYPORT_BIN} or die;
is(join(' ', grep { (stat "$ENV{SALLYPORT_BIN}/$_")[2] & 06000 } grep { -f "$ENV{SALLYPORT_BIN}/$_" } readdir $programs), '',
  'no installed program is set-user-id or set-group-id');

# What each trusts is said of each.
SKIP:
{
  skip 'mandoc, to read the page with, is not installed', 1 unless tool('mandoc');
  my ($list) = page_text(page_file('sallyport-security.7')) =~ /What each of them trusts besides its caller (.*) What they never do/;
  my $prefix = $ENV{SALLYPORT_PROGRAM_PREFIX} // '';
  rewinddir $programs;
  my @names = map { s/\A\Q$prefix\E//r } grep { -f "$ENV{SALLYPORT_BIN}/$_" } readdir $programs;
  cmp_ok(scalar(@names), '>=', 20, 'at least 20 programs are installed');
  is(join(' ', grep { ($list // '') !~ /(?<![\w-])\Q$_\E(?![\w-])/ } @names), '',
    'sallyport-security(7) has each program in its list of what they trust');
}

page_says('alone leaves the group id as it is: give -g too, or -U.');
page_says('Descriptors that the caller left open stay open, and every child has them:');
SKIP:
{
  skip 'changing ids takes root', 3 unless can_change_ids();
  my $server = start_server(['-u', 1000], ['sh', '-c', 'id -u; id -g; cat <&9'], fds => { 9 => put_file('of-the-caller', "text\n") });
  is(ask($server), '1000' . "\n" . (split ' ', $))[0] . "\ntext\n",
    's6-tcpserver -u alone leaves the group, and a descriptor of the caller stays open');
  is(ask(start_server(['-u', 1000, '-g', 100], ['id', '-g'])), "100\n", 's6-tcpserver -u -g changes the group id of a child');
  page_says('no user id, group or capability of root remains, and no descriptor that a program of the chain opened but the listener.');
}

page_says('They never pass on a descriptor that they opened, but for the connection.');
page_says('The servers never write to the connection of a client that they serve, but for TLS.');
page_says('All the rest is read by the program that serves a client.');
for my $way ([], ['--portable-launch'])
{
  my $server = start_server($way, ['sh', '-c', 'ls -l /proc/$$/fd | grep -c socket; cat']);
  is(ask($server, send => "every byte\n"), "2\nevery byte\n",
    "@{['s6-tcpserver', @$way]}: a child has the connection twice and no other socket, and every byte of it");
}

page_says('Without -u, -g or -U the ids stay as they are: a chain that root starts then serves as root.');
is(ask(start_server([], [$^X, '-e', 'print "$< $>\n"'])), "$< $>\n", 's6-tcpserver without -u, -g and -U leaves the ids as they are');

# ---- valgrind ----

SKIP:
{
  my $valgrind = tool('valgrind');
  skip 'valgrind is not installed', 3 unless $valgrind;
  skip 'a sanitizer and valgrind exclude each other', 3 if variant() eq 'sanitize';
  my @under = ($valgrind, '-q', '--error-exitcode=99', '--exit-on-first-error=no', '--track-fds=no', '--child-silent-after-fork=yes');
  skip 'valgrind does not work here', 3 if run(@under, 'true')->{code};
  my ($busy) = busy_port();
  # The quick way shares memory with children, which valgrind cannot follow: the daemon notices, and uses the other.
  for my $way ([], ['--portable-launch'])
  {
    my $server = start(command => [@under, bin('s6-tcpserverd'), '-v2', '-c', 10, '-C', 3, @$way, 'cat'], fds => { 0 => $busy });
    my $at = { ip => '127.0.0.1', port => $busy->sockport };
    my @held = map { open_client($at) } 1 .. 3;
    my $good = grep { say_to($_, "x\n"); (read_line($_, 60) // '') eq "x\n" } @held;
    is($good, 3, "@{['s6-tcpserverd', @$way]} under valgrind serves clients");
    ok(closed_by_server(open_client($at), 60), "@{['s6-tcpserverd', @$way]} under valgrind refuses a client above the limit of a source");
    $server->signal('HUP');
    read_all($_, 60) for @held;
    @held = ();
    is(ask($at, send => 'x', deadline => 60), 'x', "@{['s6-tcpserverd', @$way]} under valgrind serves on after SIGHUP");
    $server->signal('TERM');
    is_deeply($server->wait(60), { code => 0, signal => 0 }, "@{['s6-tcpserverd', @$way]} under valgrind exits 0, and no error is found")
      or diag(log_text($server));
    is(log_count($server, qr/^==\d+==/), 0, "@{['s6-tcpserverd', @$way]} under valgrind gets no message of valgrind");
  }
}

done_testing();
