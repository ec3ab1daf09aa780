#!/usr/bin/env python3
"""The claims of a field, page by page, with Python's standard library.

Usage: claims.py [URL] [CATEGORY] [HOW MANY]
"""

import json
import os
import sys
import urllib.error
import urllib.request

QUERY = """
query Claims($category: String!, $first: Int!, $after: String) {
  claims(filter: { categories: [$category] }, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      kind
      text
      paper { pithNumber title }
      provenance { proof signer { signerId } }
    }
  }
}
"""


class ApiError(Exception):
    """An error of the API. `code` is one of its list: BAD_USER_INPUT, NOT_FOUND, RATE_LIMITED, …"""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error.get("extensions", {}).get("code")


def execute(url, query, variables):
    """Sends a query and returns its data."""
    request = urllib.request.Request(
        url,
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"content-type": "application/json", "accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            result = json.load(response)
    except urllib.error.HTTPError as error:
        # The response to a wrong request has a JSON body, too, with the reason.
        result = json.load(error)
    if result.get("errors"):
        raise ApiError(result["errors"][0])
    return result["data"]


def claims(url, category, page_size=20):
    """Yields every claim of a category, and requests the next page when it is needed."""
    after = None
    while True:
        page = execute(url, QUERY, {"category": category, "first": page_size, "after": after})["claims"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def endpoint(address):
    """The URL of GraphQL for a server's address, with or without /graphql at its end."""
    return address.rstrip("/").removesuffix("/graphql") + "/graphql"


def main():
    address = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PITH_GRAPH_URL", "http://127.0.0.1:4000")
    url = endpoint(address)
    category = sys.argv[2] if len(sys.argv) > 2 else "cs.LG"
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    for number, claim in enumerate(claims(url, category), start=1):
        provenance = claim["provenance"]
        print(f"{claim['paper']['pithNumber']}  {claim['kind']}: {claim['text']}")
        print(f"    asserted by {provenance['signer']['signerId']}, proof: {provenance['proof']}")
        if number == count:
            break


if __name__ == "__main__":
    main()
