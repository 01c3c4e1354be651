#!/usr/bin/env bash
# `make demo`: a tagger from nothing. Each call trains a run of its own below runs/demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

run=runs/demo/$(date +%Y-%m-%d_%H-%M-%S)
seqnlp train recipe=tagging/demo run="$run"

echo
echo "Tagging sentences with names it has never seen (seqnlp tag $run < recipes/tagging/demo/sentences.txt):"
echo
output=inline
if [ -t 1 ]; then output=pretty; fi
seqnlp tag "$run" --output $output <recipes/tagging/demo/sentences.txt

cat <<END

What next (after \`source .venv/bin/activate\`):
  seqnlp tag $run                              type sentences yourself
  seqnlp evaluate $run --split test            how good it is, and where it errs
  seqnlp recipes                               recipes for public data sets
  seqnlp train data.train=my.conll data.dev=my_dev.conll     your own data: one "word<TAB>tag" a line
END
