"""Where to go on each platform; what is written there stands in `crawlers.pages`."""
