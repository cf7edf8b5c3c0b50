# Builds sallyport, in the source tree or in any directory where configure was run. GNU make 3.81 or later.
# What is built is in package/targets.mak; what it is made of, in deps.mak, which make writes itself.

.DELETE_ON_ERROR:
.SUFFIXES:
all:

# What the environment has for other purposes: cd obeys the one, and the other is meant only as a word of the command.
unexport CDPATH
ifneq ($(origin WERROR),command line)
WERROR :=
else
override WERROR := $(if $(filter-out 0 no,$(WERROR)),-Werror)
endif

srcdir := .
-include config.mak

ifdef configured
include $(srcdir)/package/targets.mak
include deps.mak
else ifneq ($(filter-out help dist,$(or $(MAKECMDGOALS),all)),)
$(error this directory is not configured: run ./configure first (or ./quickstart))
endif

ifdef V
say =
Q :=
else
say = @printf '  %-5s %s\n' '$(1)' '$(2)'
Q := @
endif

# What only the TLS programs need is built with them.
ifeq ($(tls),yes)
PROGRAMS += $(TLS_PROGRAMS)
without_tls :=
else
without_tls := libtls-%
endif
BINARIES := $(addprefix bin/,$(notdir $(PROGRAMS)))
ARCHIVES := $(addprefix lib/,$(addsuffix .a,libplatform libdns $(filter-out platform-% libdns-% $(without_tls),$(LIBRARIES))))
COMPILE = $(CC) $(CPPFLAGS_AUTO) -iquote . -iquote $(srcdir)/src/include-local $(CPPFLAGS) $(CFLAGS_AUTO) $(CFLAGS) $(WERROR)
LINK = $(CC) $(CFLAGS_AUTO) $(CFLAGS) $(LDFLAGS_AUTO) $(LDFLAGS)
# Archives need each other in both directions. Where the linker has no groups, it sees them twice.
group = $(if $(GROUP_BEGIN),$(GROUP_BEGIN) $(1) $(GROUP_END),$(1) $(1))

all: $(BINARIES) completions/made

hidden := $(if $(filter no,$(linux)),$(srcdir)/tools/hide-linux.h)

obj/%.o: $(srcdir)/src/%.c config.h $(hidden)
	$(call say,CC,$*.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

lib/libplatform.a: lib/platform-$(platform).a
	$(Q)cp $< $@

lib/libdns.a: lib/libdns-$(dns_twin).a
	$(Q)cp $< $@

lib/%.a:
	$(call say,AR,$@)
	$(Q)mkdir -p lib
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BINARIES):
	$(call say,LINK,$@)
	$(Q)mkdir -p bin
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(call group,$(filter %.a,$^)) $(LIBS) $(LDLIBS)

# The shells complete what --help lists. Tests compare, so that nothing is made by hand.
completions/made: $(BINARIES) $(srcdir)/tools/gen-completions.sh
	$(call say,GEN,completions)
	$(Q)rm -rf completions
	$(Q)$(SHELL) $(srcdir)/tools/gen-completions.sh completions "$(program_prefix)" $(BINARIES)
	$(Q)touch $@

# A new version or a new configure asks the same questions again; with the same answers nothing is rebuilt. The
# flags that came from the environment then are among the words; those of today's environment do not count.
flag_names := CC AR CPPFLAGS CFLAGS LDFLAGS LDLIBS
ifdef configured
ifeq ($(filter clean distclean,$(MAKECMDGOALS)),)
config.mak: $(srcdir)/configure $(srcdir)/package/info
	unset $(flag_names); $(SHELL) $(srcdir)/configure $(CONFIGURE_WORDS)
config.h: config.mak
	@test -f $@ || { unset $(flag_names); $(SHELL) $(srcdir)/configure $(CONFIGURE_WORDS); }
endif
endif

