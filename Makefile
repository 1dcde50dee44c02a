# `make demo` shows what Rutter does, `make test` proves that it holds. Both set up what they need.
.PHONY: demo test bench bench-scale bench-causes fmt lint docs book fuzz clean

CARGO ?= cargo

demo: ## Diagnose a recorded, broken cluster
	@bash scripts/setup compiler
	@$(CARGO) build --package rutter
	@$(CARGO) run --quiet --package rutter -- diagnose --demo

test: ## Everything that must hold before a change lands: see scripts/test
	@bash scripts/test

bench: ## Measure rutter against the least that reading can cost
	@bash scripts/setup compiler
	$(CARGO) xtask bench

bench-scale: ## Measure a live scan of PODS pods (150,000) on NODES nodes (5,000); needs 22 GB of memory, or fewer pods
	@bash scripts/setup compiler go
	$(CARGO) xtask bench-scale --pods $${PODS:-150000} --nodes $${NODES:-5000}

bench-causes: ## Measure on real, broken clusters how often root causes are found; FRESH=1 records all of them anew
	@bash scripts/setup compiler go
	$(CARGO) build --package rutter --package lab
	target/debug/lab build --with all
	target/debug/lab accuracy record $(if $(FRESH),--fresh)
	target/debug/lab accuracy score --write docs/accuracy.md

fmt: ## Format the code and write what is generated from the lessons
	$(CARGO) fmt --all
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml
	$(CARGO) xtask codegen

lint: ## The quick part of the tests: format, clippy, tidy, generated files
	$(CARGO) fmt --all -- --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) xtask tidy
	$(CARGO) xtask codegen --check --no-demo

docs: ## The code's documentation, into target/doc
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items

book: ## The book, into docs/book/book
	@bash scripts/setup compiler mdbook
	@. scripts/environment && mdbook build docs/book

fuzz: ## Every fuzz target for SECONDS_EACH (default 60)
	@bash scripts/setup compiler nightly cargo-fuzz
	@bash scripts/fuzz $${SECONDS_EACH:-60}

clean: ## What was built here; the caches of tools and of the lab stay
	$(CARGO) clean
	rm -rf docs/book/book fuzz/target fuzz/corpus fuzz/artifacts
