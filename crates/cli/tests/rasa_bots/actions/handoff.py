"""Both bots offer to hand the conversation over to another bot, never to a person."""
from rasa_sdk import Action

# The other bots, by the name that the slot `handoff_to` has.
HOSTS = {
    "financial_demo": ("Financial Assistant", "http://bank.example:5006"),
    "helpdesk_assistant": ("Helpdesk Assistant", "http://helpdesk.example:5005"),
}


def offer(other, dispatcher):
    title, _ = HOSTS[other]
    button = {"title": title, "payload": f'/trigger_handoff{{"handoff_to":"{other}"}}'}
    dispatcher.utter_message(text="No person is free, but another bot is:", buttons=[button])


class HandOff(Action):
    def name(self):
        return "action_handoff"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_handoff")
        _, host = HOSTS.get(tracker.get_slot("handoff_to"), (None, None))
        if host is None:
            dispatcher.utter_message(response="utter_no_handoff")
        else:
            dispatcher.utter_message(response="utter_wouldve_handed_off", handoffhost=host)
        return []
