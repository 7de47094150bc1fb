"""The bank's actions, for one customer who is made up: each conversation finds the same accounts."""
import copy
from abc import ABC, abstractmethod
from datetime import date, datetime, timedelta

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import ActionExecuted, FollowupAction, Restarted, SessionStarted, SlotSet, UserUtteranceReverted

from handoff import offer

CUSTOMER = {
    "balance": 2500.0,
    # What is owed, and what of it is due.
    "cards": {
        "emblem": {"current balance": 320.5, "minimum balance": 40.0},
        "iron bank": {"current balance": 4100.0, "minimum balance": 60.0},
        "justice bank": {"current balance": 0.0, "minimum balance": 0.0},
    },
    "recipients": ["Katy Parrow", "Evan Oslo", "Percy Donald"],
    "spent": [
        (date(2025, 11, 28), "target", 61.2),
        (date(2025, 12, 3), "starbucks", 4.5),
        (date(2025, 12, 17), "starbucks", 6.25),
        (date(2025, 12, 30), "amazon", 89.99),
        (date(2026, 1, 2), "starbucks", 5.0),
    ],
    "earned": [
        (date(2025, 11, 28), 2000.0),
        (date(2025, 12, 15), 12.34),
        (date(2025, 12, 31), 2100.0),
    ],
}
VENDORS = ("amazon", "starbucks", "target")

FORMS = {
    "cc_payment_form": "credit card payment",
    "transfer_money_form": "money transfer",
    "transaction_search_form": "transaction search",
}
FORM_OF_INTENT = {
    "pay_cc": "cc_payment_form",
    "transfer_money": "transfer_money_form",
    "search_transactions": "transaction_search_form",
    "check_earnings": "transaction_search_form",
}
# The slots of all forms' end: whether to go on, whether it is right.
CONTINUE, CONFIRM = "AA_CONTINUE_FORM", "zz_confirm_form"
FAILURES = "repeated_validation_failures"
YES_NO = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]

# The customer of each conversation, who begins as above.
customers = {}


def customer_of(tracker):
    return customers.setdefault(tracker.sender_id, copy.deepcopy(CUSTOMER))


def entity(tracker, *names):
    """What was recognised of the first of these entities that was said."""
    said = tracker.latest_message.get("entities") or []
    found = (entity for name in names for entity in said if entity["entity"] == name)
    return next((entity for entity in found if "additional_info" in entity), None)


def amount_of(value, tracker):
    """An amount of money, a number that is taken for dollars, or what another form has checked; else nothing."""
    found = entity(tracker, "amount-of-money", "number")
    if found is not None:
        info = found["additional_info"]
        return float(info["value"]), info.get("unit", "$")
    is_checked = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    return (float(value), tracker.get_slot("currency")) if is_checked else None


def later(at, grain):
    """The end of what begins then: a day, a week, a month, a year."""
    if grain == "year":
        return at.replace(year=at.year + 1)
    if grain == "month":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return at + timedelta(days=7 if grain == "week" else 1)


def span_said(tracker):
    """From when to when the time was that was said; the end is not within it."""
    found = entity(tracker, "time")
    if found is None:
        return None
    info = found["additional_info"]
    if info["type"] == "interval":
        return tuple(datetime.fromisoformat(info[end]["value"]) for end in ("from", "to"))
    begin = datetime.fromisoformat(info["value"])
    return begin, later(begin, info["grain"])


def sums(found):
    return {"numtransacts": len(found), "total": f"{sum(amount for *_, amount in found):.2f}"}


def back_to_form(tracker):
    """Amid a form it asks whether to go on with it; what was said is none of its business."""
    form = tracker.active_loop_name
    return [UserUtteranceReverted(), SlotSet(CONTINUE, None), FollowupAction(form)] if form else []


def cleared(*slots):
    return [SlotSet(slot, None) for slot in (CONTINUE, CONFIRM, *slots)]


