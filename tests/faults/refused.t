#!/usr/bin/env perl
# System calls that a sandbox refuses: the daemons serve all the same.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('sallyport-log');

plan(skip_all => can_inject()) if can_inject();
plan(skip_all => 'a sanitizer makes system calls of its own') if variant() eq 'sanitize';

# ---- the quick way to launch ----

page_says('warning: unable to launch the quick way: REASON: launching the portable way from now on');
my $quick = get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^platform := linux$/m;
for (['ENOSYS', 'Function not implemented'], ['EPERM', 'Operation not permitted'])
{
  my ($error, $reason) = @$_;
  my $server = start_server(['-v'], ['cat']);
  my $injection = inject($server, 'clone', "error=$error:when=1");  # what libc calls then is called by another name, or once more
  my $answers = join '', map { ask($server, send => $_) // '' } 'a' .. 'e';
  is($answers, 'abcde', "clone says $error: everybody is served");
  end_injection($injection);
  is(log_count($server, qr/warning: unable to launch the quick way: $reason: launching the portable way from now on$/), $quick ? 1 : 0, "clone says $error: which is logged once");
}

done_testing();
