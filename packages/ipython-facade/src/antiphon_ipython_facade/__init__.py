"""The names that popular libraries look for, served over our own objects."""
