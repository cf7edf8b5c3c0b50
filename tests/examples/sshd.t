#!/usr/bin/env perl
# examples/sshd: sshd -i, for a user with a key and for no other user. The account, the directories and the files that
# sshd wants of the system are those of a machine of our own.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use Sallyport::Names;

my ($sshd, $ssh, $keygen) = map { tool($_) } qw(sshd ssh ssh-keygen);
skip_all_unless('sshd, ssh and ssh-keygen are installed', $sshd && $ssh && $keygen);
skip_all_unless('root, who can become the user that logs in', can_change_ids());
in_own_machine();

# No other user may write above the keys, so they are not in /tmp. /run/sshd is what sshd locks itself in.
system(tool('mount'), '-t', 'tmpfs', '-o', 'mode=755', 'none', '/run') == 0 or skip_all_unless('the right to mount in a namespace', 0);
mkdir $_ or die for '/run/sshd', '/run/home';
chmod 0755, '/run/sshd', '/run/home';
Sallyport::Names::lay_over('/etc/passwd', "root:x:0:0:root:/run/home:/bin/sh\nsshd:x:65532:65532::/run/sshd:/bin/false\n"
  . "ann:x:65533:65533:Ann:/run/home:/bin/sh\nbob:x:65531:65531:Bob:/run/home:/bin/sh\n");
Sallyport::Names::lay_over('/etc/group', "root:x:0:\nann:x:65533:\nbob:x:65531:\n");
Sallyport::Names::lay_over('/etc/shadow', join '', map { "$_:*:19000:0:99999:7:::\n" } qw(root sshd ann bob)) if -f '/etc/shadow';
Sallyport::Names::lay_over('/etc/nsswitch.conf', "passwd: files\ngroup: files\nshadow: files\nhosts: files\n") if -f '/etc/nsswitch.conf';

# Newer ones have parts that they look for in a fixed place: an sshd that was only unpacked finds its own there.
my $parts = $sshd =~ s{/sbin/sshd\z}{/lib/openssh}r;
my $place = '/usr/lib/openssh';
if (-d $parts && -d $place && $parts ne $place) { system(tool('mount'), '--bind', $parts, $place) == 0 or die }

my $example = '/run/sshd-example';
system('cp', '-R', examples() . '/sshd', $example) == 0 or die;
my $dir = own_dir();
mkdir "$example/keys" or die;
for my $user ('ann', 'bob')
{
  run($keygen, '-q', '-t', 'ed25519', '-N', '', '-C', $user, '-f', "$dir/key.$user")->{code} == 0 or die;
}
put_file("$example/keys/ann", get_file("$dir/key.ann.pub"), 0644);

my $log = "$dir/sshd.log";
my $server = start(command => ["$example/run"], env => { PORT => 0, SSHD => $sshd }, fds => { 1 => $log, 2 => $log });
$server->{log} = $log;
my $port = port_of($server);
ok($port, 'examples/sshd starts') or BAIL_OUT(log_text($server));
is((stat "$example/host_key")[2] & 07777, 0600, 'examples/sshd makes a host key that only its owner can read');

# The key of the host is known beforehand, as it should be.
put_file("$dir/known", "[127.0.0.1]:$port " . get_file("$example/host_key.pub"));
my $config = put_file('ssh_config', join '', map { "$_\n" } 'Host service', 'HostName 127.0.0.1', "Port $port", 'ProxyCommand none', 'IdentitiesOnly yes',
  'IdentityAgent none', 'BatchMode yes', 'StrictHostKeyChecking yes', "UserKnownHostsFile $dir/known", 'GlobalKnownHostsFile /dev/null');
sub login { my ($user, $key, @words) = @_; return run({ deadline => 60 }, $ssh, '-F', $config, '-i', "$dir/key.$key", "$user\@service", @words) }

my $end = login('ann', 'ann', 'id -u; echo "$SSH_CONNECTION"; cat', );
is($end->{code}, 0, 'a user of examples/sshd logs in with her key') or diag($end->{err}, log_text($server));
like($end->{out}, qr/\A65533\n127\.0\.0\.1 \d+ 127\.0\.0\.1 $port\n\z/, 'a user of examples/sshd has her own id and the address of her client');
is(login('ann', 'ann', 'exit 7')->{code}, 7, 'ssh to examples/sshd exits as the command does');
my $content = join '', map { chr($_ * 7 % 251) } 1 .. 300_000;
ok(run({ stdin => $content, deadline => 60 }, $ssh, '-F', $config, '-i', "$dir/key.ann", 'ann@service', 'cat')->{out} eq $content,
  'ssh to examples/sshd sends 300 kB there and back');
for (['ann', 'bob', 'with the key of another'], ['bob', 'bob', 'with a key that is not there'], ['nonesuch', 'ann', 'without an account'], ['root', 'ann', 'as root'])
{
  my ($user, $key, $how) = @$_;
  my $refused = login($user, $key, 'true');
  is($refused->{code}, 255, "ssh to examples/sshd exits 255 for a login $how");
  like($refused->{err}, qr/Permission denied \(publickey\)/, "examples/sshd asks for no password at a login $how");
}
log_says($server, qr/Accepted publickey for ann from 127\.0\.0\.1 port \d+/, 'sshd of examples/sshd logs the user that logs in');
log_says($server, qr/s6-tcpserverd: info: accept 127\.0\.0\.1_/, 's6-tcpserverd of examples/sshd logs the client');

# The limit for each address is that of s6-tcpserver.
my @held = map { open_client({ ip => '127.0.0.1', port => $port }) } 1 .. 4;
like(read_line($_) // '', qr/^SSH-2\.0-/, 'examples/sshd greets each of the first four clients of an address') for @held;
ok(closed_by_server(open_client({ ip => '127.0.0.1', port => $port })), 'examples/sshd refuses the fifth client of an address');

done_testing();
