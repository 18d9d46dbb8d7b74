#!/bin/sh
# An outside judge: holds output folders to what copydesk promises of them, with sh and jq and nothing of copydesk's.
#
#     docs/judge.sh 1000 out             # 1000 articles were delivered
#     docs/judge.sh 1000 out elsewhere   # and sealed files were moved elsewhere
#
# Of an article the last outcome counts: that of the highest revision, and of one revision a record before a rejection.
# Ends with 0 if every line is one JSON value, no article has two records of one revision, and as many articles have
# an outcome as were delivered.
delivered=$1
shift
find "$@" -type f \( -name 'articles-*.jsonl' -o -name 'rejected-*.jsonl' \) -exec cat {} + |
    jq -Rnce --argjson delivered "$delivered" '
        def count(condition): map(select(condition)) | length;
        [inputs | try (fromjson | {id, revision, record: (.schema | startswith("copydesk.record/"))}) catch null] as $lines
        | ($lines | map(values)) as $outcomes
        | ($outcomes | group_by(.id) | map(max_by([.revision, .record]))) as $last
        | {broken: ($lines | count(. == null)),
           doubled: ($outcomes | map(select(.record)) | group_by([.id, .revision]) | count(length > 1)),
           records: ($last | count(.record)), rejected: ($last | count(.record | not)), $delivered}
        | ., (.broken == 0 and .doubled == 0 and .records + .rejected == $delivered)'
