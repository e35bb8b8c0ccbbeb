"""What is read in a text: hashtags, mentions, links, language, entities. It reads its own data files only."""
