{% extends 'display_priority.j2' %}
