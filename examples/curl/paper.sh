#!/bin/sh
# A paper's claims with their proofs. Usage: sh paper.sh [URL] [REF]
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
# JSON strings have no line breaks, and a ref has neither quotes nor backslashes.
query=$(printf '%s' "$query" | tr '\n' ' ')
variables="{\"ref\": \"$ref\"}"

# The usual way: POST, with query and variables in a JSON body.
curl --silent --show-error --fail-with-body "$url" \
  --header 'content-type: application/json' \
  --data "{\"query\": \"$query\", \"variables\": $variables}"
echo

# For caches: GET, with both in the URL. The header shows the server that this is not a cross-site form request.
curl --silent --show-error --fail-with-body "$url" \
  --header 'accept: application/json' --header 'graphql-require-preflight: 1' \
  --get --data-urlencode "query=$query" --data-urlencode "variables=$variables"
echo
