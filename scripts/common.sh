# For run.sh, test.sh and dev: words to the person, packages, the release binary. Sourced from the
# repository's folder.

say() { echo "$program: $*" >&2; }
die() {
    say "$*"
    exit 1
}

# What the distribution calls the things that the build needs, and those that run.sh can start.
BUILD_PACKAGES="g++ cmake ninja-build ccache pkg-config libssl-dev zlib1g-dev libutf8proc-dev
    libsodium-dev libjemalloc-dev libspdlog-dev libpq-dev libsqlite3-dev librabbitmq-dev libsimdjson-dev
    libexpected-dev libcurl4-openssl-dev libcli11-dev"
POSTGRES_PACKAGES="postgresql"
RABBITMQ_PACKAGES="rabbitmq-server"

BINARY=build/release/ohmstead

# What one preset compiled serves the others.
export CCACHE_NOHASHDIR=true

# Installs those of the named packages that are missing, or says how.
need_packages() {
    missing=
    command -v dpkg-query >/dev/null || {
        say "this is no Debian; what is needed is called there: $*"
        return 0
    }
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        die "packages are missing; run: apt-get update && apt-get install -y --no-install-recommends$missing"
    fi
    say "installing$missing"
    $as_root sh scripts/install_packages.sh $missing || die "apt-get could not install$missing"
}

# What the console's pack is made of.
CONSOLE_SOURCES="console/src console/scripts console/index.html console/package-lock.json
    console/tsconfig.json console/vite.config.ts"
CONSOLE_PACK=console/dist/console.pack

# Node is wanted, not needed: without it the binary says that its console and Swagger UI were left out.
build_console() {
    if ! command -v npm >/dev/null; then
        say "npm is not installed, so there will be no console (apt-get install npm, then again)"
        return 0
    fi
    if [ -z "$(find console/node_modules/.package-lock.json -newer console/package-lock.json \
        2>/dev/null)" ]; then
        say "fetching what the console is made of"
        # No package's own scripts: one of them reports the installation to its maker.
        (cd console && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
            --fetch-retries=1 --fetch-timeout=30000 >&2) || {
            say "npm ci failed, so the console and Swagger UI may be missing; going on without"
            return 0
        }
    fi
    [ ! -f "$CONSOLE_PACK" ] || [ -n "$(find $CONSOLE_SOURCES -newer "$CONSOLE_PACK" | head -n 1)" ] ||
        return 0
    say "building the console"
    (cd console && npm run --silent build >dist.log 2>&1) && return 0
    cat console/dist.log >&2
    # An older one would show what is no longer so.
    rm -f "$CONSOLE_PACK"
    say "the console could not be built; going on without"
}

# Whether nothing that the binary is made of changed since the last build began.
is_built() {
    [ -x "$BINARY" ] && [ -f build/release/.built ] || return 1
    [ -z "$(find CMakeLists.txt CMakePresets.json cmake src $CONSOLE_SOURCES \
        -newer build/release/.built ! -name '*_test.cpp' 2>/dev/null | head -n 1)" ]
}

build_release() {
    is_built && return 0
    need_packages $BUILD_PACKAGES
    mkdir -p build/release
    : >build/release/.building
    build_console
    say "building $BINARY; the first time takes minutes"
    cmake --preset product >build/release/configure.log 2>&1 || {
        cat build/release/configure.log >&2
        die "cmake could not configure the build"
    }
    cmake --build --preset product --target ohmstead >&2 ||
        die "the build failed"
    mv build/release/.building build/release/.built
}
