import { type Catalog, type Container, openCatalog } from "./catalog.ts";
import { type CommitGroup, commitGroup } from "./commit-group.ts";
import { type ItemTable, openItems } from "./items.ts";
import { openDatabase } from "./schema.ts";

/** Everything the server keeps, on disk or in memory. */
export interface Store extends Pick<CommitGroup, "afterCommit" | "settled"> {
  readonly catalog: Catalog;
  readonly items: ItemTable;
  /** Runs a change of the catalog. */
  atomically<T>(work: () => T): T;
  /**
   * Runs one transaction on a container's items under the next number of its history.
   * If `work` throws, nothing of it remains and the number is not used.
   */
  write<T>(container: Container, work: (lsn: number) => T): T;
  /** Commits what is open and closes the file. */
  close(): void;
}

/** Opens the store in a folder, or in memory without one. */
export function openStore(dataFolder: string | undefined): Store {
  const database = openDatabase(dataFolder);
  const catalog = openCatalog(database);
  const items = openItems(database);
  const group = commitGroup(database, () => catalog.reload());
  return {
    catalog,
    items,
    afterCommit: group.afterCommit,
    settled: group.settled,
    atomically(work) {
      try {
        return group.atomically(work);
      } catch (error) {
        catalog.reload();
        throw error;
      }
    },
    write(container, work) {
      const lsn = container.lsn + 1;
      const result = group.atomically(() => {
        const written = work(lsn);
        catalog.saveLsn(container, lsn);
        return written;
      });
      // Only now: the number in memory must not run ahead of a write that was rolled back.
      container.lsn = lsn;
      return result;
    },
    close() {
      group.flush();
      database.close();
    },
  };
}
