// Runs before the first paint, so that a page never flashes in the wrong theme.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const chosen = () => {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null; // Storage may be switched off; the system's preference still holds.
    }
  };
  const apply = () => {
    root.dataset.bsTheme = chosen() ?? (system.matches ? 'dark' : 'light');
  };
  apply();
  system.addEventListener('change', apply);
})();
