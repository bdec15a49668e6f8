# Every target installs what it needs first. `make help` lists them.
.PHONY: help run test check bench screens hostile crash peers fuzz package package-test icons fmt clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

run: ## build and open Fobwatch; without a display: show it signing in, in a session of its own
	@scripts/run.sh

test: ## every test
	@scripts/test.sh

check: ## format, lints, types, licences, advisories
	@scripts/check.sh

bench: ## the benchmark table, on a release build
	@scripts/bench.sh

screens: ## a picture of every screen in every look: target/screens
	@scripts/screens.sh

hostile: ## every module of the hostile authorization server
	@scripts/hostile.sh

crash: ## every step of a renewal in every fault, and 10,000 kills: KILLS=10000
	@scripts/crash.sh $(KILLS)

peers: ## who still has the login: Fobwatch and others at the same hostile sequences (about fifteen minutes)
	@scripts/peers.sh

fuzz: ## feed the readers of outside data with hostile input: FUZZ_SECONDS=60 for each
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) scripts/fuzz.sh $(TARGETS)

package: ## .deb, .rpm, AppImage and bills of materials, each validated: target/package
	@scripts/package.sh

package-test: ## the .deb in a clean Debian: installed, started, tray and clipboard, removed (as root)
	@scripts/package_test.sh

icons: ## render the icons from their drawings
	@scripts/icons.sh

fmt: ## format the sources
	@cargo fmt --all

clean: ## remove all that was built or fetched into this folder
	@rm -rf target .cache shots ui/dist ui/node_modules tests/servers/oidc/node_modules
