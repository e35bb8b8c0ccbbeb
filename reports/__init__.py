"""What leaves the house: exports and the specs of charts."""
