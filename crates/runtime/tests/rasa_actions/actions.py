"""A small action server, to record what rasa-sdk answers."""
import datetime
from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import ActiveLoop, AllSlotsReset, FollowupAction, ReminderScheduled, SlotSet, UserUtteranceReverted


class Validate(FormValidationAction):
    def name(self):
        return "validate_booking_form"

    async def required_slots(self, domain_slots, dispatcher, tracker, domain):
        assert domain_slots == ["people", "Day", "e-mail"], domain_slots
        people = tracker.get_slot("people")
        return domain_slots + ["vegan"] if people and people > 4 else domain_slots

    def validate_people(self, value, dispatcher, tracker, domain):
        assert isinstance(value, int), value
        if value > 10:
            dispatcher.utter_message(response="utter_too_many", most=10)
            return {"people": None}
        return {"people": value}

    def validate_Day(self, value, dispatcher, tracker, domain):
        told = next(e for e in tracker.latest_message["entities"] if e["entity"] == "time")
        return {"Day": told["additional_info"]["value"][:10]}

    def validate_vegan(self, value, dispatcher, tracker, domain):
        assert value is True or value is False, value
        return {"vegan": value}


class Ask(Action):
    def name(self):
        return "action_ask_booking_form_e-mail"

    def run(self, dispatcher, tracker, domain):
        question = domain["responses"]["utter_ask_e-mail"][0]["text"]
        dispatcher.utter_message(text=question + f" ({tracker.active_loop_name})", buttons=[{"title": "Hours", "payload": "/hours"}])
        return []


class Book(Action):
    def name(self):
        return "action_book"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_booked", when=tracker.get_slot("Day"), buttons=[{"title": "Again", "payload": "/book"}])
        return [AllSlotsReset(), SlotSet("tables", tracker.get_slot("tables") - 1), FollowupAction("utter_bye")]


class Hours(Action):
    def name(self):
        return "action_hours"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_hours", opens="noon")
        events = [ReminderScheduled("EXTERNAL_later", datetime.datetime(2030, 1, 1))]
        if tracker.active_loop_name:
            # What was said is forgotten, and the form asks on: here for the first slot again.
            events += [UserUtteranceReverted(), SlotSet("people", None), FollowupAction(tracker.active_loop_name)]
        return events


class Cancel(Action):
    def name(self):
        return "action_cancel"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text=f"{tracker.latest_message['text']} cancels {tracker.active_loop_name}.")
        return [ActiveLoop(None), SlotSet("people", None)]
