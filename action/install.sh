#!/usr/bin/env bash
# Downloads a release of trysquare, holds it against its checksum, and puts it on the PATH.
set -euo pipefail

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) target=x86_64-unknown-linux-gnu ;;
  Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *)
    echo "::error title=trysquare::there is no release for $RUNNER_OS on $RUNNER_ARCH; cargo install trysquare builds one"
    exit 2
    ;;
esac

if [[ ! $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "::error title=trysquare::the input version must be a release such as 0.1.0"
  exit 2
fi

# A mirror, for those who have one.
releases=${TRYSQUARE_RELEASES:-https://github.com/trysquare/trysquare/releases/download}
archive=trysquare-$VERSION-$target.tar.gz
dir=$RUNNER_TEMP/trysquare
mkdir -p "$dir"
cd "$dir"
for file in "$archive" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "$file" "$releases/v$VERSION/$file"
done

if command -v sha256sum > /dev/null; then
  sum=(sha256sum)
else
  sum=(shasum --algorithm 256)
fi
# Exactly one line is about our archive; without it, nothing would be checked.
if ! grep " [ *]$archive\$" SHA256SUMS > wanted || ! "${sum[@]}" --check --status wanted; then
  echo "::error title=trysquare::$archive is not what its checksum says"
  exit 2
fi

tar -xzf "$archive"
echo "$dir" >> "$GITHUB_PATH"
