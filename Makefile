# make run        installs what is missing, builds, installs the iterators, lists programs and maps
# make install    puts what was built below $(PREFIX); 'make uninstall' takes it away
# make test       installs what the tests need, runs all of them, also in virtual machines
# make bench      measures speed beside cat and bpftool; fails where a target is missed
# make dist       leaves .deb, .rpm, PKGBUILD, tarballs, sums and SBOMs in $(DIST), of each of DIST_TARGETS
# make static     leaves a static binary at $(STATIC); TARGET=aarch64-unknown-linux-gnu: of another machine

TARGET ?= $(shell uname -m)-unknown-linux-gnu
PREFIX ?= /usr/local

# Where cargo puts what it builds. The folder below the sources does not do where they cannot be written
# to, nor where their path has a blank in it, which the makefiles of libbpf and libelf do not take.
ifeq ($(origin CARGO_TARGET_DIR),undefined)
CARGO_TARGET_DIR := $(shell \
	case $$(pwd) in (*[[:space:]]*) false ;; (*) test -w . ;; esac && echo target && exit; \
	home=$$(getent passwd "$${SUDO_USER:-$$(id -un)}" | cut -d: -f6); \
	echo "$${home:-$$HOME}/.cache/bpfdbg/target/$$(pwd | cksum | cut -d' ' -f1)")
endif
export CARGO_TARGET_DIR
BPFDBG := $(CARGO_TARGET_DIR)/release/bpfdbg
STATIC := $(CARGO_TARGET_DIR)/$(TARGET)/release/bpfdbg
DIST := $(CARGO_TARGET_DIR)/dist
DIST_TARGETS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu

SUDO := $(shell [ "$$(id -u)" -eq 0 ] || echo sudo)
# libbpf is built by a make of its own, which must not take this one's DESTDIR for its own.
CARGO := env -u MAKEFLAGS -u MAKEOVERRIDES -u DESTDIR -u PREFIX cargo

PACKAGES := clang gcc libc6-dev libelf-dev make pkg-config zlib1g-dev
DIST_PACKAGES := dpkg-dev jq rpm xz-utils
TEST_PACKAGES := $(PACKAGES) bash fish graphviz groff iproute2 jq man-db mandoc strace systemd zsh

.PHONY: all run bench dist test test-host test-library test-vm lint static reproducible release-check setup rust install uninstall clean

all: setup
	$(CARGO) build --release

setup: rust
	@tests/install-packages $(PACKAGES)

# Looked for before anything is installed: without it nothing else is of use.
rust:
	@wanted=$$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml); \
	found=$$(cargo --version 2>/dev/null | cut -d' ' -f2); \
	[ "$$(printf '%s\n' "$$wanted" "$${found:-0}" | sort -V | head -n 1)" = "$$wanted" ] || { \
		echo "bpfdbg needs Rust $$wanted or newer, and cargo is $${found:-not in PATH}; try: rustup, or apt install cargo-web" >&2; \
		exit 1; \
	}

# Where nothing can be loaded, a capture of a real kernel shows what there would be to see.
run: all
	@if $(SUDO) "$(BPFDBG)" install --public; then \
		"$(BPFDBG)" progs && echo && "$(BPFDBG)" maps; \
	else \
		echo 'these are the programs and maps of a capture, for none can be loaded here'; \
		"$(BPFDBG)" --bpffs tests/captures/6.12 progs && echo && \
		"$(BPFDBG)" --bpffs tests/captures/6.12 maps; \
	fi

test: test-host test-vm

# All tests on this machine's own kernel; as root, those that load programs too.
test-host: setup
	@tests/install-packages $(TEST_PACKAGES)
	BPFDBG_BPFTOOL=$$(tests/vm/bpftool || true) $(CARGO) test --workspace
	$(MAKE) test-library

# The library by itself, which takes no compiler but Rust's, and no library that is not Rust.
test-library: rust
	CLANG=/nonexistent PKG_CONFIG=/nonexistent $(CARGO) test --no-default-features
	tree=$$($(CARGO) tree --no-default-features --edges normal,build --prefix none) && \
	! echo "$$tree" | grep -E '^(clap|libbpf|libc|rustix)'

# The same tests on every kernel.
test-vm: rust
	@tests/vm/setup
	tests/vm/run

lint: setup
	@tests/install-packages shellcheck
	git ls-files -z | xargs -0 grep -lZE '^#!/bin/(ba)?sh' | xargs -0 shellcheck -x -S warning
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --no-default-features --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps
	RUSTDOCFLAGS='-D warnings' cargo doc --no-default-features --no-deps
	tests/bpf-includes
	tests/deny

static: rust
	tests/cross/cargo $(TARGET) build --release
	@ls -l "$(STATIC)"

dist: rust
	@tests/install-packages $(DIST_PACKAGES)
	rm -rf "$(DIST)"
	set -e; for target in $(DIST_TARGETS); do \
		tests/cross/cargo $$target build --release; dist/package $$target "$(DIST)"; \
	done
	dist/pkgbuild "$(DIST)"
	@ls -l "$(DIST)"

# Takes hours: everything that is tested, built and packaged.
release-check: rust
	dist/release-check

# Takes as long as two clean builds.
reproducible: rust
	tests/cross/reproducible $(TARGET)

# In a mount namespace of its own, so that what it mounts goes with it. Root loads programs.
bench: all static
	@tests/install-packages strace
	$(CARGO) build --release -p bpfdbg-bench
	bpftool=$$(tests/bench/bpftool) && \
	$(SUDO) unshare --mount "$(CARGO_TARGET_DIR)/release/bpfdbg-bench" "$(STATIC)" "$(BPFDBG)" $$bpftool

DEST = $(DESTDIR)$(PREFIX)
UNITS := bpfdbg.service bpfdbg-restore.path bpfdbg-restore.service

# Builds nothing, so that root needs no Rust: 'make && sudo make install'.
install:
	@[ -x "$(BPFDBG)" ] || { echo "'$(BPFDBG)' is not there to be installed; try: make" >&2; exit 1; }
	install -D -m 0755 "$(BPFDBG)" "$(DEST)/bin/bpfdbg"
	install -D -m 0644 -t "$(DEST)/share/man/man8" man/*.8
	install -D -m 0644 -t "$(DEST)/share/man/man5" man/*.5
	install -D -m 0644 completions/bpfdbg.bash "$(DEST)/share/bash-completion/completions/bpfdbg"
	install -D -m 0644 completions/_bpfdbg "$(DEST)/share/zsh/site-functions/_bpfdbg"
	install -D -m 0644 completions/bpfdbg.fish "$(DEST)/share/fish/vendor_completions.d/bpfdbg.fish"
	for unit in $(UNITS); do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|' "dist/$$unit" | \
			install -D -m 0644 /dev/stdin "$(DEST)/lib/systemd/system/$$unit"; \
	done

uninstall:
	rm -f "$(DEST)/bin/bpfdbg"
	for unit in $(UNITS); do rm -f "$(DEST)/lib/systemd/system/$$unit"; done
	cd man && for page in *.[58]; do rm -f "$(DEST)/share/man/man$${page##*.}/$$page"; done
	rm -f "$(DEST)/share/bash-completion/completions/bpfdbg"
	rm -f "$(DEST)/share/zsh/site-functions/_bpfdbg"
	rm -f "$(DEST)/share/fish/vendor_completions.d/bpfdbg.fish"

clean:
	cargo clean
