#!/usr/bin/perl
# quickstart: the first thing a newcomer runs. What it prints is true, it installs only with root, and it leaves nothing over.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

# What is built here is not measured: the compiler need not take its time.
$ENV{CFLAGS} = '-O0';

my $quickstart = source_file('quickstart');
my $build = own_dir() . '/build';
my $marker = own_dir() . '/installed';

# Commands that stand before the real ones in PATH.
sub fake_path
{
  my (%command) = @_;
  my $directory = own_dir() . '/fake' . join('', sort keys %command);
  mkdir $directory;
  put_file("$directory/$_", "#!/bin/sh\n$command{$_}\n", 0755) for keys %command;
  return "$directory:$ENV{PATH}";
}

# A compiler that has no skalibs before the marker exists.
my $compiler = <<"END";
test -e $marker && exec /usr/bin/env -u CC PATH="\${PATH#*:}" cc "\$@"
case " \$* " in *" - "*) input=\$(cat); case \$input in *skalibs*) exit 1 ;; esac; echo "\$input" | PATH=\${PATH#*:} exec cc "\$@" ;; esac
PATH=\${PATH#*:} exec cc "\$@"
END

sub quickstart { my %how = %{shift()}; return run({ %how, deadline => build_deadline() }, '/bin/sh', $quickstart, "--build=$build", @_) }

subtest 'quickstart refuses wrong words' => sub
{
  my $help = quickstart({}, '--help');
  is $help->{code}, 0, 'quickstart --help exits 0';
  like $help->{out}, qr/^usage: .*\[port\]/, 'quickstart --help shows the usage';
  for my $word ('chekc', '--frob', '65536', '100000', '-1', '')
  {
    my $end = quickstart({}, $word);
    is $end->{code}, 100, "quickstart '$word' exits 100";
    like $end->{err}, qr/^quickstart: usage: .*\Q$word\E/, "quickstart '$word' names the word in its usage error";
  }
  for my $case (['80', '81'], ['80', 'check'], ['check', '80'], ['check', 'tcp'], ['check', '--frob'], ['--build'], ['--build='])
  {
    my $end = quickstart({}, @$case);
    is $end->{code}, 100, "quickstart @$case exits 100";
    like $end->{err}, qr/^quickstart: usage: /, "quickstart @$case prints a usage error";
  }
  ok !-e $build, 'quickstart builds nothing with wrong words';
};

subtest 'quickstart refuses a directory that it cannot use' => sub
{
  my $path = fake_path(id => 'echo 0', 'apt-get' => "echo called >> $marker.early", apk => "echo called >> $marker.early", dnf => "echo called >> $marker.early", cc => 'exit 1');
  put_file('file', '');
  my %reason = ('a b' => 'a blank', "a\tb" => 'a blank', "a'b" => 'a quote', 'a"b' => 'a quote', 'a:b' => 'a special character', 'a$b' => 'a special character', 'a]b' => 'a special character',
    'file/b' => '', 'long/' x 300 => '');
  for my $name (sort keys %reason)
  {
    my $end = run({ dir => own_dir(), env => { PATH => $path } }, '/bin/sh', $quickstart, '--build', $name);
    is $end->{code}, 1, "quickstart --build exits 1 for '" . substr($name, 0, 20) . "'";
    like $end->{err}, qr/^quickstart: fatal: unable to build (?:in |with $reason{$name} in the path ).*\n\z/s,
      "quickstart --build reports $reason{$name} in '$name'" if $reason{$name};
    like $end->{err}, qr/^quickstart: fatal: unable to build in (?:\S+: \S+ is not a directory|a path of \d+ bytes)/,
      "quickstart --build reports why it cannot build in '" . substr($name, 0, 20) . "'" unless $reason{$name};
  }
  ok !-e "$marker.early", 'quickstart installs nothing before it refuses a directory';
  my $tree = own_dir() . '/a tree';
  mkdir $_ for $tree, "$tree/package";
  for my $file ('quickstart', 'package/needs') { put_file("a tree/$file", get_file(source_file($file))) }
  my $end = run({ env => { PATH => $path } }, '/bin/sh', "$tree/quickstart");
  like $end->{err}, qr/^quickstart: fatal: unable to build with a blank in the path \Q$tree\E: move the source tree$/,
    'quickstart reports a blank in the path of the source tree';
  ok !-e "$marker.early", 'quickstart installs nothing before it refuses the source tree';
};

subtest 'quickstart without root prints how to install what is missing' => sub
{
  my $apt = "case \" \$* \" in *' --assume-no '*) echo 'Need to get 12.3 MB of archives.'; echo 'After this operation, 45.6 MB of additional disk space will be used.' ;; *) echo called >> $marker.apt ;; esac";
  my $path = fake_path(id => 'echo 1000', cc => $compiler, 'apt-get' => $apt, sudo => "echo called >> $marker.apt");
  my $end = quickstart({ env => { PATH => $path } });
  is $end->{code}, 1, 'quickstart without root exits 1 when skalibs is missing';
  like $end->{err}, qr/^  sudo apt-get update && sudo apt-get install -y --no-install-recommends skalibs-dev$/m,
    'quickstart without root prints the exact command that installs what is missing';
  like $end->{out}, qr/^quickstart: 1 packages? and what (?:it needs|they need): download 12\.3 MB, disk space 45\.6 MB$/m,
    'quickstart without root prints the size of the download and the disk space';
  ok !-e "$marker.apt", 'quickstart without root runs no command that installs';
  ok !-e $build, 'quickstart without root makes no build directory when skalibs is missing';
  $end = quickstart({ env => { PATH => $path } }, '--no-install');
  is $end->{code}, 1, 'quickstart --no-install exits 1 when skalibs is missing';
  like $end->{err}, qr{still missing: skalibs/strerr\.h}, 'quickstart --no-install names the header that is missing';
};

subtest 'quickstart without root and sudo prints how to install what is missing' => sub
{
  my $bin = own_dir() . '/no-sudo';
  mkdir $bin;
  symlink tool($_), "$bin/$_" for qw(sh cc make cat env execlineb grep mkdir rm sed tr);
  my $path = fake_path(id => 'echo 1000', cc => $compiler, 'apk' => 'exit 1') =~ s/:.*/:$bin/r;
  my $end = quickstart({ env => { PATH => $path } });
  is $end->{code}, 1, 'quickstart without root and sudo exits 1 when skalibs is missing';
  plan(skip_all => 'sudo is in a system directory that quickstart searches') if grep { -x "$_/sudo" || -x "$_/doas" } qw(/usr/local/sbin /usr/sbin /sbin);
  like $end->{err}, qr/^quickstart: installing takes root\. Run this as root; then run \.\/quickstart again:\n  apk add skalibs-dev skalibs-static$/m,
    'quickstart without root and sudo prints a command without sudo';
};

for my $case (['apt-get', 'install -y --no-install-recommends skalibs-dev', 'update'], ['apk', 'add skalibs-dev skalibs-static'], ['dnf', 'install -y skalibs-devel'])
{
  my ($manager, $words, @before) = @$case;
  subtest "quickstart with root installs what is missing by $manager" => sub
  {
    unlink $marker, "$marker.log";
    my %managers = ($manager => "echo \"$manager \$*\" >> $marker.log; echo went through; case \$1 in update) ;; *) exit 1 ;; esac");
    my $path = fake_path(id => 'echo 0', cc => $compiler, %managers);
    # What quickstart needs before it builds, and no other manager.
    my $bin = own_dir() . "/only-$manager";
    mkdir $bin;
    symlink tool($_), "$bin/$_" for qw(sh cc make cat env execlineb grep mkdir rm sed tr);
    $path =~ s/:.*/:$bin/;
    my $end = quickstart({ env => { PATH => $path } });
    is $end->{code}, 1, "quickstart exits 1 when $manager fails";
    like $end->{out}, qr/^\+ \Q$manager $words\E\n(?:went through)/m, "quickstart shows the command of $manager before it runs it";
    like get_file("$marker.log"), qr/^\Q$manager $words\E$/m, "quickstart runs the command of $manager that it shows";
    like get_file("$marker.log"), qr/^\Q$manager\E $_$/m, "quickstart runs $manager $_" for @before;
    like $end->{err}, qr{still missing: skalibs/strerr\.h}, "quickstart names the header that is missing when $manager fails";
  };
}

subtest 'quickstart unpacks a package that would start a server and does not install it' => sub
{
  my $needs = get_file(source_file('package/needs'));
  my %archive = $needs =~ /^check\s+program:(\S+)\s+unpack:([^\s,]+)/mg;
  is $archive{sshd}, 'openssh-server', 'package/needs has openssh-server as a package to unpack';
  unlike $needs, qr{^\w+\s+\S+\s+(?:\S*,)?\Q$_\E(?:,|\s)}m, "package/needs has $_ only as a package to unpack" for values %archive;

  # Everything is here but those; dpkg -x makes the file that each has; make tells what it was started with.
  unlink "$marker.log";
  put_file('installed', '');
  my $log = "$marker.log";
  my %is_program = reverse %archive;
  my $programs = join ' ', map { "$_) program=$is_program{$_} ;;" } sort keys %is_program;
  my $path = fake_path(id => 'echo 0', make => "echo \"make \$* PATH=\$PATH\" >> $log",
    'apt-get' => "echo \"apt-get \$*\" >> $log; test \$1 != download || : > \"\$2_1.0_all.deb\"",
    'apt-cache' => 'echo "  Depends: adduser"; echo "  Depends: libnone1"; echo "    libnone2"',
    dpkg => "echo \"dpkg \$*\" >> $log; test \$1 = -x || exit 1; name=\${2##*/}; case \${name%%_*} in $programs esac; "
      . 'mkdir -p "$3/usr/sbin" && echo true > "$3/usr/sbin/$program" && chmod 755 "$3/usr/sbin/$program"');
  my $bin = own_dir() . '/no-servers';
  mkdir $bin;
  for my $from (map { glob "$_/*" } '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin')
  {
    my ($name) = $from =~ m{([^/]+)\z};
    symlink $from, "$bin/$name" unless exists $archive{$name};
  }
  $path =~ s/:.*/:$bin/;
  # quickstart adds the sbin directories itself: where a server is installed nothing is missing.
  my @missing = grep { !-x "/usr/sbin/$_" && !-x "/sbin/$_" && !-x "/usr/local/sbin/$_" } sort keys %archive;
  plan(skip_all => 'they are all installed here') unless @missing;
  my $unpacking = own_dir() . '/unpacking';
  my $end = run({ env => { PATH => $path }, deadline => build_deadline() }, '/bin/sh', $quickstart, "--build=$unpacking", 'check');
  is $end->{code}, 0, 'quickstart check exits 0' or diag $end->{out}, $end->{err};
  my $said = get_file($log);
  for my $program (@missing)
  {
    my $package = $archive{$program};
    like $end->{out}, qr/^\+ apt-get download $package\n(?s:.*?)^\+ dpkg -x /m, "quickstart check shows the commands that unpack $package";
    like $said, qr/^apt-get download $package\ndpkg -x \S*${package}_1\.0_all\.deb \.$/m, "quickstart check runs the commands that unpack $package";
    unlike $said, qr{^apt-get install.* \Q$package\E(?: |$)}m, "quickstart check does not install $package";
    ok -x "$unpacking/unpacked/usr/sbin/$program", "quickstart check unpacks $program";
    unlike $end->{out}, qr/will be skipped:.*\b$program\b/, "quickstart check does not report $program as missing";
  }
  like $said, qr/^apt-get install\b.* libnone1(?:$| )/m, 'quickstart check installs the libraries that unpacked packages need';
  unlike $said, qr/^apt-get install\b.* (?:adduser|libnone2)\b/m, 'quickstart check installs nothing else that unpacked packages depend on';
  is_deeply [glob "$unpacking/unpacked/*.deb"], [], 'quickstart check removes the archives that it has unpacked';
  my ($searched) = $said =~ /^make .*\bcheck-all PATH=(.*)$/m;
  like $end->{out}, qr/^quickstart: next: /m, 'quickstart check ends with what to do next';
  run({ env => { PATH => $path }, deadline => build_deadline() }, '/bin/sh', $quickstart, '--build', $unpacking, 'check', 'default', 'tcp/limits', 'V=1', 'skd/*');
  like get_file($log), qr{^make --no-print-directory check V=1 TESTS=tcp/limits skd/\* PATH=}m,
    'quickstart check gives the words after check to make';
  like $searched // '', qr{:\Q$unpacking\E/unpacked/usr/sbin\b}, 'quickstart check has the unpacked programs in PATH';
};

# The first that builds: under strace the compiler would take its time.
subtest 'quickstart reports a port that is taken' => sub
{
  my ($socket, $port) = busy_port();
  my $end = quickstart({}, '--no-install', $port);
  is $end->{code}, 1, 'quickstart exits 1 with a port that is taken';
  like $end->{err}, qr/unable to bind to .*$port/, 'quickstart prints why the server is unable to bind to a port that is taken';
  like $end->{err}, qr/^quickstart: fatal: the server did not start \(exit code 111\)$/m,
    'quickstart prints that the server did not start with a port that is taken';
};

my @strace = tool('strace') ? (tool('strace'), '-f', '-s', '4096', '-qq', (run('strace', '--help')->{out} =~ /--seccomp-bpf/ ? '--seccomp-bpf' : ()), '-e', 'trace=execve', '-o', own_dir() . '/trace') : ();
@strace = () unless @strace && run(@strace, '/bin/true')->{code} == 0;

subtest 'quickstart builds, serves a page and ends by Ctrl-C' => sub
{
  my $out = own_dir() . '/out';
  my $process = start(command => [@strace, '/bin/sh', $quickstart, '--no-install', "--build=$build"], fds => { 1 => $out });
  my $url = eventually(sub { get_file($out) =~ m{(http://127\.0\.0\.1:(\d+)/)} ? [$1, $2] : 0 }, build_deadline());
  ok $url, 'quickstart prints a URL' or return diag get_file($out), log_text($process);
  eventually(sub { get_file($out) =~ /how to install for good\n\n/ });
  my $text = get_file($out);
  my $port = $url->[1];

  my $page = ask({ ip => '127.0.0.1', port => $port }, send => "GET / HTTP/1.0\r\n\r\n");
  like $page, qr{^HTTP/1\.\d 200 }, 'the server of quickstart serves a page';
  like $page, qr/TCPREMOTEIP/, 'the page of quickstart shows the variables of the connection';
  log_says($process, qr/info: accept 127\.0\.0\.1/, 'the server of quickstart logs the connection');

  like $text, qr{^  Next, .*\n(?:    .*\n)*    man -l \S*/doc/sallyport-tutorial\.7}m, 'quickstart prints what to do next';
  my ($chain) = $text =~ /what it became +(.*?) *\n/;
  like $chain, qr/^s6-tcpserver-socketbinder .* s6-tcpserverd .*page$/, 'quickstart shows the chain of programs that its command became';
  my ($pid) = $text =~ /process (\d+) is now s6-tcpserverd/;
  ok $pid && get_file("/proc/$pid/cmdline") =~ m{/s6-tcpserverd\0}, 'quickstart shows the number of the process that is s6-tcpserverd';
  SKIP:
  {
    skip 'strace is not here, or may not trace', 2 unless @strace;
    my @ran = map { [/"([^"]*)"/g] } grep { m{^$pid +execve\("\Q$build\E/root/bin/s6-tcp.* = 0$} } split /\n/, get_file(own_dir() . '/trace');
    my ($typed) = $text =~ /what ran +(.*?) *\n/;
    my @shown = map { my @words = @$_; shift @words; join(' ', @words) =~ s{\Q$build\E/root/bin/}{}gr } @ran;
    is $shown[0], $typed, 'quickstart runs the command line that it shows';
    is $shown[1], $chain, 'the kernel executes the chain that quickstart shows';
  }

  kill 'INT', -$process->pid;
  my $end = $process->wait;
  is $end && $end->{code}, 0, 'quickstart exits 0 after Ctrl-C';
  ok !kill(0, $pid), 'the server of quickstart is gone after Ctrl-C';
  ok !(grep { m{/announced} } glob "$build/*"), 'quickstart removes its fifo after Ctrl-C';
};

done_testing;
