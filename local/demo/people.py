"""The people of the demo association. All of them are invented."""

from chalicelib.domain.people import Person, Seat
from chalicelib.domain.roster import Entry

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


def persons() -> list[Person]:
    """Everybody with an account from the start: staff, the Board, and two members."""
    found = [
        Person(id=f"staff{n}", name=name, email=email, institution="", staff=True, admin=admin)
        for n, (name, email, admin) in enumerate(STAFF, 1)
    ]
    for number, (office, name, local, voting) in enumerate(BOARD, 1):
        seat = Seat(office, voting=voting, presiding=office == "President")
        found.append(
            Person(
                id=f"board{number:02d}",
                name=name,
                email=address(local),
                institution="",
                staff=False,
                seat=seat,
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
