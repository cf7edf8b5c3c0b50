# Pages in a real browser, where one is installed.
package Sallyport::Browser;

use strict;
use warnings;

use Exporter qw(import);

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(browser browser_command document);

# The path of the browser, or undef.
sub browser
{
  my ($found) = grep { defined } map { tool($_) } qw(chromium chromium-browser google-chrome);
  return $found;
}

# What start() and run() need to show a page. As root the browser cannot give rights up as it would; it asks no network but ours.
sub browser_command
{
  my @words = @_;
  return (env => { HOME => own_dir() }, command => [browser(), qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage --allow-file-access-from-files),
    '--user-data-dir=' . own_dir() . '/browser', @words]);
}

# The document when its scripts have ended, or "".
sub document
{
  my ($url, @options) = @_;
  my %how = browser_command(@options, '--dump-dom', $url);
  my @command = @{delete $how{command}};
  return run({ %how, deadline => 9 * deadline() }, @command)->{out};
}

1;
