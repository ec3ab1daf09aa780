#!/bin/sh
# A paper's claims, and how far they are proved. Usage: sh paper.sh [URL] [REF]
set -eu
url=${1:-${PITH_GRAPH_URL:-http://127.0.0.1:4000}}
url=${url%/}
url=${url%/graphql}/graphql
ref=${2:-arXiv:2302.12192}

query='query ($ref: String!) {
  paper(ref: $ref) {
    title
    claims(first: 3) { nodes { kind text } }
    verification { proof recordHash titleBinding }
  }
}'
# As JSON has them: without line breaks; and a ref holds neither quotes nor backslashes.
query=$(printf '%s' "$query" | tr '\n' ' ')
variables="{\"ref\": \"$ref\"}"

# Most clients: POST, query and variables in a JSON body.
curl --silent --show-error --fail-with-body "$url" \
  --header 'content-type: application/json' \
  --data "{\"query\": \"$query\", \"variables\": $variables}"
echo

# Where caches should help: GET, the same in the address. The header tells the server that no form of a strange page asks.
curl --silent --show-error --fail-with-body "$url" \
  --header 'accept: application/json' --header 'graphql-require-preflight: 1' \
  --get --data-urlencode "query=$query" --data-urlencode "variables=$variables"
echo
