"""Where random lives begin: the world at a step, lived through once, and the model of it."""

from collections.abc import Callable

from tests.services import world as worlds
from tests.services.lifecycle.lifecycle_model import Model, Motion
from tests.services.world import TEXT, VOTERS, Moment, World

AS_SIGNED = {"charge": TEXT["charge"], "conditions": ""}
OTHER_CHARGE = "To share what open metadata asks of libraries, and to report each year."
ACTIONS = ["That the Board act on the report.", "That the Board meet again in May."]
PAPER = "6.0"


def scheduled() -> Model:
    return Model("scheduled", enough=True, meetings=1, document="5.0", text=AS_SIGNED)


def moved(world: World, state: str) -> Model:
    """A motion on the petition, as far as a step of the world brings it."""
    model = scheduled()
    seconder = "" if state == "moved" else "director2"
    motion = Motion(world.motion_id, "petition", "5.0", "director1", AS_SIGNED, seconder=seconder)
    motion.state = state
    model.motions.append(motion)
    return model


def place(world: World, number: str) -> str:
    """Another document with two actions, on the meeting's docket; its id."""
    data = {"kind": "action", "title": "Report of the task force", "actions": ACTIONS}
    data |= {"background": "It met in 2025.", "goal_area": TEXT["goal_area"]}
    made = world.do("staff", "document.send", world.meeting_id, **data)
    world.do("staff", "document.acknowledge", made.id, complete="yes")
    world.do("staff", "document.number", made.id, number=number)
    return str(made.id)


def kept(world: World, name: str, at: str, live: Callable[[World], object]) -> World:
    """The world after some more commands, which are run once, as its own steps are."""
    if name not in worlds._lived:
        world.at(at)
        live(world)
        items = world.table.snapshot()
        moment = Moment(items, world.clock.now, list(world.post.sent), dict(world.ids))
        worlds._lived[name] = moment
    return world.at(name)


def _with_paper(world: World) -> Model:
    def live(w: World) -> None:
        w.ids[f"paper {PAPER}"] = place(w, PAPER)

    kept(world, "model-paper", "scheduled", live)
    model = scheduled()
    model.papers[PAPER] = ACTIONS
    return model


def _amended(world: World) -> Model:
    def live(w: World) -> None:
        made = w.do("director3", "motion.amend", w.motion_id, charge=OTHER_CHARGE)
        w.ids["amendment"] = made.id

    kept(world, "model-amended", "seconded", live)
    model = moved(world, "seconded")
    text = {**AS_SIGNED, "charge": OTHER_CHARGE}
    main = model.motions[0]
    made = Motion(world.ids["amendment"], "amendment", "5.0", "director3", text, amends=main)
    model.motions.append(made)
    return model


def _called(world: World) -> Model:
    kept(
        world,
        "model-called",
        "seconded",
        lambda w: w.do("president", "motion.call-virtual", w.motion_id),
    )
    model = moved(world, "seconded")
    model.call(model.motions[0], world.clock(), discussed=False, secret=False)
    return model


def _secret(world: World) -> Model:
    kept(
        world,
        "model-secret",
        "seconded",
        lambda w: w.do("president", "motion.open", w.motion_id, ballot="secret"),
    )
    model = moved(world, "open")
    model.motions[0].secret = True
    return model


def _unconfirmed(world: World) -> Model:
    def live(w: World) -> None:
        w.ids["called"] = w.clock().isoformat()
        w.carry_virtually()

    kept(world, "model-unconfirmed", "seconded", live)
    model = moved(world, "carried")
    (motion,) = model.motions
    called = type(world.clock.now).fromisoformat(world.ids["called"])
    model.call(motion, called, discussed=True, secret=False)
    motion.ballots = dict.fromkeys(VOTERS, "yes")
    model.petition, model.document = "approved", "5.0"
    model.groups.append(AS_SIGNED)
    return model


def _at(step: str, model: Callable[[World], Model]) -> Callable[[World], Model]:
    return lambda world: model(world.at(step))


STARTS: dict[str, Callable[[World], Model]] = {
    "draft": _at("draft", lambda w: Model(text=AS_SIGNED)),
    "confirmed": _at("confirmed", lambda w: Model("collecting", enough=True, text=AS_SIGNED)),
    "scheduled": _at("scheduled", lambda w: scheduled()),
    "moved": _at("moved", lambda w: moved(w, "moved")),
    "seconded": _at("seconded", lambda w: moved(w, "seconded")),
    "open": _at("open", lambda w: moved(w, "open")),
    "with a paper": _with_paper,
    "amended": _amended,
    "called": _called,
    "secret": _secret,
    "unconfirmed": _unconfirmed,
}
