import { covers, type Grant } from "./sas.ts";

/** The longest delay a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

/** What the tokens that a connection has put allow. */
export interface Grants {
  add(grant: Grant): void;
  allows(entity: string): boolean;
  close(): void;
}

/** @param expired Called when a token has run out, so that links it opened can be checked. */
export function createGrants(now: () => number, expired: () => void): Grants {
  const expiries = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const schedule = (): void => {
    clearTimeout(timer);
    const next = Math.min(...expiries.values());
    if (!Number.isFinite(next)) return;
    timer = setTimeout(check, Math.min(Math.max(next - now(), 1), MAX_DELAY));
    timer.unref();
  };
  const check = (): void => {
    for (const [path, at] of expiries) if (at <= now()) expiries.delete(path);
    expired();
    schedule();
  };

  return {
    add({ path, expiresAt }) {
      expiries.set(path, expiresAt);
      schedule();
    },
    allows: (entity) => [...expiries].some(([path, at]) => at > now() && covers(path, entity)),
    close: () => clearTimeout(timer),
  };
}
