#!/usr/bin/perl
# configure and make install name the programs that would come before others of the same name.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $dir = own_dir();
my ($ours, $theirs) = ("$dir/ours", "$dir/theirs");
mkdir $_ for "$dir/build", $ours, $theirs;
for my $name ('s6-tcpserver', 's6-setuidgid', 'unrelated')
{
  put_file("$theirs/$name", "#!/bin/sh\n");
  chmod 0755, "$theirs/$name";
}
put_file("$theirs/s6-tcpclient", "not executable\n");

sub configure
{
  my ($path, @words) = @_;
  my $end = run({ dir => "$dir/build", deadline => build_deadline(), env => { PATH => $path } }, '/bin/sh', source_file('configure'), "--bindir=$ours", @words);
  is $end->{code}, 0, "configure @words succeeds with PATH=$path" or BAIL_OUT($end->{err});
  return $end->{out};
}

# Other folders of PATH may have such names, too: those of this machine's s6.
my $words = qr/^These programs come before others of the same name, in (?:\S+ )*\Q$theirs\E:\n(?:  .*\n)*  .*\bs6-tcpserver\b.*\n(?:  .*\n)*Scripts that run them by name will run these\. To keep both: configure with --program-prefix=P, or make deb\.$/m;
my $named = configure("$ours:$theirs:$ENV{PATH}");
like $named, $words, 'configure names the programs that hide others';
unlike $named, qr/unrelated|s6-tcpserverd/, 'configure names no others';
unlike $named, qr/s6-tcpclient/, 'configure names none that hide what cannot be executed' unless grep { -x "$_/s6-tcpclient" } split /:/, $ENV{PATH};
unlike configure("$theirs:$ours:$ENV{PATH}"), qr/in .*\Q$theirs\E/, 'configure names none that others hide';
unlike configure("$theirs:$ENV{PATH}"), qr/come before/, 'configure names none where the folder is not in PATH';
unlike configure("$ours:$theirs:$ENV{PATH}", '--program-prefix=sp-'), qr/come before/, 'configure names none that have names of their own';

configure("$ours:$theirs:$ENV{PATH}");
my $end = run({ dir => "$dir/build", deadline => build_deadline(), env => { MAKEFLAGS => undef, DESTDIR => undef, PATH => "$ours:$theirs:$ENV{PATH}" } }, 'make', '-s', 'install', 'CFLAGS=-O0',
  map { "$_=$dir/share" } qw(datadir mandir docdir));
is $end->{code}, 0, 'make install succeeds' or diag $end->{err};
like $end->{out}, $words, 'make install names the programs that hide others';

done_testing;
