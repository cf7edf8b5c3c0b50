#!/usr/bin/env perl
# Access rules about certificates and their names: judged after the handshake and before there is a program, from a directory and from
# a database, by the daemon and by s6-tcpserver-access after it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;
use Sallyport::Tls;

skip_without_tls();
page('sallyport-rules');

my $greet = ['sh', '-c', 'echo "${GREETING:-none} $SSL_CLIENT_VERIFY"'];
my %client = (
  none => undef,
  ann => tls_pair('ann', subject => '/CN=Ann', names => 'DNS:Ann.test,email:ann@mail.test'),
  bob => tls_pair('bob', subject => '/CN=bob.test', names => 'DNS:bob.test'),
  cn => tls_pair('cn', subject => '/CN=only-cn', names => 'URI:urn:x'),
  strange => tls_pair('strange', subject => '/CN=..', names => 'DNS:..,DNS:.hidden,email:a/b@mail.test'),
  eve => tls_pair('eve', by => 'other', subject => '/CN=ann.test', names => 'DNS:ann.test'),
);

sub asks
{
  my ($server, $who) = @_;
  my @show = $client{$who} ? ('-cert', $client{$who}{cert}, '-key', $client{$who}{key}) : ();
  return s_client($server, '', @show)->{out} =~ s/\n.*//sr;
}

my %form = (directory => sub { ('-i', new_rules(@_)) }, database => sub { ('-x', compile_rules(new_rules(@_))) });
my %judge = ('the daemon' => [], 's6-tcpserver-access' => ['-w']);
my $n = 0;

sub server
{
  my ($form, $judge, @files) = @_;
  return start_server(['-v', '-H', '-Y', @{$judge{$judge}}, $form{$form}->('rules' . $n++, 'ip4/127.0.0.0_8/allow' => '', 'ip4/127.0.0.0_8/env/GREETING' => "address\n", @files)],
    $greet, program => 's6-tlsserver', env => { pair_env(tls_pair('server')), CAFILE => authority() });
}

page_says('For a client of a TLS server, these keys are looked up when the handshake is done and its address is allowed, before the program is launched.');
page_says('The rule of the first one that has a rule takes the place of the rule of the address.', 'If none has a rule, that of the address holds.');
page_says('The certificate with this hash, as in SSL_PEER_CERT_HASH.');
page_says('A name in the certificate: each DNS and mail name in turn, or, if it has none of these, the common name.');
page_says('All other clients, those without a certificate and those whose certificate is not accepted included.');
for my $form (sort keys %form)
{
  for my $judge (sort keys %judge)
  {
    my $name = "s6-tlsserver, rules of certificates in a $form, judged by $judge";
    my $server = server($form, $judge, "cert/$client{ann}{hash}/allow" => '', "cert/$client{ann}{hash}/env/GREETING" => "hash\n",
      'name/bob.test/deny' => '', 'name/only-cn/allow' => '', 'name/only-cn/env/GREETING' => "name\n");
    is(asks($server, 'ann'), 'hash SUCCESS', "$name: a rule for the hash takes the place of that for the address");
    is(asks($server, 'cn'), 'name SUCCESS', "$name: the common name counts if there is no other name");
    is(asks($server, 'bob'), '', "$name: a name that is denied is refused");
    log_says($server, qr/: info: (?:deny|refuse) \S+.* rule=name\/bob\.test$/, "$name: the key of a denied name is logged");
    is(asks($server, 'none'), 'address NONE', "$name: without a certificate the rule of the address holds");
    is(asks($server, 'strange'), 'address SUCCESS', "$name: with a certificate whose names cannot be keys the rule of the address holds");
    like(asks($server, 'eve'), qr/^address FAILED:/, "$name: with a certificate that is not accepted the rule of the address holds, whatever its names");

    my $strict = server($form, $judge, 'name/ann.test/allow' => '', 'name/ann.test/env/GREETING' => "friend\n", 'cert/default/deny' => '');
    is(asks($strict, 'ann'), 'friend SUCCESS', "$name: a name in capitals is found in lower case");
    is(asks($strict, $_), '', "$name: cert/default refuses $_") for 'bob', 'none', 'eve', 'strange';
    log_says($strict, qr/: info: (?:deny|refuse) \S+.* rule=cert\/default$/, "$name: cert/default is logged as the key of a refusal");
    is(log_count($strict, qr/ accept \S+ pid \d+ /), 1, "$name: no program is launched for clients that cert/default refuses") if $judge eq 'the daemon';

    my $mail = server($form, $judge, 'name/ann@mail.test/deny' => '');
    is(asks($mail, 'ann'), '', "$name: a mail name that is denied is refused");
    is(asks($mail, 'bob'), 'address SUCCESS', "$name: a rule for a mail name does not touch another client");
  }
}

my $closed = start_server(['-v', '-H', '-Y', '-i', new_rules('closed', 'ip4/127.0.0.0_8/deny' => '', "cert/$client{ann}{hash}/allow" => '')], $greet,
  program => 's6-tlsserver', env => { pair_env(tls_pair('server')), CAFILE => authority() });
is(asks($closed, 'ann'), '', 's6-tlsserver refuses a client whose address is denied, although a rule allows its certificate');

page_says('Keys are in lower case, and a name that has anything but letters, digits and - . _ @ + * in it, or begins with a dot, is not looked up.');
for my $key ('cert/x', 'cert/SHA256:' . 'A' x 64, 'cert/SHA256:abc', 'name/Ann.test', 'name/a b')
{
  my $r = run(bin('s6-accessrules-cdb-from-fs'), own_dir() . '/flawed.cdb', new_rules('flawed', "$key/allow" => ''));
  like($r->{err}, qr/\Q$key\E/, "s6-accessrules-cdb-from-fs warns of the key $key, which never matches");
}
for my $key ('cert/default', 'cert/SHA256:' . 'a' x 64, 'name/ann.test', 'name/*.test', 'name/a@b')
{
  my $r = run(bin('s6-accessrules-cdb-from-fs'), own_dir() . '/good.cdb', new_rules('good', "$key/allow" => ''));
  is("$r->{code} $r->{err}", '0 ', "s6-accessrules-cdb-from-fs accepts the key $key, which can match, without a warning");
}

done_testing;
