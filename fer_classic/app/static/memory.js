// Choices that are remembered in this browser; storage may be off.

export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(`fer_classic.${key}`);
    else localStorage.setItem(`fer_classic.${key}`, value);
  } catch {
    // Then the choice lasts as long as the page.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(`fer_classic.${key}`);
  } catch {
    return null;
  }
}
