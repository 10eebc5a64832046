#!/usr/bin/env bash
# Print the home of a Java 17, the only version Spark is run with here: JAVA_HOME's, else PATH's, else one that Debian
# installed beside another default. Exit 1, saying what was found, where there is none.
set -euo pipefail

jvm_folder=${JVM_FOLDER:-/usr/lib/jvm}
seen=()

# Ask the program itself: the one on PATH may be a link or a version manager's shim.
consider() { # where it was found, program
    local settings version home
    settings=$("$2" -XshowSettings:properties -version 2>&1) || true
    version=$(sed -n 's/^ *java\.specification\.version = \(1\.\)\{0,1\}//p' <<<"$settings")
    home=$(sed -n 's/^ *java\.home = //p' <<<"$settings")
    if [ "$version" = 17 ] && [ -n "$home" ]; then
        if [ ${#seen[@]} -gt 0 ]; then
            echo "setup: using Java 17 in $home (found too: $(describe))" >&2
        fi
        echo "$home"
        exit 0
    fi
    seen+=("Java ${version:-of unknown version} in $1")
}

describe() {
    local IFS=';'
    sed 's/;/, /g' <<<"${seen[*]:-none}"
}

if [ -n "${JAVA_HOME:-}" ]; then
    consider JAVA_HOME "$JAVA_HOME/bin/java"
fi
if program=$(command -v java); then
    consider PATH "$program"
fi
for program in "$jvm_folder"/java-17-*/bin/java; do
    if [ -x "$program" ]; then
        consider "$jvm_folder" "$program"
    fi
done

echo "error: expected Java 17 (JAVA_HOME, else java on PATH), found $(describe)" >&2
exit 1
