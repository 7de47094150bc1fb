// NLP.js, its English classifier alone: no entities, no answers, no file written by itself.
//
// The commands and their lines of JSON are those of measure.py.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

// From the working directory, where the harness has installed it: this file stays in the sources.
const { dockStart } = createRequire(`${process.cwd()}/`)("@nlpjs/basic");

const LANGUAGE = "en";

function readSplit(file, split) {
  const rows = readFileSync(file, "utf8").split("\n").map((line) => line.split("\t"));
  return rows.filter((row) => row[0] === split).map(([, intent, text]) => ({ intent, text }));
}

/** Linux's VmHWM, in bytes. */
function peakBytes() {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "ascii"))[1]) * 1024;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

// Fewer examples need more sweeps. With its own rate of 0.6 the network does not settle: on `val` of BANKING77 57 %
// of the answers were right, with this one 89 %.
const FEW = 5_000;
const SETTINGS_FEW = { learningRate: 0.05, iterations: 150, deltaErrorThresh: 1e-8 };
const SETTINGS_MANY = { learningRate: 0.02, iterations: 60, deltaErrorThresh: 1e-8 };

async function start(settings = {}) {
  const dock = await dockStart({
    settings: { nlp: { languages: [LANGUAGE], forceNER: false, autoSave: false, autoLoad: false, threshold: 0 } },
    use: ["Basic", "LangEn"],
  });
  const nlp = dock.get("nlp");
  nlp.addLanguage(LANGUAGE);
  // Every text that is asked about means one of the intents.
  Object.assign(nlp.nluManager.domainManagers[LANGUAGE].settings, { useNoneFeature: false, log: false });
  Object.assign(network(nlp).settings, { useNoneFeature: false, log: false }, settings);
  return nlp;
}

/** What classifies, inside of it. */
function network(nlp) {
  return nlp.nluManager.domainManagers[LANGUAGE].addDomain("master_domain");
}

async function train(file, split, model) {
  const examples = readSplit(file, split);
  const nlp = await start(examples.length < FEW ? SETTINGS_FEW : SETTINGS_MANY);
  const before = cpuSeconds();
  for (const { intent, text } of examples) nlp.addDocument(LANGUAGE, text, intent);
  await nlp.train();
  const seconds = cpuSeconds() - before;
  writeFileSync(model, nlp.export(true));
  return { cpu_seconds: seconds };
}

async function serve(model, file, split, seconds) {
  const nlp = await start();
  nlp.import(readFileSync(model, "utf8"));
  const texts = readSplit(file, split).map(({ text }) => text);
  const answer = async (text) => (await nlp.classify(LANGUAGE, text)).classifications[0].intent;
  const predictions = [];
  for (const text of texts) predictions.push(await answer(text));
  const took = [];
  const end = performance.now() + seconds * 1000;
  while (took.length === 0 || performance.now() < end) {
    for (const text of texts) {
      // It keeps the features of every text it was asked about; customers seldom say the same.
      const { cache } = network(nlp);
      if (cache) cache.results = {};
      const start = process.hrtime.bigint();
      await answer(text);
      took.push(Number(process.hrtime.bigint() - start));
    }
  }
  took.sort((left, right) => left - right);
  const percentile = (share) => took[Math.min(Math.floor(took.length * share), took.length - 1)] / 1000;
  return { predictions, p50_us: percentile(0.5), p99_us: percentile(0.99), answers: took.length };
}

const [command, ...rest] = process.argv.slice(2);
let result;
if (command === "idle" && rest.length === 0) {
  await start();
  result = {};
} else if (command === "train" && rest.length === 3) {
  result = await train(...rest);
} else if (command === "serve" && rest.length === 4) {
  result = await serve(rest[0], rest[1], rest[2], Number(rest[3]));
} else {
  console.error("usage: idle | train FILE SPLIT MODEL | serve MODEL FILE SPLIT SECONDS");
  process.exit(2);
}
console.log(JSON.stringify({ ...result, peak_bytes: peakBytes() }));