class Form(FormValidationAction, ABC):
    """What the three forms share: twice no fitting answer, and it asks whether to go on at all."""

    @abstractmethod
    def name(self):
        """Only what is abstract is not taken for an action itself."""

    def explain(self, slot, dispatcher, tracker):
        """Says what would be an answer."""

    async def get_validation_events(self, dispatcher, tracker, domain):
        asked = tracker.get_slot("requested_slot")
        events = await super().get_validation_events(dispatcher, tracker, domain)
        if asked is None:
            return events + [SlotSet(CONTINUE, "yes"), SlotSet(FAILURES, 0)]
        filled = [event["name"] for event in events if event["value"] is not None]
        if filled or any(event["name"] == "requested_slot" for event in events):
            # Whoever answers another question goes on, too.
            goes_on = [SlotSet(CONTINUE, "yes")] if asked == CONTINUE and CONTINUE not in filled else []
            return events + goes_on + [SlotSet(FAILURES, 0)]
        failures = int(tracker.get_slot(FAILURES) or 0) + 1
        if failures < 2 or asked == CONTINUE:
            return events + [SlotSet(FAILURES, failures)]
        self.explain(asked, dispatcher, tracker)
        return events + [SlotSet(FAILURES, 0), SlotSet(CONTINUE, None)]

    def validate_AA_CONTINUE_FORM(self, value, dispatcher, tracker, domain):
        if value == "no":
            return {CONTINUE: "no", CONFIRM: "no", "requested_slot": None}
        return {CONTINUE: "yes" if value == "yes" else None}

    def validate_zz_confirm_form(self, value, dispatcher, tracker, domain):
        return {CONFIRM: value if value in ("yes", "no") else None}


class ChecksPayment(Form):
    def name(self):
        return "validate_cc_payment_form"

    def explain(self, slot, dispatcher, tracker):
        if slot == "credit_card":
            tell_cards(dispatcher, tracker)

    def owed(self, card, balance, dispatcher, tracker):
        """The slots for paying a balance of a card, as far as something is owed and can be paid."""
        customer = customer_of(tracker)
        amount = customer["cards"][card][balance]
        if amount == 0:
            dispatcher.utter_message(response="utter_nothing_due", credit_card=card.title())
            return {"credit_card": None, "amount-of-money": None, "payment_amount_type": ""}
        if amount > customer["balance"]:
            dispatcher.utter_message(
                response="utter_insufficient_funds_specific",
                **{"payment_amount_type": balance, "credit_card": card.title(), "amount-of-money": f"{amount:.2f}"},
            )
            return {"credit_card": card.title(), "amount-of-money": None}
        amount_slots = {"amount-of-money": f"{amount:.2f}", "payment_amount_type": f" (your {balance})"}
        return {"credit_card": card.title(), **amount_slots}

    def validate_credit_card(self, value, dispatcher, tracker, domain):
        card = str(value).lower()
        if card not in customer_of(tracker)["cards"]:
            dispatcher.utter_message(response="utter_no_creditcard")
            return {"credit_card": None}
        amount = tracker.get_slot("amount-of-money")
        if amount in ("current balance", "minimum balance"):
            return self.owed(card, amount, dispatcher, tracker)
        return {"credit_card": card.title()}

    def validate_amount_of_money(self, value, dispatcher, tracker, domain):
        if value in ("current balance", "minimum balance"):
            card = tracker.get_slot("credit_card")
            # Without a card it is kept until there is one.
            return self.owed(card.lower(), value, dispatcher, tracker) if card else {"amount-of-money": value}
        said = amount_of(value, tracker)
        if said is None:
            dispatcher.utter_message(response="utter_no_payment_amount")
            return {"amount-of-money": None}
        amount, currency = said
        if amount > customer_of(tracker)["balance"]:
            dispatcher.utter_message(response="utter_insufficient_funds")
            return {"amount-of-money": None}
        return {"amount-of-money": f"{amount:.2f}", "currency": currency, "payment_amount_type": ""}

    def validate_time(self, value, dispatcher, tracker, domain):
        span = span_said(tracker)
        if span is None and tracker.get_slot("time_formatted"):
            return {"time": value}  # it was checked before the form was left for another
        if span is None:
            dispatcher.utter_message(response="utter_no_paymentdate")
            return {"time": None}
        return {"time": span[0].isoformat(), "time_formatted": span[0].date().isoformat()}


class ChecksTransfer(Form):
    def name(self):
        return "validate_transfer_money_form"

    def explain(self, slot, dispatcher, tracker):
        if slot == "PERSON":
            tell_recipients(dispatcher, tracker)

    def validate_PERSON(self, value, dispatcher, tracker, domain):
        said = str(value[0] if isinstance(value, list) else value)
        names = customer_of(tracker)["recipients"]
        found = [name for name in names if said.lower() in (name.lower(), name.split()[0].lower())]
        if not found:
            dispatcher.utter_message(response="utter_unknown_recipient", PERSON=said)
        return {"PERSON": found[0] if found else None}

    validate_amount_of_money = ChecksPayment.validate_amount_of_money


