"""script/deploy STAGE: puts this tree on AWS, or an earlier release back.

Whom it may do that as is boto3's to find: a profile, environment variables, a role.
"""

import argparse
import re
import subprocess
import sys
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy import OUT, ROOT, package
from deploy.deployment import Deployment
from deploy.mail import what_to_do
from deploy.releases import Release
from deploy.stack import DeploymentFailed

# Options of the command, and the template's parameters that they set.
SETTINGS = {
    "sender": ("Sender", "whom letters come from: 'Groups <groups@example.org>'"),
    "mail_identity": ("MailIdentity", "what SES verifies, if not the sender's whole domain"),
    "domain": ("Domain", "the site's host name; without it, it gets one of CloudFront's"),
    "zone": ("HostedZoneId", "the Route 53 zone of that name, to set its records"),
    "certificate": ("CertificateArn", "a certificate for it; without it, one is asked for"),
    "alarms_to": ("AlarmAddress", "whom alarms are sent to"),
    "administrator": ("Administrator", "whose first sign-in makes the first administrator"),
    "packet_concurrency": ("PacketConcurrency", "how many packet workers at most; 0: no limit"),
    "log_days": ("LogDays", "how many days logs are kept"),
    "table": ("TableInUse", "after a restore: the table to work on; '' for the stage's own"),
}


def main() -> int:
    """Deploys, and says what is left to do by hand. Returns the exit status."""
    options = _options()
    if not re.fullmatch("[a-z][a-z0-9-]{0,15}", options.stage) or options.stage == "local":
        return _fail("A stage is named by up to 16 small letters, figures and hyphens: prod, test.")
    try:
        session = boto3.session.Session()
        if not session.region_name:
            return _fail(
                "No region is set. For example: AWS_DEFAULT_REGION=us-east-2 script/deploy …"
            )
        account = session.client("sts").get_caller_identity()["Account"]
        print(f"{options.stage}: account {account}, region {session.region_name}")
        deployment = Deployment(options.stage, account, session.region_name, session.client)
        return _run(options, deployment, session)
    except DeploymentFailed as error:
        return _fail(str(error))
    except (BotoCoreError, ClientError) as error:
        return _fail(f"AWS does not let this be done: {error}")


def _run(options: argparse.Namespace, deployment: Deployment, session: Any) -> int:
    if options.releases:
        for release in deployment.releases.listed():
            print(release)
        return 0
    if options.rotate_secret:
        deployment.rotate_secret()
        return 0
    given = {
        parameter: value
        for name, (parameter, _) in SETTINGS.items()
        if (value := getattr(options, name)) is not None
    }
    found = None
    if options.to:
        found = deployment.releases.find(options.to)
        if found is None:
            return _fail(
                f"There is no release {options.to}. See: script/deploy {options.stage} --releases"
            )
    release = found or _built(deployment)
    deployment.to(release, given, dry_run=options.dry_run)
    if options.dry_run:
        return 0
    return _after(deployment, session)


def _built(deployment: Deployment) -> Release:
    return deployment.upload(package.build(OUT), _source())


def _source() -> str:
    """Which commit this tree is, and whether it was changed since."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "no commit"


def _after(deployment: Deployment, session: Any) -> int:
    """Looks whether the site answers, and says what only a person can do."""
    outputs, settings = deployment.stack.outputs(), deployment.stack.parameters()
    todo = what_to_do(session.client("sesv2"), settings["MailIdentity"])
    if outputs.get("SiteTarget") and not settings.get("HostedZoneId"):
        todo.append(f"DNS: {settings['Domain']} CNAME {outputs['SiteTarget']}")
    if todo:
        print("Left to do by hand:")
        for line in todo:
            print(f"  {line}")
    address = outputs["Address"]
    try:
        with urlopen(f"{address}/healthz", timeout=30) as answer:  # noqa: S310 - our own address
            print(f"{address} answers: {answer.read(200).decode()}")
    except HTTPError as error:
        return _fail(
            f"{address}/healthz answers with {error.code}. The release before comes back with: "
            f"script/deploy {deployment.stage} --to NUMBER (see --releases)."
        )
    except (URLError, TimeoutError) as error:
        print(f"{address} does not answer yet ({error}); its DNS record may still be missing.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/deploy", description=__doc__)
    parser.add_argument("stage", help="which installation: prod, test, …")
    for name, (_, meaning) in SETTINGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=meaning)
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and stop")
    parser.add_argument("--releases", action="store_true", help="list what was deployed when")
    parser.add_argument("--to", type=int, metavar="RELEASE", help="deploy an earlier release again")
    parser.add_argument("--rotate-secret", action="store_true", help="give the stage a new secret")
    return parser.parse_args()


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
