"""What happens by itself: the schedule of crawls."""
