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

sub quickstart { my %how = %{shift()}; return run({ %how, deadline => 240 }, '/bin/sh', $quickstart, "--build=$build", @_) }

subtest 'words' => sub
{
  my $help = quickstart({}, '--help');
  is $help->{code}, 0, '--help exits 0';
  like $help->{out}, qr/^usage: .*\[port\]/, '... and shows the usage';
  for my $word ('chekc', '--frob', '65536', '100000', '-1', '')
  {
    my $end = quickstart({}, $word);
    is $end->{code}, 100, "'$word' is wrong usage";
    like $end->{err}, qr/^quickstart: usage: .*\Q$word\E/, '... that is named';
  }
  for my $case (['80', '81'], ['80', 'check'], ['check', '80'], ['check', 'tcp'], ['check', '--frob'], ['--build'], ['--build='])
  {
    my $end = quickstart({}, @$case);
    is $end->{code}, 100, "'@$case' is wrong usage";
    like $end->{err}, qr/^quickstart: usage: /, '... and it says so';
  }
  ok !-e $build, 'nothing is built';
};

subtest 'a directory that it cannot use' => sub
{
  my $path = fake_path(id => 'echo 0', 'apt-get' => "echo called >> $marker.early", apk => "echo called >> $marker.early", dnf => "echo called >> $marker.early", cc => 'exit 1');
  put_file('file', '');
  my %reason = ('a b' => 'a blank', "a\tb" => 'a blank', "a'b" => 'a quote', 'a"b' => 'a quote', 'a:b' => 'a special character', 'a$b' => 'a special character', 'a]b' => 'a special character',
    'file/b' => '', 'long/' x 300 => '');
  for my $name (sort keys %reason)
  {
    my $end = run({ dir => own_dir(), env => { PATH => $path } }, '/bin/sh', $quickstart, '--build', $name);
    is $end->{code}, 1, "exits 1 for '" . substr($name, 0, 20) . "'";
    like $end->{err}, qr/^quickstart: fatal: unable to build (?:in |with $reason{$name} in the path ).*\n\z/s, '... with the reason' if $reason{$name};
    like $end->{err}, qr/^quickstart: fatal: unable to build in (?:\S+: \S+ is not a directory|a path of \d+ bytes)/, '... with the reason' unless $reason{$name};
  }
  ok !-e "$marker.early", 'nothing is installed before';
  my $tree = own_dir() . '/a tree';
  mkdir $_ for $tree, "$tree/package";
  for my $file ('quickstart', 'package/needs') { put_file("a tree/$file", get_file(source_file($file))) }
  my $end = run({ env => { PATH => $path } }, '/bin/sh', "$tree/quickstart");
  like $end->{err}, qr/^quickstart: fatal: unable to build with a blank in the path \Q$tree\E: move the source tree$/, 'the source tree likewise';
  ok !-e "$marker.early", '... before anything is installed';
};

subtest 'something is missing, without root' => sub
{
  my $apt = "case \" \$* \" in *' --assume-no '*) echo 'Need to get 12.3 MB of archives.'; echo 'After this operation, 45.6 MB of additional disk space will be used.' ;; *) echo called >> $marker.apt ;; esac";
  my $path = fake_path(id => 'echo 1000', cc => $compiler, 'apt-get' => $apt, sudo => "echo called >> $marker.apt");
  my $end = quickstart({ env => { PATH => $path } });
  is $end->{code}, 1, 'exits 1';
  like $end->{err}, qr/^  sudo apt-get update && sudo apt-get install -y --no-install-recommends skalibs-dev$/m, 'prints the exact command';
  like $end->{out}, qr/^quickstart: 1 packages? and what (?:it needs|they need): download 12\.3 MB, disk space 45\.6 MB$/m, 'prints how much it is';
  ok !-e "$marker.apt", 'runs none of it';
  ok !-e $build, 'changes nothing';
  $end = quickstart({ env => { PATH => $path } }, '--no-install');
  is $end->{code}, 1, '--no-install cannot do without it';
  like $end->{err}, qr{still missing: skalibs/strerr\.h}, '... and says so';
};

