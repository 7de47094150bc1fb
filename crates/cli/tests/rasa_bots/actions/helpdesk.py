"""The helpdesk's actions, over a ticket system that is made up: each conversation finds it the same."""
from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import AllSlotsReset, SlotSet

from handoff import offer

# Who is known, and what each has open: number, title, date, state.
CALLERS = {
    "ann@example.com": [
        ("INC-7", "Printer jams", "2025-12-01", "In Progress"),
        ("INC-9", "No sound", "2025-12-19", "New"),
    ],
    "bob@example.com": [("INC-4", "Slow laptop", "2025-11-03", "Closed")],
    "eve@example.com": [],
}
STATES = {"New": "waits for somebody", "In Progress": "is being worked on", "Closed": "is closed"}
PRIORITIES = ("low", "medium", "high")

# What conversations have opened beside, by sender and address.
opened = {}


def incidents_of(sender, email):
    return CALLERS.get(email, []) + opened.get((sender, email), [])


class HandOffOptions(Action):
    def name(self):
        return "action_handoff_options"

    def run(self, dispatcher, tracker, domain):
        offer("financial_demo", dispatcher)
        return []


class AskEmail(Action):
    """Where an address was used before, that one is offered."""

    def name(self):
        return "action_ask_email"

    def run(self, dispatcher, tracker, domain):
        known = tracker.get_slot("previous_email")
        dispatcher.utter_message(response="utter_ask_use_previous_email" if known else "utter_ask_email")
        return []


class ChecksEmail(FormValidationAction):
    """`True` and `False` are the answers to whether the address of before shall be used."""

    def name(self):
        return "validate_incident_status_form"

    def validate_email(self, value, dispatcher, tracker, domain):
        if value is False:
            return {"email": None, "previous_email": None}
        email = tracker.get_slot("previous_email") if value is True else value
        if email is None:
            return {"email": None}
        if email.lower() not in CALLERS:
            dispatcher.utter_message(response="utter_no_email", email=email)
            return {"email": None}
        return {"email": email.lower(), "caller_id": f"caller of {email.lower()}"}


class ChecksIncident(ChecksEmail):
    def name(self):
        return "validate_open_incident_form"

    def validate_priority(self, value, dispatcher, tracker, domain):
        if str(value).lower() in PRIORITIES:
            return {"priority": value.lower()}
        dispatcher.utter_message(response="utter_no_priority", priority=value)
        return {"priority": None}


class OpenIncident(Action):
    def name(self):
        return "action_open_incident"

    def run(self, dispatcher, tracker, domain):
        email = tracker.get_slot("email")
        if tracker.get_slot("confirm"):
            of_sender = opened.setdefault((tracker.sender_id, email), [])
            number, title = f"INC-{100 + len(of_sender)}", tracker.get_slot("incident_title")
            of_sender.append((number, title, "2026-01-05", "New"))
            dispatcher.utter_message(
                text=f"Opened {number} for {email}: {title}, {tracker.get_slot('priority')} priority. "
                f"Described as: {tracker.get_slot('problem_description')}"
            )
        else:
            dispatcher.utter_message(response="utter_incident_creation_canceled")
        return [AllSlotsReset(), SlotSet("previous_email", email)]


class CheckIncidentStatus(Action):
    def name(self):
        return "action_check_incident_status"

    def run(self, dispatcher, tracker, domain):
        email = tracker.get_slot("email")
        told = [
            f"{number} ({title}) of {date} {STATES[state]}."
            for number, title, date, state in incidents_of(tracker.sender_id, email)
        ]
        dispatcher.utter_message(text="\n".join(told) or f"Nothing is open for {email}.")
        return [AllSlotsReset(), SlotSet("previous_email", email)]
