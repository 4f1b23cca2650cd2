# The front door. `make` alone prints what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Where `make serve` listens, as HOST:PORT; several may be given, parted by spaces. Empty: what the config says.
LISTEN ?=
PREFIX ?= /usr/local
CONFIG ?= config/cmdop.yaml
# What CONFIG names as its keys, and where a key pair is put for whoever has none.
KEYS ?= keys
CLIENT ?= .state/client

# What sessions in containers need; the rest of cmdop does without.
CONTAINER_PACKAGES := podman runc crun buildah uidmap netavark aardvark-dns iptables slirp4netns fuse-overlayfs catatonit
BUILD_PACKAGES := libssh-dev libvterm-dev pkg-config openssh-client
CHECK_PACKAGES := $(BUILD_PACKAGES) python3 binutils
TEST_PACKAGES := $(CHECK_PACKAGES) openssh-server tmux vim zsh fish dropbear-bin putty-tools python3-venv rsync sshfs fuse3 \
    git procps strace busybox-static $(CONTAINER_PACKAGES)
PROGRAMS := cmdopd cmdop-host cmdop-inside cmdop-prepare cmdop
RELEASE := swift build -c release --static-swift-stdlib -Xlinker -s
VENV := .build/venv

# Installs what is missing of the Debian packages $(1), and says so; says nothing when all is there.
define install-missing
missing=$$(comm -23 <(printf '%s\n' $(1) | sort) \
    <(dpkg-query -W -f '$${db:Status-Status} $${Package}\n' $(1) 2>/dev/null | sed -n 's/^installed //p' | sort))
if [ -n "$$missing" ]; then
    echo "Installing from Debian:" $$missing
    as_root=""
    if [ "$$(id -u)" -ne 0 ]; then
        as_root=$$(command -v sudo || true)
        if [ -z "$$as_root" ]; then
            echo "This needs root, and there is no sudo. As root, run: apt-get install" $$missing >&2
            exit 1
        fi
    fi
    $$as_root apt-get update -q </dev/null >/dev/null
    $$as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $$missing </dev/null >/dev/null
fi
command -v swift >/dev/null || { echo "There is no swift in PATH: install Swift 6.3 from https://swift.org/install" >&2; exit 1; }
endef

.PHONY: help
help: ## print this
	echo "make TARGET, where TARGET is one of"
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

