"""Pages behind signed links, the door for what channels tell us, and what watchers may ask."""
