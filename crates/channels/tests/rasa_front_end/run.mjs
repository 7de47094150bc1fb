// Drives @scalableminds/chatroom, a chat for web pages that was made for Rasa's REST channel, against a channel of
// ours. Its built file runs as it was published, on a page of another origin, so the browser's rules on origins
// count: jsdom asks before it calls, and hides answers that do not allow the page.
//
//   npm ci && node run.mjs BASE_URL [PAGE_ORIGIN]
//
// BASE_URL is the address of a REST channel of live of the sample bot `bike-rental`, such as
// http://127.0.0.1:8080/channels/bike-rental/live/site; PAGE_ORIGIN (http://shop.example) must be allowed by it.
// Prints what was said as JSON; the exit code is 0 if all of it was as it should be.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { JSDOM, VirtualConsole } from "jsdom";

const [base, origin = "http://shop.example"] = process.argv.slice(2);
if (!base) {
  console.error("usage: node run.mjs BASE_URL [PAGE_ORIGIN]");
  process.exit(2);
}

const require = createRequire(import.meta.url);
const source = readFileSync(require.resolve("@scalableminds/chatroom/dist/Chatroom.js"), "utf8");
const { version } = JSON.parse(readFileSync(require.resolve("@scalableminds/chatroom/package.json"), "utf8"));

const complaints = [];
// The front end lets calls that fail go by; here they count.
process.on("unhandledRejection", (error) => complaints.push(`a call failed: ${error?.type ?? error}`));
const console_ = new VirtualConsole();
console_.on("jsdomError", (error) => complaints.push(String(error.message).slice(0, 300)));
const page = new JSDOM("<!doctype html><title>A shop</title><div id=chat></div>", {
  url: `${origin}/`,
  runScripts: "outside-only",
  pretendToBeVisual: true,
  virtualConsole: console_,
});
const { window } = page;
window.HTMLElement.prototype.scrollIntoView = () => {};
window.addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
window.eval(source);

const container = window.document.getElementById("chat");
const bubbles = () => [...container.querySelectorAll(".chats .chat")];
const spoken = () => bubbles().filter((bubble) => !bubble.classList.contains("waiting"))
  .map((bubble) => ({ by: bubble.classList.contains("right") ? "user" : "bot", text: bubble.textContent }));
const buttons = () => [...container.querySelectorAll(".chat-button:not(.chat-button-disabled)")];

async function until(what, found) {
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    const value = found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(JSON.stringify({ passed: false, waited_for: what, said: spoken(), complaints,
    page: container.innerHTML.slice(0, 2000) }, null, 2));
  process.exit(1);
}

/** Waits for a word of the bot's after `before` bubbles. */
const answer = (what, before) =>
  until(what, () => spoken().slice(before).find((said) => said.by === "bot")?.text);

const checks = [];
function check(what, passed, seen) {
  checks.push({ what, passed: Boolean(passed), seen });
}

const chat = new window.Chatroom({ host: base, title: "Wheelhouse", container, startMessage: "/restart" });
chat.openChat();

const welcome = await answer("the welcome after /restart", 0);
check("the conversation begins with the bot's introduction", welcome.includes("Wheelhouse"), welcome);

await until("the buttons of the welcome", () => buttons().length >= 3);
const titles = buttons().map((button) => button.textContent);
check("the buttons are shown by their titles", titles.join() === "Rent a bike,Prices,My booking", titles);

// A button with a payload of the bot's own.
let before = spoken().length;
buttons().find((button) => button.textContent === "Prices").click();
const prices = await answer("an answer to the button «Prices»", before);
check("a button's payload comes back as the button that it was", /€|euro|day|price/i.test(prices), prices);

// A text, typed and sent by the form.
before = spoken().length;
const input = container.querySelector("form.input input[type=text]");
const setValue = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value").set;
setValue.call(input, "when are you open?");
input.dispatchEvent(new window.Event("input", { bubbles: true }));
container.querySelector("form.input").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
const hours = await answer("an answer to a typed text", before);
check("a typed text is understood", /open|\d/.test(hours), hours);

// An intent in Rasa's way of writing.
before = spoken().length;
chat.ref.sendMessage("/greet");
const greeting = await answer("an answer to /greet", before);
check("an intent as Rasa writes it is that intent", greeting.includes("Wheelhouse"), greeting);

check("nothing went wrong on the page", complaints.length === 0, complaints);
const passed = checks.every((each) => each.passed);
console.log(JSON.stringify({ passed, package: `@scalableminds/chatroom@${version}`, checks, said: spoken() }, null, 2));
window.close();
process.exit(passed ? 0 : 1);
