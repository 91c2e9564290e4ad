//! What the tests share: where the vectors and the corpora are.
