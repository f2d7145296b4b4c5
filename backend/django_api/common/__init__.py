"""What every app's interface shares: errors, parsing, paging, requests, health."""
