# make run     installs what is missing, builds, installs the iterators, lists programs and maps
# make test    installs what the tests need, runs all of them, also in virtual machines
# make bench   measures speed beside cat and bpftool; fails where a target is missed
# make static  leaves a static binary at $(STATIC)

TARGET := $(shell uname -m)-unknown-linux-gnu
STATIC := target/$(TARGET)/release/bpfdbg
BPFDBG := target/release/bpfdbg
SUDO := $(shell [ "$$(id -u)" -eq 0 ] || echo sudo)
PREFIX ?= /usr/local
# libbpf is built by a make of its own, which must not take this one's DESTDIR for its own.
CARGO := env -u MAKEFLAGS -u MAKEOVERRIDES -u DESTDIR -u PREFIX cargo

PACKAGES := clang gcc libc6-dev libelf-dev make pkg-config zlib1g-dev
TEST_PACKAGES := $(PACKAGES) bash fish graphviz groff iproute2 jq man-db mandoc strace systemd zsh

.PHONY: all run bench test test-host test-vm lint static setup install clean

all: setup
	$(CARGO) build --release

setup:
	@tests/install-packages $(PACKAGES)
	@command -v cargo >/dev/null || { echo 'bpfdbg needs Rust 1.88 or newer: cargo is not in PATH' >&2; exit 1; }

# Where nothing can be loaded, a capture of a real kernel shows what there would be to see.
run: all
	@if $(SUDO) $(BPFDBG) install --public; then \
		$(BPFDBG) progs && echo && $(BPFDBG) maps; \
	else \
		echo 'these are the programs and maps of a capture, for none can be loaded here'; \
		$(BPFDBG) --bpffs tests/captures/6.12 progs && echo && \
		$(BPFDBG) --bpffs tests/captures/6.12 maps; \
	fi

test: test-host test-vm

# All tests on this machine's own kernel; as root, those that load programs too.
test-host: setup
	@tests/install-packages $(TEST_PACKAGES)
	BPFDBG_BPFTOOL=$$(tests/vm/bpftool || true) cargo test --workspace

# The same tests on every kernel.
test-vm:
	@tests/vm/setup
	tests/vm/run

lint: setup
	@tests/install-packages shellcheck
	git ls-files -z | xargs -0 grep -lZE '^#!/bin/(ba)?sh' | xargs -0 shellcheck -x -S warning
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps
	tests/deny

# The linker finds libelf.a and libz.a by this variable, for libbpf-sys does not ask it. With
# --target the flags leave build scripts alone, which cannot be static.
static: setup
	LIBBPF_SYS_LIBRARY_PATH=$$(dirname "$$(gcc -print-file-name=libelf.a)") \
	RUSTFLAGS='-C target-feature=+crt-static' \
	$(CARGO) build --release --features static --target $(TARGET)
	@ls -l $(STATIC)

# In a mount namespace of its own, so that what it mounts goes with it. Root loads programs.
bench: all static
	@tests/install-packages strace
	$(CARGO) build --release -p bpfdbg-bench
	bpftool=$$(tests/bench/bpftool) && \
	$(SUDO) unshare --mount target/release/bpfdbg-bench $(STATIC) $(BPFDBG) $$bpftool

install: all
	install -D -m 0755 $(BPFDBG) $(DESTDIR)$(PREFIX)/sbin/bpfdbg
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man8 man/*.8
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 man/*.5
	install -D -m 0644 completions/bpfdbg.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/bpfdbg
	install -D -m 0644 completions/_bpfdbg $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_bpfdbg
	install -D -m 0644 completions/bpfdbg.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/bpfdbg.fish
	sed 's|/usr/sbin/|$(PREFIX)/sbin/|' dist/bpfdbg.service >bpfdbg.service.tmp
	install -D -m 0644 bpfdbg.service.tmp $(DESTDIR)$(PREFIX)/lib/systemd/system/bpfdbg.service
	rm bpfdbg.service.tmp

clean:
	cargo clean
