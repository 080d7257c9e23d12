#!/usr/bin/env bash
# Runs trysquare and keeps its status for the step that judges: the report is uploaded before.
set -uo pipefail

sarif=$RUNNER_TEMP/trysquare.sarif
arguments=(check --format "$FORMAT" --fail-on "$FAIL_ON" --output "sarif=$sarif")
if [[ -n $CONFIG ]]; then
  arguments+=(--config "$CONFIG")
fi
if [[ $SUMMARY == true ]]; then
  arguments+=(--output "markdown=$GITHUB_STEP_SUMMARY")
fi
while IFS= read -r path; do
  if [[ -n $path ]]; then
    paths+=("$path")
  fi
done <<< "$PATHS"

trysquare "${arguments[@]}" -- ${paths[@]+"${paths[@]}"}
status=$?

if [[ -s $sarif ]]; then
  echo "sarif-file=$sarif" >> "$GITHUB_OUTPUT"
fi
echo "status=$status" >> "$GITHUB_OUTPUT"
