"""Steps before the exporter: functions from `Conversion` to `Conversion`, with their settings as keywords."""