# What each object, archive and program is made of. The folders are among the prerequisites: their times change
# when a file comes or goes.
DEPS_ORIGINS := $(srcdir)/tools/gen-deps.sh $(srcdir)/package/targets.mak $(wildcard $(srcdir)/src/*/ $(srcdir)/src/*/*.[ch] \
  $(srcdir)/src/*/deps-exe/ $(srcdir)/src/*/deps-exe/*)
deps.mak: $(DEPS_ORIGINS)
	$(Q)$(SHELL) $(srcdir)/tools/gen-deps.sh $(srcdir) > $@.new
	$(Q)mv -f $@.new $@

# --- Unit tests: each tests/unit/NAME_test.c is a program, linked with every archive, with the other
# tests/unit/*.c and with the items of tests/unit/deps/NAME_test if there is such a file.

UNIT_SOURCES := $(filter-out $(if $(without_tls),$(srcdir)/tests/unit/tls_%),$(wildcard $(srcdir)/tests/unit/*.c))
UNIT_TESTS := $(patsubst $(srcdir)/tests/unit/%.c,unit/%,$(filter %_test.c,$(UNIT_SOURCES)))
UNIT_HELPERS := $(filter-out %_test.c,$(UNIT_SOURCES))
unit_items = $(foreach item,$(shell cat $(wildcard $(srcdir)/tests/unit/deps/$(1)) /dev/null | tr '{}' '()' | sed 's/[#].*//'),$(item))
unit_objects = $(addprefix obj/,$(filter %.o,$(call unit_items,$(1))))
unit_libs = $(filter-out %.o,$(call unit_items,$(1)))

unit: $(UNIT_TESTS)

define unit_rule
$(1): $$(call unit_objects,$(notdir $(1)))
endef
$(foreach test,$(UNIT_TESTS),$(eval $(call unit_rule,$(test))))

unit/%: $(srcdir)/tests/unit/%.c $(UNIT_HELPERS) $(ARCHIVES) config.h
	$(call say,UNIT,$*)
	$(Q)mkdir -p unit
	$(Q)$(COMPILE) -iquote $(srcdir)/src -iquote $(srcdir)/tests/unit $(LDFLAGS_AUTO) $(LDFLAGS) -MMD -MF $@.d -MT $@ \
	  -o $@ $< $(UNIT_HELPERS) $(filter %.o,$^) $(call group,$(filter %.a,$^)) $(call unit_libs,$*) $(TLS_LIB) $(SKALIBS_LIB) $(LDLIBS)

-include $(addsuffix .d,$(UNIT_TESTS))

# --- Tests. V=1 shows every test. TESTS='tcp/* unit/address_test' runs some of them.

export srcdir bindir mandir docdir datadir program_prefix package version PROGRAMS TLS_PROGRAMS V TESTS REPEAT STOP CONFIGURE_WORDS
export configured_CC = $(CC)
export configured_CFLAGS = $(CFLAGS)
export configured_LDFLAGS = $(LDFLAGS)
CHECK = MAKE="$(MAKE)" $(SHELL) $(srcdir)/tools/check.sh

check:
	+@$(CHECK) default
check-portable:
	+@$(CHECK) portable
check-sanitize:
	+@$(CHECK) sanitize
# The same with musl-gcc and a skalibs built with it, where they can be had. Not part of check-all.
check-musl:
	@$(SHELL) $(srcdir)/tools/musl-check.sh $(srcdir) check/musl
check-all:
	+@$(CHECK) default portable sanitize

# For editors and analyzers.
compile_commands.json: config.h
	@COMPILE='$(COMPILE)' $(SHELL) $(srcdir)/tools/compile-commands.sh $(srcdir) > $@.new && mv $@.new $@

# ./quickstart check in bare systems: RELEASES='trixie sid', TESTS=..., FULL=1 installs what the tests can use.
check-chroot:
	@TESTS='$(TESTS)' $(SHELL) $(srcdir)/tools/check-chroot.sh $(RELEASES)

# Each header compiles alone, and both twins offer the same functions.
check-headers: config.h
	@COMPILE="$(COMPILE)" without_tls="$(without_tls)" dns_twins="$(dns_twins)" $(SHELL) $(srcdir)/tools/check-headers.sh
PLATFORM_TWINS := $(patsubst %,lib/platform-%.a,$(platform_twins))
DNS_TWINS := $(patsubst %,lib/libdns-%.a,$(dns_twins))
check-twins: $(PLATFORM_TWINS) $(DNS_TWINS)
	@$(SHELL) $(srcdir)/tools/check-twins.sh platform $(PLATFORM_TWINS)
	@$(SHELL) $(srcdir)/tools/check-twins.sh dns $(DNS_TWINS)

# No file needs one that needs it.
check-circles: $(ARCHIVES) $(BINARIES)
	@$(SHELL) $(srcdir)/tools/check-circles.sh $(abspath $(srcdir)) $(CURDIR)

# --- Pages.

# doc/pages: each page with the shared text, its date and the version. doc/man: the same as it is installed. The page of a
# source that has gone goes, too.
doc/pages/made: $(wildcard $(srcdir)/doc/ $(srcdir)/doc/*.* $(srcdir)/doc/groups $(srcdir)/doc/parts/ $(srcdir)/doc/parts/*.mdoc $(srcdir)/package/info \
  $(srcdir)/tools/*-pages.sh $(srcdir)/tools/page-dates.sh)
	$(Q)$(SHELL) $(srcdir)/tools/assemble-pages.sh $(srcdir)/doc doc/pages
	$(Q)$(SHELL) $(srcdir)/tools/typeset-pages.sh doc/pages doc/man
	$(Q)touch $@

doc: doc/pages/made
	$(Q)$(SHELL) $(srcdir)/tools/render-doc.sh doc/pages doc/html

# make install leaves the HTML out where there is no mandoc; make doc reports that it is missing.
doc/html/index.html: doc/pages/made $(srcdir)/tools/render-doc.sh
	$(Q)! command -v mandoc > /dev/null || $(SHELL) $(srcdir)/tools/render-doc.sh doc/pages doc/html

# --- Installing. DESTDIR is put before every path.

install: all doc/pages/made doc/html/index.html
	$(Q)$(SHELL) $(srcdir)/tools/install-all.sh install
uninstall:
	$(Q)$(SHELL) $(srcdir)/tools/install-all.sh uninstall
export DESTDIR

clean:
	rm -rf obj lib bin unit check bench fuzz doc/html doc/pages doc/man completions deb *.deb
distclean: clean
	rm -f config.mak config.h config.log deps.mak compile_commands.json
	test $(srcdir) = . || rm -f Makefile

dist:
	$(Q)$(SHELL) $(srcdir)/tools/dist.sh $(srcdir)

# --- Longer work, against a staged tree: make bench BENCH=--publish

staged = SALLYPORT_SRC=$(abspath $(srcdir)) SALLYPORT_BUILD=$(CURDIR) SALLYPORT_BIN=$(CURDIR)/check/default/root/bin
stage:
	+@$(CHECK) --stage default
stage-sanitize:
	+@$(CHECK) --stage sanitize
bench: stage
	@$(call hook,tests/bench/run,$(BENCH))
bench-quick: stage
	@$(call hook,tests/bench/run,--quick $(BENCH))
fuzz: stage
	+@$(call hook,tests/fuzz/run,$(FUZZ))
soak: stage
	@$(call hook,tests/soak/run,$(SOAK))
lint: config.h
	@srcdir="$(abspath $(srcdir))" $(SHELL) $(srcdir)/tools/lint.sh $(FILES)
# Tests against programs that count which of their lines ran: make coverage COVERAGE='tcp/* unit/*'
coverage:
	+@MAKE="$(MAKE)" $(SHELL) $(srcdir)/tools/coverage.sh $(COVERAGE)
deb:
	@$(call hook,tools/deb.sh,$(DEB))
hook = test -x $(srcdir)/$(1) || { echo "$(1) is not part of this tree" >&2; exit 1; }; $(staged) $(srcdir)/$(1) $(2)

help:
	@echo 'make [all] check check-portable check-sanitize check-musl check-all check-chroot install uninstall doc dist'
	@echo '     bench bench-quick fuzz soak lint coverage deb compile_commands.json clean distclean'
	@echo 'V=1 shows commands and every test; TESTS="tcp/* unit/address_test" runs some tests, REPEAT=10 so often,'
	@echo 'and STOP=1 ends at the first failure; DESTDIR=DIR stages an install.'

.PHONY: all unit check check-chroot check-portable check-sanitize check-musl check-all check-headers check-twins check-circles doc install \
  uninstall clean distclean dist stage stage-sanitize bench bench-quick fuzz soak lint coverage deb help
