"""The people of the demo association. All of them are invented."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.people.people import Person, Seat
from chalicelib.domain.policy import rules as policy
from chalicelib.domain.roster.roster import Entry

STAFF = (
    ("Imara Vesterholt", "staff@example.org", True),
    ("Teodor Lindqvarn", "staff2@example.org", False),
)

# Office, name, the part of the address before the @, and whether the seat votes.
BOARD = (
    ("President", "Odalys Brennwick", "president", True),
    ("Vice-President/President-Elect", "Kofi Arrowsmith-Dane", "vice-president", True),
    ("Past President", "Marguerite Solvang", "past-president", True),
    ("Budget & Finance Chair", "Hiroto Pellingham", "budget", True),
    ("Councilor", "Anneliese Okonjo-Reyes", "councilor", True),
    ("Director-at-Large 1", "Tomasz Wierzbicki-Hall", "director1", True),
    ("Director-at-Large 2", "Lucía Fernholm", "director2", True),
    ("Director-at-Large 3", "Desmond Achterberg", "director3", True),
    ("Director-at-Large 4", "Priyanka Stoddard", "director4", True),
    ("Director-at-Large 5", "Eilidh Marchetti", "director5", True),
    ("Director-at-Large 6", "Samir Quillfeather", "director6", True),
    ("Director-at-Large 7", "Wren Castellanos", "director7", True),
    ("Director-at-Large 8", "Jørgen Blackwater", "director8", True),
    ("Executive Director", "Philippa Nakagawa", "executive", False),
)

# Members who are not on the Board. The first convenes nothing yet: the newcomer's part.
MEMBERS = (
    ("Rowan Ibarra", "rowan", "Lakeshore University"),
    ("Noor Castellan", "noor", "Fernwood College"),
    ("Zoë Lindqvist", "zoe", "Northgate State University"),
    ("José Andrade", "jose", "Universidad del Valle Alto"),
    ("Siân Prydderch", "sian", "Harlech Institute"),
    ("Amadou Keïta", "amadou", "Riverbend Community College"),
    ("Łucja Dąbrowa", "lucja", "Northgate State University"),
    ("Hana Wakatsuki", "hana", "Pinecrest University"),
    ("Björn Thorvaldsen", "bjorn", "Fjordside College"),
    ("Chidi Umeh-Larkin", "chidi", "Lakeshore University"),
    ("Noémie Carrefour", "noemie", "Collège de la Baie"),
    ("Aiyana Redwillow", "aiyana", "Mesa Verde Tribal College"),
    ("Giorgos Pappadakis", "giorgos", "Eastmoor University"),
    ("Mei-Ling Fairbanks", "meiling", "Pinecrest University"),
    ("Tariq Holloway", "tariq", "Stonebridge College"),
    ("Renata Vasquez-Bloom", "renata", "Universidad del Valle Alto"),
    ("Padraig O’Shaughnessy", "padraig", "Harlech Institute"),
    ("Saskia van Doornik", "saskia", "Eastmoor University"),
    ("Devika Ramanathan", "devika", "Stonebridge College"),
    ("Callum Whitlock", "callum", "Riverbend Community College"),
    ("Inès Belhadj", "ines", "Collège de la Baie"),
    ("Kwame Osei-Tutu Grant", "kwame", "Fernwood College"),
    ("Yael Morgenthau", "yael", "Brightwater University"),
    ("Dmitri Volkonsky-Pierce", "dmitri", "Brightwater University"),
    ("Leilani Kahale", "leilani", "Pacific Rim College"),
    ("Óscar Montero", "oscar", "Pacific Rim College"),
    ("Freya Hallgrímsdóttir", "freya", "Fjordside College"),
    ("Bashir Al-Tamimi", "bashir", "Northgate State University"),
    ("Clementine Ashgrove", "clementine", "Lakeshore University"),
    ("Thandiwe Mokoena", "thandiwe", "Stonebridge College"),
    ("Quentin Delacroix-Wu", "quentin", "Eastmoor University"),
    ("Marisol Quintanar", "marisol", "Mesa Verde Tribal College"),
    ("Ewan Galbraith", "ewan", "Harlech Institute"),
    ("Farida Nazari", "farida", "Brightwater University"),
    ("Nils Ekströmer", "nils", "Fjordside College"),
    ("Oluwaseun Adeyemi-Ross", "seun", "Fernwood College"),
    ("Petra Hrdličková", "petra", "Pinecrest University"),
    ("Ravi Sundaresan", "ravi", "Riverbend Community College"),
    ("Simone Laframboise", "simone", "Collège de la Baie"),
    ("Tobias Rauschenberg", "tobias", "Lakeshore University"),
    ("Ulla Kivimäki", "ulla", "Northgate State University"),
    ("Vera Stojanović", "vera", "Stonebridge College"),
    ("Winona Graybull", "winona", "Mesa Verde Tribal College"),
    ("Xiomara Pereda", "xiomara", "Universidad del Valle Alto"),
    ("Yusuf Demirtaş", "yusuf", "Brightwater University"),
    ("Zainab Farouk-Lane", "zainab", "Pacific Rim College"),
)

# Signed from addresses that are not on the roster: one is a member who changed hers, the other
# is nobody's.
DOUBTFUL = (
    ("Petra Hrdlicka", "petra.at.home", "Pinecrest University"),
    ("Ambrose Tillinghast", "ambrose", "Hollow Bay Public Library"),
)


def address(local: str) -> str:
    """A demo person's address: example.org belongs to nobody."""
    return f"{local}@example.org"


