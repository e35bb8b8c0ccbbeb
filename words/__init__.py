"""What people read: texts in English and Persian, digits, dates in both calendars."""
