#!/bin/sh
# sh check-bundle.sh BUNDLE PEM: exit status 0 where all of it holds, 1 where something does not.
set -u
LC_ALL=C; export LC_ALL
pem=$(cd "$2" && pwd) && cd "$1" || exit 2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
bad=0
broken() { echo "BROKEN: $*"; bad=1; }
text() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1"; }
digest() { sha256sum < "$1" | cut -c 1-64; }
type=application/vnd.overflight.bundle-seal+json
: > "$work/sums"; : > "$work/redacted"; before=; number=0

for stage in stage-*; do
  number=$((number + 1)); roles=
  [ "$stage" = "$(printf 'stage-%02d' "$number")" ] || broken "$stage does not follow stage $((number - 1))"
  for envelope in "$stage"/signatures/*.dsse.json; do
    [ -f "$envelope" ] || { broken "$stage is not signed"; continue; }
    payload=$work/payload
    text "$envelope" payload | openssl base64 -d -A > "$payload"
    text "$envelope" sig | openssl base64 -d -A > "$work/sig"
    { printf 'DSSEv1 %d %s %d ' ${#type} "$type" "$(wc -c < "$payload")"; cat "$payload"; } > "$work/signed"
    by=$(text "$payload" by); role=$(text "$payload" role); key=$(text "$payload" key)
    case $by$key in *[!A-Za-z0-9-]*) broken "$envelope: no code of a Party, or no key"; continue ;; esac
    if [ "$(text "$envelope" payloadType)" = "$type" ] && [ -f "$pem/$by/$key.pem" ] &&
      openssl pkeyutl -verify -rawin -pubin -inkey "$pem/$by/$key.pem" -sigfile "$work/sig" \
        -in "$work/signed" > "$work/said" 2>&1
    then echo "$stage: $by ($role) signed, dated $(text "$payload" at), key $key"
    else broken "$envelope: the signature is not that key's, or the key is not that Party's"; continue
    fi
    case $role in
      observing|observed)
        if [ "$(text "$payload" "$role")" = "$by" ]; then roles="$roles $role"
        else broken "$envelope: $by is not the $role Party"; fi ;;
    esac
    grep -q "\"stage\":$number," "$payload" || broken "$envelope: under another stage"
    [ "$(digest "$stage/manifest.json")" = "$(text "$payload" manifest)" ] || broken "$stage/manifest.json"
    [ "$(digest "$stage/SHA256SUMS")" = "$(text "$payload" sums)" ] || broken "$stage/SHA256SUMS"
    redacted=$(text "$payload" redacted)
    if [ -n "$redacted" ]; then
      [ "$(digest "$stage/REDACTED")" = "$redacted" ] || broken "$stage/REDACTED"
    elif [ -e "$stage/REDACTED" ]; then broken "$stage/REDACTED is not under the seal"; fi
  done
  for role in observing observed; do
    case " $roles " in *" $role "*) ;; *) broken "$stage: the $role Party has not signed" ;; esac
  done
  [ -z "$before" ] || grep -q "\"previous\":{\"manifest\":\"$before\"" "$stage/manifest.json" ||
    broken "$stage extends another stage than the one before it"
  before=$(digest "$stage/manifest.json")
  cat "$stage/SHA256SUMS" >> "$work/sums"
  [ ! -f "$stage/REDACTED" ] || cat "$stage/REDACTED" >> "$work/redacted"
done

# What may be absent by agreement, and is, is not asked for.
while IFS= read -r line; do
  file=${line#*  }
  if [ ! -e "$file" ] && grep -qxF "$line" "$work/redacted"; then echo "absent by agreement: $file"
  else printf '%s\n' "$line"; fi
done < "$work/sums" > "$work/lines"
grep -v '^absent by agreement' "$work/lines" > "$work/asked"
grep '^absent by agreement' "$work/lines"
sha256sum --check --strict --quiet "$work/asked" || broken "a file is missing or changed"
cut -c 67- "$work/sums" | sort > "$work/sealed"
find . ! -type d ! -path './stage-*/manifest.json' ! -path './stage-*/SHA256SUMS' \
  ! -path './stage-*/REDACTED' ! -path './stage-*/signatures/*' | cut -c 3- | sort > "$work/there"
added=$(comm -13 "$work/sealed" "$work/there"); [ -z "$added" ] || broken "no seal knows of: $added"
links=$(find . ! -type d ! -type f); [ -z "$links" ] || broken "neither file nor folder: $links"
[ "$number" -gt 0 ] && [ "$bad" -eq 0 ] && echo "INTACT" && exit 0
exit 1
