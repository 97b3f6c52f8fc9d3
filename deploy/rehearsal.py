"""script/rehearse: deploys this tree onto a local AWS, as script/deploy would, and lives in it.

The same package, template and change sets; every function has the rights of its policy and no more.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import yaml

from deploy import MB, OUT, package
from deploy.deployment import Deployment
from deploy.rehearsal_aws import ACCOUNT, REGION, LocalAws, running
from deploy.rehearsal_life import ADMINISTRATOR, Life
from deploy.rehearsal_people import RehearsalFailed, Site
from deploy.releases import Release
from deploy.stack import DeploymentFailed

STAGE, DOMAIN = "rehearsal", "groups.localhost"
SETTINGS = {
    "Sender": "Groups <groups@example.org>",
    "Domain": DOMAIN,
    "Administrator": ADMINISTRATOR,
    "AlarmAddress": "alarms@example.org",
}
# A resource that CloudFormation refuses: a queue cannot keep messages for five seconds.
BROKEN = {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 5}}

_began = time.monotonic()


def say(text: str) -> None:
    """Tells what was done, and when."""
    print(f"{time.monotonic() - _began:6.1f} s  {text}", flush=True)


def main() -> int:
    """Rehearses; the status is 1 when something did not happen as it should."""
    parser = argparse.ArgumentParser(prog="script/rehearse", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave it running until Enter")
    options = parser.parse_args()
    built = package.build(OUT)
    say(f"built: {built.zip_bytes / MB:.1f} MB, and its layer")
    with tempfile.TemporaryDirectory(prefix="groundswell-rehearsal-") as name:
        folder = Path(name)
        with running(folder, built.layer) as aws:
            ended = _tried(aws, built)
            if options.keep:
                print(f"{aws.url}, Host: {DOMAIN}. Press Enter to end it.")
                input()
    return ended


def _tried(aws: LocalAws, built: package.Built) -> int:
    try:
        rehearse(aws, built)
    except (RehearsalFailed, DeploymentFailed, AssertionError) as error:
        print("\n".join(aws.logs()), file=sys.stderr)
        print(f"The rehearsal failed: {error}", file=sys.stderr)
        return 1
    say("The rehearsal went well.")
    return 0


def rehearse(aws: LocalAws, built: package.Built) -> None:
    """All of it. Raises RehearsalFailed and DeploymentFailed."""
    deployment = Deployment(STAGE, ACCOUNT, REGION, aws.client, _quiet)
    release = deployment.upload(built, "rehearsal")
    _first_deployment_fails(deployment, release)
    deployment.to(release, SETTINGS)
    say(f"deployed: {deployment.stack.outputs()['Address']}")
    if deployment.to(release, {}):
        raise RehearsalFailed("The same release a second time changed something.")
    site = Site(aws.url, DOMAIN)
    life = Life(site, say)
    group = life.run()
    life.bounce(deployment.stack.outputs()["FeedbackTopicArn"], aws.client("sns"))
    _logs_tell_nobody(aws)
    _later_deployment_fails(deployment, release, site, group)
    _roll_back(deployment, release)
    _rights(aws)


def _quiet(_text: str) -> None:
    """A rehearsal tells what came of a step, not each resource in it."""


def _broken(deployment: Deployment, release: Release) -> Release:
    """The same release with a resource that cannot be made."""
    template = deployment.releases.template(release)
    template["Resources"]["Broken"] = BROKEN
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(template, file)
        file.flush()
        key = deployment.releases.upload(Path(file.name), "template")
    return replace(release, source="broken", template=key)


def _fails(deployment: Deployment, release: Release, given: dict[str, str], told: str) -> None:
    try:
        deployment.to(release, given)
    except DeploymentFailed as error:
        if "Broken:" not in str(error) or told not in str(error):
            raise RehearsalFailed(f"A failed deployment says: {error}") from error
    else:
        raise RehearsalFailed("A resource that cannot be made was deployed.")


def _first_deployment_fails(deployment: Deployment, release: Release) -> None:
    broken = _broken(deployment, release)
    _fails(deployment, broken, SETTINGS, f"there is no {STAGE} yet")
    say("a first deployment with a broken resource was rolled back, and said why")


def _later_deployment_fails(
    deployment: Deployment, release: Release, site: Site, group: str
) -> None:
    broken = _broken(deployment, release)
    _fails(deployment, broken, {"LogDays": "30"}, f"{STAGE} is as it was before")
    if site.browser().get(group).status != 200 or deployment.stack.parameters()["LogDays"] != "90":
        raise RehearsalFailed("After a failed deployment the site is not what it was.")
    say("a later one was rolled back too, and the site is what it was")


def _roll_back(deployment: Deployment, release: Release) -> None:
    deployment.to(release, {"LogDays": "60"})
    first = deployment.releases.find(1)
    if first is None or not deployment.to(first, {"LogDays": "90"}):
        raise RehearsalFailed("The first release could not be deployed again.")
    say(f"rolled back to release {first.number} by its number")


def _logs_tell_nobody(aws: LocalAws) -> None:
    """One request's id goes from the page to the letter, and nobody's address is in any line."""
    lines = aws.logs(last=5000)
    if told := next((line for line in lines if "example.org" in line), ""):
        raise RehearsalFailed(f"The logs name somebody: {told}")
    written = [json.loads(line.partition(": ")[2]) for line in lines if ': {"time"' in line]
    pages = {one["request"] for one in written if one["message"] == "request"}
    letters = [one["request"] for one in written if one["message"] == "letter sent"]
    joined = [one for one in letters if one in pages]
    if not joined:
        raise RehearsalFailed("No letter's line has the id of the request behind it.")
    say(f"{len(written)} log lines name nobody; {len(joined)} letters are joined to their request")


def _rights(aws: LocalAws) -> None:
    """What a function may not do, it would say in its log."""
    if told := next((line for line in aws.logs(last=5000) if "AccessDenied" in line), ""):
        raise RehearsalFailed(f"A function was refused something: {told}")
    used = aws.used()
    roles = {role for role, _ in used}
    say(f"{len(used)} rights were asked for by {len(roles)} roles, and none was missing")


if __name__ == "__main__":
    sys.exit(main())