class ChecksSearch(Form):
    def name(self):
        return "validate_transaction_search_form"

    async def required_slots(self, domain_slots, dispatcher, tracker, domain):
        if tracker.get_slot("search_type") != "spend":
            return domain_slots
        place = domain_slots.index("time")
        return domain_slots[:place] + ["vendor_name"] + domain_slots[place:]

    def validate_search_type(self, value, dispatcher, tracker, domain):
        return {"search_type": value if value in ("spend", "deposit") else None}

    def validate_vendor_name(self, value, dispatcher, tracker, domain):
        if str(value).lower() in VENDORS:
            return {"vendor_name": value.lower()}
        dispatcher.utter_message(response="utter_no_vendor_name")
        return {"vendor_name": None}

    def validate_time(self, value, dispatcher, tracker, domain):
        span = span_said(tracker)
        if span is None and tracker.get_slot("start_time"):
            return {"time": value}
        if span is None:
            dispatcher.utter_message(response="utter_no_transactdate")
            return {"time": None}
        begin, end = (at.date().isoformat() for at in span)
        return {
            "time": begin,
            "start_time": begin,
            "end_time": end,
            "start_time_formatted": begin,
            "end_time_formatted": end,
        }


class AskConfirmation(Action):
    """The question depends on what is searched, so no response can ask it."""

    def name(self):
        return "action_ask_transaction_search_form_zz_confirm_form"

    def run(self, dispatcher, tracker, domain):
        vendor = tracker.get_slot("vendor_name")
        what = "deposits" if tracker.get_slot("search_type") == "deposit" else "payments"
        at = f" at {vendor.title()}" if vendor and what == "payments" else ""
        begin, end = tracker.get_slot("start_time_formatted"), tracker.get_slot("end_time_formatted")
        dispatcher.utter_message(text=f"Search {what}{at} from {begin} until {end}?", buttons=YES_NO)
        return []


class Pay(Action):
    def name(self):
        return "action_pay_cc"

    def run(self, dispatcher, tracker, domain):
        events = cleared("credit_card", "account_type", "amount-of-money", "number", "time", "time_formatted")
        if tracker.get_slot(CONFIRM) != "yes":
            dispatcher.utter_message(response="utter_cc_pay_cancelled")
            return events
        amount, customer = float(tracker.get_slot("amount-of-money")), customer_of(tracker)
        customer["balance"] -= amount
        customer["cards"][tracker.get_slot("credit_card").lower()]["current balance"] -= amount
        dispatcher.utter_message(response="utter_cc_pay_scheduled")
        return events + [SlotSet("amount_transferred", float(tracker.get_slot("amount_transferred") or 0) + amount)]


class Transfer(Action):
    def name(self):
        return "action_transfer_money"

    def run(self, dispatcher, tracker, domain):
        events = cleared("PERSON", "amount-of-money", "number")
        if tracker.get_slot(CONFIRM) != "yes":
            dispatcher.utter_message(response="utter_transfer_cancelled")
            return events
        amount = float(tracker.get_slot("amount-of-money"))
        customer_of(tracker)["balance"] -= amount
        dispatcher.utter_message(response="utter_transfer_complete")
        return events + [SlotSet("amount_transferred", float(tracker.get_slot("amount_transferred") or 0) + amount)]


class Search(Action):
    def name(self):
        return "action_transaction_search"

    def run(self, dispatcher, tracker, domain):
        times = ("start_time", "end_time", "start_time_formatted", "end_time_formatted")
        events = cleared("search_type", "vendor_name", "time", *times)
        if tracker.get_slot(CONFIRM) != "yes":
            dispatcher.utter_message(response="utter_transaction_search_cancelled")
            return events
        kind, vendor = tracker.get_slot("search_type"), tracker.get_slot("vendor_name")
        begin, end = (date.fromisoformat(tracker.get_slot(slot)) for slot in ("start_time", "end_time"))
        customer = customer_of(tracker)
        if kind == "deposit":
            found, at = [one for one in customer["earned"] if begin <= one[0] < end], ""
        else:
            found = [one for one in customer["spent"] if begin <= one[0] < end and one[1] == vendor]
            at = f" at {vendor.title()}"
        dispatcher.utter_message(response=f"utter_searching_{kind}_transactions", vendor_name=at)
        dispatcher.utter_message(response=f"utter_found_{kind}_transactions", vendor_name=at, **sums(found))
        return events


