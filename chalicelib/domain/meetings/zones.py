"""The time zones that a meeting can be planned in, by their IANA names."""

ZONES: dict[str, str] = {
    "America/New_York": "Eastern (New York)",
    "America/Chicago": "Central (Chicago)",
    "America/Denver": "Mountain (Denver)",
    "America/Phoenix": "Arizona (Phoenix)",
    "America/Los_Angeles": "Pacific (Los Angeles)",
    "America/Anchorage": "Alaska (Anchorage)",
    "Pacific/Honolulu": "Hawaii (Honolulu)",
    "America/Puerto_Rico": "Atlantic (Puerto Rico)",
    "America/Halifax": "Atlantic (Halifax)",
    "America/St_Johns": "Newfoundland (St. John’s)",
    "America/Toronto": "Eastern (Toronto)",
    "America/Winnipeg": "Central (Winnipeg)",
    "America/Edmonton": "Mountain (Edmonton)",
    "America/Vancouver": "Pacific (Vancouver)",
    "America/Mexico_City": "Mexico City",
    "America/Bogota": "Bogotá",
    "America/Sao_Paulo": "São Paulo",
    "UTC": "UTC",
    "Europe/London": "London",
    "Europe/Paris": "Paris",
    "Europe/Berlin": "Berlin",
    "Europe/Athens": "Athens",
    "Africa/Lagos": "Lagos",
    "Africa/Johannesburg": "Johannesburg",
    "Africa/Nairobi": "Nairobi",
    "Asia/Jerusalem": "Jerusalem",
    "Asia/Dubai": "Dubai",
    "Asia/Kolkata": "Kolkata",
    "Asia/Singapore": "Singapore",
    "Asia/Shanghai": "Shanghai",
    "Asia/Tokyo": "Tokyo",
    "Australia/Sydney": "Sydney",
    "Pacific/Auckland": "Auckland",
    "Pacific/Guam": "Guam",
}


def city(zone: str) -> str:
    """Whose time a zone's is: `Chicago` for `America/Chicago`."""
    return zone.rpartition("/")[2].replace("_", " ")
