#!/usr/bin/env python3
"""The claims of a field with the package gql: pip install "gql[requests]"

Usage: claims_with_gql.py [URL] [CATEGORY]
"""

import os
import sys

from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

QUERY = gql(
    """
    query Claims($category: String!) {
      claims(filter: { categories: [$category] }, first: 10) {
        totalCount
        nodes { kind text provenance { proof } }
      }
    }
    """
)


def endpoint(address):
    """The URL of GraphQL for a server's address, with or without /graphql at its end."""
    return address.rstrip("/").removesuffix("/graphql") + "/graphql"


def main():
    address = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PITH_GRAPH_URL", "http://127.0.0.1:4000")
    url = endpoint(address)
    category = sys.argv[2] if len(sys.argv) > 2 else "cs.LG"
    client = Client(transport=RequestsHTTPTransport(url=url, timeout=30))
    page = client.execute(QUERY, {"category": category})["claims"]
    print(f"{page['totalCount']} claims")
    for claim in page["nodes"]:
        print(f"{claim['kind']} ({claim['provenance']['proof']}): {claim['text']}")


if __name__ == "__main__":
    main()
