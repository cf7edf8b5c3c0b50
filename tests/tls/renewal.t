#!/usr/bin/env perl
# Certificates and keys that are replaced while handshakes run: none fails, a pair that is no good is not taken, and a good one
# is, without a restart.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
my $python = tool('python3');
skip_all_unless('python3 is installed', $python && run($python, '-c', 'import ssl')->{code} == 0);

my %pair = (old => tls_pair('old'), new => tls_pair('new', kind => 'rsa'));
my %live = (key => own_dir() . '/live.key', cert => own_dir() . '/live.crt', other_key => own_dir() . '/other.key', other_cert => own_dir() . '/other.crt');

# As the hook in sallyport-tls(7) does it.
sub replace
{
  my ($file, $with) = @_;
  put_file("$live{$file}.new", $with);
  rename "$live{$file}.new", $live{$file} or die "cannot rename $live{$file}: $!\n";
}
sub install { my ($which) = @_; replace($_, get_file($pair{$which}{$_ =~ s/other_//r})) for qw(cert key other_cert other_key) }

install('old');
my %env = (KEYFILE => $live{key}, CERTFILE => $live{cert}, 'KEYFILE:localhost' => $live{other_key}, 'CERTFILE:localhost' => $live{other_cert});
my $prog = put_file(own_dir() . '/hash', "#!/bin/sh\necho \"\$SSL_SERVER_CERT_HASH\"\n", 0755);
# A file that does not change its size and is written in the same second is another one all the same.
my $server = start_server(['-v', '-H', '-k', 1, '-c', 100, '-C', 100], [$prog], program => 's6-tlsserver', env => \%env);
my $count = sub { log_count($server, $_[0]) };
my ($taken, $kept) = (qr/^s6-tlsserverd: info: new certificates$/, qr/^s6-tlskeyholder: warning: keeping the old certificates: /);

# ---- a thousand handshakes meanwhile ----

page('s6-tlskeyholder');
page_says('When a client comes, and at most once a second, the holder looks whether a file has been replaced.');
page_says('If the new files are not valid, the old ones are kept, and a line is logged.');
# What is put in place, one after the other: a pair, one half of the other, nothing, half a file.
my @steps = (
  sub { install('new') }, sub { replace('cert', get_file($pair{old}{cert})) }, sub { install('old') },
  sub { replace('key', '') }, sub { install('new') }, sub { replace('other_cert', substr get_file($pair{new}{cert}), 0, 300) }, sub { install('old') },
  sub { unlink $live{key} },
);
my ($total, $step, %answers) = (0, 0);
my $end = now() + 8 * deadline();
# Every round is of a version; rounds go on until enough has happened, however fast or slow the machine is.
while (now() < $end && ($total < 1000 || $count->($taken) < 3 || $count->($kept) < 3))
{
  my $version = $step % 2 ? '1.2' : '1.3';
  my $client = start(command => [$python, source_file('tests/lib/tls-peer'), 'client', $server->port, $version, authority(), 'wait', 125]);
  $steps[$step++ % @steps]->();
  my $out = read_all($client->out, 60) // '';
  $client->wait;
  $answers{$_}++ for split /\n/, $out . log_text($client);
  $total += 125;
}
cmp_ok($total, '>=', 1000, 'a thousand handshakes with s6-tlsserver are tried while the certificates are replaced');
my %whole = map { ("notify 72 " . substr($pair{$_}{hash}, 0, 60)) => $_ } keys %pair;
is(join('; ', map { "$answers{$_} x $_" } grep { !$whole{$_} } sort keys %answers), '',
   'no handshake with s6-tlsserver fails while the certificates are replaced');
is(eval { my $sum = 0; $sum += $answers{$_} // 0 for keys %whole; $sum }, $total,
  's6-tlsserver serves each client whole by one of two pairs while they are replaced') or diag(log_text($server));
is(join(' ', sort map { $whole{$_} // 'another' } keys %answers), 'new old',
   's6-tlsserver uses the old pair and the new one while they are replaced');
cmp_ok($count->($taken), '>=', 3, 's6-tlsserver logs each new pair that it takes');
cmp_ok($count->($kept), '>=', 3, 's6-tlskeyholder logs each new pair that is not valid, and does not take it');
is(log_count($server, qr/refuse|fatal/), 0, 's6-tlsserver logs no refusal and no fatal error while the certificates are replaced');

# ---- what was put in place last is served ----

page('sallyport-tls');
page_says('It needs no signal and no restart: s6-tlskeyholder(1) sees within a second of the next client that the files have changed.');
for my $which ('new', 'old', 'new')
{
  install($which);
  my $serves = sub { s_client($server, '', @_)->{out} eq "$pair{$which}{hash}\n" };
  ok(eventually(sub { $serves->('-noservername') && $serves->('-servername', 'localhost') }),
    "s6-tlsserver serves the $which pair when it was put in place last, by name and without");
}
ok(eventually(sub { children($server->pid) == 1 }), 'after all renewals the holder of the keys is the only child of s6-tlsserverd');

done_testing;