# Who goes on to which office when the association's next year begins.
NEXT = {
    "Vice-President/President-Elect": "President",
    "President": "Past President",
}


def seats_of(number: int, office: str, voting: bool, today: date | None) -> tuple[Seat, ...]:
    """What the holder of an office holds, and is to hold. Without a day, terms have no ends."""
    held = Seat(office, voting=voting, presiding=office == "President", id="first")
    if today is None:
        return (held,)
    if not voting:
        return (replace(held, since=_year_of(today, -6)),)
    # Terms of one year for those who go on to another office, of four for the others, of which
    # some end each year.
    goes_on = NEXT.get(office)
    years = 1 if goes_on or office == "Past President" else 4
    first = _year_of(today, -(number % years))
    last = _year_of(first, years) - timedelta(days=1)
    held = replace(held, since=first, until=last)
    if goes_on is None:
        return (held,)
    then = last + timedelta(days=1)
    after = _year_of(then, 1) - timedelta(days=1)
    coming = Seat(goes_on, presiding=goes_on == "President", since=then, until=after, id="second")
    return held, coming


def _year_of(day: date, years: int) -> date:
    """The first day of the association's year in which `day` lies, so many years on."""
    return policy.load().terms.year_begins(day, years)


def persons(today: date | None = None) -> list[Person]:
    """Everybody with an account from the start: staff, the Board, and two members. With a day,
    the Board's seats have terms around it.
    """
    found = [
        Person(id=f"staff{n}", name=name, email=email, institution="", staff=True, admin=admin)
        for n, (name, email, admin) in enumerate(STAFF, 1)
    ]
    for number, (office, name, local, voting) in enumerate(BOARD, 1):
        found.append(
            Person(
                id=f"board{number:02d}",
                name=name,
                email=address(local),
                institution="",
                staff=False,
                seats=seats_of(number, office, voting, today),
            )
        )
    for number, (name, local, institution) in enumerate(MEMBERS[:2], 1):
        found.append(
            Person(id=f"member{number}", name=name, email=address(local), institution=institution)
        )
    return found


def roster() -> list[Entry]:
    """The membership roster: sixty members, the Board's voting seats among them."""
    members = [
        Entry(name, address(local), institution, f"1{number:05d}")
        for number, (name, local, institution) in enumerate(MEMBERS, 1)
    ]
    board = [
        Entry(name, address(local), "", f"2{number:05d}")
        for number, (_, name, local, _) in enumerate(BOARD, 1)
    ]
    return members + board
