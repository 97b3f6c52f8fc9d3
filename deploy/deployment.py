"""One deployment, from a built package to a working site."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from deploy.releases import Release, Releases
from deploy.stack import DeploymentFailed, Say, Stack

if TYPE_CHECKING:
    from deploy.package import Built

Clients = Callable[[str], Any]


class Deployment:
    """One stage in one account and region. `clients(service)` makes boto3 clients for it."""

    def __init__(
        self, stage: str, account: str, region: str, clients: Clients, say: Say = print
    ) -> None:
        self.stage = stage
        self.stack = Stack(stage, clients, say)
        self.releases = Releases(stage, account, region, clients)
        self._clients, self._say = clients, say

    def upload(self, built: "Built", source: str) -> Release:
        """Brings what was built to the account; number and time come with the deployment."""
        self.releases.prepare()
        code = self.releases.upload(built.code, "code")
        layer = self.releases.upload(built.layer, "layer")
        template = self.releases.upload(built.template, "template")
        return Release(0, "", source, code, layer, template)

    def to(self, release: Release, given: Mapping[str, str], *, dry_run: bool = False) -> bool:
        """Makes the stage what a release says. `given` are the settings to change; others stay.

        Returns whether anything changed. Raises DeploymentFailed with what to do where a setting
        is missing or wrong, or where CloudFormation failed, in which case the stage is as it was.
        """
        declared = self.releases.template(release)["Parameters"]
        before = self.stack.parameters()
        settings = dict(given)
        settings |= {"Stage": self.stage, "CodeBucket": self.releases.bucket}
        settings |= {"CodeKey": release.code, "LayerKey": release.layer}
        if "Sender" in settings:
            settings.setdefault("MailIdentity", identity_of(settings["Sender"]))
        missing = [
            name
            for name, about in declared.items()
            if "Default" not in about and name not in settings and name not in before
        ]
        if missing:
            raise DeploymentFailed(
                f"A first deployment needs to be told: {', '.join(missing)}. "
                'For example: --sender "Groups <groups@example.org>"'
            )
        if unknown := [name for name in given if name not in declared]:
            raise DeploymentFailed(f"This release has no setting {', '.join(unknown)}.")
        changes = self.stack.plan(self.releases.url(release.template), settings, set(declared))
        for change in changes:
            self._say(f"  {change}")
        if not changes:
            self._say(f"There is nothing to change: {self.stage} is this already.")
            return False
        if dry_run:
            self.stack.give_up()
            self._say("Nothing was changed: this was a dry run.")
            return False
        self.stack.carry_out()
        noted = self.releases.note(release, datetime.now(UTC))
        self._say(f"{self.stage} is at release {noted.number}: {self.stack.outputs()['Address']}")
        return True

    def rotate_secret(self) -> None:
        """Gives the stage a new secret, and has every function start anew with it. What was
        signed with the one before stays good until the next rotation.
        """
        outputs, before = self.stack.outputs(), self.stack.parameters()
        if not outputs:
            raise DeploymentFailed(f"There is no {self.stage} to rotate the secret of.")
        self._clients("secretsmanager").put_secret_value(
            SecretId=outputs["SecretArn"], SecretString=secrets.token_urlsafe(48)
        )
        latest = self.releases.listed()[-1]
        self.to(latest, {"SecretVersion": str(int(before["SecretVersion"]) + 1)})


def identity_of(sender: str) -> str:
    """What SES has to verify for a sender: the domain of its address. Raises DeploymentFailed
    where it is no address.
    """
    _, address = parseaddr(sender)
    name, _, domain = address.rpartition("@")
    if not name or "." not in domain:
        raise DeploymentFailed(f"{sender!r} is no sender. Write it as: Groups <groups@example.org>")
    return domain
