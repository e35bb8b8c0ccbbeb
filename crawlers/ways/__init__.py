"""What spiders are made of: ways through pages that several share, and the parts of those of one platform."""
