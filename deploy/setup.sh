#!/usr/bin/env bash
# make setup: the pinned environment in .venv, with the program at .venv/bin/huiliu. Does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  say "需要 Python 3.11 至 3.13，未找到；可用 PYTHON=/path/to/python3 指定。"
  say "Python 3.11 to 3.13 is needed and was not found; name one with PYTHON=/path/to/python3."
  exit 1
}

python=.venv/bin/python
if ! [ -x $python ] || ! $python -c '' 2>/dev/null; then
  base=$(find_python)
  say "[1/3] 创建环境 creating .venv ($("$base" -V))"
  rm -rf .venv
  if ! "$base" -m venv .venv; then
    rm -rf .venv
    say "无法创建虚拟环境（Debian/Ubuntu：apt-get install python3-venv）。 Cannot make a virtual environment (Debian/Ubuntu: apt-get install python3-venv)."
    exit 1
  fi
fi

stamp=.venv/.setup-$($python - requirements.txt pyproject.toml <<'END'
import hashlib, pathlib, sys
print(hashlib.sha256(b"\0".join([sys.version.encode(), *(pathlib.Path(name).read_bytes() for name in sys.argv[1:])])).hexdigest()[:16])
END
)
[ -e "$stamp" ] && [ -x .venv/bin/huiliu ] && exit 0

# uv is quick but reads its own settings only: hand it the index that pip is told to use, if any.
index=${PIP_INDEX_URL:-$($python -m pip config get global.index-url 2>/dev/null || true)}
[ -n "$index" ] && export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
export UV_LINK_MODE="${UV_LINK_MODE:-copy}" VIRTUAL_ENV="$PWD/.venv"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
awk '/^[A-Za-z]/ {keep = /^uv==/} keep' requirements.txt > "$scratch/uv.txt"

say "[2/3] 安装依赖（校验散列） installing dependencies, hashes checked: first time about a minute"
if $python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$scratch/uv.txt" &&
  .venv/bin/uv pip install --compile-bytecode --require-hashes -r requirements.txt; then
  install=(.venv/bin/uv pip install)
else
  say "uv 不可用，改用 pip。 uv did not succeed, using pip."
  $python -m pip install --disable-pip-version-check --require-hashes -r requirements.txt
  install=($python -m pip install --disable-pip-version-check)
fi

say "[3/3] 安装汇流 installing huiliu"
"${install[@]}" --quiet --no-build-isolation --no-deps --editable .
# A command starts a fifth sooner with bytecode, also where Python is told to write none itself.
.venv/bin/python -m compileall -q huiliu huiliu_publisher schemas validators sinks oversight streams gateways simulation deploy commands
rm -f .venv/.setup-*
touch "$stamp"
say "完成：.venv/bin/huiliu  done: .venv/bin/huiliu --help"
