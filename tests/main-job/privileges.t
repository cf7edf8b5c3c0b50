#!/usr/bin/env perl
# The main job, as root: bind a port that only root may bind, then serve it as another user, seen from the
# served program.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

skip_all_unless('the right to change ids', can_change_ids());
in_network_namespace();

page('s6-tcpserver');

my @look = ('grep', '-E', '^(Uid|Gid|Groups|NoNewPrivs):', '/proc/self/status');

# "uid gid groups" of a served program.
sub who
{
  my ($server) = @_;
  my %is = ask($server) =~ /^(\w+):\s*(.*?)\s*$/mg;
  my %groups = map { $_ => 1 } split ' ', $is{Groups};
  return join ' | ', join(' ', split ' ', $is{Uid}), join(' ', split ' ', $is{Gid}), join(' ', sort { $a <=> $b } keys %groups);
}

sub ids { my ($uid, $gid, @groups) = @_; return join ' | ', "$uid $uid $uid $uid", "$gid $gid $gid $gid", "@groups" }

my $low = 100;
sub server { my ($options, %how) = @_; return start_server($options, \@look, port => $low++, under => [bin('s6-applyuidgid'), '-G', '5,6', '--'], %how) }

like(who(server([])), qr/^0 0 0 0 \| 0 0 0 0 \| 0 5 6$/, 's6-tcpserver without options leaves the ids as they are');
page_says('Change to this user id after binding.');
page_says('Change to this group id after binding.');
page_says('Change to these supplementary groups after binding: numbers separated by commas.');
is(who(server(['-u', 1000, '-g', 100])), ids(1000, 100, 100), 's6-tcpserver with -u and -g drops the groups of root');
is(who(server(['--uid=1000', '--gid=100', '--groups=7,8'])), ids(1000, 100, 7, 8, 100),
   's6-tcpserver with --uid, --gid and --groups changes to these ids and groups');
is(who(server(['-u', 1000, '-g', 100, '-G', ''])), ids(1000, 100, 100), 's6-tcpserver -G with an empty list leaves the group id only');
is(who(server(['-u', 0, '-g', 0])), ids(0, 0, 0), 's6-tcpserver -u 0 -g 0 changes to the ids of root');
page_says('Keep the supplementary groups where -u or -g alone would have them dropped.');
is(who(server(['-u', 1000, '-g', 100, '--keep-groups'])), ids(1000, 100, 0, 5, 6),
   's6-tcpserver --keep-groups with -u and -g keeps the supplementary groups');

page_says('Change to the user id, group id and supplementary groups in UID, GID and GIDLIST after binding, and remove these variables.');
my %env = (env => { UID => 1000, GID => 100, GIDLIST => '7,8' });
is(who(server(['-U'], %env)), ids(1000, 100, 7, 8, 100), 's6-tcpserver -U changes to the ids and groups in UID, GID and GIDLIST');
is(who(server(['-U', '-u', 2000], %env)), ids(2000, 100, 7, 8, 100), 's6-tcpserver -u after -U overrides the user id');
my $clean = start_server(['-U'], ['env'], port => $low++, env => { UID => 1000, GID => 100, GIDLIST => '7,8' });
unlike(ask($clean), qr/^(?:UID|GID|GIDLIST)=/m, 's6-tcpserver -U removes UID, GID and GIDLIST');
my $missing = run({ env => { UID => 1000, GID => 100, GIDLIST => undef } }, bin('s6-tcpserver'), '-U', '127.0.0.1', 0, 'true');
is($missing->{code}, 100, 's6-tcpserver -U exits 100 without GIDLIST');
like($missing->{err}, qr/\As6-applyuidgid: .*GIDLIST.*\n\z/, 's6-tcpserver -U without GIDLIST prints the name of the variable');

page_says('Forbid everything that is run from now on to gain privileges by execve(2), as set-user-id programs do.');
SKIP:
{
  skip 'only Linux can forbid new privileges', 1 unless built_for_linux();
  like(ask(server(['--no-new-privs'])), qr/^NoNewPrivs:\s*1$/m, 's6-tcpserver --no-new-privs forbids new privileges');
}

# The daemon itself has these ids too, and cannot get root back.
my $server = server(['-u', 1000, '-g', 100]);
is(join(' ', split ' ', status_field($server->pid, 'Uid')), '1000 1000 1000 1000',
   'the daemon of s6-tcpserver -u has only the user id of its argument');
is(status_field($server->pid, 'CapEff'), '0' x 16, 'the daemon of s6-tcpserver -u -g has no capabilities');
$server->signal('TERM');
is_deeply($server->wait, { code => 0, signal => 0 }, 'the daemon of s6-tcpserver -u -g exits 0 at a SIGTERM');

# A user who is not root cannot have the port.
my $refused = run(bin('s6-applyuidgid'), '-u', 1000, '-g', 100, bin('s6-tcpserver'), '127.0.0.1', $low, 'true');
SKIP:
{
  skip 'here all users may bind low ports', 2 if get_file('/proc/sys/net/ipv4/ip_unprivileged_port_start') <= $low;
  is($refused->{code}, 111, 's6-tcpserver exits 111 if its user may not bind a low port');
  like($refused->{err}, qr/unable to bind to 127\.0\.0\.1 port $low: Permission denied/,
       's6-tcpserver prints the reason if its user may not bind a low port');
}

done_testing();
