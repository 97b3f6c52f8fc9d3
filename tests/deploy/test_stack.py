"""A deployment looks before it acts; the rest of it is what the rehearsal goes through."""

import pytest
from botocore.exceptions import ClientError

from deploy.deployment import identity_of
from deploy.stack import DeploymentFailed, Stack

PARAMETERS = [{"ParameterKey": "Stage", "ParameterValue": "prod"}]


class CloudFormation:
    """Says what CloudFormation would, of a stack in some status and a change set."""

    def __init__(self, status, changes=(), reason=""):
        self.status, self.changes, self.reason = status, list(changes), reason
        self.asked = []

    def describe_stacks(self, **_):
        if not self.status:
            raise ClientError({"Error": {"Message": "Stack does not exist"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status, "Parameters": PARAMETERS}]}

    def create_change_set(self, **asked):
        self.asked.append(asked)
        return {"Id": "change-set"}

    def describe_change_set(self, **_):
        status = "FAILED" if self.reason else "CREATE_COMPLETE"
        return {"Status": status, "StatusReason": self.reason, "Changes": self.changes}

    def delete_change_set(self, **_):
        self.asked.append("deleted")


def change(action, name, replacement="False"):
    return {
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": name,
            "ResourceType": "AWS::X::Y",
            "Replacement": replacement,
        }
    }


def planned(aws, given=None):
    stack = Stack("prod", lambda _: aws, lambda _: None)
    return stack.plan("https://template", given or {}, {"Stage", "Sender", "LogDays"})


@pytest.mark.parametrize(
    "loss",
    [
        change("Remove", "Table"),
        change("Modify", "Table", "True"),
        change("Modify", "Bucket", "Conditional"),
        change("Remove", "Secret"),
    ],
)
def test_what_people_gave_us_is_never_deployed_away(loss):
    aws = CloudFormation("UPDATE_COMPLETE", [change("Modify", "APIHandler"), loss])
    name = loss["ResourceChange"]["LogicalResourceId"]
    with pytest.raises(DeploymentFailed, match=f"remove or replace {name}"):
        planned(aws)
    assert aws.asked[-1] == "deleted"


def test_settings_stay_as_they_are_until_they_are_given_anew():
    aws = CloudFormation("UPDATE_COMPLETE", [change("Modify", "APIHandler")])
    planned(aws, {"LogDays": "30"})
    (asked,) = aws.asked
    assert asked["ChangeSetType"] == "UPDATE"
    assert asked["Parameters"] == [
        {"ParameterKey": "LogDays", "ParameterValue": "30"},
        {"ParameterKey": "Stage", "UsePreviousValue": True},
    ]


def test_a_first_deployment_creates_and_has_no_settings_of_before():
    aws = CloudFormation("", [change("Add", "Table")])
    planned(aws, {"Stage": "prod", "Sender": "a@example.org"})
    assert aws.asked[0]["ChangeSetType"] == "CREATE"
    assert not any("UsePreviousValue" in one for one in aws.asked[0]["Parameters"])


def test_nothing_to_change_is_no_failure_and_a_bad_template_is():
    told = "The submitted information didn't contain changes."
    assert planned(CloudFormation("UPDATE_COMPLETE", reason=told)) == []
    with pytest.raises(DeploymentFailed, match="refused the template: Fn::If is wrong"):
        planned(CloudFormation("UPDATE_COMPLETE", reason="Fn::If is wrong"))


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_in_the_middle_of_something_is_left_alone(status):
    aws = CloudFormation(status)
    with pytest.raises(DeploymentFailed):
        planned(aws)
    assert aws.asked == []


@pytest.mark.parametrize(
    ("sender", "identity"),
    [("Groups <groups@example.org>", "example.org"), ("g@mail.example.org", "mail.example.org")],
)
def test_mail_is_verified_for_the_sender_s_domain(sender, identity):
    assert identity_of(sender) == identity


@pytest.mark.parametrize("sender", ["Groups", "groups@", "@example.org", "groups@localhost"])
def test_a_sender_that_is_none_is_refused_in_words(sender):
    with pytest.raises(DeploymentFailed, match="Write it as"):
        identity_of(sender)
