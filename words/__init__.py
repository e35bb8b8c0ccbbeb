"""What people read: texts in English and Persian, digits, Jalali and Gregorian dates, directions."""
