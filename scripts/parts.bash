# Sourced by scripts/check and scripts/test: runs the parts of a check, keeps how long each took,
# and adds up what they counted. A part counts by ending with a line "N passed, N failed"; a part
# that says no such line counts as one, passed or failed by its exit code. Asks for `pipefail`.

parts_folder=.build-test
mkdir -p "$parts_folder"

if [ -z "${CHECK_PARTS:-}" ]; then
    CHECK_PARTS=$PWD/$parts_folder/parts.tsv
    : >"$CHECK_PARTS"
    export CHECK_PARTS
    parts_owner=yes
else
    parts_owner=no
fi

# part NAME COMMAND...: the output goes to the terminal and to .build-test/NAME.log
part() {
    local name=$1 log seconds code=0 counted passed=0 failed=0 began=$SECONDS
    shift
    log=$parts_folder/${name// /-}.log
    printf '\n== %s\n' "$name"
    "$@" 2>&1 | tee "$log" || code=$?
    seconds=$((SECONDS - began))
    counted=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
    if [ -n "$counted" ]; then
        read -r passed _ failed _ <<<"$counted"
        if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
    elif [ "$code" = 0 ]; then
        passed=1
    else
        failed=1
    fi
    printf '%s\t%s\t%s\t%s\n' "$name" "$seconds" "$passed" "$failed" >>"$CHECK_PARTS"
    [ "$failed" = 0 ]
}

# parts_require NAME...: a part that never ran, whatever stopped it, counts as failed
parts_require() {
    local name
    for name; do
        if ! cut -f 1 "$CHECK_PARTS" | grep -qxF "$name"; then
            printf '%s (did not run)\t0\t0\t1\n' "$name" >>"$CHECK_PARTS"
        fi
    done
}

# Prints the table and the sum, and returns whether all passed. Where another script began the
# counting, that one prints.
parts_summary() {
    local failed
    failed=$(awk -F '\t' '{ n += $4 } END { print n + 0 }' "$CHECK_PARTS")
    if [ "$parts_owner" = yes ]; then
        printf '\n'
        awk -F '\t' '{
            printf "%-28s %5d s  %5d passed %5d failed\n", $1, $2, $3, $4
            seconds += $2; passed += $3; bad += $4
        } END {
            printf "%-28s %5d s\n%d passed, %d failed\n", "in all", seconds, passed, bad
        }' "$CHECK_PARTS"
    fi
    [ "$failed" = 0 ]
}
