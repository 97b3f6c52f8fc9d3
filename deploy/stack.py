"""An installation's CloudFormation stack: look at what would change, change it, say what failed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

# What holds what people gave us: a deployment may never take one of these away.
KEPT = ("Table", "Bucket", "Secret")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_SECONDS = 2.0
# Longer than anything in the template takes: a distribution needs a few minutes, a certificate
# waits until somebody has set its DNS record.
WAIT_SECONDS = 3600
# A first creation that failed: what is left of the stack has to go before it can be tried again.
REMAINS = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
GONE_BACK = ("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")

Say = Callable[[str], None]


class DeploymentFailed(Exception):
    """The stack is not what was asked for; the message says why, and what it is now."""


@dataclass(frozen=True)
class Change:
    """What a deployment would do to one resource: Add, Modify or Remove."""

    action: str
    name: str
    kind: str
    replaced: bool

    def __str__(self) -> str:
        return f"{self.action:<6} {self.name} ({self.kind}){', replaced' if self.replaced else ''}"


class Stack:
    """The stack of one stage. `clients(service)` makes boto3 clients."""

    def __init__(self, stage: str, clients: Callable[[str], Any], say: Say = print) -> None:
        self.name = f"groundswell-{stage}"
        self.stage = stage
        self._client = clients("cloudformation")
        self._say = say
        self._seen: set[str] = set()

    def status(self) -> str:
        """The stack's status, or nothing where there is none."""
        found = self._describe()
        return found["StackStatus"] if found else ""

    def outputs(self) -> dict[str, str]:
        """What the stack says of itself; empty where there is none."""
        found = self._describe() or {}
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """The parameters of the deployment before this one."""
        found = self._describe() or {}
        return {p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])}

    def plan(self, template_url: str, given: Mapping[str, str], wanted: set[str]) -> list[Change]:
        """Asks what a deployment would change, and leaves it ready to be done.

        `given` are the parameters to set; of `wanted`, all that the template has, others keep
        the value they had. Raises DeploymentFailed where the template cannot be deployed, and
        where it would remove or replace what people's work is kept in.
        """
        status = self.status()
        if status in REMAINS:
            self._clear_away()
            status = ""
        elif status.endswith("_IN_PROGRESS"):
            raise DeploymentFailed(
                f"{self.name} is being changed right now ({status}). Wait for it."
            )
        elif status == "UPDATE_ROLLBACK_FAILED":
            raise DeploymentFailed(
                f"{self.name} stands between two deployments, as rolling back failed. Mend what "
                "its events name, then continue the rollback in the CloudFormation console."
            )
        before = set(self.parameters()) if status else set()
        parameters = [
            {"ParameterKey": name, "ParameterValue": given[name]}
            if name in given
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in sorted(wanted & (set(given) | before))
        ]
        self._change_set = f"deploy-{int(time.time() * 1000)}"
        answer = self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=self._change_set,
            ChangeSetType="UPDATE" if status else "CREATE",
            TemplateURL=template_url,
            Parameters=parameters,
            Capabilities=CAPABILITIES,
            Tags=[{"Key": "groundswell", "Value": self.stage}],
        )
        self._change_set = answer["Id"]
        changes = self._changes()
        lost = [c.name for c in changes if c.name in KEPT and (c.replaced or c.action == "Remove")]
        if lost:
            self._drop_change_set()
            raise DeploymentFailed(
                f"This would remove or replace {', '.join(lost)} and what is kept there. Nothing "
                "was changed. See docs/operations.md for how to move to another table."
            )
        return changes

    def carry_out(self) -> None:
        """Does what was planned, and waits for it. Raises DeploymentFailed with the reasons where
        it failed; CloudFormation has then put back what was before.
        """
        self._seen = {event["EventId"] for event in self._events()}
        self._client.execute_change_set(ChangeSetName=self._change_set, StackName=self.name)
        reasons: list[str] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            status = self.status()
            reasons += self._failures()
            if not status.endswith("_IN_PROGRESS"):
                break
            time.sleep(POLL_SECONDS)
        reasons += self._failures()
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return
        why = (
            "\n".join(f"  {reason}" for reason in dict.fromkeys(reasons))
            or "  No reason was given."
        )
        raise DeploymentFailed(f"The deployment failed:\n{why}\n{self._after(status)}")

    def give_up(self) -> None:
        """Leaves what was planned undone."""
        self._drop_change_set()
        if self.status() == "REVIEW_IN_PROGRESS":
            self._clear_away()

    def _after(self, status: str) -> str:
        if status == "UPDATE_ROLLBACK_COMPLETE":
            return f"It was rolled back: {self.stage} is as it was before."
        if status == "ROLLBACK_COMPLETE":
            return (
                f"It was rolled back: there is no {self.stage} yet. A table that was made stays, "
                "empty, and may be deleted."
            )
        if status.endswith("_IN_PROGRESS"):
            return f"It still goes on ({status}) after an hour: look at the CloudFormation console."
        return (
            f"Rolling it back failed as well ({status}): {self.stage} may stand between two "
            "deployments. Mend what is named above, then continue the rollback in the "
            "CloudFormation console."
        )

    def _describe(self) -> dict[str, Any] | None:
        try:
            (found,) = self._client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        described: dict[str, Any] = found
        return described

    def _changes(self) -> list[Change]:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            found = self._client.describe_change_set(
                ChangeSetName=self._change_set, StackName=self.name
            )
            if found["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                break
            if time.monotonic() > deadline:
                raise DeploymentFailed("CloudFormation does not say what would change.")
            time.sleep(POLL_SECONDS / 4)
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            self.give_up()
            if "didn't contain changes" in reason or "No updates" in reason:
                return []
            raise DeploymentFailed(f"CloudFormation refused the template: {reason}")
        changes = [one["ResourceChange"] for one in found["Changes"]]
        while found.get("NextToken"):
            found = self._client.describe_change_set(
                ChangeSetName=self._change_set,
                StackName=self.name,
                NextToken=found["NextToken"],
            )
            changes += [one["ResourceChange"] for one in found["Changes"]]
        return [
            Change(
                one["Action"],
                one["LogicalResourceId"],
                one["ResourceType"],
                one.get("Replacement") in {"True", "Conditional"},
            )
            for one in changes
        ]

    def _drop_change_set(self) -> None:
        self._client.delete_change_set(ChangeSetName=self._change_set, StackName=self.name)

    def _clear_away(self) -> None:
        self._say(f"Clearing away what is left of a first deployment of {self.stage} that failed.")
        self._client.delete_stack(StackName=self.name)
        deadline = time.monotonic() + WAIT_SECONDS
        while self.status().endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        if status := self.status():
            raise DeploymentFailed(
                f"What is left of {self.name} could not be cleared away ({status}). Delete the "
                "stack in the CloudFormation console, then deploy again."
            )

    def _events(self) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        try:
            return [event for page in pages for event in page["StackEvents"]]
        except ClientError as error:
            if "does not exist" in str(error):
                return []
            raise

    def _failures(self) -> list[str]:
        """What went wrong since the last look, in the order in which it did."""
        fresh = [event for event in self._events() if event["EventId"] not in self._seen]
        self._seen |= {event["EventId"] for event in fresh}
        found = []
        for event in reversed(fresh):
            reason = event.get("ResourceStatusReason", "")
            # Those that were stopped because another failed say nothing of their own.
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                found.append(f"{event['LogicalResourceId']}: {reason or event['ResourceStatus']}")
        for line in found:
            self._say(f"  {line}")
        return found
