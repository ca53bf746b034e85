// Tabs as the authoring practices of WAI-ARIA have them: arrows move, the chosen one is in the address.

import { $ } from "./dom.js";

const tabs = [...document.querySelectorAll('[role="tab"]')];
const nameOf = (tab) => tab.id.replace("tab-", "");
const listeners = [];

/** Call back with the name of the tab that was opened, and of the one that was closed. */
export const onTab = (callback) => listeners.push(callback);

export const openTabName = () => nameOf(tabs.find((tab) => tab.ariaSelected === "true"));

export function openTab(name, { focus = false } = {}) {
  const before = openTabName();
  for (const tab of tabs) {
    const chosen = nameOf(tab) === name;
    tab.ariaSelected = String(chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(`panel-${nameOf(tab)}`).hidden = !chosen;
    if (focus && chosen) tab.focus();
  }
  for (const part of document.querySelectorAll("[data-tab]")) {
    part.hidden = !part.dataset.tab.split(" ").includes(name);
  }
  // Not a new entry: the button "back" leaves the page.
  history.replaceState(null, "", `#${name}`);
  for (const callback of listeners) callback(name, before);
}

export function startTabs() {
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => openTab(nameOf(tab)));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[
        event.key
      ];
      if (to === undefined) return;
      event.preventDefault();
      openTab(nameOf(tabs.at(to % tabs.length)), { focus: true });
    });
  });
  const asked = location.hash.slice(1);
  const known = tabs.some((tab) => nameOf(tab) === asked);
  openTab(known ? asked : openTabName());
}
