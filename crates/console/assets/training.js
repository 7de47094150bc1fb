// Follows jobs that run: moves the progress bar as the server tells, then shows the result.

for (const section of document.querySelectorAll("[data-job-events]")) {
  const show = (job) => {
    const set = (name, text) => {
      const element = section.querySelector(`[data-job-${name}]`);
      if (element && element.textContent !== text) element.textContent = text;
    };
    section.querySelector("progress")?.setAttribute("value", String(job.percentage));
    set("percentage", String(job.percentage));
    set("step", job.step);
    set("state", job.state);
  };
  const events = new EventSource(section.dataset.jobEvents);
  events.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  events.addEventListener("end", (event) => {
    events.close();
    show(JSON.parse(event.data));
    // The page knows what came of it; the word of what was started is said by now.
    const address = new URL(location.href);
    address.searchParams.delete("done");
    location.replace(address);
  });
}
