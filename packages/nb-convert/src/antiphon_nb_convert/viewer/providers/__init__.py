"""Where notebooks come from: a module each. Others are announced by `provider.ENTRY_POINT`."""