.PHONY: serve
serve: ## install what is missing, build, make keys, start on 127.0.0.1:2222 (or LISTEN=HOST:PORT), print the ssh line
	$(call install-missing,$(BUILD_PACKAGES))
	for program in $(PROGRAMS); do $(RELEASE) --product $$program; done
	mkdir -p $(KEYS)/team $(KEYS)/agents $(KEYS)/authorities
	name=$$(id -un | tr 'A-Z' 'a-z' | tr -cd 'a-z0-9._-' | sed 's/^[^a-z0-9]*//')
	own=$(CLIENT)/id_ed25519
	if ! compgen -G '$(KEYS)/team/*.pub' >/dev/null; then
	    # Their public keys as files, else what their agent holds; only kinds that the server takes.
	    lines=$$(find ~/.ssh -maxdepth 1 -name 'id_*.pub' ! -name '*-cert.pub' -exec cat {} + 2>/dev/null || true)
	    [ -n "$$lines" ] || lines=$$(ssh-add -L 2>/dev/null || true)
	    lines=$$(grep -E '^(ssh-ed25519|ecdsa-sha2-|sk-|ssh-rsa) ?' <<<"$$lines" | while read -r line; do
	        bits=$$(ssh-keygen -l -f - <<<"$$line" 2>/dev/null | cut -d' ' -f1) || continue
	        [[ $$line != ssh-rsa* || $$bits -ge 3072 ]] && printf '%s\n' "$$line"
	    done || true)
	    if [ -z "$$lines" ]; then
	        [ -e $$own ] || { install -d -m 700 $$(dirname $(CLIENT)) $(CLIENT); ssh-keygen -q -t ed25519 -N '' -C "$$name" -f $$own; }
	        echo "You have no SSH key, so one was made for this server alone: $$own"
	        lines=$$(cat $$own.pub)
	    fi
	    printf '%s\n' "$$lines" >"$(KEYS)/team/$${name:-me}.pub"
	    echo "Added you to the team: $(KEYS)/team/$${name:-me}.pub"
	fi
	identity=""
	if [ -e $$own.pub ] && grep -qsF "$$(cut -d' ' -f2 $$own.pub)" $(KEYS)/team/*.pub; then identity=" -i $$(realpath $$own)"; fi
	first=$(firstword $(LISTEN) 127.0.0.1:2222)
	host=$${first%:*}
	case $$host in ''|0.0.0.0|'*'|'[::]') host=127.0.0.1 ;; esac
	host=$${host#[}
	echo
	echo "From another terminal:    ssh$$identity -p $${first##*:} demo@$${host%]}"
	echo "To leave, and let it run: Ctrl-] then d.    To stop this server: Ctrl-C; sessions go on."
	echo
	exec "$$(swift build -c release --show-bin-path)/cmdopd" --config $(CONFIG) $(foreach at,$(LISTEN),--listen $(at))

.PHONY: build
build: ## build the programs for development
	$(call install-missing,$(BUILD_PACKAGES))
	swift build

.PHONY: test
test: ## install what the tests need, build, run every test
	$(call install-missing,$(TEST_PACKAGES))
	$(MAKE) --no-print-directory $(VENV)/installed
	# Each end-to-end test has a server and clients of its own: not all of them at once.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 swift test

.PHONY: explore
explore: ## every sequence of turns' events, three steps deeper than make test goes, in some minutes
	CMDOP_EXPLORE_DEEPER=3 swift test --filter TurnExplorationTests

.PHONY: stalls
stalls: ## stall each system call of a session's host for 0.1, 0.36 and 10 s while people type, in some minutes
	$(call install-missing,$(TEST_PACKAGES))
	CMDOP_STALLS=all swift test --filter StallTests

.PHONY: rewrites
rewrites: ## 1,000 times key and configuration files written anew in every way, with descriptors scarce; in a quarter of an hour
	$(call install-missing,$(TEST_PACKAGES))
	for program in $(PROGRAMS); do $(RELEASE) --product $$program; done
	python3 Tests/Bench/rewrites.py --programs "$$(swift build -c release --show-bin-path)"

.PHONY: commands
commands: ## ten thousand commands of three agents and a person, the server stopped at random, in half an hour
	CMDOP_COMMANDS=10000 swift test --filter StoppedServerTests

# The clients that others wrote in Python, at stated versions.
$(VENV)/installed: Tests/Interop/requirements.txt
	echo "Installing from PyPI into $(VENV):" $$(cat $<)
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

.PHONY: check
check: ## format, layers, linkage, unsafe code, lengths, names: the laws of the house
	$(call install-missing,$(CHECK_PACKAGES))
	Tests/Checks/all

.PHONY: fmt
fmt: ## format every Swift file in place
	swift format format --in-place --parallel --recursive Sources Tests Package.swift

.PHONY: bench
bench: ## measure beside plain sshd, sshd with tmux and podman, and the terminal state beside tmux's, in three minutes
	$(call install-missing,$(TEST_PACKAGES))
	for program in $(PROGRAMS); do $(RELEASE) --product $$program; done
	CMDOP_BENCH=1 $(RELEASE) --product TerminalSpeed
	python3 Tests/Bench/bench.py --programs "$$(swift build -c release --show-bin-path)"

.PHONY: strangers
strangers: ## how long logins take, and who is disturbed, while thousands of connections never log in; in two minutes
	$(call install-missing,$(TEST_PACKAGES))
	for program in $(PROGRAMS); do $(RELEASE) --product $$program; done
	python3 Tests/Bench/strangers.py --programs "$$(swift build -c release --show-bin-path)"

.PHONY: endurance
endurance: ## 100,000 small files and one of 2 GB by every client, there and back, both environments; about an hour
	$(call install-missing,$(TEST_PACKAGES))
	for program in $(PROGRAMS); do $(RELEASE) --product $$program; done
	python3 Tests/Bench/endurance.py --programs "$$(swift build -c release --show-bin-path)"

# Where the fuzzers keep what they have found, and how long each runs, in seconds.
FUZZ := .build/fuzz
FUZZ_TIME ?= 60

.PHONY: fuzz
fuzz: ## run every fuzzer for a minute (FUZZ_TIME=SECONDS); a finding stays in .build/fuzz
	$(call install-missing,$(BUILD_PACKAGES))
	export CMDOP_FUZZ=1
	build="swift build -c release --product Fuzz --scratch-path $(FUZZ)/build -Xswiftc -sanitize=fuzzer"
	build="$$build -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld"
	$$build
	program=$$($$build --show-bin-path)/Fuzz
	for subject in $$($$program); do
	    mkdir -p $(FUZZ)/corpus/$$subject $(FUZZ)/findings
	    echo "Fuzzing $$subject for $(FUZZ_TIME) s"
	    SUBJECT=$$subject $$program $(FUZZ)/corpus/$$subject -max_total_time=$(FUZZ_TIME) \
	        -artifact_prefix=$(FUZZ)/findings/$$subject- -print_final_stats=0 -verbosity=0 \
	        || { echo "A finding: see $(FUZZ)/findings" >&2; exit 1; }
	done

.PHONY: install
install: ## build and install the programs and their completion under PREFIX (/usr/local)
	$(call install-missing,$(BUILD_PACKAGES))
	for program in $(PROGRAMS); do
	    $(RELEASE) --product $$program
	    install -D -m 755 "$$(swift build -c release --show-bin-path)/$$program" "$(DESTDIR)$(PREFIX)/bin/$$program"
	    echo "Installed $(DESTDIR)$(PREFIX)/bin/$$program"
	done
	for completion in bash:bash-completion/completions/cmdop zsh:zsh/site-functions/_cmdop \
	    fish:fish/vendor_completions.d/cmdop.fish; do
	    file="$(DESTDIR)$(PREFIX)/share/$${completion#*:}"
	    "$$(swift build -c release --show-bin-path)/cmdop" completion $${completion%%:*} | install -D -m 644 /dev/stdin "$$file"
	    echo "Installed $$file"
	done

.PHONY: clean
clean: ## remove what was built; keys and state stay
	rm -rf .build
