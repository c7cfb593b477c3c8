import type { ComponentChildren } from "preact";

export type Tab = "order" | "faults" | "places" | "story";

const tabs: readonly (readonly [Tab, string])[] = [
  ["order", "Order"],
  ["faults", "Faults"],
  ["places", "Places"],
  ["story", "Story"],
];

/** Panels beside the picture, one at a time; arrow keys go from tab to tab. */
export function Tabs({
  tab,
  onTab,
  children,
}: {
  tab: Tab;
  onTab: (tab: Tab) => void;
  children: ComponentChildren;
}) {
  const go = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const index = tabs.findIndex(([name]) => name === tab);
    const [next] = tabs[(index + by + tabs.length) % tabs.length] ?? ["order"];
    onTab(next as Tab);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="panel">
      <div role="tablist" aria-label="Panels" onKeyDown={go}>
        {tabs.map(([name, title]) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === tab}
            aria-controls="tab-panel"
            tabIndex={name === tab ? 0 : -1}
            onClick={() => onTab(name)}
          >
            {title}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys */}
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}
