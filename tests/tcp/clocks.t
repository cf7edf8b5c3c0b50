#!/usr/bin/env perl
# Setting the date of the machine changes no rate, no penalty and no deadline; nor does the time at which the monotonic clock stands.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

use constant DAY => 86400;

my $hello = ['sh', '-c', 'echo hello'];
sub served { return (eval { ask($_[0], from => $_[1] // '127.0.0.2') } // '') eq "hello\n" }
sub count_served { my ($server, $n, $from) = @_; return scalar grep { served($server, $from) } 1 .. $n }

page('s6-tcpserverd');
page_says('Rates, penalties and deadlines go by a clock that setting the date does not change.');

# ---- the date is set, as the daemon sees it ----

SKIP:
{
  skip 'the leak check of the sanitizer has to be the first library', 1 if variant() eq 'sanitize';
  skip 'programs that are linked statically have no library before others', 1 if get_file(bin('s6-tcpserverd')) !~ m{/ld-[\w.-]+};
  my $library = c_program('wall_clock') // skip 'the compiler makes no shared library', 1;
  my $clock = put_file('clock', '0');
  my %env = (LD_PRELOAD => $library, WALL_CLOCK => $clock);
  my $set_date = sub { put_file('clock', $_[0]) };
  my $asked = sub { return -s "$clock.asked" // 0 };
  my $start = sub { my ($options, $prog) = @_; return start_server(['-v', @$options], ['env', '-u', 'LD_PRELOAD', @$prog], env => \%env) };

  $set_date->(-30 * DAY);
  my $status = own_dir() . '/status';
  my $server = $start->(["--status-socket=$status", '--source-rate=2/3600', '--penalty=600'],
    ['sh', '-c', 'test "$TCPREMOTEIP" != 127.0.0.9 || exit 1; echo hello']);
  my $began = counters_of($status)->{start_time_seconds};
  cmp_ok($began // time, '<', time - 29 * DAY, 's6-tcpserverd starts at the date that the test sets');
  my $questions = $asked->();
  $set_date->(0);
  is(count_served($server, 3), 2, 's6-tcpserver --source-rate: after a change of the date a source has its budget of two clients, and no more');
  read_all(open_client($server, from => '127.0.0.9'));
  log_says($server, qr/info: penalty 127\.0\.0\.9 600 s exitcode 1$/,
    's6-tcpserver --penalty: a client that ends badly costs its source a penalty after a change of the date');
  my $from = 10;
  for my $date (DAY, -DAY, 400 * DAY, -400 * DAY)
  {
    $set_date->($date);
    is(count_served($server, 2), 0, "s6-tcpserverd with the date $date s off: a source that was limited is still limited");
    is(count_served($server, 3, '127.0.0.' . ++$from), 2, "s6-tcpserverd with the date $date s off: a new source has its budget");
    ok(closed_by_server(open_client($server, from => '127.0.0.9')),
       "s6-tcpserverd with the date $date s off: a source with a penalty is still refused");
    log_says($server, qr{info: refuse 127\.0\.0\.${from}_\d+ rate 2/3600$},
      "s6-tcpserverd with the date $date s off: the log has the rate as the reason of a refusal");
  }
  is(log_count($server, qr/penalty (?![45]\d\d s|600 s)\d+ s$/), 0, 's6-tcpserverd makes no penalty longer or shorter because the date was changed');
  log_says($server, qr{info: refuse 127\.0\.0\.2 rate 2/3600 repeated=\d+$},
    's6-tcpserverd sums up refusals in its log although the date was changed');
  $server->signal('USR2');
  log_says($server, qr/info: resumed with/, 's6-tcpserverd upgrades itself at a SIGUSR2 after changes of the date');
  is(count_served($server, 2), 0, 's6-tcpserverd still limits a source after changes of the date and an upgrade');

  # The start of a program asks for the date, for the random numbers and for what it tells about itself.
  my $after_upgrade = $asked->();
  count_served($server, 3, '127.0.0.' . ++$from);
  is($asked->(), $after_upgrade, 's6-tcpserverd does not ask for the date while it serves');
  cmp_ok($questions, '>', 0, 's6-tcpserverd asks for the date at its start');

  # What waits for a moment: the date is set back while it waits.
  my $in_time = sub
  {
    my ($options, $prog, $name, $wait) = @_;
    $set_date->(0);
    my $waiting = $start->($options, $prog);
    $wait->($waiting, sub { $set_date->(-DAY) });
  };
  $in_time->(['--rate=1/2'], $hello, '--rate', sub
  {
    my ($rated, $back) = @_;
    my @clients = map { open_client($rated) } 1, 2;
    is(read_all($clients[0]), "hello\n", 's6-tcpserver --rate: the first client is served');
    $back->();
    is(read_all($clients[1]), "hello\n", 's6-tcpserver --rate: the second client is served in its time although the date is set back');
  });
  $in_time->(['--max-session=2', '--kill-after=1'], ['sh', '-c', 'trap "" TERM; echo hello; while :; do sleep 1000; done'], '--max-session', sub
  {
    my ($limited, $back) = @_;
    my $client = open_client($limited);
    read_line($client);
    $back->();
    log_says($limited, qr/info: ending pid \d+ after \d{1,3} s: session$/,
      's6-tcpserver --max-session: a session is ended in its time although the date is set back');
    log_says($limited, qr/warning: killing pid \d+/, 's6-tcpserver --kill-after: the session is killed although the date is set back');
    log_says($limited, qr/ end pid .* ms=\d{4,6}$/, 's6-tcpserver --max-session: the log has how long the session lasted');
  });
  $in_time->(['--first-data=1'], ['cat'], '--first-data', sub
  {
    my ($limited, $back) = @_;
    my $client = open_client($limited);
    $back->();
    ok(closed_by_server($client), 's6-tcpserver --first-data: a silent client is closed in its time although the date is set back');
  });
  $in_time->(['--max-session=3600', '--first-data=3600'], ['cat'], 'the other way round', sub
  {
    my ($patient) = @_;
    my $client = open_client($patient);
    my $silent = open_client($patient);
    say_to($client, "a\n");
    read_line($client);
    $set_date->(DAY);
    say_to($_, "b\n") for $client, $silent;
    is(read_line($_), "b\n", 's6-tcpserver --max-session --first-data: no deadline passes because the date was set to another day') for $client,
       $silent;
  });
}

# ---- where the monotonic clock stands ----

# Programs whose clock of that name begins elsewhere: milliseconds are kept modulo 2^32 for each child, seconds modulo 2^24.
my $unshare = tool('unshare');
my @namespace = is_root() ? ('-T') : ('-r', '-T');
my $clock_of = sub { my $end = run($unshare, @namespace, "--monotonic=$_[0]", '--fork', $^X, '-MTime::HiRes=clock_gettime,CLOCK_MONOTONIC', '-e', 'print clock_gettime(CLOCK_MONOTONIC)'); return $end->{out} || 0 };
SKIP:
{
  skip 'unshare is not installed', 1 unless $unshare;
  skip 'the right to make a time namespace', 1 unless abs($clock_of->(1000) - now() - 1000) < 500;
  # The daemon's clock is a second ahead of the system's.
  my %stands = ('just after the start of the machine' => 2, 'before its milliseconds come round' => 2 ** 32 / 1000 - 3, 'before its seconds come round' => 2 ** 24 - 5,
    'where it is after ten years' => 3650 * DAY);
  my @judgements;  # all wait at the same time
  for my $name (sort keys %stands)
  {
    my $start = sub
    {
      my ($options, @prog) = @_;
      my @under = ($unshare, @namespace, '--monotonic=' . (int($stands{$name} - now()) || 1), '--kill-child', '--fork');
      return start_server(['-v', @$options], \@prog, under => \@under);
    };
    my $limited = $start->(['--max-session=3', '--kill-after=2'], 'sh', '-c', 'trap "" TERM; while :; do sleep 1000; done');
    my $session = open_client($limited);
    my $waiting = $start->(['--first-data=2'], 'cat');
    my $silent = open_client($waiting);
    my $rated = $start->(['--source-rate=3/3600', '--rate=50/1'], @$hello);
    push @judgements, sub
    {
      is(count_served($rated, 5), 3, "s6-tcpserverd with a monotonic clock $name: three of five clients of a source are served");
      is(count_served($rated, 1, '127.0.0.3'), 1, "s6-tcpserverd with a monotonic clock $name: a client of another source is served");
      ok(closed_by_server($silent), "s6-tcpserverd with a monotonic clock $name: a silent client is closed");
      log_says($limited, qr/info: ending pid \d+ after \d{1,3} s: session$/, "s6-tcpserverd with a monotonic clock $name: a session is ended");
      log_says($limited, qr/warning: killing pid \d+/,
        "s6-tcpserverd with a monotonic clock $name: a session that does not end by SIGTERM is killed");
      log_says($limited, qr/ end pid .* ms=\d{4,6}$/, "s6-tcpserverd with a monotonic clock $name: the log has how long the session lasted");
      is(count_served($rated, 1), 0, "s6-tcpserverd with a monotonic clock $name: a source that was limited is still limited");
    };
  }
  $_->() for @judgements;
}

done_testing;
