#!/bin/sh
# Reports every C++ file whose layout clang-format would change. Remedy: clang-format -i <file>.
set -eu
cd "$(dirname "$0")/../.."
find src tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
    xargs -0 "${CLANG_FORMAT:-clang-format}" --dry-run --Werror --ferror-limit=1
