#!/usr/bin/perl
# What the tree promises about itself: headers stand alone, pages and programs match.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $src = $ENV{SALLYPORT_SRC};

sub make { return run({ dir => $ENV{SALLYPORT_BUILD}, deadline => build_deadline() }, 'make', '-s', @_) }

sub passes
{
  my ($end, $name) = @_;
  is $end->{code}, 0, $name or diag $end->{out}, $end->{err};
}

passes(make('check-headers'), 'every header compiles alone');
passes(make('-j2', 'check-twins'), 'both twins of the platform layer offer the same functions');
passes(make('-j2', 'check-circles'), 'no file needs one that needs it');

subtest 'tools/check-circles.sh finds a circle of files' => sub
{
  my $tree = own_dir() . '/circle';
  for my $case (['calls', "int b(void); int a(void); int a(void) { return b(); }", "int a(void); int b(void); int b(void) { return a(); }", '', ''],
    ['includes', 'int b(void); int a(void); int a(void) { return b(); }', 'int b(void); int b(void) { return 1; }', '#include "b.h"', '#include "a.h"'],
    ['a library that needs a program', 'int b(void); int a(void); int a(void) { return b(); }', '', '', '', 'prog'])
  {
    my ($what, $a, $b, $ah, $bh, $other) = @$case;
    my $dir = "$tree/" . $what =~ s/ .*//r;
    my %code = ('libutil/a' => $a, $other ? ("$other/b" => 'int b(void); int b(void) { return 1; }') : ('libutil/b' => $b));
    is run('mkdir', '-p', map { ("$dir/src/$_", "$dir/obj/$_") } 'libutil', 'prog')->{code}, 0, "mkdir makes a tree with a circle: $what";
    put_file("$dir/src/libutil/a.h", "$ah\n");
    put_file("$dir/src/libutil/b.h", "$bh\n");
    for my $file (sort keys %code)
    {
      put_file("$dir/src/$file.c", $code{$file});
      is run(split(' ', $ENV{configured_CC}), '-c', '-o', "$dir/obj/$file.o", "$dir/src/$file.c")->{code},
        0, "$file.c of a tree with a circle compiles: $what";
    }
    my $end = run('/bin/sh', "$src/tools/check-circles.sh", $dir, $dir);
    is $end->{code}, 1, "tools/check-circles.sh exits 1 for this circle: $what";
    like $end->{err}, qr{libutil/a}, "tools/check-circles.sh names a file of this circle: $what";
  }
};

# ---- the shape of the sources ----

use constant { LINES_OF_A_FILE => 250, LINES_OF_A_FUNCTION => 40, LENGTH_OF_A_LINE => 160 };

# What is wrong with the shape of a source, given its name and text.
sub misshapen
{
  my ($name, $text) = @_;
  my @wrong;
  my ($n, $begin) = (0);
  for my $line (split /\n/, $text)
  {
    $n++;
    push @wrong, "$name:$n: a tab" if $line =~ /\t/;
    push @wrong, "$name:$n: a blank at the end" if $line =~ /[ \t\r]\z/;
    push @wrong, "$name:$n: longer than " . LENGTH_OF_A_LINE if length $line > LENGTH_OF_A_LINE;
    $begin = $n if $line eq '{';
    next unless defined $begin && $line =~ /^\}/;
    push @wrong, "$name:$begin: a function of " . ($n - $begin + 1) . " lines" if $line eq '}' && $n - $begin + 1 > LINES_OF_A_FUNCTION;
    undef $begin;
  }
  push @wrong, "$name: $n lines" if $n > LINES_OF_A_FILE;
  push @wrong, "$name: no end of line at its end" unless $text =~ /\n\z/;
  return @wrong;
}

