/** A range of the feed's container and who reads it: a document of the lease container. */
export interface Lease {
  readonly id: string;
  readonly LeaseToken: string;
  readonly FeedRange: { readonly min: string; readonly max: string };
  /** Null: nobody reads it. */
  readonly Owner: string | null;
  /** Null: no batch was delivered yet. */
  readonly ContinuationToken: string | null;
  /** When its owner last showed that it is alive; ISO 8601. */
  readonly timestamp: string;
  readonly _etag?: string;
}

/** Whether nobody keeps the lease any more. */
export const isExpired = ({ Owner, timestamp }: Lease, now: number, expiration: number): boolean =>
  Owner === null || Date.parse(timestamp) + expiration < now;

/**
 * The leases that `me` should take now, so that all instances that are alive hold about the same number
 * (the .NET change feed processor's EqualPartitionsBalancingStrategy): free ones as far as the share goes,
 * else one from the instance that holds most.
 */
export function chooseLeases(
  leases: readonly Lease[],
  me: string,
  now: number,
  expiration: number,
): readonly Lease[] {
  const counts = new Map([[me, 0]]);
  const free: Lease[] = [];
  for (const lease of leases) {
    if (lease.Owner === null || isExpired(lease, now, expiration)) free.push(lease);
    else counts.set(lease.Owner, (counts.get(lease.Owner) ?? 0) + 1);
  }
  const mine = counts.get(me) ?? 0;
  const share = Math.ceil(leases.length / counts.size);
  if (mine >= share) return [];
  if (free.length > 0) return free.slice(0, share - mine);

  const [busiest] = [...counts].sort(([, a], [, b]) => b - a);
  // With a share of one, taking the only lease of another would only move the work around.
  if (busiest === undefined || busiest[1] <= share - (share > 1 ? 1 : 0) || busiest[0] === me) return [];
  const taken = leases.find(({ Owner }) => Owner === busiest[0]);
  return taken === undefined ? [] : [taken];
}
