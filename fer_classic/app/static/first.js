// The theme that was chosen, before anything is painted. Without a choice the system decides.
try {
  const theme = localStorage.getItem("fer_classic.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is off: the system decides.
}
