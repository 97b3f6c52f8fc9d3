"""Board meetings: docket, attendance, minutes, action items."""
