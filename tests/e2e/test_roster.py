"""Staff put a newer roster in force, and see first what it would change."""

from collections.abc import Callable

from playwright.sync_api import expect

from local.demo.people import roster
from tests.e2e.people import Somebody

Maker = Callable[..., Somebody]


def test_staff_import_a_newer_roster(somebody: Maker) -> None:
    staff = somebody("staff@example.org").sign_in()
    page = staff.page
    staff.go("/staff")
    page.get_by_role("link", name="Import a newer roster").click()
    staff.press("Read the file")
    expect(page.get_by_text("Choose the CSV file").first).to_be_visible()
    zipped = {"name": "roster.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04"}
    page.set_input_files("input[type=file]", zipped)
    staff.press("Read the file")
    expect(page.get_by_text("Save it as CSV").first).to_be_visible()
    staff.picture("20-roster-refused")

    lines = ["Email,Institution,Full name,Member number"]
    members = [m for m in roster() if m.email != "zoe@example.org"]
    lines += [f"{m.email},{m.institution},{m.name},{m.member_number}" for m in members]
    lines.insert(10, "this line is broken")
    content = "\r\n".join(lines).encode()
    newer = {"name": "members.csv", "mimeType": "text/csv", "buffer": content}
    page.set_input_files("input[type=file]", newer)
    staff.press("Read the file")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the roster")
    # Zoë signed the demo's petition, and is not on this roster.
    expect(page.get_by_text("No longer found").first).to_be_visible()
    expect(page.get_by_text("59 members were read. 1 row could not be read.")).to_be_visible()
    staff.picture("21-roster-preview")
    staff.press("Import this roster")
    expect(page.get_by_text("Version 2 is in force")).to_be_visible(timeout=30_000)
    staff.picture("22-roster-in-force")
    staff.go("/")
    page.get_by_role("link", name="Stewardship of Open Textbooks").click()
    expect(page.get_by_text("23 of 25").first).to_be_visible()
