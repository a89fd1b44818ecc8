{% extends 'index.html.j2' %}
