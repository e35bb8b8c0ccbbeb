"""One file for each question a visitor asks; each asks, stops if there is nothing, computes and draws."""
