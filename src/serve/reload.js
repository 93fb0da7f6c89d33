"use strict";
// Loads the page again when pages changed, and shows problems above it; Esc hides them.
(() => {
  const pages = new URL(document.currentScript.src).searchParams.get("pages");
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/.upshift/overlay.css";
  document.head.append(style);
  const box = document.createElement("div");
  box.id = "upshift-problems";
  box.setAttribute("role", "alert");
  box.hidden = true;
  const text = document.createElement("pre");
  box.append(text);
  document.body.append(box);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") box.hidden = true;
  });
  const ask = async (after) => {
    try {
      const answer = await fetch("/.upshift/events" + (after === null ? "" : "?after=" + after), { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const news = await answer.json();
      if (String(news.pages) !== pages) {
        location.reload();
        return;
      }
      if (news.version !== after) {
        text.textContent = news.problems;
        box.hidden = news.problems === "";
      }
      ask(news.version);
    } catch {
      setTimeout(ask, 2000, null);
    }
  };
  ask(null);
})();
