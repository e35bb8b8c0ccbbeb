"""What a person sees in the browser: one view for each question, in Persian and in English."""
