"""One module a question: asks the store, calls a pure function, returns an Answer whose numbers open."""
