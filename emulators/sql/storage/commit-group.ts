import type { Transaction } from "./transaction.ts";

/** Transactions that share one write, so that one wait for the disk serves all of them. */
export interface CommitGroup {
  /** Resolves when the transaction is durable; rejects if it could not be written. */
  add(transaction: Transaction): Promise<void>;
  /** Writes now. */
  flush(): void;
}

interface Member {
  readonly transaction: Transaction;
  resolve(): void;
  reject(error: unknown): void;
}

/** Collects the commits of one turn of the event loop and writes them at its end. */
export function commitGroup(write: (transactions: readonly Transaction[]) => void): CommitGroup {
  let members: Member[] = [];

  const flush = (): void => {
    const group = members;
    if (group.length === 0) return;
    members = [];
    try {
      write(group.map(({ transaction }) => transaction));
    } catch (error) {
      for (const member of group) member.reject(error);
      return;
    }
    for (const member of group) member.resolve();
  };

  return {
    add: (transaction) =>
      new Promise((resolve, reject) => {
        if (members.length === 0) setImmediate(flush);
        members.push({ transaction, resolve, reject });
      }),
    flush,
  };
}
