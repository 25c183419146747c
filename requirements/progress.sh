# shellcheck shell=sh
# To be read in by the other scripts: long commands run with one line that says how far they are.
# What they print goes into a file, since it names hosts, and is shown only when they fail.

words=$(mktemp)

# say_how_far TITLE MEASURE COMMAND…: MEASURE is a function that reads what was printed and says how far it is.
say_how_far() {
    title=$1 measure=$2 began=$(date +%s)
    shift 2
    "$@" >"$words" 2>&1 &
    working=$!
    trap 'kill $working 2>/dev/null; exit 130' INT TERM
    told=$began
    [ -t 1 ] || echo "$title …"
    while kill -0 $working 2>/dev/null; do
        now=$(date +%s)
        far=$($measure <"$words")
        if [ -t 1 ]; then printf '\r\033[K%s: %s, %d s' "$title" "$far" $((now - began))
        elif [ $((now - told)) -ge 15 ]; then echo "  $far, $((now - began)) s"; told=$now
        fi
        sleep 0.5
    done
    status=0
    wait $working || status=$?
    trap - INT TERM
    [ -t 1 ] && printf '\r\033[K'
    if [ $status != 0 ]; then
        cat "$words" >&2
        echo "$title: failed after $(($(date +%s) - began)) s; what it said stands above" >&2
        exit $status
    fi
    echo "$title: done in $(($(date +%s) - began)) s"
}
