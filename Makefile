# dev-infra: build, install and check the toolset.
#
#   make                        build everything, in release
#   make deps                   install what building needs and this system lacks
#   make install PREFIX=~/.local    (the default; DESTDIR is honoured)
#   make uninstall PREFIX=~/.local
#   make DEV_INFRA_SERVER=0 …   without the daemon and its pages, which are most of the time of a build
#   make demo                   build, install to a scratch place, and show what it is for
#   make test                   the unit tests
#   make check                  every test there is; ends with how many passed and failed
#   make torture                try for hours to break the registry, in parts that go on after an interruption; PART=3/8
#                               SEED=… DURATION=… ROUNDS=… CUTS=… PUSHES=… (see .ci/torture)
#   make fuzz                   give the parsers and the daemon what nobody thought of; PARSER=… SEED=… FUZZ_SECONDS=…
#                               EXAMPLES=… (see .ci/fuzz-parsers and .ci/fuzz)
#   make deb dist               Debian packages and an archive of this build, in dist/
#   make check-packages         prove what is in dist/ on clean systems; as root, on Debian
#   make reproduce              build the commit once more elsewhere, and compare that with dist/
#   make release VERSION=X.Y.Z  set the version, date the changelog, commit, tag and pack; sends nothing
#   make bench                  speed and memory beside what people use otherwise, as a table; ROWS=PATTERN runs some rows or
#                               groups of them, as ROWS=main, WRITE=1 writes the tables of docs/performance.md, STRICT=1 fails
#                               where a row is missed or its spread hides the verdict, SCALE=0.1 shrinks all sizes
#   make scaling                how cost grows with projects, machines, history and conflicts; AXES=machines does a part, WRITE=1
#                               writes the tables and pictures of docs/scaling.md

PREFIX = ~/.local
DESTDIR =
SWIFT = swift
# `debug` compiles in less than half the time, and makes larger and slower programs.
CONFIGURATION = release

# Installed executables find the Swift runtime beside them and nowhere else: no path of the toolchain gets in.
# Nor does a path of the build: C code puts the names of its files into its error messages.
# Functions in sections of their own let the linker drop those that nothing calls, and fold equal ones: 15% less of each.
# Nothing is thrown through C, which needs no tables for that; its speed is in assembly, where it counts.
ifeq ($(shell uname -s),Darwin)
LINKING = -Xlinker -rpath -Xlinker @loader_path/../../lib/dev-infra -Xlinker -rpath -Xlinker @loader_path/../lib/dev-infra -Xlinker -dead_strip
# Homebrew keeps apart what macOS has something of itself, and headers that no .pc file speaks of.
BREW := $(shell brew --prefix 2>/dev/null)
export PKG_CONFIG_PATH := $(BREW)/opt/curl/lib/pkgconfig:$(BREW)/opt/openssl@3/lib/pkgconfig:$(BREW)/opt/expat/lib/pkgconfig:$(PKG_CONFIG_PATH)
LINKING += -Xcc -I$(BREW)/include -Xcxx -I$(BREW)/include
else
LINKING = -Xlinker -rpath -Xlinker '$$ORIGIN/../../lib/dev-infra' -Xcc -ffunction-sections -Xcc -fdata-sections -Xcc -Os \
	-Xcc -fno-asynchronous-unwind-tables \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xlinker --gc-sections -Xlinker --icf=all
endif
SWIFT_BUILD = $(SWIFT) build -c $(CONFIGURATION) --explicit-target-dependency-import-check error -Xswiftc -no-toolchain-stdlib-rpath \
	-Xcc -ffile-prefix-map='$(CURDIR)/=' $(LINKING)

# The shell opens `~` only at the start of a word, and users write PREFIX=~/.local.
prefix = $(patsubst ~/%,$(HOME)/%,$(PREFIX))

.PHONY: all build deps deps-check install uninstall demo test check torture fuzz bench scaling deb dist check-packages reproduce release clean

all: build

build:
	$(SWIFT_BUILD)

deps:
	.ci/deps build

deps-check:
	.ci/deps check

install: build
	.ci/install "$(DESTDIR)" "$(prefix)" "$$($(SWIFT_BUILD) --show-bin-path)"

uninstall:
	.ci/uninstall "$(DESTDIR)" "$(prefix)"

demo:
	Tests/Demo/demo.sh

# The same build as that of what is installed, and the tests beside it: nothing is compiled twice. No path of the toolchain is
# in the tests either, so they are told where its libraries are.
test:
	$(SWIFT_BUILD) --build-tests
	. .ci/system.sh && with_runtime $(SWIFT) test -c release --skip-build

check:
	.ci/check

torture:
	.ci/deps torture
	.ci/torture

fuzz:
	.ci/deps fuzz
	.ci/fuzz-parsers
	if [ -z "$$PARSER" ]; then .ci/fuzz; fi

bench:
	Tests/Benchmarks/bench.sh

scaling:
	Tests/Benchmarks/bench.sh scaling

deb: build
	.ci/deps packages
	packaging/deb "$$($(SWIFT_BUILD) --show-bin-path)" dist

dist: build
	.ci/deps packages
	packaging/dist "$$($(SWIFT_BUILD) --show-bin-path)" dist

check-packages:
	.ci/deps packages
	packaging/check dist

reproduce:
	.ci/deps packages
	packaging/reproduce

release:
	packaging/release '$(VERSION)'

clean:
	rm -rf .build .build-fuzz
