"""Pictures come in from files, folders, videos and arrays; readings go out as tables and drawings."""