subtest 'something is missing, without root and without sudo' => sub
{
  my $bin = own_dir() . '/no-sudo';
  mkdir $bin;
  symlink tool($_), "$bin/$_" for qw(sh cc make cat env execlineb grep mkdir rm sed tr);
  my $path = fake_path(id => 'echo 1000', cc => $compiler, 'apk' => 'exit 1') =~ s/:.*/:$bin/r;
  my $end = quickstart({ env => { PATH => $path } });
  is $end->{code}, 1, 'exits 1';
  plan(skip_all => 'sudo is in a system directory that quickstart searches') if grep { -x "$_/sudo" || -x "$_/doas" } qw(/usr/local/sbin /usr/sbin /sbin);
  like $end->{err}, qr/^quickstart: installing takes root\. Run this as root; then run \.\/quickstart again:\n  apk add skalibs-dev skalibs-static$/m, 'the hint does without sudo';
};

for my $case (['apt-get', 'install -y --no-install-recommends skalibs-dev', 'update'], ['apk', 'add skalibs-dev skalibs-static'], ['dnf', 'install -y skalibs-devel'])
{
  my ($manager, $words, @before) = @$case;
  subtest "something is missing, with root and $manager" => sub
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
    is $end->{code}, 1, 'exits 1 when installing does not help';
    like $end->{out}, qr/^\+ \Q$manager $words\E\n(?:went through)/m, 'shows the command before it runs it';
    like get_file("$marker.log"), qr/^\Q$manager $words\E$/m, '... and that is what it runs';
    like get_file("$marker.log"), qr/^\Q$manager\E $_$/m, "... after $_" for @before;
    like $end->{err}, qr{still missing: skalibs/strerr\.h}, 'says what is missing';
  };
}

subtest 'a package that would start a server' => sub
{
  my $needs = get_file(source_file('package/needs'));
  my %archive = $needs =~ /^check\s+program:(\S+)\s+unpack:([^\s,]+)/mg;
  is $archive{sshd}, 'openssh-server', 'package/needs has such packages';
  unlike $needs, qr{^\w+\s+\S+\s+(?:\S*,)?\Q$_\E(?:,|\s)}m, "package/needs does not have $_ installed" for values %archive;

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
  my $end = run({ env => { PATH => $path }, deadline => 120 }, '/bin/sh', $quickstart, "--build=$unpacking", 'check');
  is $end->{code}, 0, 'quickstart check goes through' or diag $end->{out}, $end->{err};
  my $said = get_file($log);
  for my $program (@missing)
  {
    my $package = $archive{$program};
    like $end->{out}, qr/^\+ apt-get download $package\n(?s:.*?)^\+ dpkg -x /m, "$package: the commands are shown";
    like $said, qr/^apt-get download $package\ndpkg -x \S*${package}_1\.0_all\.deb \.$/m, '... and are what is run';
    unlike $said, qr{^apt-get install.* \Q$package\E(?: |$)}m, '... and it is not installed';
    ok -x "$unpacking/unpacked/usr/sbin/$program", "... but $program is there";
    unlike $end->{out}, qr/will be skipped:.*\b$program\b/, '... and counts as here';
  }
  like $said, qr/^apt-get install\b.* libnone1(?:$| )/m, 'the libraries that they need are installed';
  unlike $said, qr/^apt-get install\b.* (?:adduser|libnone2)\b/m, '... and nothing else of what they depend on';
  is_deeply [glob "$unpacking/unpacked/*.deb"], [], 'the archives are gone';
  my ($searched) = $said =~ /^make .*\bcheck-all PATH=(.*)$/m;
  like $end->{out}, qr/^quickstart: next: /m, 'it ends with what to do next';
  run({ env => { PATH => $path }, deadline => 120 }, '/bin/sh', $quickstart, '--build', $unpacking, 'check', 'default', 'tcp/limits', 'V=1', 'skd/*');
  like get_file($log), qr{^make --no-print-directory check V=1 TESTS=tcp/limits skd/\* PATH=}m, 'the words after check choose what runs';
  like $searched // '', qr{:\Q$unpacking\E/unpacked/usr/sbin\b}, 'the tests find the programs, after all others';
};