subtest 'each source has short files, functions and lines, no tabs and no blanks at the end' => sub
{
  my @sources = map { s{^\Q$src\E/}{}r } glob "$src/src/*/*.[ch]";
  cmp_ok scalar @sources, '>', 100, 'the check of shapes finds more than 100 sources';
  is join("\n", map { misshapen($_, get_file("$src/$_")) } @sources), '',
    'every source has short files, functions and lines, no tabs and no blanks at the end';
  my ($limit) = get_file("$src/.editorconfig") =~ /^\[src\/[^\]]*\]\nmax_line_length = (\d+)$/m;
  is $limit, LENGTH_OF_A_LINE, '.editorconfig has the same longest line as the check of shapes';
};

# Names of files or guards that two sources have, given pairs of a name and a file.
sub used_twice
{
  my (%files, @pairs) = ();
  push @{$files{$_->[0]}}, $_->[1] for @_;
  return join "\n", map { "$_: @{$files{$_}}" } grep { @{$files{$_}} > 1 } sort keys %files;
}

subtest 'no two sources have the same name, and no two headers the same guard' => sub
{
  my @sources = map { s{^\Q$src\E/}{}r } glob "$src/src/*/*.[ch]";
  is used_twice(map { [m{([^/]+)\z}, $_] } @sources), '', 'no two sources have the same name';
  is used_twice(map { my $file = $_; map { [$_, $file] } get_file("$src/$_") =~ /^#ifndef (SALLYPORT_\w+_H)$/mg } @sources), '',
    'no two headers have the same guard';
  is used_twice(['a.c', 'one/a.c'], ['b.c', 'one/b.c'], ['a.c', 'two/a.c']), 'a.c: one/a.c two/a.c',
    'the check of names of sources finds a name that is used twice';
};

subtest 'each kind of misshapen source is found' => sub
{
  for my $case (['a tab', "\tint a;\n", qr/:1: a tab/], ['a blank', "int a; \n", qr/:1: a blank/],
    ['a long line', 'x' x (LENGTH_OF_A_LINE + 1) . "\n", qr/:1: longer/], ['a long file', "int a;\n" x (LINES_OF_A_FILE + 1), qr/: 251 lines/],
    ['a long function', "int f(void)\n{\n" . "  g();\n" x (LINES_OF_A_FUNCTION - 1) . "}\n", qr/:2: a function of 41 lines/],
    ['a last line without an end', 'int a;', qr/no end of line/])
  {
    my ($what, $text, $expected) = @$case;
    like join("\n", misshapen('a.c', $text)), $expected, "the check of shapes finds $what";
  }
  is join("\n", misshapen('a.c', "int f(void)\n{\n" . "  g();\n" x (LINES_OF_A_FUNCTION - 2) . "}\n")), '',
    'the check of shapes accepts a function of 40 lines';
};

subtest 'the guides for contributors name files that are there' => sub
{
  my %there = map { s{.*/}{}r => 1 } glob("$src/src/*/*.[ch]"), glob("$src/{doc,tests/build,tests/lib/Sallyport,tools}/*");
  my $named = sub
  {
    my ($text) = @_;
    return grep { m{/} ? !-e "$src/$_" : !$there{$_} } $text =~ m{(?<![\w/.<-])((?:[\w-]+/)*[\w-]+\.(?:[cht]|txt|mdoc|pm|sh))\b}g;
  };
  for my $guide ('HACKING', 'doc/design.txt', 'src/libserver/engine.h')
  {
    is join(' ', grep { !/NAME/ && !/PART/ } $named->(get_file("$src/$guide"))), '', "$guide names only files that are there";
  }
  is join(' ', $named->('see loop.c, nosuch.c and src/libserver/nosuch.h')), 'nosuch.c src/libserver/nosuch.h',
    'the check of guides finds names of files that are not there';
};

my @programs = programs_in_tree();

subtest 'every program source is in targets.mak' => sub
{
  for my $deps (glob "$src/src/*/deps-exe/*")
  {
    my ($folder, $name) = $deps =~ m{/src/([^/]+)/deps-exe/([^/]+)$};
    ok +(grep { $_ eq "$folder/$name" } @programs), "$folder/$name of deps-exe is in targets.mak";
  }
  ok @programs, 'targets.mak has programs';
};

subtest 'every program has a page, and mandoc finds no mistake in pages' => sub
{
  my @pages = glob page_file('*.[1-8]');
  plan skip_all => 'this tree has no pages yet' unless @pages;
  my %page = map { m{/([^/]+)\.(\d)$} ? ($1 => $2) : () } @pages;
  for my $program (map { m{/(.*)} } @programs)
  {
    ok delete $page{$program}, "$program has a page in section 1";
  }
  is join(' ', grep { $page{$_} == 1 } sort keys %page), '', 'every page of section 1 has a program';
  SKIP:
  {
    my $mandoc = tool('mandoc') or skip 'mandoc is not installed', 1;
    for my $page (@pages)
    {
      my $lint = run($mandoc, '-T', 'lint', '-W', 'warning', $page);
      is $lint->{out} . $lint->{err}, '', 'mandoc finds no mistake in ' . $page =~ s{.*/}{}r;
    }
  }
};

subtest 'tools/render-doc.sh renders every page' => sub
{
  plan skip_all => 'mandoc is not installed' unless tool('mandoc');
  my @pages = glob page_file('*.[1-8]');
  plan skip_all => 'this tree has no pages yet' unless @pages;
  my $out = own_dir() . '/html';
  passes(run({ deadline => build_deadline() }, '/bin/sh', "$src/tools/render-doc.sh", page_file(''), $out), 'tools/render-doc.sh exits 0');
  ok -s "$out/style.css", 'tools/render-doc.sh makes a style sheet';
  my $index = get_file("$out/index.html");
  for my $name (map { m{/([^/]+)\.\d$} } @pages)
  {
    like get_file("$out/$name.html"), qr/<\/html>/, "$name.html is complete";
    like $index, qr/href="\Q$name\E\.html"/, "$name.html is in the index";
  }
};

subtest 'scripts parse and are executable' => sub
{
  for my $script (grep { -f } "$src/configure", "$src/quickstart", glob("$src/tools/*.sh"), "$src/.ci/run")
  {
    my ($shell) = get_file($script) =~ m{^#!(\S+)};
    my $end = run($shell, '-n', $script);
    passes($end, substr($script, 1 + length $src) . ' parses');
    ok -x $script, substr($script, 1 + length $src) . ' is executable';
  }
  my ($longest) = get_file("$src/tools/check.sh") =~ /^longest="([^"]+)"$/m;
  is join(' ', grep { !-f "$src/tests/$_.t" } split ' ', $longest), '', 'the tests that tools/check.sh begins with exist';
  my @lines = split /\n/, get_file("$src/README");
  cmp_ok scalar @lines, '<', 150, 'README has less than 150 lines';
};

subtest 'a test of a line of the log shows what it looked for' => sub
{
  my $bare = qr/\bok\b[ (]*(?:defined )?log_has\((?!.*(?:&&|\|\|))/;
  my @found;
  for my $test (glob "$src/tests/*/*.t")
  {
    my $n = 0;
    push @found, map { $n++; /$bare/ ? $test =~ s{^\Q$src\E/}{}r . ":$n" : () } split /\n/, get_file($test);
  }
  is join(' ', @found), '', 'log_says() is used where a bare log_has() would hide the log';
  like 'ok' . '(log_has($server, qr/word/), 1)', $bare, 'the check of log_has() finds a bare one';
};

subtest 'HACKING names files and targets that are there' => sub
{
  my $text = get_file("$src/HACKING");
  my %path = map { s/[.,;:]+$//r => 1 } grep { !/[A-Z]{3}|WORD/ } $text =~ m{(?<![\w/])((?:src|doc|tests|tools|package|examples)/[\w./-]+)}g;
  ok -e "$src/$_", "HACKING names $_, which is there" for sort keys %path;
  my $makefile = get_file("$src/Makefile");
  ok $makefile =~ /^(?:[\w-]+ )*\Q$_\E\b.*:/m, "HACKING names make $_, which is a target" for sort keys %{{ map { $_ => 1 } $text =~ /\bmake ([a-z][a-z_.-]+)/g }};
  cmp_ok scalar(keys %path), '>', 10, 'HACKING names more than 10 files';
};

done_testing;