def tell_cards(dispatcher, tracker, only=None):
    for card, owed in customer_of(tracker)["cards"].items():
        if only in (None, card):
            balance = f"{owed['current balance']:.2f}"
            dispatcher.utter_message(
                response="utter_credit_card_balance", credit_card=card.title(), credit_card_balance=balance
            )


def tell_recipients(dispatcher, tracker):
    names = "".join(f"\n- {name}" for name in customer_of(tracker)["recipients"])
    dispatcher.utter_message(response="utter_recipients", formatted_recipients=names)


class ShowBalance(Action):
    def name(self):
        return "action_show_balance"

    def run(self, dispatcher, tracker, domain):
        customer, card = customer_of(tracker), str(tracker.get_slot("credit_card")).lower()
        moved = float(tracker.get_slot("amount_transferred") or 0)
        if tracker.get_slot("account_type") == "credit":
            tell_cards(dispatcher, tracker, card if card in customer["cards"] else None)
        elif moved:
            dispatcher.utter_message(
                response="utter_changed_account_balance",
                init_account_balance=f"{customer['balance'] + moved:.2f}",
                account_balance=f"{customer['balance']:.2f}",
            )
        else:
            dispatcher.utter_message(
                response="utter_account_balance", init_account_balance=f"{customer['balance']:.2f}"
            )
        return back_to_form(tracker)


class ShowRecipients(Action):
    def name(self):
        return "action_show_recipients"

    def run(self, dispatcher, tracker, domain):
        tell_recipients(dispatcher, tracker)
        return back_to_form(tracker)


class ShowTransferCharge(Action):
    def name(self):
        return "action_show_transfer_charge"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_transfer_charge")
        return back_to_form(tracker)


class SwitchAsk(Action):
    def name(self):
        return "action_switch_forms_ask"

    def run(self, dispatcher, tracker, domain):
        form, intent = tracker.active_loop_name, tracker.latest_message["intent"]["name"]
        following = FORM_OF_INTENT.get(intent)
        if form not in FORMS or following is None:
            return [SlotSet("next_form_name", None)]
        text = f"The {FORMS[form]} is not done yet. Switch to the {FORMS[following]}?"
        dispatcher.utter_message(text=text, buttons=YES_NO)
        return [SlotSet("next_form_name", following)]


class SwitchDeny(Action):
    def name(self):
        return "action_switch_forms_deny"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text=f"On with the {FORMS[tracker.active_loop_name]}, then.")
        return [SlotSet("next_form_name", None)]


class SwitchAffirm(Action):
    def name(self):
        return "action_switch_forms_affirm"

    def run(self, dispatcher, tracker, domain):
        form, following = tracker.active_loop_name, tracker.get_slot("next_form_name")
        dispatcher.utter_message(text=f"From the {FORMS[form]} to the {FORMS[following]}.")
        return [SlotSet("previous_form_name", form), SlotSet("next_form_name", None)]


class SwitchBackAsk(Action):
    def name(self):
        return "action_switch_back_ask"

    def run(self, dispatcher, tracker, domain):
        form = tracker.get_slot("previous_form_name")
        dispatcher.utter_message(text=f"Back to the {FORMS[form]}?", buttons=YES_NO)
        return [SlotSet("previous_form_name", None)]


class SessionStart(Action):
    def name(self):
        return "action_session_start"

    def run(self, dispatcher, tracker, domain):
        return [SessionStarted(), SlotSet("currency", "$"), ActionExecuted("action_listen")]


class Restart(Action):
    def name(self):
        return "action_restart"

    def run(self, dispatcher, tracker, domain):
        customers.pop(tracker.sender_id, None)
        return [Restarted(), FollowupAction("action_session_start")]


class HandOffOptions(Action):
    def name(self):
        return "action_handoff_options"

    def run(self, dispatcher, tracker, domain):
        offer("helpdesk_assistant", dispatcher)
        return []