# The first that builds: under strace the compiler would take its time.
subtest 'a port that is taken' => sub
{
  my ($socket, $port) = busy_port();
  my $end = quickstart({}, '--no-install', $port);
  is $end->{code}, 1, 'exits 1';
  like $end->{err}, qr/unable to bind to .*$port/, 'the reason is there';
  like $end->{err}, qr/^quickstart: fatal: the server did not start \(exit code 111\)$/m, '... and what it means';
};

my @strace = tool('strace') ? (tool('strace'), '-f', '-s', '4096', '-qq', (run('strace', '--help')->{out} =~ /--seccomp-bpf/ ? '--seccomp-bpf' : ()), '-e', 'trace=execve', '-o', own_dir() . '/trace') : ();
@strace = () unless @strace && run(@strace, '/bin/true')->{code} == 0;

subtest 'the main job' => sub
{
  my $out = own_dir() . '/out';
  my $process = start(command => [@strace, '/bin/sh', $quickstart, '--no-install', "--build=$build"], fds => { 1 => $out });
  my $url = eventually(sub { get_file($out) =~ m{(http://127\.0\.0\.1:(\d+)/)} ? [$1, $2] : 0 }, 240);
  ok $url, 'prints a URL' or return diag get_file($out), log_text($process);
  eventually(sub { get_file($out) =~ /how to install for good\n\n/ });
  my $text = get_file($out);
  my $port = $url->[1];

  my $page = ask({ ip => '127.0.0.1', port => $port }, send => "GET / HTTP/1.0\r\n\r\n");
  like $page, qr{^HTTP/1\.\d 200 }, 'the page is there';
  like $page, qr/TCPREMOTEIP/, '... and shows the variables of the connection';
  log_says($process, qr/info: accept 127\.0\.0\.1/, 'the connection is in the log');

  like $text, qr{^  Next, .*\n(?:    .*\n)*    man -l \S*/doc/sallyport-tutorial\.7}m, 'ends with what to do next';
  my ($chain) = $text =~ /what it became +(.*?) *\n/;
  like $chain, qr/^s6-tcpserver-socketbinder .* s6-tcpserverd .*page$/, 'shows the chain';
  my ($pid) = $text =~ /process (\d+) is now s6-tcpserverd/;
  ok $pid && get_file("/proc/$pid/cmdline") =~ m{/s6-tcpserverd\0}, '... and the process that it has become';
  SKIP:
  {
    skip 'strace is not here, or may not trace', 2 unless @strace;
    my @ran = map { [/"([^"]*)"/g] } grep { m{^$pid +execve\("\Q$build\E/root/bin/s6-tcp.* = 0$} } split /\n/, get_file(own_dir() . '/trace');
    my ($typed) = $text =~ /what ran +(.*?) *\n/;
    my @shown = map { my @words = @$_; shift @words; join(' ', @words) =~ s{\Q$build\E/root/bin/}{}gr } @ran;
    is $shown[0], $typed, 'what it says it ran is what it ran';
    is $shown[1], $chain, 'the chain is what the kernel executed';
  }

  kill 'INT', -$process->pid;
  my $end = $process->wait;
  is $end && $end->{code}, 0, 'Ctrl-C ends it with 0';
  ok !kill(0, $pid), 'the server is gone';
  ok !(grep { m{/announced} } glob "$build/*"), 'so is the fifo';
};

done_testing;
