/** What GraphiQL shows someone who comes for the first time. */
export const defaultQuery = `# pith-graph: signed scholarly records as a graph.
# Run this with Ctrl-Enter; the documentation is behind the book on the left.

query Latest {
  status {
    papers
    works
    citations
    claims
  }
  papers(first: 5) {
    totalCount
    nodes {
      pithNumber
      title
      submittedAt
      claims(first: 2) {
        nodes {
          kind
          text
          provenance {
            proof
            signer {
              signerId
            }
          }
        }
      }
      references(first: 5) {
        totalCount
        nodes {
          title
          citedPaper {
            pithNumber
          }
        }
      }
      verification {
        proof
        recordHash
        receipt
        titleBinding
      }
    }
  }
}

# One paper, by whatever names it: an arXiv id, a DOI, a Pith number.
query One {
  paper(ref: "arXiv:2302.12192") {
    title
    referenceCoverage {
      asserted
      listed
      stored
      complete
    }
    citedBy(first: 10) {
      totalCount
      nodes {
        title
      }
    }
  }
}
`;
