# The vocabulary of the tests: pages, programs, processes, clients. A test script says
#   use lib "$ENV{SALLYPORT_SRC}/tests/lib"; use Sallyport;
# and has all of it, Test::More included. Only modules that come with Perl are used.
package Sallyport;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::Client;
use Sallyport::Page;
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = (
  @Test::More::EXPORT,
  @Sallyport::Client::EXPORT,
  @Sallyport::Page::EXPORT,
  @Sallyport::Process::EXPORT,
  @Sallyport::System::EXPORT,
);

1;
