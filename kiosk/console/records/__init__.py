"""What is kept about people, sealed: opened for one page at a time, found through keyed fingerprints."""
